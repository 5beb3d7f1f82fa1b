"""Excuses: entered by one person, confirmed by another; only then they take back what they cover."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.booking import apply_excuse
from staff.actions.events import notify, record
from staff.models import Clause, Employee, Excuse, Offence
from staff.queries.people import people_who_may
from staff.states import ExcuseKind, Standing

CONFIRMS = "staff.confirm_excuse"
_SECOND = timedelta(seconds=1)


@transaction.atomic
def enter_excuse(
    kind: ExcuseKind,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    employee: Employee | None = None,
    clause: Clause | None = None,
    subject: tuple[str, int] | None = None,
    by: Employee,
    at: datetime,
) -> Excuse:
    """Enter why something that happened in a span costs nothing; a second person confirms it.

    :param employee: whom it excuses; nobody is everybody, as in an outage.
    :param clause: of which clause; none is every clause that admits the kind.
    :param subject: kind and id of the one document it is about; none is all of the span.
    :raises Refused: if the span is none, no reason is given, or leave and handover name nobody.
    """
    if ends_at <= starts_at:
        raise Refused(_("The span ends before it begins."))
    if not reason.strip():
        raise Refused(_("Say what the excuse is."))
    if employee is None and kind in {ExcuseKind.LEAVE, ExcuseKind.HANDOVER}:
        raise Refused(_("Leave and handovers are of one person; say whose."))
    excuse = Excuse.objects.create(
        kind=kind,
        employee=employee,
        clause=clause,
        subject_type=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip()[:500],
        entered_by=by,
        entered_at=at,
    )
    record("staff.excuse_entered", excuse, by=by, at=at, reason=excuse.reason)
    others = people_who_may(CONFIRMS).exclude(pk=by.pk)
    notify(
        others.exclude(pk=employee.pk) if employee else others,
        "excuse",
        _("%(name)s entered an excuse: %(reason)s. A second person confirms it."),
        at=at,
        url=excuse.get_absolute_url(),
        name=by.name,
        reason=excuse.reason[:120],
    )
    return excuse


@transaction.atomic
def excuse_offence(offence: Offence, *, reason: str, by: Employee, at: datetime) -> Excuse:
    """Enter an objective cause for one document and person, from the page of the offence (STF-126, CS-048, CS-075).

    :raises Refused: if it is one's own, the clause admits no objective cause, or one waits already.
    """
    if by.pk == offence.employee_id:
        raise Refused(_("Nobody excuses themselves; ask your superior."))
    if ExcuseKind.OBJECTIVE not in offence.version.excuses:
        raise Refused(sentence(_("%(clause)s admits no objective cause."), clause=offence.clause))
    if offence.standing == Standing.EXCUSED:
        raise Refused(_("This is excused already."))
    subject = (offence.subject_type, offence.subject_id)
    same = Excuse.objects.filter(kind=ExcuseKind.OBJECTIVE, employee=offence.employee, clause=offence.clause)
    if same.filter(subject_type=subject[0], subject_id=subject[1], refused_at=None).exists():
        raise Refused(_("An excuse for this waits for a second person already."))
    return enter_excuse(
        ExcuseKind.OBJECTIVE,
        starts_at=offence.happened_at,
        ends_at=_just_after(offence.happened_at),
        reason=reason,
        employee=offence.employee,
        clause=offence.clause,
        subject=subject,
        by=by,
        at=at,
    )


@transaction.atomic
def confirm_excuse(excuse: Excuse, *, by: Employee, at: datetime) -> int:
    """Confirm what somebody else entered; what it covers already is taken back. Returns how many offences that was.

    :raises Refused: if one entered it oneself, it excuses oneself, one may not, or it was decided.
    """
    locked = _second_person(excuse, by=by)
    locked.confirmed_by, locked.confirmed_at = by, at
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    record("staff.excuse_confirmed", locked, by=by, at=at)
    count = apply_excuse(locked, by=by, at=at)
    _tell(locked, _("%(name)s confirmed your excuse: %(reason)s."), by=by, at=at)
    return count


@transaction.atomic
def refuse_excuse(excuse: Excuse, *, reason: str, by: Employee, at: datetime) -> None:
    """Refuse what somebody else entered, with the reason.

    :raises Refused: if one entered it oneself, it excuses oneself, one may not, no reason is given, or it was decided.
    """
    locked = _second_person(excuse, by=by)
    if not reason.strip():
        raise Refused(_("Say why the excuse is refused."))
    locked.refused_at = at
    locked.save(update_fields=["refused_at"])
    record("staff.excuse_refused", locked, by=by, at=at, reason=reason.strip())
    _tell(locked, _("%(name)s refused your excuse: %(reason)s."), by=by, at=at)


def _second_person(excuse: Excuse, *, by: Employee) -> Excuse:
    """Return the excuse, locked, for somebody who may decide it.

    :raises Refused: if this one may not.
    """
    locked = Excuse.objects.select_for_update().get(pk=excuse.pk)
    if locked.confirmed_at or locked.refused_at:
        raise Refused(_("The excuse was decided already."))
    if by.pk == locked.entered_by_id:
        raise Refused(_("You entered this excuse; somebody else decides it."))
    if by.pk == locked.employee_id:
        raise Refused(_("The excuse is for you; somebody else decides it."))
    if not by.has_perm(CONFIRMS):
        raise Refused(_("You may not decide excuses."))
    return locked


def _just_after(moment: datetime) -> datetime:
    """Return the end of a span that holds one moment."""
    return moment.replace(microsecond=0) + _SECOND


def _tell(excuse: Excuse, text: str | Promise, *, by: Employee, at: datetime) -> None:
    people = {excuse.entered_by_id: excuse.entered_by}
    if excuse.employee is not None:
        people[excuse.employee_id or 0] = excuse.employee
    notify(
        people.values(),
        "excuse",
        text,
        at=at,
        url=excuse.get_absolute_url(),
        name=by.name,
        reason=excuse.reason[:120],
    )
