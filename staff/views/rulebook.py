"""The rulebook: what holds, what it costs, what watches it, and what is about to fall under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import Series, stacked_bars
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import AnyOfFilter, Column, Empty, ListFilters, ListPage, OneOfFilter, Reader, Shown, Sort, Tab
from staff.models import Clause, Employee, Position, Rulebook
from staff.queries.clauses import (
    COMING,
    DEPARTMENTS,
    PEOPLE,
    STORY_DAYS,
    SYSTEM,
    WATCHES,
    ClauseShown,
    add_clause_words,
    binding,
    bound_to,
    clauses_in_words,
    coming_under,
    coverage,
    found_by,
    listed_clauses,
    matching_clauses,
    offences_by_week,
    with_draft,
)
from staff.queries.drafts import open_drafts
from staff.queries.history import history_of
from staff.queries.rulebook import (
    parameters_in_words,
    points_in_words,
    terms_in_words,
    versions_of,
    wording,
    words_on,
)
from staff.states import ClauseKind


def _regulations() -> list[tuple[int, str]]:
    return [(book.pk, str(book)) for book in Rulebook.objects.all()]


def _posts() -> list[tuple[int, str]]:
    return [(post.pk, str(post)) for post in Position.objects.filter(is_used=True, clauses__isnull=False).distinct()]


class _PostFilter(OneOfFilter):
    """Clauses that bind the holders of a post, those for everybody included."""

    def filter(self, qs: QuerySet[Clause], value: str) -> QuerySet[Clause]:
        """Keep the clauses that bind the post."""
        return qs.filter(bound_to(int(value))) if value else qs


class ClauseFilters(ListFilters):
    """The filters of the rulebook."""

    department = AnyOfFilter(
        field_name="department", choices=tuple(DEPARTMENTS.items()), label=_("Department"), first=True
    )
    kind = AnyOfFilter(field_name="kind", choices=ClauseKind.choices, label=_("Kind"), first=True)
    post = _PostFilter(choices=_posts, label=_("Binds the post"), first=True)
    book = AnyOfFilter(field_name="rulebook_id", choices=_regulations, label=_("Regulation"))


def _tab(kind: str) -> Any:
    return lambda reader: found_by(kind, on=shop_day(reader.at))


def _mine(reader: Reader) -> Q:
    return binding(reader.by, on=shop_day(reader.at))


def _above(request: HttpRequest, _shown: Shown) -> Mapping[str, Any]:
    """Return the chart of how far the rulebook runs by itself."""
    today = shop_day(now())
    table = coverage(on=today)
    totals = {kind: sum(row[kind] for row in table.values()) for kind in WATCHES}
    chart = stacked_bars(
        [str(DEPARTMENTS.get(name, name)) for name in table],
        [Series(str(WATCHES[kind][0]), [row[kind] for row in table.values()]) for kind in WATCHES],
        title=_now("Who finds what falls under the clauses, by department"),
        links=[f"{request.path}?department={name}" for name in table],
        size=(720, 170),
        table=False,
    )
    return {
        "coverage": [
            {"tab": kind, "count": totals[kind], "label": label, "icon": icon}
            for kind, (label, icon) in WATCHES.items()
        ],
        "clause_count": sum(totals.values()),
        "chart": chart if table else "",
    }


RULEBOOK_PAGE = ListPage(
    name="staff.rulebook",
    title=_("Rulebook"),
    note=_(
        "What holds today, what it costs, and what the system watches. "
        "It is applied every night at 00:30 to the day before."
    ),
    permission=SIGNED_IN,
    icon="book-open",
    rows=listed_clauses,
    values=("number", "kind", "department", "dropped_on"),
    finish=add_clause_words,
    cells="staff/rulebook/cells.html",
    template="staff/rulebook/rulebook.html",
    context=_above,
    columns=(
        Column("clause", _("Clause"), fixed=True, card="full", sort="number"),
        Column("price", _("Price"), end=True, card="right"),
        Column("kind", _("Kind")),
        Column("terms", _("Terms"), card="full"),
        Column("watch", _("Found by"), card="full"),
        Column("posts", _("Posts it binds"), card="full"),
        Column("version", _("Version"), card="full"),
        Column("book", _("Regulation"), card="full", shown=False),
    ),
    tabs=(
        Tab("all", _("All"), Q(dropped_on=None)),
        Tab("mine", _("Binds me"), _mine),
        Tab(SYSTEM, WATCHES[SYSTEM][0], _tab(SYSTEM)),
        Tab(PEOPLE, WATCHES[PEOPLE][0], _tab(PEOPLE)),
        Tab(COMING, WATCHES[COMING][0], _tab(COMING), tone="warn"),
        Tab("drafts", _("With a draft"), lambda _reader: with_draft()),
        Tab("gone", _("Gone from the files"), Q(dropped_on__isnull=False)),
    ),
    sorts=(Sort("number", "number", _("Clause"), ascending=True),),
    filters=ClauseFilters,
    search=matching_clauses,
    search_hint=_("Number, title or wording"),
    opens="staff:clause",
    opens_by="number",
    page_size=50,
    empty=Empty(_("No clause here."), _("The rulebook is loaded by: manage.py load_rulebook")),
)


@allowed(SIGNED_IN)
@require_GET
def whole_rulebook(request: HttpRequest) -> HttpResponse:
    """Show every clause with its wording on one page, for reading and for the printer."""
    today = shop_day(now())
    clauses = [one for one in clauses_in_words(on=today).values() if one.clause.dropped_on is None]
    books = _by_regulation(clauses)
    return render(request, "staff/rulebook/whole.html", {"books": books, "today": today, "count": len(clauses)})


def _by_regulation(clauses: Iterable[ClauseShown]) -> list[tuple[Rulebook, list[ClauseShown]]]:
    ordered = sorted(clauses, key=lambda one: (one.clause.rulebook.code, one.clause.number))
    books = [(book, list(rows)) for book, rows in groupby(ordered, key=lambda one: one.clause.rulebook)]
    return sorted(books, key=lambda pair: -len(pair[1]))


@allowed(SIGNED_IN)
@require_GET
def clause(request: HttpRequest, number: str) -> HttpResponse:
    """Show one clause: its versions, what is about to fall under it, its history."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    at = now()
    today = shop_day(at)
    words = words_on(today)
    shown = next(iter(clauses_in_words(Q(number=number), on=today, words=words).values()), None)
    if shown is None:
        raise Http404
    found = shown.clause
    coming = coming_under(shown, at=at)
    versions = versions_of(found)
    sees_all = request.user.has_perm("staff.view_offence")
    weeks = offences_by_week(found, on=today)
    return render(
        request,
        "staff/rulebook/clause.html",
        {
            "shown": shown,
            "clause": found,
            "parameters": parameters_in_words(shown.version, words) if shown.version else [],
            "department": DEPARTMENTS.get(found.department, found.department),
            "versions": [
                {
                    "version": version,
                    "points": points_in_words(version.points),
                    "terms": terms_in_words(version, words.posts),
                    "parameters": parameters_in_words(version, words),
                    "text": wording(version, words),
                    "is_in_force": shown.version is not None and version.pk == shown.version.pk,
                    "is_coming": version.valid_from > today,
                }
                for version in versions
            ],
            "coming": coming,
            "soon": [one for one in coming.first if sees_all or one.employee_id == request.user.pk] if coming else [],
            "chart": _chart(weeks) if any(count for _monday, count in weeks) else "",
            "story_days": STORY_DAYS,
            "offence_count": sum(count for _monday, count in weeks),
            "drafts": list(open_drafts(found)) if shown.drafts else [],
            "story": history_of(found, *versions),
            "at": at,
        },
    )


def _chart(weeks: list[tuple[date, int]]) -> SafeString:
    return stacked_bars(
        [f"{monday:%m-%d}" for monday, _count in weeks],
        [Series(_now("Cases"), [count for _monday, count in weeks])],
        title=_now("Cases under this clause, week by week"),
        size=(760, 170),
        table=False,
    )
