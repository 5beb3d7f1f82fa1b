"""Points: sums that agree with plain SQL, waivers as counter-entries, and whose evidence one may see."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.refusals import Refused
from staff.actions.points import waive_offence
from staff.actions.tally import tally_day
from staff.models import Clause, ClauseVersion, Event, Notification, Offence, PointEntry
from staff.queries.evidence import facts_in_words, lateness, limit_in_words, may_see, offence_story
from staff.queries.points import (
    entries_of_person,
    month_span,
    offence_cases,
    offence_rows,
    total_of_person,
    totals_by_clause,
    totals_by_month,
    totals_by_person,
    warnings_of_person,
)
from staff.queries.rulebook import points_in_words
from staff.states import EntryKind
from tests.factories.rulebook import at, lina, note, open_book, supervisor
from tests.factories.staff import EmployeeFactory, employee_with

FRIDAY = date(2026, 11, 20)
NIGHT = at("2026-11-21 00:30")
NOVEMBER = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}


@pytest.fixture
def charged(db) -> Offence:
    """A late order of 李娜, found at night."""
    open_book()
    note("2026-11-19 10:00", by=lina(), shipped="2026-11-21 09:00")
    tally_day(FRIDAY, at=NIGHT)
    return Offence.objects.get(clause__number="ORD-016")


def test_a_waiver_is_a_counter_entry_with_reason_and_news(charged):
    boss = EmployeeFactory(username="hejie", name="何洁")
    entry = waive_offence(charged, reason="快递停运", by=boss, at=at("2026-12-02 10:00"))
    assert (entry.kind, entry.points, entry.day, entry.booked_by) == (EntryKind.COUNTER, 3, date(2026, 12, 2), boss)
    assert entry.counters.points == -3
    assert total_of_person(charged.employee, first=date(2026, 11, 1), last=date(2026, 12, 31)) == 0
    assert total_of_person(charged.employee, **NOVEMBER) == -3
    assert Event.objects.get(verb="staff.offence_waived").reason == "快递停运"
    news = Notification.objects.get(employee=charged.employee, text__contains="waived")
    assert "何洁" in news.sentence
    assert news.url == charged.get_absolute_url()


def test_points_are_waived_once_with_a_reason_and_never_by_oneself(charged):
    boss = EmployeeFactory(username="hejie", name="何洁")
    with pytest.raises(Refused):
        waive_offence(charged, reason="  ", by=boss, at=NIGHT)
    with pytest.raises(Refused):
        waive_offence(charged, reason="不服", by=charged.employee, at=NIGHT)
    waive_offence(charged, reason="快递停运", by=boss, at=NIGHT)
    with pytest.raises(Refused):
        waive_offence(charged, reason="再来一次", by=boss, at=NIGHT)
    assert PointEntry.objects.count() == 2


def test_a_warning_has_nothing_to_waive(charged):
    warning = Offence.objects.get(clause__number="ORD-014")
    with pytest.raises(Refused):
        waive_offence(warning, reason="x", by=EmployeeFactory(username="hejie", name="何洁"), at=NIGHT)


def test_a_tally_after_a_waiver_charges_nothing_again(charged):
    waive_offence(charged, reason="快递停运", by=EmployeeFactory(username="hejie", name="何洁"), at=NIGHT)
    assert tally_day(FRIDAY, at=NIGHT + timedelta(days=1)).new == 0
    assert total_of_person(charged.employee, **NOVEMBER) == 0


def test_the_database_wants_to_know_what_a_counter_entry_counters(charged):
    with pytest.raises(IntegrityError), transaction.atomic():
        PointEntry.objects.create(
            offence=charged,
            employee=charged.employee,
            kind=EntryKind.COUNTER,
            points=3,
            day=FRIDAY,
            booked_at=NIGHT,
            reason="",
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PointEntry.objects.create(
            offence=charged, employee=charged.employee, points=-3, day=FRIDAY, booked_at=NIGHT, reason=""
        )


def test_the_month_of_a_person_has_charges_warnings_and_a_total(charged):
    person = charged.employee
    entries = list(entries_of_person(person, **NOVEMBER))
    assert [(entry.offence_id, entry.points) for entry in entries] == [(charged.pk, Decimal(-3))]
    assert [one.clause.number for one in warnings_of_person(person, **NOVEMBER)] == ["ORD-014"]
    assert totals_by_month(person, first=date(2026, 1, 1), last=date(2026, 12, 31)) == {date(2026, 11, 1): -3}


def test_everybodys_month_counts_charges_waivers_and_warnings_apart(charged):
    boss = supervisor()
    note("2026-11-19 10:00", by=None)
    note("2026-11-19 10:00", by=boss, shipped="2026-11-20 12:00")
    tally_day(FRIDAY, at=NIGHT)
    waive_offence(charged, reason="快递停运", by=boss, at=NIGHT)
    rows = {row["employee__name"]: row for row in totals_by_person(**NOVEMBER)}
    assert list(rows) == ["何洁", "李娜"]
    assert {name: rows["李娜"][name] for name in ("points", "charges", "waived", "warnings")} == {
        "points": 0,
        "charges": 1,
        "waived": 1,
        "warnings": 1,
    }
    assert (rows["何洁"]["points"], rows["何洁"]["charges"], rows["何洁"]["warnings"]) == (-3, 1, 1)
    assert [
        (row["offence__clause__number"], row["charges"], row["points"]) for row in totals_by_clause(**NOVEMBER)
    ] == [("ORD-016", 2, -3)]


def test_the_rows_of_the_daily_report_say_clause_person_and_document(charged):
    assert offence_rows(FRIDAY) == [
        {
            "clause": "ORD-016",
            "title": "未按时发货",
            "title_en": "Late dispatch",
            "employee": charged.employee_id,
            "name": "李娜",
            "count": 1,
            "waived": 0,
            "points": "-3.00",
        }
    ]
    case = offence_cases(FRIDAY, 10)[0]
    assert (case["subject"], case["name"], case["points"]) == (charged.subject_label, "李娜", "-3.00")
    assert case["deadline"] == at("2026-11-21 00:00")


def test_the_evidence_is_told_in_the_order_it_happened(charged):
    facts = facts_in_words(charged)
    assert [(fact.label, fact.value) for fact in facts if fact.moment] == [
        ("审核时间", "2026-11-19 10:00"),
        ("期限", "2026-11-20 24:00"),
        ("发货时间", "2026-11-21 09:00"),
    ]
    assert {fact.label for fact in facts if not fact.moment} == {"订单", "商品", "件数"}
    assert lateness(charged) == "超时 9 小时"
    with translation.override("en"):
        assert facts_in_words(charged)[1].label == "Deadline"
        assert lateness(charged) == "9 hours late"


def test_what_had_not_left_says_so(charged):
    charged.facts["shipped_at"] = None
    shown = {fact.label: fact.value for fact in facts_in_words(charged)}
    assert shown["发货时间"] == "发现时尚未发出"
    charged.found_at = charged.happened_at + timedelta(minutes=20)
    assert lateness(charged) == "超时 20 分钟"
    charged.found_at = charged.happened_at + timedelta(days=3)
    assert lateness(charged) == "超时 3 天"


def test_the_story_begins_with_the_tally_and_ends_with_the_waiver(charged):
    waive_offence(charged, reason="快递停运", by=EmployeeFactory(username="hejie", name="何洁"), at=NIGHT)
    assert [line.what for line in offence_story(charged)] == ["免除扣分", "发现并记分"]


def test_evidence_is_for_oneself_and_for_those_who_may_see_everybodys(charged):
    assert may_see(charged, charged.employee)
    assert not may_see(charged, EmployeeFactory(username="sunyue", name="孙悦"))
    assert may_see(charged, employee_with("staff.view_offence", username="chenjing", name="陈静"))


def test_a_limit_at_midnight_is_24_oclock_of_the_day_it_ends():
    assert limit_in_words(at("2026-11-21 00:00")) == "2026-11-20 24:00"
    assert limit_in_words(at("2026-11-21 12:30")) == "2026-11-21 12:30"
    assert limit_in_words(None) == ""


def test_points_are_written_with_their_sign():
    assert [points_in_words(Decimal(text)) for text in ("-3.00", "1.50", "0", "-0.5", "20")] == [
        "−3",
        "+1.5",
        "–",
        "−0.5",
        "+20",
    ]


@pytest.mark.parametrize(("day", "last"), [(date(2026, 2, 14), 28), (date(2028, 2, 29), 29), (date(2026, 12, 31), 31)])
def test_a_month_has_all_its_days(day, last):
    assert month_span(day) == (day.replace(day=1), day.replace(day=last))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    booked=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 60), st.sampled_from(["-3", "-1.5", "-0.5", "2"]), st.booleans()),
        max_size=25,
    )
)
def test_sums_of_points_equal_what_plain_sql_gives(db, booked):
    """Whoever was charged and waived what and when, page and plain SQL agree."""
    with transaction.atomic():
        open_book()
        clause = Clause.objects.get(number="ORD-016")
        version = ClauseVersion.objects.get(clause=clause)
        people = [EmployeeFactory(username=name, name=name) for name in ("lina", "sunyue", "zhouqian")]
        judge = EmployeeFactory(username="hejie", name="何洁")
        for number, (who, back, points, is_waived) in enumerate(booked):
            day = date(2026, 11, 30) - timedelta(days=back)
            offence = Offence.objects.create(
                clause=clause,
                version=version,
                employee=people[who],
                subject_type="warehouse.DispatchNote",
                subject_id=number,
                subject_label=str(number),
                happened_at=NIGHT,
                day=day,
                found_at=NIGHT,
            )
            PointEntry.objects.create(
                offence=offence, employee=people[who], points=Decimal(points), day=day, booked_at=NIGHT
            )
            if is_waived:
                waive_offence(offence, reason="客观原因", by=judge, at=NIGHT)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT employee_id, sum(points), count(*) FILTER (WHERE counters_id IS NULL),"
                " count(*) FILTER (WHERE counters_id IS NOT NULL) FROM staff_pointentry"
                " WHERE date_trunc('month', day) = date '2026-11-01' GROUP BY employee_id"
            )
            plain = {row[0]: row[1:] for row in cursor.fetchall()}
        rows = totals_by_person(**NOVEMBER)
        assert {row["employee_id"]: (row["points"], row["charges"], row["waived"]) for row in rows} == plain
        for person in people:
            assert total_of_person(person, **NOVEMBER) == plain.get(person.pk, (0,))[0]
        by_clause = totals_by_clause(**NOVEMBER)
        assert sum(row["points"] for row in by_clause) == sum(row[0] for row in plain.values())
        transaction.set_rollback(True)
