"""The books follow from the facts: whatever the clause, in whatever order days are tallied and facts come in."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staff.actions.booking import apply_excuse
from staff.actions.tally import Tally, tally_day
from staff.actions.trials import recompute
from staff.models import Excuse, Offence, PointEntry
from staff.states import ExcuseKind, Per, Standing
from tests.factories.clauses import clause, night_after, watching
from tests.factories.rulebook import at, lina, supervisor
from tests.factories.staff import EmployeeFactory

WATCH = "tests.what_happens"
FIRST = date(2026, 10, 29)
SPAN = 8
LONG_AFTER = at("2026-11-20 10:00")
GRADES = {"slight": "-0.5", "grave": "-3", "none": "0"}
NOTHING = Decimal(0)


@dataclass
class Terms:
    """The prices of a clause, as the test reckons them by itself."""

    per: str
    escalates_from: int | None
    cap: Decimal | None
    superior_points: Decimal
    fund: Decimal
    points: Decimal = Decimal(-1)


@dataclass
class Case:
    """One case as the test reckons it."""

    who: str
    when: datetime
    number: int
    price: Decimal
    fund: Decimal
    unit: tuple
    is_superior: bool = False
    is_excused: bool = False
    standing: str = ""
    costs: Decimal = NOTHING
    yuan: Decimal = NOTHING
    facts: dict = field(default_factory=dict)


terms = st.builds(
    Terms,
    per=st.sampled_from(Per.values),
    escalates_from=st.sampled_from([None, 2, 3]),
    cap=st.sampled_from([None, Decimal("2.5")]),
    superior_points=st.sampled_from([NOTHING, Decimal(-2)]),
    fund=st.sampled_from([NOTHING, Decimal(50)]),
)
events = st.lists(
    st.tuples(
        st.integers(0, SPAN - 1),
        st.integers(8, 18),
        st.sampled_from(["lina", "wangqiang", "hejie"]),
        st.sampled_from(["", "slight", "grave", "none"]),
        st.sampled_from(["", "a", "b"]),
        st.booleans(),
    ),
    max_size=14,
)
excused_spans = st.lists(
    st.tuples(
        st.integers(0, SPAN - 1),
        st.integers(7, 12),
        st.integers(13, 19),
        st.sampled_from(["", "lina", "hejie"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=2,
)


def moment(day: int, hour: int) -> datetime:
    return at(f"{FIRST + timedelta(days=day)} {hour:02}:00")


def reckon(asked: Terms, happened: list[tuple], spans: list[tuple]) -> dict[tuple[str, int], Case]:
    """Return what each case costs, worked out one after the other and without the database."""
    agents = [_case(asked, row, number, spans) for number, row in enumerate(happened, start=1)]
    _price(asked, [one for one in agents if one.who != "hejie"])
    bearing = []
    for one in agents:
        if asked.superior_points and one.who != "hejie" and one.standing in {"charged", "warned"}:
            row = (*happened[one.number - 1][:2], "hejie", *happened[one.number - 1][3:])
            bearing.append(_case(asked, row, one.number, spans, is_superior=True))
    _price(asked, [one for one in agents if one.who == "hejie"] + bearing)
    return {(one.who, one.number): one for one in agents + bearing}


def _case(asked: Terms, row: tuple, number: int, spans: list[tuple], *, is_superior: bool = False) -> Case:
    day, hour, who, grade, cause, _late = row
    when = moment(day, hour)
    units = {
        Per.DAY: ("day", when.date()),
        Per.MONTH: ("month", when.month),
        Per.CAUSE: ("cause", cause) if cause else ("case", number),
        Per.CASE: ("case", number),
    }
    return Case(
        who,
        when,
        number,
        asked.superior_points if is_superior else Decimal(GRADES.get(grade, asked.points)),
        NOTHING if is_superior else asked.fund,
        units[asked.per],
        is_superior,
        any(
            moment(on, start) <= when <= moment(on, end) and whom in {"", who} and is_confirmed
            for on, start, end, whom, is_confirmed, _late in spans
        ),
    )


def _price(asked: Terms, cases: list[Case]) -> None:
    highest: dict[tuple, tuple[Decimal, Decimal]] = {}
    numbers: dict[tuple, int] = defaultdict(int)
    spent: dict[tuple, Decimal] = defaultdict(Decimal)
    for one in sorted(cases, key=lambda one: (one.when, one.number)):
        if one.is_excused:
            one.standing = "excused"
            continue
        unit, month = (one.who, one.unit), (one.who, one.when.month)
        had = highest.get(unit)
        before, fund_before = had or (NOTHING, NOTHING)
        more, more_fund = max(abs(one.price) - before, NOTHING), max(one.fund - fund_before, NOTHING)
        highest[unit] = (max(before, abs(one.price)), max(fund_before, one.fund))
        if had is not None and not more and not more_fund and (one.price or one.fund):
            one.standing = "merged"
            continue
        if not more and not more_fund:
            one.standing = "warned"
            continue
        times = 1
        if not one.is_superior:
            numbers[month] += not before and not fund_before
            times = 2 if asked.escalates_from and numbers[month] >= asked.escalates_from else 1
        one.standing = "charged"
        room = more * times if asked.cap is None else max(asked.cap - spent[month], NOTHING)
        one.costs = -min(more * times, room)
        spent[month] -= one.costs
        one.yuan = more_fund * times


def booked() -> dict[tuple[str, int], tuple[str, Decimal, Decimal]]:
    """Return what the books say of each case, by plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.username, o.subject_id, o.standing, coalesce(sum(e.points), 0), coalesce(sum(e.fund), 0)"
            " FROM staff_offence o JOIN staff_employee p ON p.id = o.employee_id"
            " LEFT JOIN staff_pointentry e ON e.offence_id = o.id GROUP BY o.id, p.username"
        )
        return {(who, number): (standing, points, fund) for who, number, standing, points, fund in cursor.fetchall()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=terms, happened=events, spans=excused_spans, order=st.permutations(range(SPAN)))
def test_the_books_equal_an_independent_reckoning_in_whatever_order_things_become_known(
    db, asked, happened, spans, order
):
    with transaction.atomic(), watching(WATCH) as happenings:
        people = {
            "lina": lina(),
            "wangqiang": EmployeeFactory(username="wangqiang", name="王强"),
            "hejie": supervisor(),
        }
        boss, analyst = EmployeeFactory(username="chenjing"), EmployeeFactory(username="zhaomin")
        clause(
            "CS-066",
            points=str(asked.points),
            detector=WATCH,
            per=asked.per,
            grades=GRADES,
            fund=asked.fund,
            escalates_from=asked.escalates_from,
            escalates_by=Decimal(2),
            monthly_cap=asked.cap,
            superior_points=asked.superior_points,
            superior_post="STF-073",
            excuses=[ExcuseKind.OUTAGE],
        )
        late, excuses = [], []
        for number, (day, hour, who, grade, cause, is_late) in enumerate(happened, start=1):
            row = (WATCH, people[who], moment(day, hour))
            values = {"grade": grade, "cause": cause, "subject": number}
            if is_late:
                late.append((row, values))
            else:
                happenings.add(*row, **values)
        for day, start, end, whom, is_confirmed, is_late in spans:
            excuse = Excuse(
                kind=ExcuseKind.OUTAGE,
                employee=people.get(whom),
                starts_at=moment(day, start),
                ends_at=moment(day, end),
                reason="故障",
                entered_by=analyst,
                entered_at=LONG_AFTER,
            )
            excuse.save()
            if is_confirmed:
                excuse.confirmed_by, excuse.confirmed_at = boss, LONG_AFTER
                (excuses.append if is_late else Excuse.save)(excuse)
        for day in order:
            tally_day(FIRST + timedelta(days=day), at=LONG_AFTER)
        for row, values in late:
            happenings.add(*row, **values)
        for day in order:
            tally_day(FIRST + timedelta(days=day), at=LONG_AFTER)
        for excuse in excuses:
            excuse.save()
            apply_excuse(excuse, by=boss, at=LONG_AFTER)
        expected = reckon(asked, happened, spans)
        ours = booked()
        wanted = {key: (one.standing, one.costs, one.yuan) for key, one in expected.items()}
        costing = {key: row for key, row in ours.items() if row[1] or row[2]}
        assert costing == {key: row for key, row in wanted.items() if row[1] or row[2]}
        assert {key: row for key, row in ours.items() if key in wanted} == wanted
        assert PointEntry.objects.aggregate(points=Sum("points"))["points"] == (
            sum(one.costs for one in expected.values()) if PointEntry.objects.exists() else None
        )
        check_invariants()
        before = (list(Offence.objects.values()), list(PointEntry.objects.values()))
        assert recompute(FIRST, FIRST + timedelta(days=SPAN - 1), at=LONG_AFTER).differences == []
        for day in reversed(order):
            assert tally_day(FIRST + timedelta(days=day), at=LONG_AFTER).new == 0
        assert (list(Offence.objects.values()), list(PointEntry.objects.values())) == before
        transaction.set_rollback(True)


def check_invariants() -> None:
    """See that excuses charge nothing, what is merged is merged into something, and nobody pays twice for one thing."""
    excused = PointEntry.objects.filter(offence__standing=Standing.EXCUSED).values("offence")
    for row in excused.annotate(points=Sum("points"), fund=Sum("fund")):
        assert (row["points"], row["fund"]) == (0, 0)
    for offence in Offence.objects.filter(standing=Standing.MERGED).select_related("merged_into"):
        assert offence.merged_into.standing != Standing.MERGED or offence.merged_into.entries.exists()
        assert offence.merged_into.employee_id == offence.employee_id
        assert offence.merged_into.pk != offence.pk


def test_tallies_at_once_of_a_clause_that_counts_book_everything_once(transactional_db):
    version = clause("CS-066", points="-0.5", detector=WATCH, escalates_from=3, escalates_by=2)
    agent = lina()
    days = [FIRST + timedelta(days=number) for number in range(3)]
    with watching(WATCH) as happenings:
        for day in days:
            for hour in (9, 10):
                happenings.add(WATCH, agent, at(f"{day} {hour:02}:00"))
        tallies: list[Tally] = []
        gate = threading.Barrier(4)

        def run(mine: list[date]) -> None:
            gate.wait()
            try:
                tallies.extend(tally_day(day, at=night_after(days[-1])) for day in mine)
            finally:
                connection.close()

        orders = (days, days[::-1], days, days[::-1])
        threads = [threading.Thread(target=run, args=(list(mine),)) for mine in orders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(tally.new for tally in tallies) == 6
    assert PointEntry.objects.aggregate(points=Sum("points"))["points"] == Decimal(-5)
    assert version.clause.offences.count() == 6
