"""One incident, several cases: each person heard by themselves, charged once at the highest price (GOV, C21)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopops.kit.refusals import Refused
from staff.actions.cases import confirm_case, reject_case, report_case
from staff.actions.incidents import join_incident, report_people
from staff.models import CaseReport, Event, Offence
from staff.queries.incidents import incident_named, others_of_incident, reports_of_day
from staff.states import CaseState, Standing
from tests.factories.cases import clause_of, png
from tests.factories.rulebook import at

NOW = at("2026-11-17 10:00")
THEN = at("2026-11-16 15:00")


def report(cast, number="GOV-013", *, by="zhaomin", who="hejie", **values):
    values = {"text": "未按流程交接", "happened_at": THEN, **values}
    return report_case(clause=clause_of(number), employee=cast[who], by=cast[by], at=NOW, **values)


def fund_of(offence: Offence):
    return sum(entry.fund for entry in offence.entries.all())


def test_two_reports_of_one_incident_cost_a_person_once_the_highest_amount(cast):
    first = report(cast, "GOV-011", incident="发货流程")
    second = report(cast, "GOV-013", incident=" 发货流程 ", by="wangqiang")
    assert (second.incident_of, second.incident) == (first, "发货流程")
    charged = confirm_case(first, by=cast["chenjing"], at=NOW)
    merged = confirm_case(second, by=cast["chenjing"], at=NOW)
    assert charged.cause == merged.cause == f"incident:{first.pk}"
    assert (fund_of(charged), fund_of(merged)) == (50, 0)
    merged.refresh_from_db()
    assert (merged.standing, merged.merged_into) == (Standing.MERGED, charged)


def test_what_is_not_said_to_be_one_incident_is_charged_each_by_itself(cast):
    first, second = report(cast, "GOV-011"), report(cast, "GOV-013", incident="别的事")
    offences = [confirm_case(case, by=cast["chenjing"], at=NOW) for case in (first, second)]
    assert [fund_of(one) for one in offences] == [50, 50]


def test_several_people_of_one_report_are_decided_and_charged_each(cast):
    people = [cast["hejie"], cast["wangqiang"], cast["hejie"]]
    cases = report_people(
        people, clause=clause_of("GOV-013"), happened_at=THEN, text="未按流程交接", files=[png()],
        incident="交接", by=cast["zhaomin"], at=NOW,
    )  # fmt: skip
    assert [case.employee for case in cases] == people[:2]
    assert [case.incident_of for case in cases] == [None, cases[0]]
    assert [case.files.get().size for case in cases] == [cases[0].files.get().size] * 2 != [0, 0]
    reject_case(cases[0], reason="当天请假", by=cast["chenjing"], at=NOW)
    offence = confirm_case(cases[1], by=cast["chenjing"], at=NOW)
    assert (offence.employee, offence.cause) == (cast["wangqiang"], f"incident:{cases[0].pk}")
    assert Offence.objects.count() == 1


def test_a_report_about_several_is_all_or_nothing(cast):
    with pytest.raises(Refused, match="奖励"):
        report_people(
            [cast["lina"], cast["zhaomin"]], clause=clause_of("STF-144"), happened_at=THEN, text="主动顶班", points=1,
            by=cast["zhaomin"], at=NOW,
        )  # fmt: skip
    with pytest.raises(Refused):
        report_people([], clause=clause_of("GOV-013"), happened_at=THEN, text="没有人", by=cast["zhaomin"], at=NOW)
    assert not CaseReport.objects.exists()


def test_words_mean_the_same_on_one_day_and_the_number_of_a_document_longer(cast):
    words, number = report(cast, incident="例会"), report(cast, incident="订单 4300123456789")
    assert incident_named("例会", THEN) == words
    assert incident_named("例会", at("2026-11-17 09:00")) is None
    assert incident_named("订单 4300123456789", at("2026-11-30 09:00")) == number
    assert incident_named("", THEN) is None
    reject_case(words, reason="没有此事", by=cast["chenjing"], at=NOW)
    assert incident_named("例会", THEN) is None


def test_only_reports_one_may_read_are_offered_an_incident_once(cast):
    first = report(cast, incident="例会", who="lina")
    report(cast, joins=first)
    assert reports_of_day(cast["chenjing"], THEN) == [first]
    assert reports_of_day(cast["zhaomin"], THEN, but=first) == []
    assert reports_of_day(cast["wangqiang"], THEN) == []
    assert reports_of_day(cast["chenjing"], at("2026-11-18 10:00")) == []
    assert all(case.employee != cast["hejie"] for case in reports_of_day(cast["hejie"], THEN))


def test_whoever_decides_joins_reports_that_are_about_the_same(cast):
    first, second = report(cast, "GOV-011", incident="例会"), report(cast, "GOV-013", by="wangqiang")
    join_incident(second, first, by=cast["chenjing"], at=NOW)
    second.refresh_from_db()
    assert (second.incident_of, second.incident) == (first, "例会")
    assert others_of_incident(second, cast["chenjing"]) == [first]
    assert others_of_incident(second, cast["wangqiang"]) == []
    assert Event.objects.filter(verb="staff.case_joined", subject_id=second.pk).count() == 1
    offences = [confirm_case(case, by=cast["chenjing"], at=NOW) for case in (second, first)]
    assert sum(fund_of(one) for one in offences) == 50


def test_reports_are_not_joined_by_strangers_after_the_decision_or_in_a_ring(cast):
    first, second = report(cast, "GOV-011"), report(cast, "GOV-013", by="wangqiang")
    for who in ("lina", "hejie"):
        with pytest.raises(Refused):
            join_incident(second, first, by=cast[who], at=NOW)
    join_incident(second, first, by=cast["chenjing"], at=NOW)
    for case, other in ((second, first), (first, second), (first, first)):
        with pytest.raises(Refused):
            join_incident(case, other, by=cast["chenjing"], at=NOW)
    third = report(cast, "GOV-013", incident="别的事")
    confirm_case(third, by=cast["chenjing"], at=NOW)
    with pytest.raises(Refused, match="已有结论"):
        join_incident(third, first, by=cast["chenjing"], at=NOW)


def test_the_form_reports_several_people_and_joins_what_was_reported(client, cast):
    known = report(cast, "GOV-011", by="zhaomin", incident="例会")
    client.force_login(cast["zhaomin"])
    page = client.get("/cases/new/?clause=GOV-013").content.decode()
    assert "涉及多人" in page
    offered = client.get("/cases/new/incidents/?happened_at=2026-11-16T18:00").content.decode()
    assert "例会 · GOV-011" in offered
    assert "例会" not in client.get("/cases/new/incidents/?happened_at=x").content.decode()
    sent = {
        "clause": "GOV-013", "employee": cast["hejie"].pk, "others": [cast["wangqiang"].pk],
        "happened_at": "2026-11-16T15:00", "text": "未按流程交接", "joins": known.pk,
    }  # fmt: skip
    answer = client.post("/cases/new/", sent)
    assert answer.status_code == 302
    cases = CaseReport.objects.exclude(pk=known.pk).order_by("pk")
    assert [(case.employee, case.incident_of, case.incident) for case in cases] == [
        (cast["hejie"], known, "例会"),
        (cast["wangqiang"], known, "例会"),
    ]
    shown = client.get(answer["Location"]).content.decode()
    assert known.get_absolute_url() in shown
    assert client.post("/cases/new/", {**sent, "others": ["x"], "joins": "zzz"}).status_code == 200


def test_the_page_of_a_case_joins_it_to_another(client, cast):
    first, second = report(cast, "GOV-011", incident="例会"), report(cast, "GOV-013", by="wangqiang")
    client.force_login(cast["chenjing"])
    assert "例会 · GOV-011" in client.get(second.get_absolute_url()).content.decode()
    answer = client.post(f"{second.get_absolute_url()}incident/", {"other": first.pk})
    assert answer["Location"] == second.get_absolute_url()
    second.refresh_from_db()
    assert second.incident_of == first
    assert second.state == CaseState.REPORTED
    assert client.post(f"{first.get_absolute_url()}incident/", {"other": 999999}).status_code == 409


def test_the_page_of_a_case_takes_as_many_queries_for_one_other_report_as_for_four(client, cast):
    first = report(cast, "GOV-011", incident="例会")
    client.force_login(cast["chenjing"])

    def queries():
        report(cast, "GOV-013", incident="例会")
        report(cast, "GOV-013")
        with CaptureQueriesContext(connection) as asked:
            client.get(first.get_absolute_url())
        return len(asked)

    queries()
    assert queries() == queries()
