"""Trials: replays of a span, wind tunnels and shadows; what they would change, and booking a replay."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import allowed
from shopops.kit.charts import Point, Series, horizontal_bars, stacked_bars
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import AnyOfFilter, Column, DaysFilter, Empty, ListFilters, ListPage, Sort, Tab
from staff.actions.trials import approve_replay, discard_trial, start_trial
from staff.forms.trials import ReplayForm
from staff.models import Employee, Trial
from staff.queries.comparison import PersonDifference, differences_of
from staff.queries.history import history_of
from staff.queries.jobs import ShownRun
from staff.queries.trials import (
    Outcome,
    TeamDifference,
    add_trial_words,
    cases_by_shift,
    cases_charged,
    charged_on_trial,
    listed_trials,
    matching_trials,
    outcome_of,
    signed,
    state_in_words,
    tone_of,
    version_in_words,
)
from staff.states import TrialKind, TrialState

DAY = timedelta(days=1)
MOST_BARS = 12
MOST_CASES = 500


class TrialFilters(ListFilters):
    """The filters of the list of trials."""

    state = AnyOfFilter(field_name="state", choices=TrialState.choices, label=gettext_lazy("State"), first=True)
    asked = DaysFilter(field_name="asked_at", label=gettext_lazy("Asked on"), first=True)


TRIALS_PAGE = ListPage(
    name="staff.trials",
    title=gettext_lazy("Replays and trials"),
    note=gettext_lazy(
        "Days tallied anew beside the books: with other versions, with drafts, or to see that nothing moved."
    ),
    permission="staff.view_trial",
    icon="history",
    rows=listed_trials,
    values=("kind", "state", "first", "last", "done_to", "reason", "asker", "asked_at", "decider", "decided_at"),
    finish=add_trial_words,
    cells="staff/trials/cells.html",
    template="staff/trials/list.html",
    columns=(
        Column("trial", gettext_lazy("Kind and days"), fixed=True, card="full"),
        Column("state", gettext_lazy("State")),
        Column("tried", gettext_lazy("What was tried"), card="full"),
        Column("reason", gettext_lazy("Reason"), card="full"),
        Column("asker", gettext_lazy("Asked by")),
        Column("asked_at", gettext_lazy("Asked at"), sort="asked", card="right"),
    ),
    tabs=(
        Tab("replay", gettext_lazy("Replays"), Q(kind=TrialKind.REPLAY)),
        Tab(
            "waiting",
            gettext_lazy("To be approved"),
            Q(kind=TrialKind.REPLAY, state=TrialState.READY),
            tone="warn",
        ),
        Tab("tunnel", gettext_lazy("Wind tunnel"), Q(kind=TrialKind.TUNNEL)),
        Tab("shadow", gettext_lazy("Shadow"), Q(kind=TrialKind.SHADOW), tone="info"),
        Tab("all", gettext_lazy("All")),
    ),
    sorts=(Sort("asked", "asked_at", gettext_lazy("Asked at")),),
    filters=TrialFilters,
    search=matching_trials,
    search_hint=gettext_lazy("Person, reason or clause"),
    opens="staff:trial",
    empty=Empty(
        gettext_lazy("No trials here."),
        gettext_lazy(
            "Replay a span to see what the rulebook gives for it today; nothing is booked before a second "
            "person has approved it."
        ),
        gettext_lazy("Replay a span"),
        "staff:trial_new",
    ),
)


@allowed("staff.view_trial")
@require_GET
def trial(request: HttpRequest, number: int) -> HttpResponse:
    """Show one trial: what it would change, who decides."""
    found = _trial(number)
    by = _by(request)
    result = outcome_context(found, by)
    context = {
        "trial": found,
        "tone": tone_of(found.kind, found.state),
        "state": state_in_words(found.kind, found.state),
        "tried": [(version, version_in_words(version)) for version in found.versions.select_related("clause")],
        "may_approve": by.has_perm("staff.approve_replay") and found.asked_by_id != by.pk,
        "is_own": found.asked_by_id == by.pk,
        "is_replay": found.kind == TrialKind.REPLAY,
        "is_ready": found.state == TrialState.READY,
        "may_discard": found.state in (TrialState.COMPUTING, TrialState.READY) and found.kind != TrialKind.SHADOW,
        "differs": bool(result.get("outcome") and result["outcome"].people),
        "result": result,
        "story": history_of(found),
    }
    return render(request, "staff/trials/trial.html", context)


@allowed("staff.view_trial")
@require_GET
def trial_progress(request: HttpRequest, number: int) -> HttpResponse:
    """Answer the open page of a trial: how far it is, or, once it is over, what came of it."""
    found = _trial(number)
    result = outcome_context(found, _by(request))
    answer = render(request, "staff/trials/outcome.html", {"result": result})
    if not result["is_running"]:
        answer["HX-Refresh"] = "true"  # what may be done with it stands elsewhere on the page
    return answer


@allowed("staff.view_trial")
@require_GET
def trial_person(request: HttpRequest, number: int, employee: int) -> HttpResponse:
    """Show the cases of one person that a trial judges otherwise than the books, each with its document."""
    if not request.user.has_perm("staff.view_pointentry"):
        raise PermissionDenied("staff.view_pointentry")
    found = _trial(number)
    person = get_object_or_404(Employee.objects.select_related("unit"), pk=employee)
    cases = differences_of(found, person)
    charged = cases_charged(found, person)
    context = {
        "trial": found,
        "person": person,
        "cases": [
            (case, signed(case.was), signed(case.will), signed(case.will - case.was)) for case in cases[:MOST_CASES]
        ],
        "count": len(cases),
        "charged": [(one, signed(one.points)) for one in charged[:MOST_CASES]],
        "charged_count": charged.count(),
        "was": signed(sum((case.was for case in cases), Decimal(0))),
        "will": signed(sum((case.will for case in cases), Decimal(0))),
        "difference": signed(sum((case.will - case.was for case in cases), Decimal(0))),
    }
    return render(request, "staff/trials/person.html", context)


@allowed("staff.run_trial")
@require_http_methods(["GET", "POST"])
def trial_new(request: HttpRequest) -> HttpResponseBase:
    """Show the form of a replay, or start it."""
    at = now()
    form = ReplayForm(request.POST if request.method == "POST" else None, yesterday=shop_day(at) - DAY)
    if form.is_valid():
        given = form.cleaned_data
        found = start_trial(
            TrialKind.REPLAY,
            first=given["first"],
            last=given["last"],
            versions=form.chosen,
            reason=given["reason"],
            by=_by(request),
            at=at,
        )
        return redirect(found)
    context = {"form": form, "has_versions": bool(form.offered)}
    return render(request, "staff/trials/new.html", context, status=422 if form.is_bound else 200)


@allowed("staff.approve_replay")
@require_POST
def trial_approval(request: HttpRequest, number: int) -> HttpResponse:
    """Book what a replay found to be different."""
    found = _trial(number)
    count = approve_replay(found, by=_by(request), at=now())
    said = ngettext("%(count)s entry was booked.", "%(count)s entries were booked.", count) % {"count": count}
    messages.success(request, said)
    return redirect(found)


@allowed("staff.run_trial")
@require_POST
def trial_discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw the result of a trial away."""
    found = _trial(number)
    discard_trial(found, by=_by(request), at=now())
    messages.success(request, _("The trial is discarded; nothing was booked."))
    return redirect(found)


def outcome_context(found: Trial, by: Employee) -> dict[str, Any]:
    """Return what the part of a page shows that tells what came of a trial."""
    run = found.job_run
    job = ShownRun(run) if run else None
    is_running = found.state == TrialState.COMPUTING and bool(job and job.is_open)
    context: dict[str, Any] = {
        "trial": found,
        "run": run,
        "job": job,
        "is_running": is_running,
        "is_shadow": found.kind == TrialKind.SHADOW,
        "sees_people": by.has_perm("staff.view_pointentry"),
    }
    has_rows = found.state != TrialState.DISCARDED and not (found.state == TrialState.COMPUTING and run)
    if not has_rows:
        return context
    outcome = outcome_of(found)
    charged = [] if found.kind == TrialKind.REPLAY else charged_on_trial(found)
    return context | {
        "charged": [(one, signed(one.points)) for one in charged],
        "charged_cases": sum(one.cases for one in charged),
        "charged_points": signed(sum((one.points for one in charged), Decimal(0))),
        "outcome": outcome,
        "difference": signed(outcome.will - outcome.was),
        "was": signed(outcome.was),
        "will": signed(outcome.will),
        "people": [(one, signed(one.was), signed(one.will), signed(one.difference)) for one in outcome.people],
        "teams": [(one, signed(one.was), signed(one.will), signed(one.difference)) for one in outcome.teams],
        **_charts(found, outcome),
        "hours_chart": _hours(found),
    }


def _charts(found: Trial, outcome: Outcome) -> dict[str, str]:
    """Draw who would have more and less, by person and by team: points, or cases where none costs any."""
    in_points = any(one.difference for one in outcome.people)
    person_title = _("Difference in points, by person") if in_points else _("Difference in cases, by person")
    team_title = _("Difference in points, by team") if in_points else _("Difference in cases, by team")

    def value(one: PersonDifference | TeamDifference) -> Decimal | int:
        return one.difference if in_points else one.cases_new - one.cases_gone

    people = [
        Point(str(one.employee), value(one), reverse("staff:trial_person", args=[found.pk, one.employee.pk]))
        for one in outcome.people
    ]
    teams = [Point(one.name, value(one)) for one in outcome.teams]
    unit = _("Points") if in_points else _("Cases")
    return {
        "person_title": person_title,
        "team_title": team_title,
        "people_chart": _bars(people, title=person_title, unit=unit, is_good_when_fewer=not in_points),
        "team_chart": _bars(teams, title=team_title, unit=unit, is_good_when_fewer=not in_points),
    }


def _bars(points: list[Point], *, title: str, unit: str, is_good_when_fewer: bool) -> str:
    """Draw the largest differences, those who lose first; nothing for nobody."""
    largest = sorted(points, key=lambda point: -abs(float(point.value or 0)))[:MOST_BARS]
    if not any(point.value for point in largest):
        return ""
    shown = sorted(largest, key=lambda point: point.value or 0)
    values = [point.value or 0 for point in shown]
    tone = "good" if min(values) >= 0 else "bad" if max(values) <= 0 else "accent"
    if is_good_when_fewer and tone != "accent":
        tone = "bad" if tone == "good" else "good"
    return horizontal_bars(
        shown, title=title, name=unit, show=lambda value: signed(Decimal(str(value))), tone=tone, width=420
    )


def _hours(found: Trial) -> str:
    """Draw the cases that come and go by the part of the day; nothing where none does."""
    shifts = cases_by_shift(found)
    if not any(one.more or one.fewer for one in shifts):
        return ""
    return stacked_bars(
        [one.hours for one in shifts],
        [
            Series(_("Cases more"), [one.more for one in shifts]),
            Series(_("Cases fewer"), [-one.fewer for one in shifts]),
        ],
        title=_("Cases more and fewer, by shift"),
        size=(420, 200),
        table=False,
    )


def _trial(number: int) -> Trial:
    return get_object_or_404(Trial.objects.select_related("asked_by", "decided_by", "job_run"), pk=number)


def _by(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- has the permission, says the decorator
    return request.user
