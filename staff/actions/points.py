"""Points: waive, withdraw or mend what was charged. The charge stays in the books; entries are added to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.booking import settle_again, take_off
from staff.actions.events import notify, record
from staff.models import Employee, Offence, PointEntry
from staff.policy.cases import WAIVER_LIMIT
from staff.queries.balances import Balance, balance_of
from staff.queries.terms import points_in_words
from staff.states import EntryKind


@transaction.atomic
def waive_offence(offence: Offence, *, reason: str, by: Employee, at: datetime) -> PointEntry:
    """Take back the points of an offence; the charge stays in the books, and an entry against it is added today.

    :raises Refused: if it costs nothing, is waived or under appeal, no reason is given, it is one's own, or it costs
        more than one person waives alone.
    """
    balance = waivable(offence, reason=reason, by=by)
    if needs_second_person(balance):
        raise Refused(
            sentence(_("More than %(limit)s points are waived by two people."), limit=f"{WAIVER_LIMIT().normalize():f}")
        )
    return take_back(offence, reason=reason.strip(), by=by, at=at)


def waivable(offence: Offence, *, reason: str, by: Employee) -> Balance:
    """Return what an offence costs now, if that could be waived by somebody.

    :raises Refused: if it could not.
    """
    charge = PointEntry.objects.select_for_update().filter(offence=offence, kind=EntryKind.CHARGE).first()
    if charge is None:
        raise Refused(_("This cost no points; there is nothing to waive."))
    balance = balance_of(offence)
    if not balance or PointEntry.objects.filter(counters=charge).exists():
        raise Refused(_("These points have been waived already."))
    if by.pk == offence.employee_id:
        raise Refused(_("Nobody waives their own points; ask your superior."))
    if Offence.objects.filter(pk=offence.pk, is_frozen=True).exists():
        raise Refused(_("An appeal is open; whoever judges it decides about the points."))
    if not reason.strip():
        raise Refused(_("Say why the points are waived."))
    return balance


def needs_second_person(balance: Balance) -> bool:
    """Say whether a waiver of so much waits for a second person; money always does."""
    return abs(balance.points) > WAIVER_LIMIT() or bool(balance.fund)


def take_back(offence: Offence, *, reason: str, by: Employee | None, at: datetime) -> PointEntry:
    """Waive an offence and tell the person. For callers that have asked `waivable`."""
    entry = take_off(offence, reason=reason, by=by, at=at)
    if entry is None:
        raise Refused(_("These points have been waived already."))
    record("staff.offence_waived", offence, by=by, at=at, changes={"points": (-entry.points, 0)}, reason=reason)
    notify(
        [offence.employee],
        "points",
        _("%(name)s waived the points of %(subject)s."),
        at=at,
        url=offence.get_absolute_url(),
        name=by.name if by else "",
        subject=offence.subject_label,
    )
    settle_again([offence], by=by, at=at)
    return entry


@transaction.atomic
def withdraw_points(offence: Offence, *, reason: str, by: Employee | None, at: datetime) -> PointEntry | None:
    """Take an offence's points back because of a verdict, and those its superior bears because of it.

    What the rest of the month costs is reckoned anew: the third case may be the second now.

    :param by: who decided; None is a deadline nobody kept.
    :returns: the counter-entry, or None where nothing was left of the points.
    """
    entry = take_off(offence, reason=reason, by=by, at=at)
    if entry is None:
        return None
    record("staff.points_adjusted", offence, by=by, at=at, changes={"points": (-entry.points, 0)}, reason=reason)
    for other in offence.others_charged.filter(is_frozen=False).select_related("employee"):
        if withdraw_points(other, reason=reason, by=by, at=at) is not None:
            notify(
                [other.employee],
                "points",
                _("The points you bore because of %(subject)s were withdrawn."),
                at=at,
                url=other.get_absolute_url(),
                subject=other.subject_label,
            )
    settle_again([offence], by=by, at=at)
    return entry


@transaction.atomic
def adjust_points(offence: Offence, *, to: Decimal, reason: str, by: Employee, at: datetime) -> PointEntry | None:
    """Bring the points of an offence to `to` by an entry of the difference; None where they are that already.

    :raises Refused: if `to` is dearer than what it costs now, changes the sign, or no reason is given.
    """
    PointEntry.objects.select_for_update().filter(offence=offence, kind=EntryKind.CHARGE).first()
    now = balance_of(offence).points
    if not between(to, now):
        raise Refused(
            sentence(_("Points can be reduced to between 0 and %(now)s."), now=points_in_words(now)),
        )
    if not reason.strip():
        raise Refused(_("Say why the points change."))
    if to == now:
        return None
    entry = PointEntry.objects.create(
        offence=offence,
        employee_id=offence.employee_id,
        kind=EntryKind.ADJUSTMENT,
        points=to - now,
        day=shop_day(at),
        booked_at=at,
        booked_by=by,
        reason=reason.strip()[:500],
    )
    record("staff.points_adjusted", offence, by=by, at=at, changes={"points": (now, to)}, reason=entry.reason)
    settle_again([offence], by=by, at=at)
    return entry


def between(points: Decimal, whole: Decimal) -> bool:
    """Say whether `points` lie between nothing and `whole`, which may be negative."""
    return min(whole, Decimal(0)) <= points <= max(whole, Decimal(0))
