"""Booking single cases by the same rules as the tally: reported ones, and what excuses and verdicts change."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import Window, shop_day
from staff.actions.events import notify
from staff.actions.settling import Hand, Priced, charge_superiors, lock_books, settle
from staff.actions.tally import tell_charged
from staff.models import ClauseVersion, Employee, Excuse, Offence, PointEntry
from staff.queries.balances import balance_of
from staff.queries.pricing import excuse_for, excusing, is_plain, offences_under
from staff.states import EntryKind, Standing


@transaction.atomic
def book_case(
    version: ClauseVersion,
    *,
    employee: Employee,
    subject: tuple[str, int, str],
    happened_at: datetime,
    day: date,
    facts: dict[str, Any],
    url: str = "",
    grade: str = "",
    cause: str = "",
    points: Decimal | None = None,
    fund: Decimal | None = None,
    by: Employee | None,
    at: datetime,
) -> Offence:
    """Book one case against a person and price it; a case that is booked already stays as it is.

    :param subject: (kind, id, label) of what it is about.
    :param points: what a person decided it costs, instead of the price of the version or of the grade.
    :param by: who confirmed it; nobody is the system.
    """
    lock_books()
    excuses = excusing(Window(happened_at, happened_at))
    excuse = excuse_for(excuses, version, employee=employee.pk, subject=subject[:2], at=happened_at)
    offence, is_new = Offence.objects.get_or_create(
        clause_id=version.clause_id,
        subject_type=subject[0],
        subject_id=subject[1],
        employee=employee,
        defaults={
            "version": version,
            "subject_label": subject[2][:120],
            "happened_at": happened_at,
            "day": day,
            "facts": facts,
            "url": url[:300],
            "found_at": at,
            "grade": grade[:20],
            "cause": cause[:120],
            "standing": Standing.EXCUSED if excuse else Standing.WARNED,
            "excuse": excuse,
        },
    )
    if not is_new:
        return offence
    given = {} if points is None and fund is None else {offence.pk: (points, fund)}
    hand = Hand(at, by, given=given)
    priced = settle(version, [employee.pk], day, hand=hand)
    priced += charge_superiors(version, [offence.pk], day=day, excuses=excuses.for_version(version), hand=hand)
    tell_charged([(version, one) for one in priced], day=day, at=at)
    offence.refresh_from_db()
    return offence


@transaction.atomic
def apply_excuse(excuse: Excuse, *, by: Employee, at: datetime) -> int:
    """Take back by counter-entries what a confirmed excuse covers; return how many charges that was.

    What was merged into them, numbered after them or charged to a superior because of them is reckoned anew.
    """
    lock_books()
    covered = list(offences_under(excuse).select_for_update(of=("self",)))
    charged = [offence for offence in covered if take_off(offence, reason=excuse.reason, by=by, at=at)]
    Offence.objects.filter(pk__in=[offence.pk for offence in covered]).update(
        standing=Standing.EXCUSED, excuse=excuse, merged_into=None
    )
    for offence in charged:
        notify(
            [offence.employee],
            "points",
            _("%(subject)s is excused: %(reason)s."),
            at=at,
            url=offence.get_absolute_url(),
            subject=offence,
            reason=excuse.reason[:120],
        )
    settle_again(covered, by=by, at=at)
    return len(charged)


@transaction.atomic
def settle_again(offences: list[Offence], *, by: Employee | None, at: datetime) -> None:
    """Price the months of some cases anew after something was decided about them; whoever it touches is told.

    The third case of a month is no third one when the first was withdrawn, and what was merged into an excused hit
    stands by itself.
    """
    lock_books()
    done: set[tuple[int, int, date]] = set()
    told: list[tuple[ClauseVersion, Priced]] = []
    for offence in offences:
        group = (offence.clause_id, offence.employee_id, offence.day.replace(day=1))
        if group not in done and not is_plain(offence.version):
            done.add(group)
            told += [(offence.version, one) for one in _settle_month(offence, hand=Hand(at, by))]
    if told:
        tell_charged(told, day=offences[0].day, at=at)


def _settle_month(offence: Offence, *, hand: Hand) -> list[Priced]:
    """Price a person's month anew; for what is charged only now the superior answers too."""
    version = offence.version
    priced = settle(version, [offence.employee_id], offence.day, hand=hand)
    if not version.superior_points:
        return priced
    fresh = [one.offence_id for one in priced if one.is_new]
    for charged in Offence.objects.filter(pk__in=fresh, clause=version.clause_id, because_of=None).order_by("pk"):
        excuses = excusing(Window(charged.happened_at, charged.happened_at)).for_version(version)
        priced += charge_superiors(version, [charged.pk], day=charged.day, excuses=excuses, hand=hand)
    return priced


def take_off(offence: Offence, *, reason: str, by: Employee | None, at: datetime) -> PointEntry | None:
    """Book what brings an offence to nothing: against its charge, or beside it where that is not all of it."""
    balance = balance_of(offence)
    if not balance:
        return None
    charge = PointEntry.objects.select_for_update().get(offence=offence, kind=EntryKind.CHARGE)
    is_whole = (charge.points, charge.fund) == balance and not PointEntry.objects.filter(counters=charge).exists()
    return PointEntry.objects.create(
        offence=offence,
        employee_id=offence.employee_id,
        kind=EntryKind.COUNTER if is_whole else EntryKind.ADJUSTMENT,
        counters=charge if is_whole else None,
        points=-balance.points,
        fund=-balance.fund,
        day=shop_day(at),
        booked_at=at,
        booked_by=by,
        reason=reason[:500],
    )
