"""What the radar has seen: of a person, of the people of a leader. Only rows it has kept are read, never facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.lists.declarations import Reader, Row
from shopops.kit.worklists import Waiting
from staff.models import ClauseVersion, Employee, RadarSighting
from staff.policy import RADAR_SOON_HOURS
from staff.queries.evidence import limit_in_words
from staff.queries.organisation import subtree
from staff.queries.rulebook import points_in_words
from staff.queries.settings import kept_value
from staff.states import Outcome, Per, VersionState

LAST_CHECK = "staff.radar_last_check"
"""Under this name the radar keeps the moment of its last sweep."""
MAY_SEE_ALL = "staff.view_offence"
MOST_WAITING = 1000
OUTCOMES = {**dict(Outcome.choices), Outcome.COMING: gettext_lazy("still ahead")}
"""What became of a sighting, in words."""
COMING = Q(outcome=Outcome.COMING)


@dataclass(frozen=True)
class Coming:
    """One thing that will become an offence: what, when, what it costs, and where it can be mended."""

    number: str
    clause: str
    label: str
    url: str
    due_at: datetime
    points: Decimal
    cost: str
    why: str

    @property
    def limit(self) -> str:
        """Return the moment as people say it: midnight is 24:00 of the day it ends."""
        return limit_in_words(self.due_at)[5:]

    @property
    def is_free(self) -> bool:
        """Say whether it costs nothing."""
        return not self.points


@dataclass(frozen=True)
class Ahead:
    """What lies ahead of somebody, the most urgent first, and what they avoided this month.

    :param coming: the most urgent few of `count`; `missed` are those whose time is over and the tally has not come.
    """

    coming: list[Coming]
    count: int
    points: Decimal
    missed: int
    soon: int
    avoided: int
    avoided_points: Decimal
    happened: int
    checked_at: datetime | None

    @property
    def cost(self) -> str:
        """Return what all of it would cost."""
        return points_in_words(self.points)

    @property
    def saved(self) -> str:
        """Return the points that were avoided this month, without a sign."""
        return plain_points(-self.avoided_points)

    @property
    def concerns(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.count or self.missed or self.avoided or self.happened)


def coming_for(employee: Employee, *, at: datetime, most: int) -> Ahead:
    """Return what will become an offence of a person, the most urgent first. Two queries, by index."""
    month = start_of_day(shop_day(at).replace(day=1))
    soon = at + timedelta(hours=RADAR_SOON_HOURS())
    sums = _sums(employee.pk, at=at, soon=soon, month=month)
    return Ahead(coming=_coming(employee.pk, at=at, most=most), checked_at=checked_at(), **sums)


_SUMS = """
SELECT count(*) FILTER (WHERE coming AND due_at > %(at)s) AS count,
       coalesce(sum(points) FILTER (WHERE coming AND due_at > %(at)s), 0) AS points,
       count(*) FILTER (WHERE coming AND due_at <= %(at)s) AS missed,
       count(*) FILTER (WHERE coming AND due_at > %(at)s AND due_at <= %(soon)s AND points < 0) AS soon,
       count(*) FILTER (WHERE outcome = 'avoided' AND settled_at >= %(month)s) AS avoided,
       coalesce(sum(points) FILTER (WHERE outcome = 'avoided' AND settled_at >= %(month)s), 0) AS avoided_points,
       count(*) FILTER (WHERE outcome = 'happened' AND due_at > %(month)s) AS happened
FROM (SELECT due_at, points, outcome, settled_at, outcome = 'coming' AS coming FROM staff_radarsighting
      WHERE employee_id = %(employee)s AND due_at >= %(month)s::timestamptz - interval '7 days') mine
"""


class Terms(NamedTuple):
    """What a version of a clause charges, as far as the radar says why something costs what it costs."""

    points: Decimal
    has_grades: bool
    per: str
    escalates_from: int | None
    escalates_by: Decimal
    monthly_cap: Decimal | None
    superior_points: Decimal


_COMING = """
SELECT s.subject_label, s.url, s.due_at, s.points, c.number, c.number || ' ' || {title},
       v.points, v.grades <> '{{}}', v.per, v.escalates_from, v.escalates_by, v.monthly_cap, v.superior_points
FROM (
    SELECT * FROM staff_radarsighting WHERE employee_id = %s AND outcome = 'coming' AND due_at > %s
    ORDER BY due_at, points, id LIMIT %s
) s
JOIN staff_clause c ON c.id = s.clause_id
JOIN LATERAL (
    SELECT * FROM staff_clauseversion v WHERE v.clause_id = c.id AND v.state = 'published'
    ORDER BY v.valid_from <= %s AND (v.valid_to IS NULL OR v.valid_to > %s) DESC, v.valid_from DESC LIMIT 1
) v ON true
ORDER BY s.due_at, s.points, s.id
"""


def _coming(employee: int, *, at: datetime, most: int) -> list[Coming]:
    """Return the most urgent of what lies ahead of a person, in words."""
    today = shop_day(at)
    title = "c.title_en" if get_language() == "en" else "c.title"
    with connection.cursor() as cursor:
        cursor.execute(_COMING.format(title=title), [employee, at, most, today, today])
        return [
            Coming(number, clause, label, url, due_at, points, points_in_words(points), why(points, Terms(*terms)))
            for label, url, due_at, points, number, clause, *terms in cursor.fetchall()
        ]


def _sums(employee: int, *, at: datetime, soon: datetime, month: datetime) -> dict[str, Any]:
    """Add up what lies ahead of a person and what became of the month's warnings; asked on every visit of “my work”."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"employee": employee, "at": at, "soon": soon, "month": month})
        return dict(zip((column.name for column in cursor.description or ()), cursor.fetchone(), strict=True))


@dataclass(frozen=True)
class TeamRow:
    """What lies ahead of one person of a team, or under one clause."""

    pk: int
    name: str
    number: str
    count: int
    soon: int
    points: Decimal
    next_at: datetime

    @property
    def cost(self) -> str:
        """Return what it would cost."""
        return points_in_words(self.points)


@dataclass(frozen=True)
class TeamAhead:
    """What lies ahead of a leader's people: by person and by clause, the worst first."""

    people: list[TeamRow]
    clauses: list[TeamRow]
    avoided: int
    avoided_points: Decimal

    @property
    def saved(self) -> str:
        """Return the points that were avoided this month, without a sign."""
        return plain_points(self.avoided_points)


def coming_for_team(leader: Employee, *, at: datetime) -> TeamAhead:
    """Return what lies ahead of the people of a leader's unit and those below, worst first. Four queries."""
    soon = Q(due_at__lte=at + timedelta(hours=RADAR_SOON_HOURS()), points__lt=0)
    month = start_of_day(shop_day(at).replace(day=1))
    theirs = RadarSighting.objects.filter(in_team(leader))
    rows = theirs.filter(COMING, due_at__gt=at)
    title = "clause__title_en" if get_language() == "en" else "clause__title"

    def worst(*names: str) -> list[Any]:
        counted = rows.order_by().values(*names)
        return list(
            counted.annotate(
                count=Count("pk"), urgent=Count("pk", filter=soon), sum=Sum("points"), next_at=Min("due_at")
            ).order_by("sum", "-urgent", "-count", names[0])
        )

    saved = theirs.filter(outcome=Outcome.AVOIDED, settled_at__gte=month, due_at__gte=month).aggregate(
        count=Count("pk"), saved=Sum("points")
    )
    return TeamAhead(
        people=[
            TeamRow(
                one["employee_id"], one["employee__name"], "", one["count"], one["urgent"], one["sum"], one["next_at"]
            )
            for one in worst("employee_id", "employee__name")
        ],
        clauses=[
            TeamRow(
                one["clause_id"],
                one[title],
                one["clause__number"],
                one["count"],
                one["urgent"],
                one["sum"],
                one["next_at"],
            )
            for one in worst("clause_id", "clause__number", title)
        ],
        avoided=saved["count"],
        avoided_points=saved["saved"] or Decimal(0),
    )


def in_team(leader: Employee) -> Q:
    """Return the condition for the people of somebody's unit and those below it, themselves left out.

    Who belongs to no unit leads everybody.
    """
    others = ~Q(employee=leader.pk)
    return others & Q(employee__unit__in=subtree(leader.unit_id)) if leader.unit_id else others


def checked_at() -> datetime | None:
    """Return when the radar swept everything last, as far as settings are known: read every few seconds."""
    text = kept_value(LAST_CHECK)
    return datetime.fromisoformat(text) if text else None


def why(points: Decimal, terms: Terms) -> str:
    """Return why something costs what it costs, where that is not simply the price of the clause."""
    if points and points == terms.points:
        return ""
    if not terms.points and not terms.has_grades:
        return _("a warning")
    if not points:
        return {
            Per.DAY: _("excused, or charged once a day only"),
            Per.MONTH: _("excused, or charged once a month only"),
        }.get(Per(terms.per), _("excused, or beyond what a month may cost"))
    if terms.escalates_from and points == terms.points * terms.escalates_by:
        return _("times %(times)s from case %(number)s of a month") % {
            "times": plain_points(terms.escalates_by),
            "number": terms.escalates_from,
        }
    if points == terms.superior_points:
        return _("as the superior, besides the person")
    return _("limited by what a month may cost") if terms.monthly_cap is not None else ""


def plain_points(points: Decimal) -> str:
    """Return points without a sign and without needless zeros."""
    return f"{abs(points).normalize():f}"


def radar_rows(reader: Reader) -> QuerySet[RadarSighting]:
    """Return the sightings somebody may see: their own, or everybody's."""
    rows = RadarSighting.objects.all()
    return rows if reader.may(MAY_SEE_ALL) else rows.filter(employee=reader.by.pk)


def add_terms(rows: list[Row], reader: Reader) -> None:
    """Put on the rows of a page whom and what they are about, what they cost, why, and how urgent they are.

    One query, and one more for those who see everybody's.
    """
    if not rows:
        return
    english = get_language() == "en"
    versions = terms_of({row["clause_id"] for row in rows}, at=reader.at)
    people = _people({row["employee_id"] for row in rows}) if reader.may(MAY_SEE_ALL) else {}
    soon = reader.at + timedelta(hours=RADAR_SOON_HOURS())
    to_clause, to_person = _address_before("staff:clause", "7007007"), _address_before("staff:person_me", 7007007)
    for row in rows:
        version, person = versions[row["clause_id"]], people.get(row["employee_id"])
        is_open, limit = row["outcome"] == Outcome.COMING, limit_in_words(row["due_at"])
        is_missed = is_open and row["due_at"] <= reader.at
        tone = "danger" if is_missed else "warn" if is_open and row["due_at"] <= soon else ""
        row |= {
            "at": reader.at,
            "limit": limit[5:],
            "limit_whole": limit,
            "cost": points_in_words(row["points"]),
            "why": why(row["points"], _terms(version)),
            "is_missed": is_missed,
            "tone": tone if row["points"] else "",
            "outcome_label": OUTCOMES[row["outcome"]],
            "clause_number": version.clause.number,
            "clause_words": version.clause.title_en if english else version.clause.title,
            "clause_link": f"{to_clause[0]}{version.clause.number}{to_clause[1]}",
            "person": person.name if person else "",
            "person_link": f"{to_person[0]}{row['employee_id']}{to_person[1]}",
            "unit_words": str(person.unit) if person and person.unit else "",
        }


def terms_of(clauses: set[int], *, at: datetime) -> dict[int, ClauseVersion]:
    """Return the version of each clause that prices it at a moment, the latest where none does; one query."""
    versions = (
        ClauseVersion.objects.filter(clause__in=clauses, state=VersionState.PUBLISHED)
        .select_related("clause")
        .only(*_TERMS)
        .order_by("clause", "-valid_from")
    )
    found: dict[int, ClauseVersion] = {}
    today = shop_day(at)
    for version in versions:
        if version.clause_id not in found or (version.valid_from <= today < (version.valid_to or date.max)):
            found[version.clause_id] = version
    return found


_TERMS = (
    *(
        "points",
        "grades",
        "per",
        "escalates_from",
        "escalates_by",
        "monthly_cap",
        "superior_points",
        "valid_from",
        "valid_to",
    ),
    *("clause__number", "clause__title", "clause__title_en"),
)


def _terms(version: ClauseVersion) -> Terms:
    return Terms(
        version.points,
        bool(version.grades),
        version.per,
        version.escalates_from,
        version.escalates_by,
        version.monthly_cap,
        version.superior_points,
    )


def _people(ids: set[int]) -> dict[int, Employee]:
    names = ("name", "unit__name", "unit__name_en")
    return {one.pk: one for one in Employee.objects.filter(pk__in=ids).select_related("unit").only(*names)}


def _address_before(name: str, key: str | int) -> tuple[str, str]:
    """Return what stands before and after the key in an address."""
    before, _key, after = reverse(name, args=[key]).partition(str(key))
    return before, after


def matching_sightings(text: str) -> Q:
    """Return the condition for the search box: document, clause or person begin so."""
    words = text.strip()
    return (
        Q(subject_label__istartswith=words) | Q(clause__number__istartswith=words) | Q(employee__name__startswith=words)
    )


def urgent_of(employee_id: int, at: datetime) -> Waiting:
    """Return how much will cost a person points soon, as a worklist; one query."""
    rows = RadarSighting.objects.filter(
        COMING, employee=employee_id, due_at__gt=at, due_at__lte=at + timedelta(hours=RADAR_SOON_HOURS()), points__lt=0
    )
    return Waiting(rows.order_by()[: MOST_WAITING + 1].count(), 0, [])
