"""Plans of a year: the list, the form, and the page where the superior decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import (
    AnyOfFilter,
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Reader,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.refusals import Refused
from staff.actions.plans import approve_plan, file_plan, return_plan, write_plan
from staff.forms.cases import AnswerForm, ReasonForm
from staff.forms.plans import PlanForm
from staff.models import Employee, OrgUnit, YearPlan
from staff.queries.history import history_of
from staff.queries.plans import (
    SEES_ALL,
    TONES,
    add_plan_words,
    due_on,
    listed_plans,
    matching_plans,
    may_decide,
    units_headed,
    visible_plans,
)
from staff.states.plans import PlanState
from staff.views.asking import actor, checked


def _units() -> list[tuple[int, str]]:
    return [(unit.pk, str(unit)) for unit in OrgUnit.objects.all()]


def _mine(reader: Reader) -> Q:
    return Q(employee=reader.by)


def _to_approve(reader: Reader) -> Q:
    return Q(state=PlanState.FILED) & ~Q(employee=reader.by)


def _approve(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(YearPlan.objects.filter(pk__in=ids), lambda one: approve_plan(one, by=by, at=at))


class PlanFilters(ListFilters):
    """The filters of the plans."""

    state = AnyOfFilter(field_name="state", choices=PlanState.choices, label=_("State"), first=True)
    unit = AnyOfFilter(field_name="employee__unit_id", choices=_units, label=_("Unit"))


PLANS_PAGE = ListPage(
    name="staff.plans",
    title=_("Plans of the year"),
    note=_("Everybody plans the year at its start, heads of units also for the unit; the superior approves."),
    permission=SIGNED_IN,
    icon="target",
    rows=listed_plans,
    values=("year", "employee_id", "name", "unit_zh", "unit_en", "state", "filed_at", "approver", "approved_at"),
    finish=add_plan_words,
    cells="staff/plans/cells.html",
    columns=(
        Column("name", _("Employee"), fixed=True, card="full", sort="name"),
        Column("year", _("Year"), sort="year"),
        Column("unit", _("Plan of"), card="full"),
        Column("state", _("State")),
        Column("filed", _("Filed at"), card="left"),
        Column("approved", _("Approved by"), card="right"),
    ),
    tabs=(
        Tab("mine", _("Mine"), _mine),
        Tab("approve", _("To be approved"), _to_approve, tone="warn"),
        Tab("all", _("All")),
    ),
    sorts=(
        Sort("year", "year", _("Year")),
        Sort("name", "employee__name_pinyin", _("Employee"), ascending=True),
    ),
    filters=PlanFilters,
    search=matching_plans,
    search_hint=_("Name, pinyin or number"),
    opens="staff:plan",
    row_name="name",
    batch=(
        BatchAction(
            "approval",
            _("Approve"),
            run=_approve,
            permission=SIGNED_IN,
            icon="check",
            tone="primary",
            tabs=("approve",),
        ),
    ),
    template="staff/plans/list.html",
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Year"), "year"),
            ExportColumn(_("Employee"), "name"),
            ExportColumn(_("Plan of"), "unit_words"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Filed at"), "filed_at", kind="time"),
            ExportColumn(_("Approved by"), lambda row: row["approver"] or ""),
            ExportColumn(_("Approved at"), "approved_at", kind="time"),
        ),
    ),
    empty=Empty(
        _("No plan yet."),
        _("In the first month of the year everybody is told to write one."),
        _("Write a plan"),
        "staff:plan_new",
    ),
)


@allowed(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponseBase:
    """Show the form of a plan, with what was written before, or keep it and, if asked, file it."""
    by, at = actor(request), now()
    today = shop_day(at)
    years, units = (today.year, today.year + 1), units_headed(by, today)
    if request.method == "POST":
        form = PlanForm(request.POST, years=years, units=units)
        if form.is_valid():
            asked = form.cleaned_data
            try:
                plan = write_plan(
                    asked["year"], asked["unit"], goals=asked["goals"], measures=asked["measures"], by=by, at=at
                )
                if request.POST.get("file"):
                    file_plan(plan, by=by, at=at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                is_filed = plan.state == PlanState.FILED
                messages.success(request, _now("The plan is filed.") if is_filed else _now("The plan is kept."))
                return redirect(plan)
    else:
        known = _known(request, by.pk)
        initial: dict[str, Any] = {"year": _year(request.GET.get("year", ""), years)}
        if known is not None:
            initial |= {"year": known.year, "unit": known.unit_id, "goals": known.goals, "measures": known.measures}
        form = PlanForm(initial=initial, years=years, units=units)
    context = {"form": form, "due": due_on(_year(str(form["year"].value()), years))}
    return render(request, "staff/plans/new.html", context, status=422 if form.is_bound else 200)


@allowed(SIGNED_IN)
@require_GET
def plan(request: HttpRequest, number: int) -> HttpResponse:
    """Show a plan: to its writer, the superiors, and those who may see everybody's."""
    found, reader = _plan(request, number), actor(request)
    decides = may_decide(found, reader)
    due = due_on(found.year)
    return render(
        request,
        "staff/plans/plan.html",
        {
            "plan": found,
            "tone": TONES[PlanState(found.state)],
            "due": due,
            "is_late": shop_day(found.filed_at or now()) > due,
            "is_mine": found.employee_id == reader.pk,
            "is_draft": found.state == PlanState.DRAFT,
            "may_approve": decides and found.state == PlanState.FILED,
            "may_return": decides and found.state != PlanState.DRAFT,
            "answer_form": AnswerForm(auto_id="approve_%s"),
            "reason_form": ReasonForm(auto_id="return_%s"),
            "story": history_of(found),
        },
    )


@allowed(SIGNED_IN)
@require_POST
def plan_filing(request: HttpRequest, number: int) -> HttpResponseBase:
    """File one's plan."""
    found = _plan(request, number)
    file_plan(found, by=actor(request), at=now())
    messages.success(request, _now("The plan is filed."))
    return redirect(found)


@allowed(SIGNED_IN)
@require_POST
def plan_approval(request: HttpRequest, number: int) -> HttpResponseBase:
    """Approve the plan of one of one's people."""
    found = _plan(request, number)
    approve_plan(found, answer=checked(AnswerForm(request.POST))["answer"], by=actor(request), at=now())
    messages.success(request, _now("Approved; %(name)s has been told.") % {"name": found.employee})
    return redirect(found)


@allowed(SIGNED_IN)
@require_POST
def plan_return(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send a plan back to be changed."""
    found = _plan(request, number)
    return_plan(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Sent back; %(name)s has been told.") % {"name": found.employee})
    return redirect(found)


def _plan(request: HttpRequest, number: int) -> YearPlan:
    """Return a plan the employee may see; any other does not exist for them."""
    return get_object_or_404(visible_plans(actor(request)), pk=number)


def _known(request: HttpRequest, employee: int) -> YearPlan | None:
    """Return the plan that the address names, where it is one's own and still being written."""
    text = request.GET.get("plan", "")
    if not text.isdecimal() or len(text) > 18:  # noqa: PLR2004 -- what a key can be
        return None
    return YearPlan.objects.filter(pk=int(text), employee=employee, state=PlanState.DRAFT).first()


def _year(text: str, years: tuple[int, int]) -> int:
    return next((year for year in years if str(year) == text), years[0])
