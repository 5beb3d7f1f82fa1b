"""The months as HR runs them: the close of a month step by step, what is missing, what stands out, the bonus sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.charts import Point, Series, horizontal_bars, stacked_bars
from shopops.kit.clock import now, shop_day
from shopops.kit.refusals import Refused
from staff.actions.appraisal_cycles import (
    audit_cycle,
    check_publishable,
    lock_cycle,
    open_cycle,
    reopen_cycle,
)
from staff.actions.jobs import start_job
from staff.exports.bonus_sheet import bonus_sheet, take_bonus_sheet
from staff.models import AppraisalCycle, Employee
from staff.queries.appraisal_close import steps_of
from staff.queries.appraisal_cycles import (
    failed_run_of,
    grades_by_unit,
    grades_of,
    is_published,
    listed_cycles,
    open_run_of,
    outliers_of,
    papers_of,
    scorers_of,
)
from staff.queries.appraisals import GRADE_TONES, SEES_AMOUNTS, can_object_until, score_until, span_in_words
from staff.queries.history import history_of
from staff.states import CycleKind

RECKON, PUBLISH, PAPERS = "staff.reckon_appraisals", "staff.publish_appraisals", "staff.appraisal_papers"
SEES, RUNS = "staff.view_appraisalcycle", "staff.run_appraisal"
MOST_SHOWN = 60


@allowed(SEES)
@require_GET
def cycles(request: HttpRequest) -> HttpResponse:
    """List the periods with how far each is, and the one that may be opened next."""
    today = shop_day(now())
    rows = [{"cycle": one, "span": span_in_words(one)} for one in listed_cycles()[:MOST_SHOWN]]
    context = {"rows": rows, "today": today, "kinds": CycleKind.choices, "may_run": request.user.has_perm(RUNS)}
    return render(request, "staff/appraisal/cycles.html", context)


@allowed(RUNS)
@require_POST
def cycle_opening(request: HttpRequest) -> HttpResponse:
    """Open a period; one that is open gets the people it lacks."""
    try:
        kind = CycleKind(request.POST.get("kind", ""))
        day = date.fromisoformat(f"{request.POST.get('month', '')}-01")
    except ValueError:
        messages.error(request, _("Choose a month."))
        return redirect("staff:cycles")
    cycle = open_cycle(kind, day, by=_actor(request), at=now())
    messages.success(request, _("%(cycle)s is open.") % {"cycle": span_in_words(cycle)})
    return redirect(cycle)


@allowed(SEES)
@require_GET
def cycle(request: HttpRequest, number: int) -> HttpResponse:
    """Show a period: the steps of its close with what is missing, grades, superiors, what stands out."""
    found = get_object_or_404(AppraisalCycle.objects.select_related("published_by", "locked_by"), pk=number)
    today = shop_day(now())
    steps = steps_of(found, today)
    people = found.appraisals.count()
    grades = grades_of(found)
    run = open_run_of(found, RECKON, PUBLISH, PAPERS)
    context: dict[str, Any] = {
        "cycle": found,
        "span": span_in_words(found),
        "steps": steps,
        "people": people,
        "score_by": score_until(found),
        "object_by": can_object_until(found),
        "scorers": scorers_of(found),
        "outliers": outliers_of(found)[:MOST_SHOWN],
        "grades": [(band, count, GRADE_TONES.get(band.code, "plain")) for band, count in grades],
        "grades_chart": horizontal_bars(
            [Point(str(band), count) for band, count in grades],
            title=_("People by grade"),
            name=_("People"),
            width=520,
        ),
        "units_chart": _units_chart(found),
        "run": run,
        "failed": None if run else failed_run_of(found, RECKON, PUBLISH, PAPERS),
        "is_out": is_published(found),
        "is_month": found.kind == CycleKind.MONTH,
        "papers": papers_of(found),
        "may_run": request.user.has_perm(RUNS),
        "may_pay": request.user.has_perm(SEES_AMOUNTS) and found.kind == CycleKind.MONTH,
        "is_publisher": found.published_by_id == request.user.pk,
        "story": history_of(found),
        "today": today,
    }
    if context["may_pay"] and context["is_out"]:
        context["sheet"] = bonus_sheet(found)
    return render(request, "staff/appraisal/cycle.html", context)


@allowed(RUNS)
@require_POST
def cycle_reckoning(request: HttpRequest, number: int) -> HttpResponse:
    """Reckon everybody's figures now, in the background."""
    found = _cycle(number)
    if is_published(found):
        raise Refused(_("The results are published; nothing is reckoned any more."))
    _start(RECKON, found, request)
    messages.success(request, _("Figures, points and scores are being reckoned."))
    return redirect(found)


@allowed(RUNS)
@require_POST
def cycle_audit(request: HttpRequest, number: int) -> HttpResponse:
    """Hand the period to HR for the check."""
    found = _cycle(number)
    return _done(request, found, _("Everybody is scored; now check and publish."), lambda by: audit_cycle(found, **by))


@allowed(RUNS)
@require_POST
def cycle_reopening(request: HttpRequest, number: int) -> HttpResponse:
    """Send the period back to the superiors."""
    found = _cycle(number)
    reason = request.POST.get("reason", "").replace("\x00", "")
    return _done(request, found, _("Sent back."), lambda by: reopen_cycle(found, reason=reason, **by))


@allowed(RUNS)
@require_POST
def cycle_publication(request: HttpRequest, number: int) -> HttpResponse:
    """Publish the results, in the background; what is missing is said at once."""
    found = _cycle(number)
    try:
        check_publishable(found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        _start(PUBLISH, found, request)
        messages.success(request, _("The results are being frozen and published."))
    return redirect(found)


@allowed(RUNS)
@require_POST
def cycle_lock(request: HttpRequest, number: int) -> HttpResponse:
    """Lock the period by a second look."""
    found = _cycle(number)
    return _done(request, found, _("Locked. Nothing in it changes any more."), lambda by: lock_cycle(found, **by))


@allowed(RUNS)
@require_POST
def cycle_papers(request: HttpRequest, number: int) -> HttpResponse:
    """Print everybody's result, in the background."""
    found = _cycle(number)
    if not is_published(found):
        raise Refused(_("A paper is printed of what is published."))
    _start(PAPERS, found, request)
    messages.success(request, _("The papers are being printed; each person finds theirs on their page."))
    return redirect(found)


@allowed(SEES_AMOUNTS)
@require_POST
def cycle_sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Hand out the bonus sheet for payroll; that somebody took it is kept."""
    found = _cycle(number)
    sheet, content = take_bonus_sheet(found, by=_actor(request), at=now())
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="{sheet.number}.xlsx"'
    return answer


def _units_chart(found: AppraisalCycle) -> Any:
    """Draw how many people of each unit have which grade; None before anybody has one."""
    units, bands = grades_by_unit(found)
    if not units:
        return None
    series = [Series(name, counts) for name, counts in bands if any(counts)]
    return stacked_bars(units, series, title=_("Grades by unit"), size=(560, 240))


def _done(request: HttpRequest, found: AppraisalCycle, said: str, do: Any) -> HttpResponse:
    """Do one thing to a period and say so, or why not."""
    try:
        do({"by": _actor(request), "at": now()})
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(found)


def _start(job: str, found: AppraisalCycle, request: HttpRequest) -> None:
    """Start a job about a period unless one runs already."""
    if open_run_of(found, RECKON, PUBLISH, PAPERS) is None:
        start_job(job, by=_actor(request), at=now(), cycle=found.pk)


def _cycle(number: int) -> AppraisalCycle:
    return get_object_or_404(AppraisalCycle, pk=number)


def _actor(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return request.user
