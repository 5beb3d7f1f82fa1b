"""CS-066, CS-067: visits somebody planned – regular ones, after complaints and after-sales – are due as planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.actions.complaints import archive_complaint, resolve_complaint, revisit_complaint
from service.actions.follow_ups import drop_follow_up, finish_follow_up, hand_over_follow_ups, plan_follow_up
from service.models import Complaint, FollowUp
from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Finding, Question
from shopops.kit.metrics import METRICS
from staff.models import Employee
from tests.factories.agents_day import an_agent, at
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_handled_complaint

pytestmark = pytest.mark.django_db
SHEET = {"result": "content", "channel": "phone", "sheet": "买家说补发的衣服已收到，没有其他问题"}
SHEETS = {"days": 2, "characters": 12, "copies": 3, "planned_too": True}
KINDS = ("visit", "complaint", "aftersale")


def findings(name: str, day: str, **parameters) -> list[Finding]:
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), parameters)
    return list(DETECTORS[f"service.{name}"].find(question))


def late_on(day: str, *, planned_too: bool = True) -> list[tuple[str, int, int]]:
    found = findings("late_follow_up", day, days=1, planned_too=planned_too)
    return [(one.subject[0], one.subject[1], one.employee_id) for one in found]


def sheets_on(day: str) -> list[tuple[str, int, int]]:
    found = findings("missing_follow_up_sheet", day, **SHEETS)
    return [(one.subject[0], one.subject[1], one.employee_id) for one in found]


def a_visit(agent: Employee, kind: str = "visit", due: str = "2026-11-18 15:00") -> FollowUp:
    return plan_follow_up(
        a_buyer(), kind=kind, due_at=at(due), reason="问问退换的衣服合不合身", by=agent, at=at("2026-11-16 10:00")
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("done", "is_late"), [("15:00:00", False), ("15:00:01", True)])
def test_a_planned_visit_exactly_at_its_moment_is_in_time(kind, done, is_late):
    lina = an_agent()
    visit = a_visit(lina, kind)
    finish_follow_up(visit, **SHEET, by=lina, at=at(f"2026-11-18 {done}"))

    assert late_on("2026-11-18") == ([("service.FollowUp", visit.pk, lina.pk)] if is_late else [])
    assert late_on("2026-11-19") == sheets_on("2026-11-19") == []


def test_a_clause_may_leave_planned_visits_out_and_one_that_does_not_name_them_does():
    lina = an_agent()
    visit = a_visit(lina)

    assert late_on("2026-11-18", planned_too=False) == findings("late_follow_up", "2026-11-18", days=1) == []
    assert late_on("2026-11-18") == [("service.FollowUp", visit.pk, lina.pk)]


def test_a_visit_nobody_made_lacks_its_sheet_a_day_later():
    lina = an_agent()
    visit = a_visit(lina)

    assert sheets_on("2026-11-18") == []
    assert sheets_on("2026-11-19") == [("service.FollowUp", visit.pk, lina.pk)]


def test_a_visit_dropped_in_time_is_no_miss_and_one_handed_over_is_the_receivers():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    drop_follow_up(a_visit(lina), reason="买家已退货", by=lina, at=at("2026-11-18 14:00"))
    early, late = a_visit(lina), a_visit(lina)
    hand_over_follow_ups([early.pk], zhoumin, by=zhoumin, at=at("2026-11-18 14:59"))
    hand_over_follow_ups([late.pk], zhoumin, by=zhoumin, at=at("2026-11-18 15:01"))

    assert {(pk, who) for _kind, pk, who in late_on("2026-11-18")} == {(early.pk, zhoumin.pk), (late.pk, lina.pk)}


def filed(handler: Employee) -> Complaint:
    """A complaint filed on the 16th at 10:00, to be visited again within three days."""
    boss = an_agent("hejie", "何洁")
    complaint = a_handled_complaint(handler, at=at("2026-11-15 10:00"))
    resolve_complaint(complaint, by=boss, at=at("2026-11-15 15:00"))
    archive_complaint(complaint, by=boss, at=at("2026-11-16 10:00"))
    return complaint


@pytest.mark.parametrize(("seconds", "is_late"), [(0, False), (1, True)])
def test_the_buyer_of_a_complaint_is_visited_again_within_the_days_of_the_setting(seconds, is_late):
    lina = an_agent()
    complaint = filed(lina)
    moment = at("2026-11-19 10:00") + timedelta(seconds=seconds)
    revisit_complaint(complaint, rating=5, evaluation="处理得很快", by=lina, at=moment)

    assert late_on("2026-11-19") == ([("service.Complaint", complaint.pk, lina.pk)] if is_late else [])
    assert sheets_on("2026-11-20") == []


def test_a_complaint_without_an_evaluation_sheet_lacks_it_a_day_later():
    lina = an_agent()
    complaint = filed(lina)

    assert sheets_on("2026-11-19") == []
    [missing] = findings("missing_follow_up_sheet", "2026-11-20", **SHEETS)
    assert missing.subject[:2] == ("service.Complaint", complaint.pk)
    assert missing.url == complaint.get_absolute_url()


def test_the_figure_counts_every_follow_up_for_who_had_it_when_it_was_due():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    kept, late = a_visit(lina), a_visit(lina, "complaint")
    finish_follow_up(kept, **SHEET, by=lina, at=at("2026-11-18 15:00"))
    hand_over_follow_ups([late.pk], zhoumin, by=zhoumin, at=at("2026-11-18 16:00"))
    metric = METRICS["service.follow_ups_in_time"]

    read = {one.employee_id: (one.numerator, one.denominator) for one in metric.read(date(2026, 11, 18))}
    assert read == {lina.pk: (1, 2), None: (1, 2)}
    assert metric.facts(date(2026, 11, 18), None, lina.pk).count() == 2
