"""Presence: what the button, the status log or a supervisor's check says of an agent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee, Presence
from staff.states import PresenceSource, PresenceStatus


@transaction.atomic
def set_presence(
    employee: Employee,
    status: PresenceStatus,
    *,
    source: PresenceSource,
    covered_by: Employee | None = None,
    reason: str = "",
    by: Employee,
    at: datetime,
) -> Presence:
    """Say how an agent is from now on; the span of the same source that was open ends (CS-047…CS-050).

    Saying the same again changes nothing. Spans lie one after the other, so the past is not rewritten.

    :param covered_by: who takes the conversations meanwhile.
    :raises Refused: if somebody covers for themselves, says how another is, or a later status is known already.
    """
    if covered_by is not None and covered_by.pk == employee.pk:
        raise Refused(_("Nobody covers for themselves."))
    if source == PresenceSource.BUTTON and by.pk != employee.pk:
        raise Refused(_("Everybody sets their own status; a supervisor notes a check."))
    if source == PresenceSource.CHECK and by.pk == employee.pk:
        raise Refused(_("Nobody checks themselves."))
    if status == PresenceStatus.IDLE and source == PresenceSource.BUTTON:
        raise Refused(_("That somebody is online but not there is for a supervisor to note."))
    locked = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    mine = Presence.objects.filter(employee=locked, source=source)
    last = mine.order_by("-starts_at", "-pk").first()
    reason = reason.strip()[:200]
    if last is not None and (last.starts_at >= at or (last.ends_at is not None and last.ends_at > at)):
        raise Refused(sentence(_("A later status of %(name)s is known already."), name=locked))
    is_same = last is not None and last.ends_at is None and last.status == status
    if last is not None and is_same and last.covered_by_id == (covered_by.pk if covered_by else None):
        return last
    if last is not None and last.ends_at is None:
        last.ends_at = at
        last.save(update_fields=["ends_at"])
    presence = Presence.objects.create(
        employee=locked,
        status=status,
        starts_at=at,
        source=source,
        reason=reason,
        covered_by=covered_by,
        noted_by=by if by.pk != employee.pk else None,
    )
    before = last.get_status_display() if last is not None and last.ends_at == at else None
    record(
        "staff.presence_set",
        presence,
        by=by,
        at=at,
        changes={"status": (before, presence.get_status_display())},
        reason=reason,
    )
    return presence


@transaction.atomic
def end_check(employee: Employee, *, by: Employee, at: datetime) -> None:
    """End a supervisor's check: the agent is back, and their own status holds again.

    :raises Refused: if no check is open.
    """
    locked = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    opened = Presence.objects.filter(employee=locked, source=PresenceSource.CHECK, ends_at=None).first()
    if opened is None or opened.starts_at >= at:
        raise Refused(_("No check is open."))
    opened.ends_at = at
    opened.save(update_fields=["ends_at"])
    changes = {"status": (opened.get_status_display(), None)}
    record("staff.presence_set", opened, by=by, at=at, changes=changes)
