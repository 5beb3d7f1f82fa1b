"""Points: waive what was charged, by a counter-entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee, Offence, PointEntry
from staff.states import EntryKind


@transaction.atomic
def waive_offence(offence: Offence, *, reason: str, by: Employee, at: datetime) -> PointEntry:
    """Take back the points of an offence; the charge stays in the books, and an entry against it is added today.

    :raises Refused: if it costs nothing, is waived already, no reason is given, or it is one's own.
    """
    charge = PointEntry.objects.select_for_update().filter(offence=offence, kind=EntryKind.CHARGE).first()
    if charge is None:
        raise Refused(_("This cost no points; there is nothing to waive."))
    if PointEntry.objects.filter(counters=charge).exists():
        raise Refused(_("These points have been waived already."))
    if by.pk == offence.employee_id:
        raise Refused(_("Nobody waives their own points; ask your superior."))
    if not reason.strip():
        raise Refused(_("Say why the points are waived."))
    entry = PointEntry.objects.create(
        offence=offence,
        employee_id=charge.employee_id,
        kind=EntryKind.COUNTER,
        points=-charge.points,
        day=shop_day(at),
        booked_at=at,
        booked_by=by,
        counters=charge,
        reason=reason.strip()[:500],
    )
    record("staff.offence_waived", offence, by=by, at=at, changes={"points": (charge.points, 0)}, reason=entry.reason)
    notify(
        [offence.employee],
        "points",
        _("%(name)s waived the points of %(subject)s."),
        at=at,
        url=offence.get_absolute_url(),
        name=by.name,
        subject=offence.subject_label,
    )
    return entry
