"""The radar: what will become an offence, of oneself and of one's people, and a look ahead on demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.detectors import DETECTORS
from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Reader,
    Sort,
    Tab,
)
from staff.actions.radar import sweep
from staff.models import Clause, Employee, OrgUnit
from staff.policy import RADAR_HOURS
from staff.queries.radar import (
    COMING,
    MAY_SEE_ALL,
    OUTCOMES,
    Ahead,
    add_terms,
    checked_at,
    coming_for,
    coming_for_team,
    in_team,
    matching_sightings,
    radar_rows,
)
from staff.states import Outcome

MOST_SHOWN = 5
FRESH = timedelta(seconds=60)
"""A look ahead is not older than this when the page has been open for a moment; the page asks by itself."""
PAUSE = timedelta(seconds=3)
"""Between two looks ahead of one person; each takes some hundredths of a second."""
_CHECKED = "radar_checked"


def _clauses() -> list[tuple[int, str]]:
    title = "title_en" if get_language() == "en" else "title"
    clauses = Clause.objects.filter(detector__in=list(DETECTORS)).values_list("pk", "number", title)
    return [(pk, f"{number} {words}") for pk, number, words in clauses]


def _units() -> list[tuple[int, str]]:
    return [(unit.pk, str(unit)) for unit in OrgUnit.objects.all()]


class RadarFilters(ListFilters):
    """The filters of the radar."""

    clause = AnyOfFilter(field_name="clause_id", choices=_clauses, label=gettext_lazy("Clause"), first=True)
    unit = AnyOfFilter(field_name="employee__unit_id", choices=_units, label=gettext_lazy("Unit"))
    due = DaysFilter(field_name="due_at", label=gettext_lazy("Due"), first=True)
    outcome = AnyOfFilter(
        field_name="outcome", choices=tuple(OUTCOMES.items()), label=gettext_lazy("What became of it")
    )


def _mine(reader: Reader) -> Q:
    return COMING & Q(employee=reader.by.pk)


def _team(reader: Reader) -> Q:
    return COMING & in_team(reader.by)


def _my_avoided(reader: Reader) -> Q:
    return Q(outcome=Outcome.AVOIDED, employee=reader.by.pk)


def _context(request: HttpRequest, shown: Any) -> Mapping[str, Any]:
    """Show above the list how things stand for the team."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the page
    at = shown.reader.at
    is_team = bool(shown.asked.tab and shown.asked.tab.key == "team")
    team = coming_for_team(request.user, at=at) if is_team else None
    return {"at": at, "team": team, "checked_at": newest_check(request, checked_at()), "hours": RADAR_HOURS()}


RADAR_PAGE = ListPage(
    name="staff.radar",
    title=gettext_lazy("Radar"),
    note=gettext_lazy("What will become an offence unless somebody acts, and what it would cost."),
    permission=SIGNED_IN,
    icon="alarm-clock",
    rows=radar_rows,
    values=(
        "clause_id",
        "employee_id",
        "subject_label",
        "url",
        "points",
        "due_at",
        "seen_at",
        "outcome",
        "settled_at",
    ),
    finish=add_terms,
    cells="staff/radar/cells.html",
    columns=(
        Column("due", gettext_lazy("Due"), fixed=True, card="full", sort="due"),
        Column("subject", gettext_lazy("About"), fixed=True),
        Column("clause", gettext_lazy("Clause"), card="full"),
        Column("person", gettext_lazy("Employee"), permission=MAY_SEE_ALL),
        Column("unit", gettext_lazy("Unit"), permission=MAY_SEE_ALL, card="none"),
        Column("points", gettext_lazy("Costs"), end=True, sort="points", card="right"),
        Column("outcome", gettext_lazy("What became of it"), card="right"),
        Column("seen", gettext_lazy("First seen"), shown=False, card="none"),
    ),
    tabs=(
        Tab("mine", gettext_lazy("Mine"), _mine, tone="danger"),
        Tab("team", gettext_lazy("My people"), _team, permission=MAY_SEE_ALL, tone="warn"),
        Tab("avoided", gettext_lazy("Avoided by me"), _my_avoided, sort="-due"),
        Tab("everybody", gettext_lazy("Everybody's"), COMING, permission=MAY_SEE_ALL),
        Tab("past", gettext_lazy("Settled"), ~COMING, counted=False, sort="-due"),
    ),
    sorts=(
        Sort("due", "due_at", gettext_lazy("Due"), ascending=True),
        Sort("points", ("points", "due_at"), gettext_lazy("Costs"), ascending=True),
    ),
    filters=RadarFilters,
    search=matching_sightings,
    search_hint=gettext_lazy("Document, clause or person"),
    row_name="subject_label",
    row_tone="tone",
    export=Export(
        permission=MAY_SEE_ALL,
        columns=(
            ExportColumn(gettext_lazy("Due"), "due_at", kind="time"),
            ExportColumn(gettext_lazy("Clause"), "clause_number"),
            ExportColumn(gettext_lazy("About"), "subject_label"),
            ExportColumn(gettext_lazy("Employee"), "person"),
            ExportColumn(gettext_lazy("Points"), "points", kind="count"),
            ExportColumn(gettext_lazy("What became of it"), lambda row: str(row["outcome_label"])),
            ExportColumn(gettext_lazy("First seen"), "seen_at", kind="time"),
            ExportColumn(gettext_lazy("Settled at"), "settled_at", kind="time"),
        ),
    ),
    empty=Empty(
        gettext_lazy("Nothing is coming."),
        gettext_lazy("What would become an offence appears here in good time, every few minutes anew."),
    ),
    template="staff/radar/page.html",
    page_size=100,
    context=_context,
)


@allowed(SIGNED_IN)
@require_POST
def radar_check(request: HttpRequest) -> HttpResponseBase:
    """Look ahead for oneself now, but not more often than every few seconds."""
    employee = request.user
    assert isinstance(employee, Employee)  # noqa: S101 -- signed in, says the decorator
    at = now()
    last = own_check(request)
    if last is None or at - last >= PAUSE:
        sweep(at=at, only=employee)
        request.session[_CHECKED] = at.isoformat(timespec="seconds")
    if request.headers.get("HX-Request"):
        return render(request, "staff/radar/card.html", {"at": at, "is_checked": True, **radar_card(request, at=at)})
    messages.success(request, _("The radar has looked ahead for you."))
    return redirect("staff:radar")


def radar_card(request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    """Return what the card shows to the person of a request."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, say the pages that show the card
    ahead: Ahead = coming_for(request.user, at=at, most=MOST_SHOWN)
    checked = newest_check(request, ahead.checked_at)
    return {
        "ahead": ahead,
        "radar_checked_at": checked,
        "radar_is_stale": checked is None or at - checked > FRESH,
    }


def newest_check(request: HttpRequest, swept: datetime | None) -> datetime | None:
    """Return when it was last looked ahead for the person: with everybody, or for them alone."""
    own = own_check(request)
    return max((one for one in (own, swept) if one is not None), default=None)


def own_check(request: HttpRequest) -> datetime | None:
    """Return when the person had the radar look ahead last."""
    text = request.session.get(_CHECKED, "")
    return datetime.fromisoformat(text) if text else None
