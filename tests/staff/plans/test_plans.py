"""STF-132: plans of the year are written and filed by each, approved by the superior, and missed when late."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Question
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.worklists import WORKLISTS
from staff.actions.plans import approve_plan, file_plan, remind_of_plans, return_plan, write_plan
from staff.models import AppraisalCycle, Clause, ClauseVersion, Event, Notification, OrgUnit, YearPlan
from staff.queries.plans import due_on, missing_plans
from staff.states import CycleKind
from staff.states.plans import PlanState
from tests.factories.rulebook import at, open_book
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db
NOW = at("2027-01-10 10:00")


@pytest.fixture
def cast():
    return make_cast()


def written(who, *, year=2027, unit=None, measures="每月响应中位数", moment=NOW):
    return write_plan(year, unit, goals="首次响应 40 秒以内", measures=measures, by=who, at=moment)


def filed(who, **values):
    plan = written(who, **values)
    file_plan(plan, by=who, at=values.get("moment", NOW))
    return plan


def missed_on(day, **parameters):
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), {"month": 1} | parameters)
    return list(DETECTORS["staff.plan_missing"].find(question))


def test_a_plan_is_written_filed_and_approved_by_the_superior(cast):
    plan = filed(cast["lina"])
    assert (plan.state, plan.filed_at) == (PlanState.FILED, NOW)
    assert Notification.objects.get(employee=cast["hejie"], kind="plan").url == plan.get_absolute_url()
    approve_plan(plan, answer="可以", by=cast["hejie"], at=NOW)
    assert (plan.state, plan.approved_by) == (PlanState.APPROVED, cast["hejie"])
    assert Notification.objects.filter(employee=cast["lina"], kind="plan").count() == 1
    verbs = Event.objects.filter(subject_type="staff.YearPlan").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["staff.plan_written", "staff.plan_filed", "staff.plan_approved"]


def test_what_is_sent_back_may_be_written_again_and_stays_in_time(cast):
    plan = filed(cast["lina"])
    with pytest.raises(Refused):
        written(cast["lina"], measures="别的")
    return_plan(plan, reason="目标太低", by=cast["hejie"], at=NOW)
    again = written(cast["lina"], measures="响应与成交率", moment=at("2027-02-05 10:00"))
    assert again.pk == plan.pk
    file_plan(again, by=cast["lina"], at=at("2027-02-05 10:00"))
    assert again.filed_at == NOW
    approve_plan(again, by=cast["hejie"], at=at("2027-02-06 10:00"))
    return_plan(again, reason="年中调整", by=cast["hejie"], at=at("2027-02-07 10:00"))
    assert (again.state, again.approved_by) == (PlanState.DRAFT, None)


def test_only_the_superior_or_hr_decides_and_nobody_about_themselves(cast):
    plan = filed(cast["lina"])
    for who in ("lina", "sunyue", "wangqiang"):
        with pytest.raises(Refused):
            approve_plan(plan, by=cast[who], at=NOW)
        with pytest.raises(Refused):
            return_plan(plan, reason="x", by=cast[who], at=NOW)
    with pytest.raises(Refused):
        return_plan(plan, reason=" ", by=cast["hejie"], at=NOW)
    approve_plan(plan, by=cast["xujing"], at=NOW)
    with pytest.raises(MoveRefused):
        approve_plan(plan, by=cast["hejie"], at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        YearPlan.objects.filter(pk=plan.pk).update(approved_by=cast["lina"])


def test_plans_are_of_this_year_or_the_next_and_of_units_by_their_heads(cast):
    service = OrgUnit.objects.get(code="service")
    for values in ({"year": 2026}, {"year": 2029}, {"unit": service}):
        with pytest.raises(Refused):
            written(cast["lina"], **values)
    assert str(written(cast["hejie"], unit=service)) == f"{service} 2027"
    with pytest.raises(Refused):
        write_plan(2027, None, goals="  ", measures="", by=cast["lina"], at=NOW)
    with pytest.raises(Refused):
        file_plan(written(cast["lina"], measures=""), by=cast["lina"], at=NOW)
    with pytest.raises(Refused):
        file_plan(written(cast["sunyue"]), by=cast["lina"], at=NOW)


def test_who_has_not_filed_by_the_end_of_the_month_is_found_that_night(cast):
    AppraisalCycle.objects.create(
        kind=CycleKind.MONTH, first=date(2026, 12, 1), last=date(2026, 12, 31), opened_at=at("2026-12-29 06:00")
    )
    filed(cast["lina"], moment=at("2027-01-31 23:50"))
    filed(cast["sunyue"], moment=at("2027-02-01 00:10"))
    written(cast["zhouqian"])
    assert missed_on("2027-01-30") == missed_on("2027-02-01") == []
    found = missed_on("2027-01-31")
    people = {one.employee_id for one in found if one.subject[0] == "staff.PlanOfPerson"}
    assert cast["lina"].pk not in people
    assert {cast["sunyue"].pk, cast["zhouqian"].pk, cast["wangqiang"].pk} <= people
    units = {one.subject[2]: one.employee_id for one in found if one.subject[0] == "staff.PlanOfUnit"}
    assert units[f"{OrgUnit.objects.get(code='service')} 2027"] == cast["hejie"].pk
    assert {one.happened_at for one in found} == {at("2027-02-01 00:00")}
    filed(cast["hejie"], unit=OrgUnit.objects.get(code="service"), moment=at("2027-01-20 10:00"))
    assert f"{OrgUnit.objects.get(code='service')} 2027" not in {one.subject[2] for one in missed_on("2027-01-31")}
    assert missed_on("2027-03-31", month=3)
    assert missed_on("2027-01-31", month="drei")


def test_where_nobody_has_been_appraised_nobody_misses_a_plan(cast):
    assert missed_on("2027-01-31") == []
    assert missing_plans(2027, 1, at=NOW)


def test_the_day_is_that_of_the_clause(cast):
    assert due_on(2027) == date(2027, 1, 31)
    open_book()
    version = Clause.objects.get(number="STF-132").versions.get()
    ClauseVersion.objects.filter(pk=version.pk).update(valid_to=date(2026, 12, 1))
    ClauseVersion.objects.create(
        clause=version.clause, version=2, state="published", valid_from=date(2026, 12, 1), text="", text_en="",
        published_at=NOW, parameters={"month": 2},
    )  # fmt: skip
    assert due_on(2027) == date(2027, 2, 28)


def test_everybody_is_reminded_on_the_first_day_of_the_month_once(cast):
    assert remind_of_plans(at=at("2027-01-02 00:05")) == 0
    assert remind_of_plans(at=at("2027-02-01 00:05")) == 0
    count = remind_of_plans(at=at("2027-01-01 00:05"))
    assert count > 10
    assert remind_of_plans(at=at("2027-01-01 00:10")) == 0
    assert "2027-01-31" in Notification.objects.filter(employee=cast["lina"], kind="plan").get().sentence


@pytest.fixture
def january(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_a_plan_is_written_and_filed_on_its_page(client, cast, january):
    client.force_login(cast["hejie"])
    service = OrgUnit.objects.get(code="service")
    assert "2027-01-31" in client.get("/plans/new/?year=2027").content.decode()
    sent = {"year": 2027, "unit": service.pk, "goals": "满意度 95%", "measures": "每月评价"}
    kept = client.post("/plans/new/", sent)
    plan = YearPlan.objects.get()
    assert (kept["Location"], plan.state) == (plan.get_absolute_url(), PlanState.DRAFT)
    assert "满意度" in client.get(f"/plans/new/?plan={plan.pk}").content.decode()
    assert client.post("/plans/new/", {**sent, "file": "1"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == PlanState.FILED
    assert client.post("/plans/new/", sent).status_code == 422
    assert client.post("/plans/new/", {**sent, "year": "x", "unit": "y", "goals": ""}).status_code == 422
    assert client.post(f"{plan.get_absolute_url()}approval/").status_code == 409

    client.force_login(cast["xujing"])
    page = client.get(plan.get_absolute_url()).content.decode()
    assert f"{plan.get_absolute_url()}approval/" in page
    assert client.post(f"{plan.get_absolute_url()}return/", {"reason": "再细一点"}).status_code == 302
    client.force_login(cast["hejie"])
    assert "再细一点" in client.get(plan.get_absolute_url()).content.decode()
    assert client.post(f"{plan.get_absolute_url()}filing/").status_code == 302
    client.force_login(cast["xujing"])
    assert client.post(f"{plan.get_absolute_url()}approval/", {"answer": "好"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED


def test_people_see_their_own_plans_heads_those_of_their_people(client, cast):
    plan = filed(cast["lina"])
    for who, status in (("lina", 200), ("hejie", 200), ("xujing", 200), ("sunyue", 404), ("wangqiang", 404)):
        client.force_login(cast[who])
        assert client.get(plan.get_absolute_url()).status_code == status, who
    client.force_login(cast["sunyue"])
    assert "李娜" not in client.get("/plans/?tab=all").content.decode()
    client.force_login(cast["hejie"])
    assert "李娜" in client.get("/plans/?tab=approve").content.decode()


def test_the_list_takes_as_many_queries_for_one_plan_as_for_three(client, cast):
    client.force_login(cast["xujing"])

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/plans/?tab=all").status_code == 200
        return len(asked)

    filed(cast["lina"])
    queries()
    few = queries()
    for who in ("sunyue", "zhouqian"):
        filed(cast[who])
    assert queries() == few


def test_my_work_shows_plans_to_approve_and_ones_own_until_filed(cast):
    AppraisalCycle.objects.create(kind=CycleKind.MONTH, first=date(2026, 12, 1), last=date(2026, 12, 31), opened_at=NOW)
    plan = filed(cast["lina"])
    waits = WORKLISTS["staff.year_plans"].waiting

    assert plan.get_absolute_url() in {one.url for one in waits(cast["hejie"].pk, NOW).tasks}
    assert (waits(cast["lina"].pk, NOW).count, waits(cast["sunyue"].pk, NOW).count) == (0, 1)
    assert waits(cast["sunyue"].pk, at("2027-03-10 10:00")).count == 0
    approve_plan(plan, by=cast["hejie"], at=NOW)
    assert plan.get_absolute_url() not in {one.url for one in waits(cast["hejie"].pk, NOW).tasks}
