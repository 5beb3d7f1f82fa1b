"""Whole rosters: put on by a pattern, copied from another week, published."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from staff.actions.events import notify_each, record, record_many
from staff.models import Duty, Employee, RosterPattern
from staff.queries.duty import week_of
from staff.queries.roster import LeftOut, Proposal, propose_copy, propose_pattern
from staff.states import DutyState

_WEEK = timedelta(days=7)


@transaction.atomic
def plan_roster(
    pattern: RosterPattern,
    people: list[tuple[Employee, int]],
    *,
    first: date,
    last: date,
    by: Employee | None,
    at: datetime,
) -> tuple[list[Duty], list[LeftOut]]:
    """Plan a span by a pattern; days on which somebody cannot are left out and said.

    :param people: who, and how many days each is ahead in the cycle.
    :returns: the duties made, and the days that were left out.
    :raises Refused: if the span is none or too long, nobody is named, or the pattern names an unknown shift.
    """
    _lock([person for person, _offset in people])
    proposal = propose_pattern(pattern, people, first=first, last=last, by=by)
    names = ", ".join(person.name for person, _offset in people)
    _write(proposal, pattern, names, f"{first} – {last}", by=by, at=at)
    return proposal.duties, proposal.left_out


@transaction.atomic
def copy_week(
    people: list[Employee], *, source: date, target: date, by: Employee, at: datetime
) -> tuple[list[Duty], list[LeftOut]]:
    """Give another week the duties of one week; days on which somebody cannot are left out and said.

    :raises Refused: if it is the same week, or nobody has a duty in the one that is copied.
    """
    _lock(people)
    proposal = propose_copy(people, source=source, target=target, by=by)
    names = ", ".join(sorted({duty.employee.name for duty in proposal.duties}))
    monday = week_of(target)
    _write(proposal, by, names, f"{monday} – {monday + _WEEK - timedelta(days=1)}", by=by, at=at)
    return proposal.duties, proposal.left_out


@transaction.atomic
def publish_roster(employees: list[Employee], *, first: date, last: date, by: Employee, at: datetime) -> int:
    """Tell people their duties of a span; return how many were told.

    :raises Refused: if nobody of them has a duty in it.
    """
    planned = Duty.objects.filter(employee__in=employees, state=DutyState.PLANNED, day__gte=first, day__lte=last)
    counts = dict(planned.order_by().values_list("employee").annotate(models.Count("pk")))
    if not counts:
        raise Refused(_("Nobody has a duty in that span."))
    url = f"{reverse('staff:my_roster')}?day={first:%Y-%m-%d}"
    span = {"first": first.isoformat(), "last": last.isoformat()}
    told = [(one, url, {**span, "count": counts[one.pk]}) for one in employees if one.pk in counts]
    notify_each(told, "duty", _("Your roster from %(first)s to %(last)s: %(count)s duties."), at=at)
    record("staff.roster_published", by, by=by, at=at, changes={"day": (None, f"{first} – {last}")})
    return len(told)


def _lock(people: list[Employee]) -> None:
    keys = [one.pk for one in people]
    list(Employee.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _write(
    proposal: Proposal, subject: models.Model | None, names: str, span: str, *, by: Employee | None, at: datetime
) -> None:
    """Write what is proposed: one event a duty and one of the whole."""
    try:
        with transaction.atomic():
            Duty.objects.bulk_create(proposal.duties)
    except IntegrityError:
        raise Refused(_("The roster changed meanwhile; look at the preview again.")) from None
    record_many("staff.duty_planned", [(duty, None) for duty in proposal.duties], by=by, at=at)
    if subject is not None:
        changes = {"duties": (None, len(proposal.duties)), "people": (None, names[:500]), "day": (None, span)}
        record("staff.roster_made", subject, by=by, at=at, changes=changes)
