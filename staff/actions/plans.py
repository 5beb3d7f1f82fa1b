"""Plans of a year: written and filed by each person, approved or sent back by the superior (STF-132)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.models import Employee, Notification, OrgUnit, YearPlan
from staff.queries.plans import due_month, due_on, expected_plans, may_decide, units_headed
from staff.queries.points import month_span
from staff.queries.superiors import superiors_of
from staff.states.plans import PLAN_MOVES, PlanState

LONGEST = 4000


@transaction.atomic
def write_plan(year: int, unit: OrgUnit | None, *, goals: str, measures: str, by: Employee, at: datetime) -> YearPlan:
    """Write one's own plan of a year, or that of a unit one heads; until it is filed it may be written again.

    :raises Refused: if the year is neither this one nor the next, the unit is not one's own to plan, no goals are
        given, or the plan is filed already.
    """
    today = shop_day(at)
    if year not in {today.year, today.year + 1}:
        raise Refused(_("Plans are written for this year or the next."))
    if unit is not None and unit not in units_headed(by, today):
        raise Refused(_("The head of a unit writes its plan."))
    words = {"goals": goals.strip()[:LONGEST], "measures": measures.strip()[:LONGEST]}
    if not words["goals"]:
        raise Refused(_("Write down the goals."))
    plan, is_new = YearPlan.objects.select_for_update().get_or_create(year=year, employee=by, unit=unit, defaults=words)
    if plan.state != PlanState.DRAFT:
        raise Refused(_("The plan is filed; the superior can send it back to be changed."))
    changes = {name: (getattr(plan, name), text) for name, text in words.items() if getattr(plan, name) != text}
    if is_new or changes:
        YearPlan.objects.filter(pk=plan.pk).update(**words)
        plan.refresh_from_db()
        record("staff.plan_written", plan, by=by, at=at, changes=changes)
    return plan


@transaction.atomic
def file_plan(plan: YearPlan, *, by: Employee, at: datetime) -> None:
    """File one's plan for the superior.

    :raises Refused: if it is somebody else's, or says not how the goals are measured; MoveRefused if it is filed.
    """
    plan.refresh_from_db()
    if by.pk != plan.employee_id:
        raise Refused(_("People file their own plan."))
    if not plan.measures.strip():
        raise Refused(_("Say how the goals are measured."))
    move(plan, PlanState.FILED, moves=PLAN_MOVES, filed_at=plan.filed_at or at)
    record("staff.plan_filed", plan, by=by, at=at)
    superior = superiors_of([plan.employee])[plan.employee_id]
    if superior is not None:
        notify(
            [superior],
            "plan",
            _("%(name)s filed the plan %(plan)s for you to approve."),
            at=at,
            url=plan.get_absolute_url(),
            name=by.name,
            plan=str(plan),
        )


@transaction.atomic
def approve_plan(plan: YearPlan, *, answer: str = "", by: Employee, at: datetime) -> None:
    """Approve a plan that was filed; its year is assessed by it.

    :raises Refused: if one may not decide it; MoveRefused if it is not filed.
    """
    _check(plan, by)
    move(plan, PlanState.APPROVED, moves=PLAN_MOVES, approved_by=by, approved_at=at, answer=answer.strip()[:500])
    record("staff.plan_approved", plan, by=by, at=at, reason=answer.strip())
    _tell(plan, _("%(name)s approved your plan %(plan)s."), by=by, at=at)


@transaction.atomic
def return_plan(plan: YearPlan, *, reason: str, by: Employee, at: datetime) -> None:
    """Send a plan back to be changed, filed or approved.

    :raises Refused: if there is no reason or one may not decide it; MoveRefused if it is being written.
    """
    _check(plan, by)
    if not reason.strip():
        raise Refused(_("Say what has to be changed."))
    move(
        plan,
        PlanState.DRAFT,
        moves=PLAN_MOVES,
        approved_by=None,
        approved_at=None,
        answer=reason.strip()[:500],
    )
    record("staff.plan_returned", plan, by=by, at=at, reason=reason.strip())
    _tell(plan, _("%(name)s sent your plan %(plan)s back."), by=by, at=at)


def remind_of_plans(*, at: datetime) -> int:
    """On the first day of the month in which plans are due, tell everybody who files one; return how many people."""
    today = shop_day(at)
    if today.day != 1 or today.month != due_month(today.year):
        return 0
    first, last = month_span(today)
    url = f"{reverse('staff:plan_new')}?year={today.year}"
    people = {one.employee.pk: one.employee for one in expected_plans(first, last)}
    told = Notification.objects.filter(kind="plan", url=url, employee__in=people).values_list("employee_id", flat=True)
    for pk in set(told):
        people.pop(pk)
    notify(
        people.values(),
        "plan",
        _("Write your plan of %(year)s and file it by %(day)s."),
        at=at,
        url=url,
        year=str(today.year),
        day=due_on(today.year).isoformat(),
    )
    return len(people)


def _check(plan: YearPlan, by: Employee) -> None:
    if not may_decide(plan, by):
        raise Refused(sentence(_("The superior of %(name)s decides about the plan."), name=plan.employee))


def _tell(plan: YearPlan, text: str | Promise, *, by: Employee, at: datetime) -> None:
    notify([plan.employee], "plan", text, at=at, url=plan.get_absolute_url(), name=by.name, plan=str(plan))
