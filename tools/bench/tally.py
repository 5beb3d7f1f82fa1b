"""The tally of a day with 100,000 orders among a million facts, and replays: ours against SQL written by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection, transaction

from tools.bench.registry import Result, bench, in_turn, median_ratio

ORDERS, DAYS, FACTS_IN_ALL = 100_000, 30, 1_000_000
LATE, LEFT_OVER = 0.05, 0.01
FRIDAY = date(2026, 8, 7)  # a working day, and the seventh, so that every detector has something to find
GOAL = 1.3
ORDINARY_SECONDS = 0.25

FACTS = """jsonb_build_object('orders', order_numbers, 'goods', summary, 'pieces', pieces, 'approved_at', confirmed_at,
    'promised_at', promised_at, 'deadline', {limit}, 'shipped_at', shipped_at)"""
A_DAY = "confirmed_at + interval '24 hours'"
OFFENCES = """INSERT INTO staff_offence (clause_id, version_id, employee_id, subject_type, subject_id, subject_label,
    happened_at, day, facts, url, found_at, standing, grade, cause, is_frozen)"""
AMBER = f"""{OFFENCES}
SELECT %(clause)s, %(version)s, confirmed_by_id, 'warehouse.DispatchNote', id, number,
    {A_DAY}, %(day)s, {FACTS.format(limit=A_DAY)}, '/warehouse/notes/' || number || '/', %(at)s,
    %(standing)s, '', '', false
FROM warehouse_dispatchnote
WHERE state <> 'cancelled' AND confirmed_by_id IS NOT NULL
    AND confirmed_at > %(start)s - interval '24 hours' AND confirmed_at <= %(end)s - interval '24 hours'
    AND (shipped_at IS NULL OR shipped_at > confirmed_at + interval '24 hours')
ON CONFLICT DO NOTHING"""
LATE_NOTES = f"""{OFFENCES}
SELECT %(clause)s, %(version)s, coalesce(confirmed_by_id, %(boss)s), 'warehouse.DispatchNote', id, number, %(end)s,
    %(day)s, {FACTS.format(limit="%(end)s::timestamptz")}, '/warehouse/notes/' || number || '/', %(at)s,
    %(standing)s, '', '', false
FROM warehouse_dispatchnote
WHERE state <> 'cancelled' AND confirmed_at >= %(since)s AND confirmed_at < %(start)s
    AND (shipped_at IS NULL OR shipped_at > %(end)s) AND (promised_at IS NULL OR promised_at > %(end)s)
ON CONFLICT DO NOTHING"""
PROMISED = f"""{OFFENCES}
SELECT %(clause)s, %(version)s, coalesce(confirmed_by_id, %(boss)s), 'warehouse.DispatchNote', id, number, promised_at,
    %(day)s, {FACTS.format(limit="promised_at")}, '/warehouse/notes/' || number || '/', %(at)s,
    %(standing)s, '', '', false
FROM warehouse_dispatchnote
WHERE state <> 'cancelled' AND confirmed_at >= %(since)s AND confirmed_at < %(end)s
    AND promised_at > %(start)s AND promised_at <= %(end)s AND promised_at > confirmed_at
    AND (shipped_at IS NULL OR shipped_at > promised_at)
ON CONFLICT DO NOTHING"""
LEFT_OVERS = f"""{OFFENCES}
SELECT %(clause)s, %(version)s, coalesce(confirmed_by_id, %(boss)s), 'orders.Order', id, number, %(end)s, %(day)s,
    jsonb_build_object('goods', summary, 'paid', paid::text, 'paid_at', paid_at, 'approved_at', confirmed_at,
        'shipped_at', shipped_at, 'deadline', %(end)s::timestamptz), '/orders/' || id || '/', %(at)s,
    %(standing)s, '', '', false
FROM orders_order
WHERE paid_at < %(month)s AND (state IN ('review', 'held', 'finance', 'approved') OR shipped_at > %(end)s
    OR state = 'closed' AND finished_at > %(end)s AND shipped_at IS NULL)
ON CONFLICT DO NOTHING"""
ENTRIES = """INSERT INTO staff_pointentry (offence_id, employee_id, kind, points, fund, workings, day, booked_at,
    reason)
SELECT id, employee_id, 'charge', -3, 0, '{}', %(day)s, %(at)s, '' FROM staff_offence
WHERE clause_id = %(clause)s AND day = %(day)s"""


@bench("tally")
def tally(rounds: int) -> Iterable[Result]:
    """Tally one day that holds 100,000 orders, and an ordinary day of a month that holds as many."""
    house = make_house()
    write(house, 1)
    write_past()
    check_same(house)
    times = in_turn(rounds, ours, lambda: tally_by_hand(FRIDAY, house), before=forget)
    forget()
    ours()
    booked = count()
    again = in_turn(rounds, ours)[0]
    name = f"tally of a day with {ORDERS:,} orders among {FACTS_IN_ALL:,} facts"
    yield Result(
        name=f"{name}: time against its raw SQL",
        ours=min(times[0]),
        anchor=min(times[1]),
        ratio=median_ratio(times[0], times[1]),
        goal=GOAL,
        better="less",
        note=f"{booked:,} offences booked",
    )
    yield Result(
        name=f"{name}: again, nothing new, against its raw SQL",
        ours=min(again),
        anchor=min(times[1]),
        ratio=median_ratio(again, times[1]),
        goal=1.0,
        better="less",
    )
    write(house, DAYS)
    check_same(house)
    night = in_turn(rounds * 3, ours, lambda: tally_by_hand(FRIDAY, house), before=forget)
    yield Result(
        name=f"tally of one of {DAYS} days that hold {ORDERS:,} orders",
        ours=median(night[0]),
        anchor=None,
        goal=ORDINARY_SECONDS,
        better="less",
        note=f"a dozen statements, asking and telling included; the bare SQL takes {median(night[1]):.3f} s",
    )


def ours() -> None:
    """Tally the day."""
    from shopops.kit.clock import day_window
    from staff.actions.tally import tally_day

    tally_day(FRIDAY, at=day_window(FRIDAY).end + timedelta(minutes=30))


def tally_by_hand(day: date, house: dict[str, Any]) -> None:
    """Book a day as somebody would who writes it down for this day alone."""
    from shopops.kit.clock import day_window

    start, end = day_window(day)
    values = {"day": day, "start": start, "end": end, "at": end, "boss": house["boss"]}
    values["month"] = start.replace(day=1)
    values["since"] = moment(house["calendar"].previous_working_day(day), 0)
    steps = [("ORD-014", [AMBER], False), ("ORD-016", [PROMISED], True)]
    if house["calendar"].is_working_day(day):
        steps[-1][1].append(LATE_NOTES)
    if day.day == 7:  # noqa: PLR2004 -- the end of the first week
        steps.append(("ORD-025", [LEFT_OVERS], True))
    with transaction.atomic(), connection.cursor() as cursor:
        for number, statements, has_points in steps:
            clause = {
                "clause": house["clauses"][number][0],
                "version": house["clauses"][number][1],
                "standing": "charged" if has_points else "warned",
            }
            for statement in statements:
                cursor.execute(statement, values | clause)
            if has_points:
                cursor.execute(ENTRIES, values | clause)


def make_house() -> dict[str, Any]:
    """Set up people, the rulebook and a warehouse; return what the hand-written SQL needs to know of them."""
    from staff.actions.people import make_demo_people
    from staff.actions.roles import set_up_roles
    from staff.actions.rulebook import load_rulebook
    from staff.models import ClauseVersion, Employee, Shop
    from staff.queries.calendar import work_calendar
    from warehouse.actions.stock import ensure_warehouse

    at = moment(FRIDAY, -40)
    set_up_roles(at=at)
    make_demo_people(at=at)
    load_rulebook(at=at)
    versions = ClauseVersion.objects.select_related("clause")
    return {
        "people": list(Employee.objects.filter(username__in=("lina", "sunyue", "zhouqian", "wufang"))),
        "boss": Employee.objects.get(username="hejie").pk,
        "shop": Shop.objects.create(name="计分测试店"),
        "warehouse": ensure_warehouse(),
        "clauses": {one.clause.number: (one.clause_id, one.pk) for one in versions},
        "calendar": work_calendar(),
    }


def write(house: dict[str, Any], days: int) -> None:
    """Write notes and orders whose approvals are due on the last `days` days, one in twenty of them late."""
    from orders.models import Order
    from orders.states import OrderState, PlatformStatus
    from shopops.kit.copying import copy_in
    from warehouse.models import DispatchNote
    from warehouse.states import NoteState

    chance = random.Random(days)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staff_offence, staff_pointentry, staff_notification CASCADE")
        cursor.execute("DELETE FROM orders_order WHERE shop_id = %s", [house["shop"].pk])
        cursor.execute("DELETE FROM warehouse_dispatchnote WHERE shop_id = %s", [house["shop"].pk])
    notes, orders = [], []
    for number in range(ORDERS):
        approved = moment(FRIDAY, -days + number * days // ORDERS) + timedelta(seconds=chance.randrange(86_400))
        hours = chance.uniform(1, 20) if chance.random() > LATE else chance.uniform(50, 200)
        by = None if number % 4 == 0 else house["people"][number % len(house["people"])]
        notes.append(
            DispatchNote(
                number=f"FH2608{number:08}",
                shop=house["shop"],
                warehouse=house["warehouse"],
                order_numbers=f"43000{number:014}",
                state=NoteState.SHIPPED,
                receiver_name="张敏",
                summary="304不锈钢保温杯 ×1",
                pieces=1,
                confirmed_at=approved,
                confirmed_by=by,
                promised_at=approved + timedelta(hours=30) if number % 10 == 0 else None,
                shipped_at=approved + timedelta(hours=hours),
            )
        )
        is_left = chance.random() < LEFT_OVER
        orders.append(
            Order(
                shop=house["shop"],
                number=f"43000{number:014}",
                state=OrderState.REVIEW if is_left else OrderState.SHIPPED,
                platform_status=PlatformStatus.PAID,
                placed_at=moment(FRIDAY, -20),
                paid_at=moment(FRIDAY, -20),
                confirmed_by=None if is_left else by,
                shipped_at=None if is_left else moment(FRIDAY, -10),
                summary="304不锈钢保温杯 ×1",
                paid=50,
            )
        )
    copy_in(notes)
    copy_in(orders)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE warehouse_dispatchnote, orders_order")
        cursor.execute("CHECKPOINT")


def write_past() -> None:
    """Fill up to a million notes and orders, of earlier months and all in order, from those there are."""
    with connection.cursor() as cursor:
        for model, moments, changed in (
            (
                "warehouse_dispatchnote",
                ("confirmed_at", "promised_at"),
                {"shipped_at": "confirmed_at - months * interval '30 days' + interval '5 hours'"},
            ),
            ("orders_order", ("placed_at", "paid_at", "shipped_at"), {"state": "'shipped'"}),
        ):
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND attgenerated = '' AND attname <> 'id'",
                [model],
            )
            columns = [row[0] for row in cursor.fetchall()]
            values = {name: f"{name} - months * interval '30 days'" for name in moments} | changed
            values["number"] = (
                "chr(64 + months) || substr(number, 2)" if model == "orders_order" else "number || months"
            )
            select = ", ".join(values.get(name, name) for name in columns)
            cursor.execute(
                f"INSERT INTO {model} ({', '.join(columns)}) SELECT {select}"
                f" FROM {model}, generate_series(1, {FACTS_IN_ALL // ORDERS // 2 - 1}) AS months"
            )
        cursor.execute("VACUUM ANALYZE warehouse_dispatchnote, orders_order")
        cursor.execute("CHECKPOINT")


def check_same(house: dict[str, Any]) -> None:
    """See that both book the same.

    :raises AssertionError: if they do not.
    """
    found = []
    for work in (ours, lambda: tally_by_hand(FRIDAY, house)):
        forget()
        work()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), sum(hashtext(concat(clause_id, subject_id, employee_id, happened_at, day, facts))),"
                " (SELECT sum(points) FROM staff_pointentry) FROM staff_offence"
            )
            found.append(cursor.fetchone())
    if found[0] != found[1]:
        raise AssertionError(f"ours booked {found[0]}, by hand {found[1]}")


def count() -> int:
    """Count the offences there are."""
    from staff.models import Offence

    return Offence.objects.count()


def forget() -> None:
    """Put everything back to before the tally."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staff_offence, staff_pointentry, staff_notification CASCADE")


def moment(day: date, days: int) -> datetime:
    """Return the start of the day so many days from `day`."""
    from shopops.kit.clock import start_of_day

    return start_of_day(day + timedelta(days=days))
