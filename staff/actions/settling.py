"""Prices that depend on what else a person did in the month: merged hits, the n-th case, caps, superiors.

One statement prices all cases of some people under one clause in one calendar month, from the facts alone, and books
what is not booked yet: charges for new cases, adjustments where an earlier case that was found later moves the numbers.
So the books are the same in whatever order days are tallied. The same statement prices the rows of a trial.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from shopops.kit.clock import shop_day
from staff.actions.settling_sql import BEARERS, BOOKS, SHARERS, SUPERIORS, SUPERIORS_ON_TRIAL, TRIAL
from staff.models import ClauseVersion, Employee, Trial
from staff.queries.pricing import overrides, superiors_on
from staff.states import Per

_LOCK = 726_002
_DAY = timedelta(days=1)


class Priced(NamedTuple):
    """What was booked for a person: how many cases (or one mended), one of them, points and yuan."""

    employee_id: int
    offence_id: int
    cases: int
    points: Decimal
    fund: Decimal
    is_new: bool = True


@dataclass(frozen=True)
class Hand:
    """Who settles, when, and what goes with the entries.

    :param by: nobody is the tally.
    :param trial: the rows of this trial are priced, beside the books.
    :param replay: the entries belong to the batch of this approved replay.
    :param clauses: the clauses whose rows in the books a trial's rows stand for.
    :param given: offence → (points, yuan) that a person decided instead of the price.
    """

    at: datetime
    by: Employee | None = None
    trial: Trial | None = None
    replay: Trial | None = None
    clauses: tuple[int, ...] = ()
    given: dict[int, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)


def settle(version: ClauseVersion, employees: Iterable[int], day: date, *, hand: Hand) -> list[Priced]:
    """Price the cases of some people under a clause in the month of `day`, and those that hang on them.

    Those are cases of other clauses and months with the same cause, and what superiors bear because of a case.
    """
    people = sorted(set(employees))
    priced = _settle(version.clause_id, people, day, hand)
    if hand.trial is None and people:
        for clause, persons, month in _around(version, people, day):
            priced += _settle(clause, persons, month, hand)
    return priced


def charge_superiors(
    version: ClauseVersion, ids: list[int], *, day: date, excuses: list[int], hand: Hand
) -> list[Priced]:
    """Charge the superiors of those who were charged or warned just now, nobody twice for the same thing.

    :param ids: the new offences, priced already.
    """
    if not version.superior_points or not ids:
        return []
    above = superiors_on(day, post=version.superior_post)
    if not above:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            SUPERIORS_ON_TRIAL if hand.trial else SUPERIORS,
            [hand.at, excuses, list(above), list(above.values()), ids],
        )
        charged = {row[0] for row in cursor.fetchall()}
    return settle(version, charged, day, hand=hand) if charged else []


def lock_books() -> None:
    """Let nobody else tally, replay or settle until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the calendar month."""
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def _around(version: ClauseVersion, people: list[int], day: date) -> list[tuple[int, list[int], date]]:
    """Return the other groups that hang on a group: clause, people, a day of the month."""
    first, last = month_of(day)
    group: list[Any] = [version.clause_id, people, first, last]
    found: dict[tuple[int, date], set[int]] = {}
    with connection.cursor() as cursor:
        if version.superior_points:
            cursor.execute(BEARERS, group)
            rows = cursor.fetchall()
        else:
            rows = []
        if version.per == Per.CAUSE:
            cursor.execute(SHARERS, [*group, version.clause_id, first, last])
            rows += cursor.fetchall()
    for clause, employee, when in rows:
        found.setdefault((clause, when.replace(day=1)), set()).add(employee)
    return [(clause, sorted(persons), month) for (clause, month), persons in sorted(found.items())]


def _settle(clause: int, employees: list[int], day: date, hand: Hand) -> list[Priced]:
    """Run the statement for one clause and month."""
    if not employees:
        return []
    chosen = overrides(clause=clause)
    first, last = month_of(day)
    spans = [[one.first.isoformat(), one.last.isoformat(), one.version.pk] for one in chosen]
    terms: list[Any] = [
        clause,
        employees,
        first,
        last,
        json.dumps(spans),
        json.dumps({str(key): [_text(one) for one in pair] for key, pair in hand.given.items()}),
        hand.at,
        hand.by.pk if hand.by else None,
        hand.replay.pk if hand.replay else None,
        shop_day(hand.at),
        first,
    ]
    with connection.cursor() as cursor:
        if hand.trial is not None:
            cursor.execute(TRIAL, [*terms, "", hand.trial.pk, hand.trial.first, hand.trial.last, list(hand.clauses)])
            return []
        cursor.execute(BOOKS, [*terms, _why_mended(), None, None, None, []])
        return [
            Priced(employee, offence, 1, points, fund, kind == "charge")
            for kind, employee, offence, points, fund in cursor.fetchall()
        ]


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _why_mended() -> str:
    """Return the reason written beside adjustments, in the language of the house."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Reckoned anew: another case of the month was added or fell away.")
