"""ORD-014…ORD-016: what leaves late, and who answers. November 2026: the 20th is a Friday."""

from __future__ import annotations

from datetime import date

import pytest

from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Question
from staff.models import CalendarDay
from staff.queries.calendar import forget_calendar
from tests.factories.rulebook import at, lina, note, supervisor
from warehouse.states import NoteState

pytestmark = pytest.mark.django_db
PARAMETERS = {"working_days": 1, "fallback_post": "STF-073"}


@pytest.fixture(autouse=True)
def _fresh_calendar():
    forget_calendar()
    yield
    forget_calendar()


def late_on(day: str, **parameters):
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), PARAMETERS | parameters)
    return list(DETECTORS["warehouse.late_dispatch"].find(question))


def amber_on(day: str):
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), {"hours": 24})
    return list(DETECTORS["warehouse.amber_dispatch"].find(question))


def test_an_order_of_thursday_is_late_when_friday_ends():
    late = note("2026-11-19 10:00", by=lina())
    assert [finding.subject[1] for finding in late_on("2026-11-20")] == [late.pk]
    assert late_on("2026-11-19") == []
    assert late_on("2026-11-21") == []


def test_the_evidence_names_document_moments_and_page():
    late = note("2026-11-19 10:00", by=(agent := lina()), shipped="2026-11-21 09:00")
    finding = late_on("2026-11-20")[0]
    assert finding.subject == ("warehouse.DispatchNote", late.pk, late.number)
    assert (finding.employee_id, finding.happened_at) == (agent.pk, at("2026-11-21 00:00"))
    assert finding.facts["goods"] == "加厚羊羔绒外套"
    assert finding.facts["shipped_at"].startswith("2026-11-21T01:00:00")
    assert finding.url.endswith(f"{late.number}/")


def test_an_order_of_friday_has_until_monday_midnight():
    note("2026-11-20 17:00", by=lina())
    assert late_on("2026-11-20") == late_on("2026-11-21") == late_on("2026-11-22") == []
    assert len(late_on("2026-11-23")) == 1


def test_orders_of_the_weekend_are_due_on_monday_too():
    for moment in ("2026-11-21 11:00", "2026-11-22 23:59"):
        note(moment, by=lina())
    assert len(late_on("2026-11-23")) == 2
    assert late_on("2026-11-24") == []


def test_the_national_holiday_pushes_the_limit_behind_it():
    """2026: 1 to 7 October are free; Thursday the 8th works."""
    note("2026-09-30 10:00", by=lina())
    assert late_on("2026-10-01") == []
    assert late_on("2026-10-07") == []
    assert len(late_on("2026-10-08")) == 1


def test_a_make_up_day_is_a_working_day():
    """Saturday 2026-02-14 is worked before the Spring Festival."""
    note("2026-02-13 10:00", by=lina())
    assert len(late_on("2026-02-14")) == 1


def test_the_shops_own_free_day_pushes_the_limit():
    CalendarDay.objects.create(day=date(2026, 11, 20), is_working_day=False)
    forget_calendar()
    note("2026-11-19 10:00", by=lina())
    assert late_on("2026-11-20") == []
    assert len(late_on("2026-11-23")) == 1


def test_two_working_days_give_one_more():
    note("2026-11-19 10:00", by=lina())
    assert late_on("2026-11-20", working_days=2) == []
    assert len(late_on("2026-11-23", working_days=2)) == 1


def test_shipped_exactly_at_the_limit_is_in_time():
    note("2026-11-19 10:00", by=lina(), shipped="2026-11-21 00:00")
    note("2026-11-19 10:00", by=lina(), shipped="2026-11-21 00:00:01")
    assert len(late_on("2026-11-20")) == 1


def test_a_stricter_promise_wins():
    note("2026-11-19 10:00", by=lina(), promised="2026-11-20 12:00", shipped="2026-11-20 12:01")
    finding = late_on("2026-11-20")[0]
    assert finding.happened_at == at("2026-11-20 12:00")


def test_a_kept_promise_is_no_offence():
    note("2026-11-19 10:00", by=lina(), promised="2026-11-20 12:00", shipped="2026-11-20 12:00")
    assert late_on("2026-11-20") == []


def test_a_promise_on_the_weekend_counts_on_its_day():
    note("2026-11-20 10:00", by=lina(), promised="2026-11-21 18:00")
    assert len(late_on("2026-11-21")) == 1
    assert late_on("2026-11-23") == []


def test_a_promise_later_than_the_limit_changes_nothing():
    note("2026-11-19 10:00", by=lina(), promised="2026-11-25 12:00")
    assert len(late_on("2026-11-20")) == 1
    assert late_on("2026-11-25") == []


def test_a_promise_at_the_very_end_of_the_day_is_found_once():
    note("2026-11-19 10:00", by=lina(), promised="2026-11-21 00:00")
    assert len(late_on("2026-11-20")) == 1
    assert late_on("2026-11-21") == []


def test_a_promise_that_had_passed_at_the_approval_cannot_be_kept_by_shipping():
    note("2026-11-19 10:00", by=lina(), promised="2026-11-19 09:00")
    assert late_on("2026-11-19") == []
    assert len(late_on("2026-11-20")) == 1


def test_a_cancelled_note_is_nobodys_fault():
    note("2026-11-19 10:00", by=lina(), state=NoteState.CANCELLED)
    assert late_on("2026-11-20") == amber_on("2026-11-20") == []


def test_the_holder_of_the_post_answers_for_what_a_rule_approved():
    boss = supervisor()
    note("2026-11-19 10:00", by=None)
    assert [finding.employee_id for finding in late_on("2026-11-20")] == [boss.pk]


def test_who_held_the_post_on_that_day_answers_even_after_leaving():
    former = supervisor(until=date(2026, 11, 20))
    supervisor(username="zhoujie", name="周杰", since=date(2026, 11, 21))
    note("2026-11-19 10:00", by=None)
    note("2026-11-20 10:00", by=None)
    assert [finding.employee_id for finding in late_on("2026-11-20")] == [former.pk]
    assert [finding.employee_id for finding in late_on("2026-11-23")] != [former.pk]


def test_without_a_holder_nobody_is_charged():
    note("2026-11-19 10:00", by=None)
    assert late_on("2026-11-20") == []
    assert late_on("2026-11-20", fallback_post="") == []


def test_amber_comes_24_hours_after_the_approval_weekend_or_not():
    note("2026-11-20 15:30", by=lina())
    assert amber_on("2026-11-20") == []
    finding = amber_on("2026-11-21")[0]
    assert finding.happened_at == at("2026-11-21 15:30")


def test_amber_spares_what_left_at_the_very_last_second():
    note("2026-11-19 15:30", by=lina(), shipped="2026-11-20 15:30")
    note("2026-11-19 15:30", by=lina(), shipped="2026-11-20 15:30:01")
    assert len(amber_on("2026-11-20")) == 1


def test_asked_about_the_future_the_detector_says_what_will_be_late():
    """A limit in the coming hours, of what has not left yet."""
    from datetime import timedelta

    from shopops.kit.clock import Window

    coming = note("2026-11-19 10:00", by=lina())
    note("2026-11-19 10:00", by=lina(), shipped="2026-11-20 09:00")
    now = at("2026-11-20 11:00")
    question = Question(Window(now, now + timedelta(hours=24)), now, PARAMETERS)
    assert [finding.subject[1] for finding in DETECTORS["warehouse.late_dispatch"].find(question)] == [coming.pk]
