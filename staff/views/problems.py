"""Problems raised to the superior: the list, raising one from anywhere, the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    AnyOfFilter,
    BatchAction,
    Column,
    DaysFilter,
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
from staff.actions.problems import confirm_problem, raise_problem, reopen_problem, solve_problem, withdraw_problem
from staff.forms.cases import ReasonForm
from staff.forms.problems import ProblemForm, SolutionForm
from staff.models import Employee, Problem
from staff.queries.history import history_of
from staff.queries.problems import (
    SEES_ALL,
    TONES,
    add_problem_words,
    listed_problems,
    matching_problems,
    may_see_problem,
    unconfirmable,
    unsolvable,
    whole_problems,
)
from staff.queries.superiors import superiors_of
from staff.states import ProblemState
from staff.views.asking import actor, checked


class ProblemFilters(ListFilters):
    """The filters of problems."""

    state = AnyOfFilter(field_name="state", choices=ProblemState.choices, label=_("State"), first=True)
    raised = DaysFilter(field_name="raised_at", label=_("Raised"), first=True)
    due = DaysFilter(field_name="due_at", label=_("Due at"))


def _solve(ids: Sequence[int], *, by: Employee, at: datetime, solution: str) -> Refusals:
    problems = Problem.objects.filter(pk__in=ids)
    return one_by_one(problems, lambda one: solve_problem(one, solution=solution, by=by, at=at))


def _confirm(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(Problem.objects.filter(pk__in=ids), lambda one: confirm_problem(one, by=by, at=at))


def _late(reader: Reader) -> Q:
    return Q(state=ProblemState.RAISED, due_at__lt=reader.at) | Q(state=ProblemState.RAISED, level__gt=0)


PROBLEMS_PAGE = ListPage(
    name="staff.problems",
    title=_("Problems raised"),
    note=_("Raised to the superior, solved in one to two days; then they go one level up (STF-125)."),
    icon="flag",
    permission=SIGNED_IN,
    rows=listed_problems,
    values=(
        "number",
        "title",
        "raised_by__name",
        "raised_at",
        "owner__name",
        "due_at",
        "level",
        "state",
        "about",
        "solved_at",
        "solution",
    ),
    finish=add_problem_words,
    cells="staff/problems/cells.html",
    columns=(
        Column("problem", _("What the problem is"), fixed=True, card="full"),
        Column("state", _("State"), card="right"),
        Column("raised", _("Raised by"), sort="raised", card="left"),
        Column("owner", _("Who solves it"), card="left"),
        Column("due", _("Due at"), sort="due", card="right"),
        Column("about", _("About"), card="full"),
    ),
    tabs=(
        Tab("open", _("To be solved"), Q(state=ProblemState.RAISED), sort="due"),
        Tab("late", _("Late or escalated"), _late, tone="danger", sort="due"),
        Tab("solved", _("To be confirmed"), Q(state=ProblemState.SOLVED)),
        Tab("with_me", _("With me"), lambda reader: Q(owner=reader.by, state=ProblemState.RAISED), sort="due"),
        Tab("mine", _("Raised by me"), lambda reader: Q(raised_by=reader.by)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("raised", "raised_at", _("Raised")), Sort("due", "due_at", _("Due at"), ascending=True)),
    filters=ProblemFilters,
    search=matching_problems,
    search_hint=_("Number, words or person"),
    opens="staff:problem",
    opens_by="number",
    row_name="number",
    batch=(
        BatchAction(
            "solution",
            _("Solved"),
            run=_solve,
            skips=unsolvable,
            form=SolutionForm,
            permission="staff.raise_problem",
            icon="check",
            tone="primary",
            says=_("What is said goes to every one of them; whoever raised them confirms."),
            tabs=("with_me",),
        ),
        BatchAction(
            "confirmation",
            _("Confirm"),
            run=_confirm,
            skips=unconfirmable,
            permission="staff.raise_problem",
            icon="check-check",
            tone="primary",
            says=_("Problems you raised that are solved are closed."),
            tabs=("mine", "solved"),
        ),
    ),
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Number"), "number"),
            ExportColumn(_("Problem"), "title"),
            ExportColumn(_("Raised by"), "raised_by__name"),
            ExportColumn(_("Raised"), "raised_at", kind="time"),
            ExportColumn(_("Who solves it"), "owner__name"),
            ExportColumn(_("Due at"), "due_at", kind="time"),
            ExportColumn(_("Levels up"), "level", kind="count"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Solved at"), "solved_at", kind="time"),
            ExportColumn(_("Solution"), "solution"),
        ),
    ),
    template="staff/problems/list.html",
    empty=Empty(_("No problems here."), _("What you cannot settle yourself goes to your superior the same day.")),
)


@allowed("staff.raise_problem")
@require_http_methods(["GET", "POST"])
def problem_new(request: HttpRequest) -> HttpResponseBase:
    """Raise a problem, about the page one came from (`?about=…&url=…`)."""
    reader = actor(request)
    url = request.GET.get("url", "")[:300]
    start = {"about": request.GET.get("about", url)[:120], "url": url}
    form = ProblemForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = raise_problem(
                asked["title"],
                asked["text"],
                proposal=asked["proposal"],
                about=asked["about"],
                about_url=asked["url"],
                by=reader,
                at=now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Raised; %(name)s solves it.") % {"name": made.owner})
            return redirect(made)
    context = {"form": form, "superior": superiors_of([reader])[reader.pk], "about": form["about"].value()}
    return render(request, "staff/problems/new.html", context)


@allowed(SIGNED_IN)
@require_GET
def problem(request: HttpRequest, number: str) -> HttpResponse:
    """Show a problem with whose it was until when."""
    found = _of(request, number)
    reader, at = actor(request), now()
    is_raiser, is_open = found.raised_by_id == reader.pk, found.state == ProblemState.RAISED
    context = {
        "problem": found,
        "tone": TONES[ProblemState(found.state)],
        "at": at,
        "is_open": is_open,
        "spans": found.spans.select_related("owner").annotate(is_late=Q(until__gt=F("due_at"))),
        "may_solve": is_open and found.owner_id == reader.pk,
        "may_confirm": found.state == ProblemState.SOLVED and is_raiser,
        "may_withdraw": is_open and is_raiser,
        "solution_form": SolutionForm(),
        "reason_form": ReasonForm(),
        "story": history_of(found),
    }
    return render(request, "staff/problems/problem.html", context)


@allowed(SIGNED_IN)
@require_POST
def problem_solution(request: HttpRequest, number: str) -> HttpResponseBase:
    """Solve a problem."""
    solution = checked(SolutionForm(request.POST))["solution"]
    solve_problem(_of(request, number), solution=solution, by=actor(request), at=now())
    messages.success(request, _now("Solved; who raised it confirms."))
    return redirect("staff:problem", number)


@allowed(SIGNED_IN)
@require_POST
def problem_confirmation(request: HttpRequest, number: str) -> HttpResponseBase:
    """Confirm that a problem is solved."""
    confirm_problem(_of(request, number), by=actor(request), at=now())
    messages.success(request, _now("Confirmed."))
    return redirect("staff:problem", number)


@allowed(SIGNED_IN)
@require_POST
def problem_reopening(request: HttpRequest, number: str) -> HttpResponseBase:
    """Say that the solution does not do."""
    reason = checked(ReasonForm(request.POST))["reason"]
    reopen_problem(_of(request, number), reason=reason, by=actor(request), at=now())
    messages.success(request, _now("The problem is open again."))
    return redirect("staff:problem", number)


@allowed(SIGNED_IN)
@require_POST
def problem_withdrawal(request: HttpRequest, number: str) -> HttpResponseBase:
    """Take a problem back."""
    withdraw_problem(_of(request, number), reason=request.POST.get("reason", "")[:300], by=actor(request), at=now())
    messages.success(request, _now("Taken back."))
    return redirect("staff:problem", number)


def _of(request: HttpRequest, number: str) -> Problem:
    """Return a problem one may see."""
    found = get_object_or_404(whole_problems(), number=number)
    if not may_see_problem(found, actor(request)):
        raise Http404
    return found
