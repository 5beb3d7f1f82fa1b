"""What the pages of the rulebook show of each clause: what holds, what it costs, who or what finds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncWeek
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import Window, shop_day
from shopops.kit.detectors import DETECTORS, Detector, Finding, FoundRows, Question
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.lists.declarations import Words as Label
from staff.models import Clause, ClauseVersion, Employee, Offence, Position
from staff.queries.people import holds_on
from staff.queries.rulebook import Words, in_force, price_in_words, see_of, terms_in_words, wording, words_on
from staff.queries.terms import charges_in_words, costs
from staff.queries.to_come import ToCome, detectors_to_come
from staff.states import ClauseKind, Machine, VersionState

SOON = timedelta(hours=24)
MOST_SHOWN = 3
STORY_DAYS = 90
SYSTEM, PEOPLE, COMING = "system", "people", "coming"
WATCHES: dict[str, tuple[Label, str]] = {
    SYSTEM: (_("By the system"), "eye"),
    PEOPLE: (_("By people"), "user"),
    COMING: (_("Still to come"), "hourglass"),
}
DEPARTMENTS: dict[str, Label] = {
    "catalog": _("Goods"),
    "orders": _("Orders"),
    "service": _("Customer service"),
    "warehouse": _("Warehouse"),
    "staff": _("Staff and assessment"),
    "governance": _("Processes"),
    "data": _("Data"),
    "risk": _("Risk"),
}
KIND_TONES = {ClauseKind.PENALTY: "danger", ClauseKind.REWARD: "good", ClauseKind.DEADLINE: "info"}


@dataclass(frozen=True)
class Watch:
    """Who or what finds what falls under a clause.

    :param kind: SYSTEM, PEOPLE or COMING.
    :param through: number of the other clause that is watched in its place.
    """

    kind: str
    detector: Detector | None = None
    through: str = ""
    to_come: ToCome | None = None

    @property
    def label(self) -> Label:
        """Return who finds it, in a few words."""
        return WATCHES[self.kind][0]

    @property
    def name(self) -> str:
        """Return the name the detector has or will have; nothing where people report."""
        if self.detector:
            return self.detector.name
        return self.to_come.detector if self.to_come else ""

    @property
    def icon(self) -> str:
        """Return the icon that goes with it."""
        return WATCHES[self.kind][1]


@dataclass(frozen=True)
class Coming:
    """What is about to fall under a clause."""

    count: int
    first: list[Finding]


def watch_of(clause: Clause, version: ClauseVersion | None, detectors: dict[str, str]) -> Watch:
    """Return who or what finds what falls under a clause; no query.

    :param detectors: number of each clause → name of its detector.
    """
    if clause.machine == Machine.FORM:
        return Watch(PEOPLE)
    through = see_of(version) if version else ""
    number = through or clause.number
    name = detectors.get(number, "")
    if name in DETECTORS:
        return Watch(SYSTEM, DETECTORS[name], through)
    return Watch(COMING, through=through, to_come=detectors_to_come().get(number))


def listed_clauses(_reader: Reader) -> QuerySet[Clause]:
    """Return the rows of the rulebook."""
    return Clause.objects.select_related("rulebook")


def found_by(kind: str, *, on: date) -> Q:
    """Return the condition for clauses whose cases are found by the system, by people, or by a detector to come."""
    if kind == PEOPLE:
        return Q(machine=Machine.FORM)
    watched = Clause.objects.filter(detector__in=list(DETECTORS))
    through = in_force(on).annotate(target=KeyTextTransform("see", "parameters"))
    by_system = Q(pk__in=watched.values("pk")) | Q(
        pk__in=through.filter(target__in=watched.values("number")).values("clause")
    )
    return Q(machine=Machine.AUTO) & (by_system if kind == SYSTEM else ~by_system)


def binding(employee: Employee, *, on: date) -> Q:
    """Return the condition for clauses that bind somebody: those of the posts held, and those for everybody."""
    bonds = Clause.binds.through.objects.all()
    held = employee.appointments.filter(holds_on(on)).values("position")
    return Q(pk__in=bonds.filter(position__in=held).values("clause")) | ~Q(pk__in=bonds.values("clause"))


def bound_to(position: int) -> Q:
    """Return the condition for clauses that bind the holders of a post."""
    bonds = Clause.binds.through.objects.all()
    return Q(pk__in=bonds.filter(position=position).values("clause")) | ~Q(pk__in=bonds.values("clause"))


def with_draft() -> Q:
    """Return the condition for clauses that somebody is drafting a version of."""
    drafts = ClauseVersion.objects.filter(state__in=(VersionState.DRAFT, VersionState.SHADOW))
    return Q(pk__in=drafts.values("clause"))


def matching_clauses(text: str) -> Q:
    """Return the condition for the search box: number, title or wording."""
    published = ClauseVersion.objects.filter(valid_to=None, state=VersionState.PUBLISHED)
    said = published.filter(Q(text__icontains=text) | Q(text_en__icontains=text))
    return (
        Q(number__icontains=text)
        | Q(title__icontains=text)
        | Q(title_en__icontains=text)
        | Q(pk__in=said.values("clause"))
    )


def add_clause_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows: wording, price, who finds it, posts; a constant number of queries."""
    shown = clauses_in_words(Q(pk__in=[row["id"] for row in rows]), on=shop_day(reader.at))
    for row in rows:
        row["shown"] = shown[row["id"]]


@dataclass(frozen=True)
class ClauseShown:
    """A clause in words: what holds on a day, what it costs, who finds it, what is coming.

    :param coming: a version published already that holds from a later day.
    :param drafts: how many versions somebody is working on.
    """

    clause: Clause
    version: ClauseVersion | None
    coming: ClauseVersion | None
    drafts: int
    price: str
    charges: list[str]
    terms: list[str]
    text: str
    watch: Watch
    posts: list[Position]

    @property
    def title(self) -> str:
        """Return its title in the language of whoever reads."""
        return self.clause.title_en if get_language() == "en" else self.clause.title

    @property
    def tone(self) -> str:
        """Return the colour of its kind."""
        return KIND_TONES.get(ClauseKind(self.clause.kind), "plain")


def clauses_in_words(where: Q | None = None, *, on: date, words: Words | None = None) -> dict[int, ClauseShown]:
    """Return clauses, or all, in words by their id, in the order of their numbers; five queries."""
    words = words or words_on(on)
    clauses = Clause.objects.select_related("rulebook__owner").prefetch_related("binds").order_by("number")
    later = Q(state=VersionState.PUBLISHED, valid_from__gt=on) | Q(state__in=(VersionState.DRAFT, VersionState.SHADOW))
    coming, drafts = dict[int, ClauseVersion](), Counter[int]()
    for version in ClauseVersion.objects.filter(later).order_by("-valid_from"):
        if version.state == VersionState.PUBLISHED:
            coming[version.clause_id] = version
        else:
            drafts[version.clause_id] += 1
    detectors = {number: version.clause.detector for number, version in words.versions.items()}
    shown = {}
    for clause in clauses.filter(where) if where else clauses:
        held = words.versions.get(clause.number)
        shown[clause.pk] = ClauseShown(
            clause=clause,
            version=held,
            coming=coming.get(clause.pk),
            drafts=drafts[clause.pk],
            price=price_in_words(held) if held else "–",
            charges=charges_in_words(held, words.posts) if held and (costs(held) or see_of(held)) else [],
            terms=terms_in_words(held, words.posts) if held else [],
            text=wording(held, words) if held else "",
            watch=watch_of(clause, held, detectors),
            posts=list(clause.binds.all()),
        )
    return shown


def coverage(*, on: date) -> dict[str, dict[str, int]]:
    """Return department → who finds → number of clauses, of those still in the files; two queries."""
    versions = {version.clause_id: version for version in in_force(on)}
    clauses = list(Clause.objects.filter(dropped_on=None).order_by("number"))
    detectors = {clause.number: clause.detector for clause in clauses}
    table: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(WATCHES, 0))
    for clause in clauses:
        table[clause.department][watch_of(clause, versions.get(clause.pk), detectors).kind] += 1
    return {name: table[name] for name in [*DEPARTMENTS, *sorted(table.keys() - DEPARTMENTS.keys())] if name in table}


def coming_under(shown: ClauseShown, *, at: datetime) -> Coming | None:
    """Return what falls under a clause within a day unless somebody acts; None where no detector watches it itself."""
    if shown.version is None or shown.watch.detector is None or shown.watch.through:
        return None
    question = Question(Window(at, at + SOON), at, shown.version.parameters)
    return Coming(*count_and_first(shown.watch.detector.find(question), MOST_SHOWN))


def count_and_first(findings: Iterable[Finding], most: int) -> tuple[int, list[Finding]]:
    """Return how many findings there are, and the earliest few."""
    if isinstance(findings, FoundRows):
        first = findings.first(most)
        return (len(first) if len(first) < most else findings.count()), first
    every = sorted(findings, key=lambda finding: finding.happened_at)
    return len(every), every[:most]


def offences_by_week(clause: Clause, *, on: date) -> list[tuple[date, int]]:
    """Return Monday → offences under a clause in that week, for the last 90 days, weeks without any included."""
    first = on - timedelta(days=STORY_DAYS)
    first -= timedelta(days=first.weekday())
    found = Offence.objects.filter(clause=clause, day__gte=first, day__lte=on, because_of=None)
    counts = dict(found.annotate(week=TruncWeek("day")).values_list("week").annotate(Count("pk")).order_by())
    weeks = (on - first).days // 7 + 1
    return [(monday, counts.get(monday, 0)) for monday in (first + timedelta(weeks=n) for n in range(weeks))]
