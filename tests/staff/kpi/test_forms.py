"""Indicators scored on forms, targets that change with history, and the pages for both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from shopops.kit.refusals import Refused
from shopops.kit.worklists import WORKLISTS
from staff.actions.kpi import change_kpi, load_kpis, score_kpi, tell_scores
from staff.models import AppraisalCycle, Employee, Event, Kpi, KpiScore, Notification
from staff.queries.kpi_forms import measured_people, metrics_to_come, sheets_of
from staff.queries.kpi_scores import score_of
from staff.queries.me import kpi_results
from staff.queries.superiors import led_by, superiors_of
from staff.states import CycleKind, CycleState
from tests.factories.rulebook import at
from tests.factories.staff import make_cast

OCTOBER = date(2026, 10, 1)
MORNING = at("2026-11-05 09:00")


@pytest.fixture(autouse=True)
def _fifth_of_november():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def cast(db):
    people = make_cast()
    load_kpis(at=MORNING)
    return {name: Employee.objects.get(pk=one.pk) for name, one in people.items()}


@pytest.fixture
def enter(client):
    def log_in(employee: Employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def kpi(number: str) -> Kpi:
    return Kpi.objects.get(number=number)


def score(cast, *, by="hejie", of="lina", value="85", text="当月无投诉，两次主动帮忙", **values) -> KpiScore:
    given = {"score": Decimal(value), "text": text, "by": cast[by], "at": MORNING} | values
    return score_kpi(kpi("STF-143"), cast[of], OCTOBER, **given)


def test_the_superior_is_the_head_of_the_nearest_unit_above(cast):
    superiors = superiors_of(cast.values())
    names = {name: getattr(superiors[one.pk], "username", None) for name, one in cast.items()}
    assert names["lina"] == "hejie"
    assert names["hejie"] == "chenjing"
    assert names["wangqiang"] == "zhangwei"
    assert names["zhaomin"] == "huanglei"
    assert names["mating"] == "chenjing"
    assert names["chenjing"] == "shenguodong"
    assert names["shenguodong"] is None


def test_a_head_leads_everybody_in_the_unit_and_below(cast):
    led = led_by(cast.values())
    assert led[cast["hejie"].pk] == {cast[name].pk for name in ("hejie", "lina", "sunyue", "zhouqian", "wufang")}
    assert cast["wangqiang"].pk in led[cast["chenjing"].pk]
    assert cast["lina"].pk not in led


def test_indicators_measure_holders_of_posts_and_members_of_units(cast):
    kpis = [kpi("STF-216"), kpi("STF-143")]
    measured = measured_people(kpis, on=MORNING.date())
    assert measured[kpis[0].pk] == {cast["mating"].pk}
    assert {cast["lina"].pk, cast["chenjing"].pk, cast["zhenghong"].pk} <= measured[kpis[1].pk]


def test_a_later_score_replaces_the_one_before_and_keeps_it(cast):
    first = score(cast)
    later = score(cast, value="90", text="补充：月底加班盘点")
    first.refresh_from_db()
    assert (first.replaced_at, later.replaced_at) == (MORNING, None)
    assert score_of(kpi("STF-143"), cast["lina"], OCTOBER, date(2026, 10, 31)).score == 90
    assert Event.objects.filter(verb="staff.kpi_scored").count() == 2


def test_what_was_scored_is_told_when_the_month_is_published_and_afterwards_at_once(cast):
    told = Notification.objects.filter(employee=cast["lina"], kind="staff.kpi_scored")
    score(cast)
    in_force = score(cast, value="90", text="补充：月底加班盘点")
    assert not told.exists()
    (shown,) = kpi_results(cast["lina"], [kpi("STF-143")], first=OCTOBER, last=date(2026, 10, 31), is_own=True)
    assert shown.value is None
    (shown,) = kpi_results(cast["lina"], [kpi("STF-143")], first=OCTOBER, last=date(2026, 10, 31))
    assert shown.value == 90
    cycle = AppraisalCycle.objects.create(
        kind=CycleKind.MONTH, first=OCTOBER, last=date(2026, 10, 31), opened_at=MORNING, state=CycleState.PUBLISHED
    )
    tell_scores(KpiScore.objects.filter(month=cycle.first, replaced_at=None), at=MORNING)
    (sentence,) = (one.sentence for one in told)
    assert sentence.startswith(in_force.scored_by.name)
    assert "2026-10" in sentence
    assert "90 分" in sentence
    score(cast, value="95", text="再补充")
    assert told.all().count() == 2
    (shown,) = kpi_results(cast["lina"], [kpi("STF-143")], first=OCTOBER, last=date(2026, 10, 31), is_own=True)
    assert shown.value == 95


def test_the_same_score_twice_changes_nothing(cast):
    assert score(cast) == score(cast)
    assert KpiScore.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"by": "lina", "of": "lina"},
        {"by": "sunyue"},
        {"value": "101"},
        {"value": "-1"},
        {"value": "NaN"},
        {"text": "  "},
        {"text": "长" * 2001},
    ],
)
def test_a_score_that_does_not_fit_is_refused_with_a_reason(cast, change):
    with pytest.raises(Refused) as refused:
        score(cast, **change)
    assert str(refused.value)
    assert not KpiScore.objects.exists()


def test_what_the_system_measures_and_months_to_come_are_not_scored(cast):
    given = {"score": Decimal(80), "text": "好", "by": cast["chenjing"], "at": MORNING}
    with pytest.raises(Refused):
        score_kpi(kpi("STF-181"), cast["huanglei"], OCTOBER, **given)
    with pytest.raises(Refused):
        score_kpi(kpi("STF-143"), cast["huanglei"], date(2026, 12, 1), **given)


def test_my_sheets_hold_my_people_and_everybodys_hold_all(cast):
    mine = sheets_of(OCTOBER, scorer=cast["hejie"].pk, on=MORNING.date())
    assert {sheet.person.name for sheet in mine} == {"李娜", "孙悦", "周倩", "吴芳"}
    assert [line.kpi.number for line in mine[0].lines] == ["STF-143"]
    everybody = sheets_of(OCTOBER, on=MORNING.date())
    assert len(everybody) == len(cast)


@pytest.mark.parametrize("people", [1, 3])
def test_sheets_take_the_same_number_of_queries(cast, people, django_assert_num_queries):
    for name in ("lina", "sunyue", "zhouqian")[:people]:
        score(cast, of=name)
    with django_assert_num_queries(10):
        sheets_of(OCTOBER, on=MORNING.date())


def test_my_work_lists_them_from_the_1st_to_the_10th(cast):
    worklist = WORKLISTS["staff.kpi_scores"]
    waiting = worklist.waiting(cast["hejie"].pk, MORNING)
    assert (waiting.count, waiting.overdue, len(waiting.tasks)) == (4, 0, 4)
    assert waiting.tasks[0].due_at == at("2026-11-11 00:00")
    score(cast)
    assert worklist.waiting(cast["hejie"].pk, MORNING).count == 3
    assert worklist.waiting(cast["hejie"].pk, at("2026-11-11 09:00")).count == 0
    assert worklist.waiting(cast["lina"].pk, MORNING).count == 0


def test_a_supervisor_scores_on_the_page_and_sees_it_there(cast, enter):
    client = enter(cast["hejie"])
    page = client.get("/kpi/scores/").content.decode()
    assert "2026-10" in page
    assert "李娜" in page
    assert "何洁</h2>" not in page
    given = {"kpi": kpi("STF-143").pk, "employee": cast["lina"].pk, "month": "2026-10", "score": "85", "text": "稳定"}
    answer = client.post("/kpi/scores/score/", given)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#person-{cast['lina'].pk}")
    part = client.post("/kpi/scores/score/", given | {"score": "88"}, headers={"HX-Request": "true"}).content.decode()
    assert "<strong>88</strong>" in part
    assert "<del>85</del>" in part
    assert "<html" not in part
    wrong = client.post("/kpi/scores/score/", given | {"score": "200"}, headers={"HX-Request": "true"})
    assert 'value="200"' in wrong.content.decode()
    assert client.post("/kpi/scores/score/", {}).status_code == 404
    assert KpiScore.objects.get(replaced_at=None).score == 88


def test_targets_change_with_history_and_only_to_what_makes_sense(cast):
    given = {"by": cast["chenjing"], "at": MORNING, "is_used": True}
    bins = kpi("WH-030")
    with pytest.raises(Refused):
        change_kpi(bins, target=Decimal("0.9"), floor=None, warn_at=None, **given)
    with pytest.raises(Refused):
        change_kpi(bins, target=Decimal("0.9"), floor=Decimal("0.9"), warn_at=None, **given)
    with pytest.raises(Refused):
        change_kpi(bins, target=Decimal("0.9"), floor=Decimal("0.4"), warn_at=Decimal("0.95"), **given)
    same = {"target": bins.target, "floor": bins.floor, "warn_at": bins.warn_at}
    assert not change_kpi(bins, **same, **given)
    assert change_kpi(bins, target=Decimal("0.9"), floor=Decimal("0.4"), warn_at=Decimal("0.7"), **given)
    bins.refresh_from_db()
    assert (bins.target, bins.version) == (Decimal("0.9"), 2)
    changes = Event.objects.filter(verb="staff.kpi_changed").latest("pk").changes
    assert changes["target"] == ["0.8500", "0.9"]


def test_the_pages_of_indicators_say_everything_and_change_on_permission(cast, enter):
    client = enter(cast["chenjing"])
    page = client.get("/kpi/indicators/").content.decode()
    for number in ("STF-181", "STF-218", "WH-030", "RISK-011", "STF-143"):
        assert number in page
    assert "待上线" in page
    one = client.get("/kpi/indicators/WH-030/").content.decode()
    assert "85%" in one
    given = {"target": "0.9", "warn_at": "0.7", "floor": "0.4", "is_used": "on"}
    assert client.post("/kpi/indicators/WH-030/bounds/", given).status_code == 302
    assert "90%" in client.get("/kpi/indicators/WH-030/").content.decode()
    assert client.post("/kpi/indicators/WH-030/bounds/", given | {"target": "viel"}).status_code == 302
    assert client.get("/kpi/indicators/STF-999/").status_code == 404
    supervisor = enter(cast["hejie"])
    assert "目标设置" not in supervisor.get("/kpi/indicators/WH-030/").content.decode()
    assert supervisor.post("/kpi/indicators/WH-030/bounds/", given).status_code == 403


def test_what_is_to_come_says_with_which_department(cast):
    to_come = metrics_to_come()
    assert "推广" in to_come["STF-213"].department
    assert all(one.needs for one in to_come.values())
