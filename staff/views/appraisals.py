"""Appraisals: the list, one person's page, and what its people do on it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Reader,
    Sort,
    Tab,
    YesNoFilter,
)
from shopops.kit.refusals import Refused
from staff.actions.appraisals import (
    answer_objection,
    assign_superior,
    file_self_review,
    object_to_result,
    return_appraisal,
    reveal_bonus,
    score_appraisal,
    sign_result,
)
from staff.actions.jobs import start_job
from staff.forms.appraisals import ScoreForm, SelfReviewForm
from staff.models import Appraisal, AppraisalCycle, Employee, GradeBand, OrgUnit
from staff.queries.appraisal_page import Shown, history_chart, shown_appraisal
from staff.queries.appraisals import (
    SEES_ALL,
    SEES_AMOUNTS,
    add_words,
    appraisal_of,
    listed_appraisals,
    matching_appraisals,
    may_see,
    results_of,
    span_in_words,
)
from staff.states import AppraisalState

PAPER_JOB = "staff.appraisal_papers"


def _cycles() -> list[tuple[int, str]]:
    return [(cycle.pk, span_in_words(cycle)) for cycle in AppraisalCycle.objects.all()]


def _units() -> list[tuple[int, str]]:
    return [(unit.pk, str(unit)) for unit in OrgUnit.objects.all()]


def _grades() -> list[tuple[int, str]]:
    return [(band.pk, str(band)) for band in GradeBand.objects.all()]


def _mine(reader: Reader) -> Q:
    return Q(employee=reader.by)


def _team(reader: Reader) -> Q:
    return Q(superior=reader.by) | Q(scored_by=reader.by)


class AppraisalFilters(ListFilters):
    """The filters of the list of appraisals."""

    cycle = AnyOfFilter(field_name="cycle_id", choices=_cycles, label=gettext_lazy("Period"), first=True)
    state = AnyOfFilter(field_name="state", choices=AppraisalState.choices, label=gettext_lazy("State"), first=True)
    grade = AnyOfFilter(field_name="grade_id", choices=_grades, label=gettext_lazy("Grade"))
    unit = AnyOfFilter(field_name="employee__unit_id", choices=_units, label=gettext_lazy("Unit"))
    nobody = YesNoFilter(field_name="superior__isnull", label=gettext_lazy("Nobody scores them"))


APPRAISALS_PAGE = ListPage(
    name="staff.appraisals",
    title=gettext_lazy("Appraisals"),
    note=gettext_lazy("Self-review by month's end, scoring on the 1st to the 10th, check, publication, signature."),
    permission=SIGNED_IN,
    icon="clipboard-check",
    rows=listed_appraisals,
    values=(
        "employee_id",
        "name",
        "number",
        "superior_name",
        "first",
        "kind",
        "cycle_state",
        "state",
        "score",
        "adjustment",
        "grade_code",
        "grade_zh",
        "grade_en",
        "post_zh",
        "post_en",
        "self_reviewed_at",
    ),
    finish=add_words,
    cells="staff/appraisal/cells.html",
    columns=(
        Column("name", gettext_lazy("Employee"), fixed=True, card="full", sort="name"),
        Column("span", gettext_lazy("Period"), sort="span"),
        Column("post", gettext_lazy("Post"), card="full"),
        Column("superior", gettext_lazy("Superior"), card="full"),
        Column("state", gettext_lazy("State")),
        Column("grade", gettext_lazy("Grade"), card="right"),
        Column("score", gettext_lazy("Score"), end=True, sort="score", card="right"),
    ),
    tabs=(
        Tab("mine", gettext_lazy("Mine"), _mine),
        Tab("team", gettext_lazy("My people"), _team),
        Tab("all", gettext_lazy("All"), permission=SEES_ALL),
    ),
    sorts=(
        Sort("span", "cycle__first", gettext_lazy("Period")),
        Sort("name", "employee__name_pinyin", gettext_lazy("Employee"), ascending=True),
        Sort("score", "score", gettext_lazy("Score"), nullable=True),
    ),
    filters=AppraisalFilters,
    search=matching_appraisals,
    search_hint=gettext_lazy("Name, pinyin or number"),
    opens="staff:appraisal",
    row_name="name",
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(gettext_lazy("Period"), "span"),
            ExportColumn(gettext_lazy("Employee number"), "number"),
            ExportColumn(gettext_lazy("Employee"), "name"),
            ExportColumn(gettext_lazy("Post"), "post"),
            ExportColumn(gettext_lazy("Superior"), lambda row: row["superior_name"] or ""),
            ExportColumn(gettext_lazy("State"), "state_label"),
            ExportColumn(gettext_lazy("Score"), "score", kind="money"),
            ExportColumn(gettext_lazy("Grade"), "grade_label"),
        ),
    ),
    empty=Empty(
        gettext_lazy("No appraisal yet."),
        gettext_lazy("A month opens by itself in its last days; you are told."),
    ),
)


@allowed(SIGNED_IN)
@require_GET
def appraisal(request: HttpRequest, number: int) -> HttpResponse:
    """Show an appraisal: to its person, to who scores it, and to those who may see everybody's."""
    return _page(request, _visible(request, number))


@allowed(SIGNED_IN)
@require_GET
def my_appraisals(request: HttpRequest) -> HttpResponse:
    """Show my results as they came over the months."""
    return _history(request, _actor(request))


@allowed(SEES_ALL)
@require_GET
def person_appraisals(request: HttpRequest, number: int) -> HttpResponse:
    """Show somebody's results as they came over the months."""
    return _history(request, get_object_or_404(Employee, pk=number))


@allowed(SIGNED_IN)
@require_POST
def self_review(request: HttpRequest, number: int) -> HttpResponse:
    """File one's self-review."""
    found = _visible(request, number)
    form = SelfReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, found, self_review=form, status=422)
    try:
        file_self_review(found, form.cleaned_data, by=_actor(request), at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, found, self_review=form, status=422)
    messages.success(request, _("Your self-review is filed. Until you are scored you may change it."))
    return redirect(found)


@allowed(SIGNED_IN)
@require_POST
def appraisal_score(request: HttpRequest, number: int) -> HttpResponse:
    """Score one of one's people."""
    found = _visible(request, number)
    shown = shown_appraisal(found, _actor(request), at=now())
    form = ScoreForm(shown.form_lines, shown.kept, request.POST)
    if not form.is_valid():
        return _page(request, found, scoring=form, status=422)
    data = form.cleaned_data
    try:
        scored = score_appraisal(
            found,
            form.scores,
            comment=data["comment"],
            adjustment=data["adjustment"] or Decimal(0),
            reason=data["reason"],
            by=_actor(request),
            at=now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, _visible(request, number), scoring=form, status=422)
    messages.success(
        request,
        _("%(name)s: %(score)s, %(grade)s.") % {"name": found.employee, "score": scored.score, "grade": scored.grade},
    )
    return redirect(found)


Deed = Callable[[HttpRequest, Appraisal], str]


def _deed(permission: str, do: Deed) -> Callable[..., HttpResponseBase]:
    """Return a view that does one thing to an appraisal, says what it did, and goes back to its page."""

    @allowed(permission)
    @require_POST
    def deed(request: HttpRequest, number: int) -> HttpResponseBase:
        found = _visible(request, number)
        try:
            messages.success(request, do(request, found))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(found)

    return deed


def _sign(request: HttpRequest, found: Appraisal) -> str:
    sign_result(found, by=_actor(request), at=now())
    return _("Signed.")


def _object(request: HttpRequest, found: Appraisal) -> str:
    object_to_result(found, text=_text(request, "text"), by=_actor(request), at=now())
    return _("Your objection is filed; somebody other than your superior answers it.")


def _answer(request: HttpRequest, found: Appraisal) -> str:
    typed = _text(request, "score").strip()
    try:
        score = Decimal(typed) if typed else None
    except InvalidOperation:
        raise Refused(_("A score is a number.")) from None
    if score is not None and not score.is_finite():
        raise Refused(_("A score is a number."))
    if score is not None:
        score = round(score, 2)
    answer_objection(found, text=_text(request, "text"), score=score, by=_actor(request), at=now())
    return _("Answered; %(name)s has been told.") % {"name": found.employee}


def _return(request: HttpRequest, found: Appraisal) -> str:
    return_appraisal(found, reason=_text(request, "reason"), by=_actor(request), at=now())
    return _("Sent back; the superior has been told.")


def _assign(request: HttpRequest, found: Appraisal) -> str:
    typed = _text(request, "superior").strip()
    superior = Employee.objects.filter(Q(employee_number=typed) | Q(name=typed), is_active=True).first()
    if not typed or superior is None:
        raise Refused(_("There is nobody of this name or number."))
    assign_superior(found, superior, by=_actor(request), at=now())
    return _("%(name)s scores from now on.") % {"name": superior}


def _print(request: HttpRequest, found: Appraisal) -> str:
    if not found.snapshot:
        raise Refused(_("A paper is printed of what is published."))
    start_job(PAPER_JOB, by=_actor(request), at=now(), cycle=found.cycle_id, only=found.pk)
    return _("The paper is being printed; load this page again in a few seconds.")


signature = _deed(SIGNED_IN, _sign)
objection = _deed(SIGNED_IN, _object)
objection_answer = _deed("staff.run_appraisal", _answer)
returning = _deed("staff.run_appraisal", _return)
superior = _deed("staff.run_appraisal", _assign)
printing = _deed(SIGNED_IN, _print)


@allowed(SEES_AMOUNTS)
@require_POST
def amounts(request: HttpRequest, number: int) -> HttpResponse:
    """Show somebody's bonus; that somebody looked is kept."""
    found = _visible(request, number)
    reveal_bonus(found, by=_actor(request), at=now())
    return _page(request, found, with_amounts=True)


@allowed(SIGNED_IN)
@require_GET
def paper(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand out the PDF of a result: to its person, and to payroll, which leaves an event."""
    found = _visible(request, number)
    reader = _actor(request)
    if reader.pk != found.employee_id and not reader.has_perm(SEES_AMOUNTS):
        raise PermissionDenied(SEES_AMOUNTS)
    if not found.paper or not found.paper.storage.exists(str(found.paper.name)):
        raise Http404
    reveal_bonus(found, by=reader, at=now())
    name = f"{found.snapshot['number']} {found.employee.name}.pdf"
    return FileResponse(found.paper.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")


def _page(
    request: HttpRequest,
    found: Appraisal,
    *,
    self_review: SelfReviewForm | None = None,
    scoring: ScoreForm | None = None,
    with_amounts: bool = False,
    status: int = 200,
) -> HttpResponse:
    shown = shown_appraisal(found, _actor(request), at=now(), with_amounts=with_amounts)
    context: dict[str, Any] = {"shown": shown, "appraisal": found, "cycle": found.cycle, "today": shop_day(now())}
    if shown.may_review:
        context["self_review_form"] = self_review or SelfReviewForm(initial=found.self_review)
    if shown.may_score:
        context["score_form"] = scoring or _score_form(shown)
    return render(request, "staff/appraisal/appraisal.html", context, status=status)


def _score_form(shown: Shown) -> ScoreForm:
    one = shown.appraisal
    initial = {"comment": one.comment, "adjustment": one.adjustment or None, "reason": one.adjustment_reason}
    return ScoreForm(shown.form_lines, shown.kept, initial=initial)


def _history(request: HttpRequest, person: Employee) -> HttpResponse:
    results = results_of(person)
    context = {
        "person": person,
        "is_mine": person.pk == request.user.pk,
        "results": [(one, span_in_words(one.cycle)) for one in results],
        "chart": history_chart(results),
    }
    return render(request, "staff/appraisal/history.html", context)


def _visible(request: HttpRequest, number: int) -> Appraisal:
    """Return an appraisal this person may see; whoever may not does not learn whether it exists."""
    found = appraisal_of(number)
    if found is None:
        raise Http404
    if not may_see(found, _actor(request)):
        raise PermissionDenied(SEES_ALL)
    return found


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")


def _actor(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return request.user
