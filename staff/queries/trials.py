"""Trials as their pages show them: whom they would cost what, by person, team and time of day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopops.kit.detectors import DETECTORS
from shopops.kit.lists.declarations import Reader, Row
from staff.models import ClauseVersion, Employee, OrgUnit, Trial, TrialOffence
from staff.queries.comparison import DIFFERENCES, PersonDifference, differences_by_person, terms_of
from staff.queries.rulebook import points_in_words
from staff.states import Standing, TrialKind, TrialState, VersionState

SHIFTS = (
    (0, 8, gettext_lazy("night 0–8")),
    (8, 16, gettext_lazy("early 8–16")),
    (16, 17, gettext_lazy("both 16–17")),
    (17, 24, gettext_lazy("late 17–24")),
)
"""The two shifts of customer service (STF-099: early 8–17, late 16–24) and the hours beside them."""
_BY_HOUR = """
SELECT extract(hour FROM happened_at AT TIME ZONE 'Asia/Shanghai')::int, count(*) FILTER (WHERE offence_id IS NULL),
    count(*) FILTER (WHERE vanishes)
FROM differences GROUP BY 1
"""
ANSWERED_FOR = Q(standing=Standing.WARNED) | Q(standing=Standing.CHARGED) & ~Q(points=0, fund=0)
"""What a person hears of; excused and merged cases, and those above a cap, cost nothing."""
_TONES = {
    TrialState.COMPUTING: "info",
    TrialState.READY: "good",
    TrialState.APPROVED: "good",
    TrialState.DISCARDED: "plain",
}


@dataclass
class TeamDifference:
    """What a trial would change for the people of one unit together."""

    unit: OrgUnit | None
    people: int = 0
    was: Decimal = Decimal(0)
    will: Decimal = Decimal(0)
    cases_new: int = 0
    cases_gone: int = 0

    @property
    def difference(self) -> Decimal:
        """Return what the team would have more, or less."""
        return self.will - self.was

    @property
    def name(self) -> str:
        """Return the name of the unit."""
        return str(self.unit) if self.unit else _("no unit")


class ShiftCases(NamedTuple):
    """Cases more and fewer in one part of the day."""

    hours: str
    more: int
    fewer: int


@dataclass
class Outcome:
    """What came of a trial, added up."""

    people: list[PersonDifference] = field(default_factory=list)
    teams: list[TeamDifference] = field(default_factory=list)

    @property
    def was(self) -> Decimal:
        """Return the points the books hold for the cases that differ."""
        return sum((one.was for one in self.people), Decimal(0))

    @property
    def will(self) -> Decimal:
        """Return the points the trial gives for them."""
        return sum((one.will for one in self.people), Decimal(0))

    @property
    def cases_new(self) -> int:
        """Return how many cases the books do not know."""
        return sum(one.cases_new for one in self.people)

    @property
    def cases_gone(self) -> int:
        """Return how many cases of the books would not be there."""
        return sum(one.cases_gone for one in self.people)

    @property
    def losers(self) -> list[PersonDifference]:
        """Return who would have fewer points."""
        return [one for one in self.people if one.difference < 0]

    @property
    def winners(self) -> list[PersonDifference]:
        """Return who would have more."""
        return [one for one in self.people if one.difference > 0]


class PersonCharged(NamedTuple):
    """What one person would answer for on trial, whether the books say the same or not."""

    employee: Employee
    cases: int
    points: Decimal


def charged_on_trial(trial: Trial) -> list[PersonCharged]:
    """Return whom a trial charges or warns at all, the dearest first; two queries."""
    sums = trial.offences.filter(ANSWERED_FOR).values("employee").order_by()
    rows = sums.annotate(cases=Count("pk"), points=Sum("points"))
    people = Employee.objects.in_bulk([row["employee"] for row in rows])
    found = [PersonCharged(people[row["employee"]], row["cases"], row["points"]) for row in rows]
    return sorted(found, key=lambda one: (one.points, -one.cases, one.employee.name_pinyin, one.employee.pk))


def cases_charged(trial: Trial, employee: Employee) -> QuerySet[TrialOffence]:
    """Return the cases of one person that a trial charges or warns of, in the order they happened."""
    cases = TrialOffence.objects.filter(ANSWERED_FOR, trial=trial, employee=employee)
    return cases.select_related("clause").order_by("happened_at", "pk")


def outcome_of(trial: Trial) -> Outcome:
    """Return what a trial would change, by person and by team."""
    people = differences_by_person(trial)
    return Outcome(people, _by_team(people))


def cases_by_shift(trial: Trial) -> list[ShiftCases]:
    """Return how many cases a trial adds and takes away in each part of the day they happened in; one query."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES + _BY_HOUR, terms_of(trial))
        rows = cursor.fetchall()
    bands = []
    for start, end, label in SHIFTS:
        inside = [(more, fewer) for hour, more, fewer in rows if start <= hour < end]
        bands.append(ShiftCases(str(label), sum(more for more, _no in inside), sum(fewer for _no, fewer in inside)))
    return bands


def _by_team(people: Iterable[PersonDifference]) -> list[TeamDifference]:
    people = list(people)
    units = OrgUnit.objects.in_bulk({one.employee.unit_id for one in people if one.employee.unit_id})
    teams: dict[int | None, TeamDifference] = {}
    for one in people:
        key = one.employee.unit_id
        team = teams.setdefault(key, TeamDifference(units.get(key) if key else None))
        team.people += 1
        team.was += one.was
        team.will += one.will
        team.cases_new += one.cases_new
        team.cases_gone += one.cases_gone
    return sorted(teams.values(), key=lambda team: team.difference)


def last_trial_of(draft: ClauseVersion, kind: TrialKind) -> Trial | None:
    """Return the newest trial of one draft that was not thrown away."""
    trials = Trial.objects.filter(kind=kind, versions=draft).exclude(state=TrialState.DISCARDED)
    return trials.select_related("asked_by", "job_run").order_by("-asked_at", "-pk").first()


def waiting_replays(employee: int) -> QuerySet[Trial]:
    """Return the replays that are ready and that this person may book, being the second one; the oldest first."""
    ready = Trial.objects.filter(kind=TrialKind.REPLAY, state=TrialState.READY)
    return ready.exclude(asked_by=employee).order_by("asked_at", "pk")


def listed_trials(_reader: Reader) -> QuerySet[Trial]:
    """Return the rows of the list of trials."""
    return Trial.objects.annotate(asker=F("asked_by__name"), decider=F("decided_by__name"))


def matching_trials(text: str) -> Q:
    """Return the condition for the search box: who asked, why, or a clause that was tried."""
    words = text.strip()
    tried = Trial.objects.filter(versions__clause__number__istartswith=words).values("pk")
    return Q(asked_by__name__startswith=words) | Q(reason__icontains=words) | Q(pk__in=tried)


def add_trial_words(rows: list[Row], _reader: Reader) -> None:
    """Put what templates show on the rows of a page; one query."""
    versions = Prefetch("versions", ClauseVersion.objects.select_related("clause"))
    found = Trial.objects.prefetch_related(versions).in_bulk([row["id"] for row in rows])
    kinds = dict(TrialKind.choices)
    for row in rows:
        row["kind_label"] = kinds[row["kind"]]
        row["state_label"] = state_in_words(row["kind"], row["state"])
        row["tone"] = tone_of(row["kind"], row["state"])
        row["tried"] = [version_in_words(version) for version in found[row["id"]].versions.all()]


def tone_of(kind: str, state: str) -> str:
    """Return the colour of a trial's state; a replay that is ready waits for somebody."""
    return "warn" if (kind, state) == (TrialKind.REPLAY, TrialState.READY) else _TONES[TrialState(state)]


def state_in_words(kind: str, state: str) -> str:
    """Return where a trial is; a shadow is never computed to its end, it runs."""
    is_shadow = (kind, state) == (TrialKind.SHADOW, TrialState.COMPUTING)
    return _("runs") if is_shadow else str(TrialState(state).label)


def version_in_words(version: ClauseVersion) -> str:
    """Return a version by its clause, and its number or that it is a draft."""
    clause = version.clause
    title = clause.title_en if translation.get_language() == "en" else clause.title
    which = _("version %(version)s") % {"version": version.version} if version.version else _("draft")
    return f"{clause.number} {title} · {which}"


def signed(points: Decimal) -> str:
    """Return a difference of points with its sign; zero as a plain 0."""
    return points_in_words(points) if points else "0"


def replayable_versions() -> QuerySet[ClauseVersion]:
    """Return the published versions a replay can choose among: of clauses that are watched and have several."""
    published = ClauseVersion.objects.filter(state=VersionState.PUBLISHED, clause__detector__in=list(DETECTORS))
    several = published.values("clause").annotate(count=Count("pk")).filter(count__gt=1).values("clause")
    return published.filter(clause__in=several).select_related("clause").order_by("clause__number", "version")
