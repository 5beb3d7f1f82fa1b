"""Complaints that change hands: passed on, reported, taken up a level by a person, their severity or the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from service.models import Complaint
from service.policy.complaints import COMPLAINT_ESCALATE_HOURS
from service.queries.complaints import OPEN, superior_for
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee

HIGHEST = 2
"""Levels above the handler: the supervisor, the shop's head (T11)."""


@transaction.atomic
def pass_complaint(complaint: Complaint, *, to: Employee, reason: str = "", by: Employee, at: datetime) -> None:
    """Give a complaint to another handler; with whom it was when its time passed stays known (CS-036).

    :raises Refused: if it is theirs already; MoveRefused if nobody works on it any more.
    """
    locked = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if locked.state not in OPEN:
        raise MoveRefused(_("%(number)s is not being worked on.") % {"number": complaint.number})
    before = locked.handler or locked.received_by
    if locked.handler_id == to.pk:
        raise Refused(_("%(name)s has it already.") % {"name": to})
    is_late = locked.answer_by < (locked.answered_at or at)
    if is_late and locked.late_handler_id is None:
        locked.late_handler = before
    locked.handler = to
    locked.save(update_fields=["handler", "late_handler"])
    complaint.handler, complaint.late_handler = locked.handler, locked.late_handler
    changes = {"handler": (before, to)}
    record("service.complaint_passed", complaint, by=by, at=at, changes=changes, reason=reason.strip())
    if to.pk != by.pk:
        notify(
            [to],
            "service.complaint",
            _("Complaint %(number)s was passed to you."),
            at=at,
            url=complaint.get_absolute_url(),
            number=complaint.number,
        )


def pass_complaints(ids: Iterable[int], receiver: Employee, *, by: Employee, at: datetime) -> None:
    """Give the open ones of these complaints to who accepted them in a handover; the others are left alone (CS-007)."""
    for complaint in Complaint.objects.filter(pk__in=list(ids), state__in=OPEN).exclude(handler=receiver):
        pass_complaint(complaint, to=receiver, reason=_now("Handover"), by=by, at=at)


@transaction.atomic
def report_complaint(complaint: Complaint, *, to: Employee, words: str, by: Employee, at: datetime) -> None:
    """Tell a superior how it stands (CS-031, CS-038).

    :raises Refused: without words, or to oneself.
    """
    if not words.strip():
        raise Refused(_("Say how the complaint stands."))
    if to.pk == by.pk:
        raise Refused(_("Report to somebody else."))
    complaint.reported_to, complaint.reported_at = to, at
    complaint.save(update_fields=["reported_to", "reported_at"])
    changes = {"reported_to": (None, to)}
    record("service.complaint_reported", complaint, by=by, at=at, changes=changes, reason=words.strip())
    notify(
        [to],
        "service.complaint",
        _("%(name)s reports on complaint %(number)s."),
        at=at,
        url=complaint.get_absolute_url(),
        name=by.name,
        number=complaint.number,
    )


@transaction.atomic
def escalate_complaint(complaint: Complaint, *, reason: str, by: Employee, at: datetime) -> None:
    """Take a complaint one level up by hand.

    :raises Refused: without a reason, or if it is with the shop's head already; MoveRefused if it is over.
    """
    if not reason.strip():
        raise Refused(_("Say why it goes up."))
    if complaint.state not in OPEN:
        raise MoveRefused(_("%(number)s is not being worked on.") % {"number": complaint.number})
    if complaint.level >= HIGHEST:
        raise Refused(_("It is with the shop's head already."))
    raise_complaint(complaint, level=complaint.level + 1, by=by, at=at, reason=reason.strip())


@transaction.atomic
def raise_complaint(complaint: Complaint, *, level: int, by: Employee | None, at: datetime, reason: str) -> None:
    """Put a complaint on a level, and tell who stands there; the highest is the shop's head."""
    before, level = complaint.level, min(level, HIGHEST)
    told = superior_for(complaint, level, at=at)
    complaint.level, complaint.escalated_at = level, at
    if told is not None:
        complaint.reported_to, complaint.reported_at = told, at
    complaint.save(update_fields=["level", "escalated_at", "reported_to", "reported_at"])
    changes = {"level": (before, level), "reported_to": (None, told)}
    record("service.complaint_escalated", complaint, by=by, at=at, changes=changes, reason=reason)
    if told is not None:
        notify(
            [told],
            "service.complaint_escalated",
            _("Complaint %(number)s has come up to you: %(reason)s"),
            at=at,
            url=complaint.get_absolute_url(),
            number=complaint.number,
            reason=reason[:120],
        )


def escalate_late_complaints(*, at: datetime) -> int:
    """Take every complaint whose time has passed without an answer one level up; return how many went (T11).

    To the supervisor when the time passes, to the shop's head some hours later. Asking again changes nothing.
    """
    again = at - timedelta(hours=COMPLAINT_ESCALATE_HOURS())
    never = Q(escalated_at=None) | Q(escalated_at__lt=F("answer_by"))
    due = Complaint.objects.filter(
        never | Q(escalated_at__lte=again), answered_at=None, answer_by__lt=at, state__in=OPEN, level__lt=HIGHEST
    )
    count = 0
    for key in due.order_by("answer_by").values_list("pk", flat=True):
        with transaction.atomic():
            one = due.select_for_update(of=("self",)).filter(pk=key).select_related("handler", "received_by").first()
            if one is not None:
                reason = _now("nobody answered the buyer in time")
                raise_complaint(one, level=one.level + 1, by=None, at=at, reason=reason)
                count += 1
    return count
