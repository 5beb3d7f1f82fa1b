"""Reported cases: the list, the form that starts from a clause or a person, and the page where a second one decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from shopops.kit.clock import SHANGHAI, now, shop_day
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
    WordsFilter,
    one_by_one,
)
from shopops.kit.refusals import Refused
from staff.actions.cases import add_evidence, confirm_case, reject_case, withdraw_case
from staff.actions.incidents import report_people
from staff.forms.cases import MOMENT, AnswerForm, CaseForm, FilesForm, ReasonForm
from staff.models import CaseReport, Clause, Employee
from staff.policy.cases import REWARD_FUND, REWARD_POINTS
from staff.queries.cases import (
    TONES,
    Price,
    add_case_words,
    amount_in_words,
    is_reportable,
    knows_reporter,
    listed_cases,
    matching_cases,
    price_on,
    undecidable,
    visible_cases,
)
from staff.queries.clauses import DEPARTMENTS
from staff.queries.files import shown_files
from staff.queries.history import history_of
from staff.queries.incidents import others_of_incident
from staff.queries.rulebook import wording, words_on
from staff.queries.terms import grade_in_words, terms_in_words
from staff.states import CaseKind, CaseState
from staff.views.asking import actor, checked
from staff.views.incidents import moment_of, reports_offered, reports_to_join

SECRET = ("staff.case_reported", "staff.file_taken")
"""Lines of the trail that tell who reported: not for the person it is about."""


class CaseFilters(ListFilters):
    """The filters of the reported cases."""

    kind = AnyOfFilter(field_name="kind", choices=CaseKind.choices, label=_("Kind"), first=True)
    happened = DaysFilter(field_name="happened_at", label=_("Happened on"), first=True)
    reported = DaysFilter(field_name="reported_at", label=_("Reported on"))
    department = AnyOfFilter(field_name="clause__department", choices=tuple(DEPARTMENTS.items()), label=_("Department"))
    text = WordsFilter(field_name="text", label=_("What happened"))


def _to_decide(reader: Reader) -> Q:
    return Q(state=CaseState.REPORTED) & ~Q(reported_by=reader.by) & ~Q(employee=reader.by)


def _mine(reader: Reader) -> Q:
    return Q(reported_by=reader.by)


def _confirm(ids: Sequence[int], *, by: Employee, at: datetime, answer: str = "") -> Refusals:
    cases = visible_cases(by).filter(pk__in=ids)
    return one_by_one(cases, lambda case: confirm_case(case, answer=answer, by=by, at=at))


def _reject(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    cases = visible_cases(by).filter(pk__in=ids)
    return one_by_one(cases, lambda case: reject_case(case, reason=reason, by=by, at=at))


CASES_PAGE = ListPage(
    name="staff.cases",
    title=_("Reported cases"),
    note=_("What people report: violations nothing finds by itself, rewards, and waivers. A second person decides."),
    icon="flag",
    permission="staff.view_casereport",
    rows=listed_cases,
    values=(
        "kind",
        "state",
        "clause__number",
        "clause__title",
        "clause__title_en",
        "employee_id",
        "employee__name",
        "points",
        "fund",
        "happened_at",
        "reported_at",
        "reported_by_id",
        "reported_by__name",
        "decided_by__name",
        "decided_at",
        "answer",
        "text",
        "incident",
        "file_count",
    ),
    finish=add_case_words,
    cells="staff/cases/cells.html",
    columns=(
        Column("case", _("Case"), fixed=True, card="full"),
        Column("person", _("Concerned"), card="left"),
        Column("price", _("Amount"), end=True, card="right"),
        Column("state", _("State"), card="left"),
        Column("happened", _("Happened at"), sort="happened", card="none"),
        Column("reported", _("Reported"), sort="reported", card="left"),
        Column("decided", _("Decided"), card="full"),
    ),
    tabs=(
        Tab("decide", _("To decide"), _to_decide, permission="staff.confirm_case", tone="danger"),
        Tab("waiting", _("Undecided"), Q(state=CaseState.REPORTED)),
        Tab("mine", _("Reported by me"), _mine),
        Tab("confirmed", _("Confirmed"), Q(state=CaseState.CONFIRMED)),
        Tab("rejected", _("Rejected"), Q(state=CaseState.REJECTED)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("reported", "reported_at", _("Reported")),
        Sort("happened", "happened_at", _("Happened at")),
    ),
    filters=CaseFilters,
    search=matching_cases,
    search_hint=_("Clause, person or words"),
    opens="staff:case",
    row_name="clause__number",
    batch=(
        BatchAction(
            "confirmation",
            _("Confirm"),
            run=_confirm,
            skips=undecidable,
            form=AnswerForm,
            permission="staff.confirm_case",
            icon="check",
            tone="primary",
            says=_("Points and money are booked at once, and each person is told."),
            tabs=("decide", "waiting"),
        ),
        BatchAction(
            "rejection",
            _("Reject"),
            run=_reject,
            skips=undecidable,
            form=ReasonForm,
            permission="staff.confirm_case",
            icon="x",
            tone="danger",
            tabs=("decide", "waiting"),
        ),
    ),
    export=Export(
        permission="staff.confirm_case",
        columns=(
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Clause"), "clause__number"),
            ExportColumn(_("Title"), "clause_title"),
            ExportColumn(_("Concerned"), "employee__name"),
            ExportColumn(_("Points"), "points", kind="money"),
            ExportColumn(_("Yuan"), "fund", kind="money"),
            ExportColumn(_("Happened at"), "happened_at", kind="time"),
            ExportColumn(_("What happened"), "text"),
            ExportColumn(_("Incident"), "incident"),
            ExportColumn(_("Reported by"), "reported_by__name"),
            ExportColumn(_("Reported at"), "reported_at", kind="time"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Decided by"), "decided_by__name"),
            ExportColumn(_("Decided at"), "decided_at", kind="time"),
            ExportColumn(_("Answer"), "answer"),
        ),
    ),
    template="staff/cases/list.html",
    empty=Empty(_("No cases here."), _("Whoever sees something that nothing finds by itself reports it.")),
)


@allowed("staff.report_case")
@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponseBase:
    """Ask for a case, from a clause or from a person (in the address), and report it."""
    at = now()
    if request.method == "POST":
        form = CaseForm(request.POST, request.FILES, day=shop_day(at), by=actor(request))
        if form.is_valid():
            try:
                cases = _report(request, form, at=at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _now("Reported; somebody else decides it now."))
                return redirect(cases[0])
    else:
        initial = {name: request.GET[name] for name in ("clause", "employee") if request.GET.get(name)}
        initial["happened_at"] = at.astimezone(SHANGHAI).strftime(MOMENT)
        form = CaseForm(initial=initial, day=shop_day(at), by=actor(request))
    context = {"form": form, **_terms(form["clause"].value(), form["happened_at"].value(), at=at)}
    context |= {"grade": form["grade"].value() or "", "points": form["points"].value(), "fund": form["fund"].value()}
    context |= reports_offered(request, form["happened_at"].value(), chosen=form["joins"].value(), at=at)
    return render(request, "staff/cases/new.html", context)


@allowed("staff.report_case")
@require_GET
def case_terms(request: HttpRequest) -> HttpResponse:
    """Answer the form: what the chosen clause says and costs on the day it happened."""
    context = _terms(request.GET.get("clause", ""), request.GET.get("happened_at", ""), at=now())
    return render(request, "staff/cases/terms.html", {**context, "grade": request.GET.get("grade", "")})


@allowed(SIGNED_IN)
@require_GET
def case(request: HttpRequest, number: int) -> HttpResponse:
    """Show a case: to who reported it, to who may see cases, and once it is confirmed to whom it is about."""
    found, reader = _case(request, number), actor(request)
    price = price_on(found.clause, shop_day(found.happened_at))
    words = words_on(shop_day(found.happened_at))
    decides = (
        found.state == CaseState.REPORTED
        and reader.pk not in {found.reported_by_id, found.employee_id}
        and reader.has_perm("staff.confirm_case")
    )
    told = knows_reporter(found, reader)
    story = history_of(found)
    return render(
        request,
        "staff/cases/case.html",
        {
            "case": found,
            "tone": TONES[CaseState(found.state)],
            "amount": amount_in_words(found.points, found.fund),
            "amount_tone": "danger" if found.kind == CaseKind.PENALTY else "good",
            "grade": grade_in_words(found.grade) if found.grade else "",
            "text": wording(price.version, words) if price else "",
            "version": price.version if price else None,
            "files": shown_files(found.files.all()),
            "knows_reporter": told,
            "may_decide": decides,
            "others": others_of_incident(found, reader),
            "to_join": reports_to_join(found, reader, may_decide=decides),
            "is_mine": found.reported_by_id == reader.pk,
            "is_waiting": found.state == CaseState.REPORTED,
            "story": story if told else [line for line in story if line.verb not in SECRET],
            "answer_form": AnswerForm(auto_id="confirm_%s"),
            "reason_form": ReasonForm(auto_id="reject_%s"),
            "files_form": FilesForm(),
        },
    )


@allowed("staff.confirm_case")
@require_POST
def case_confirmation(request: HttpRequest, number: int) -> HttpResponseBase:
    """Confirm a case that somebody else reported."""
    found = _case(request, number)
    asked = checked(AnswerForm(request.POST))
    confirm_case(found, answer=asked["answer"], by=actor(request), at=now())
    messages.success(request, _now("Confirmed; %(name)s has been told.") % {"name": found.employee})
    return redirect(found)


@allowed("staff.confirm_case")
@require_POST
def case_rejection(request: HttpRequest, number: int) -> HttpResponseBase:
    """Reject a case that somebody else reported."""
    found = _case(request, number)
    reject_case(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Rejected; nothing was booked."))
    return redirect(found)


@allowed("staff.report_case")
@require_POST
def case_withdrawal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take one's own report back."""
    found = _case(request, number)
    withdraw_case(found, by=actor(request), at=now())
    messages.success(request, _now("Taken back."))
    return redirect(found)


@allowed("staff.report_case")
@require_POST
def case_files(request: HttpRequest, number: int) -> HttpResponseBase:
    """Add files to one's own report."""
    found = _case(request, number)
    add_evidence(found, checked(FilesForm(request.POST, request.FILES))["evidence"], by=actor(request), at=now())
    return redirect(found)


def _case(request: HttpRequest, number: int) -> CaseReport:
    """Return a case the employee may see; any other does not exist for them."""
    return get_object_or_404(visible_cases(actor(request)), pk=number)


def _report(request: HttpRequest, form: CaseForm, *, at: datetime) -> list[CaseReport]:
    asked = form.cleaned_data
    return report_people(
        form.everybody,
        clause=asked["clause"],
        happened_at=asked["happened_at"],
        text=asked["text"],
        grade=asked["grade"],
        points=asked["points"],
        fund=asked["fund"],
        witness=asked["witness"],
        files=asked["evidence"],
        incident=asked["incident"],
        joins=asked["joins"],
        by=actor(request),
        at=at,
    )


def _terms(number: Any, happened_at: Any, *, at: datetime) -> Mapping[str, Any]:
    """Return what a clause says and costs on the day something happened, as far as both are known."""
    clause = Clause.objects.filter(number=str(number or "")[:12]).select_related("rulebook").first()
    if clause is None or not is_reportable(clause):
        return {"clause": None}
    day = shop_day(moment_of(happened_at) or at)
    price: Price | None = price_on(clause, day)
    if price is None:
        return {"clause": clause, "day": day, "price": None}
    words = words_on(day)
    return {
        "clause": clause,
        "day": day,
        "price": price,
        "text": wording(price.version, words),
        "terms": terms_in_words(price.version, words.posts),
        "most_points": REWARD_POINTS(),
        "most_fund": REWARD_FUND(),
    }
