"""Appeals: how long they may be filed, who judges them, what was said, and how like cases ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.lists import Reader, Row
from staff.models import Appeal, AppealOpinion, Employee, Offence, PointEntry
from staff.policy.appeals import PANEL_SIZE
from staff.queries.balances import Balance, balance_of
from staff.queries.cases import issuers_of
from staff.queries.history import Line, history_of
from staff.queries.people import matching_people, people_who_may
from staff.queries.superiors import superiors_of
from staff.queries.terms import points_in_words
from staff.states import AppealState, CaseKind, CaseState, ClauseKind, EntryKind, Stage, Verdict

SEES_ALL = "staff.view_appeal"
JUDGES = "staff.judge_appeal"
SITS = "staff.sit_on_panel"
DECIDED = (AppealState.CLOSED, AppealState.WITHDRAWN)
OPEN = tuple(state for state in AppealState if state not in DECIDED)
MOST_ALIKE = 5
_MOST_READ = 200
_DEEPEST = 8
TONES = {
    AppealState.WITH_LEADER: "warn",
    AppealState.ANSWERED: "info",
    AppealState.WITH_PANEL: "warn",
    AppealState.CLOSED: "good",
    AppealState.WITHDRAWN: "plain",
}
VERDICT_TONES = {"uphold": "plain", "reduce": "info", "withdraw": "good", "rule_defect": "warn"}


def appeal_until(offence: Offence, charge: PointEntry) -> datetime:
    """Return the moment until which an offence may be appealed: so many whole days after it was booked and told."""
    return start_of_day(shop_day(charge.booked_at) + timedelta(days=offence.version.appeal_days + 1))


@dataclass(frozen=True)
class Chance:
    """Whether a person may still appeal an offence, and until when."""

    until: datetime
    balance: Balance
    is_open: bool

    @property
    def days_left(self) -> int:
        """Return the whole days left besides today; only where it is open."""
        return self._days

    _days: int = 0


def chance_of(offence: Offence, *, at: datetime) -> Chance | None:
    """Return until when an offence may be appealed; None where it costs nothing or was appealed. Three queries."""
    charge = PointEntry.objects.filter(offence=offence, kind=EntryKind.CHARGE).first()
    if charge is None or Appeal.objects.filter(offence=offence).exists():
        return None
    balance = balance_of(offence)
    if not costs(offence, balance):
        return None
    until = appeal_until(offence, charge)
    days = (shop_day(until) - shop_day(at)).days - 1
    return Chance(until, balance, at < until, max(days, 0))


def costs(offence: Offence, balance: Balance) -> bool:
    """Say whether an offence costs the person something; rewards do not."""
    return offence.clause.kind != ClauseKind.REWARD and (balance.points < 0 or bool(balance.fund))


def leader_for(offence: Offence) -> Employee | None:
    """Return who judges an appeal first: the nearest superior who may, and had no hand in the charge; else nobody."""
    barred = {offence.employee_id, *issuers_of(offence)}
    person: Employee | None = offence.employee
    seen = set[int]()
    while person is not None and person.pk not in seen and len(seen) < _DEEPEST:
        seen.add(person.pk)
        person = superiors_of([person]).get(person.pk)
        if person is not None and person.pk not in barred and person.has_perm(JUDGES):
            return person
    return None


def panel_for(appeal: Appeal) -> QuerySet[Employee]:
    """Return who may judge an appeal on the panel: not the person, the leader, or who had a hand in the charge."""
    barred = {appeal.employee_id, *issuers_of(appeal.offence)} | ({appeal.leader_id} if appeal.leader_id else set())
    return people_who_may(SITS).exclude(pk__in=barred)


def judges_wanted(appeal: Appeal) -> int:
    """Return how many of the panel decide an appeal: fewer than usual where fewer may."""
    return min(PANEL_SIZE(), panel_for(appeal).count())


def to_judge(reader: Employee) -> Q:
    """Return the condition for appeals that wait for this leader."""
    return Q(state=AppealState.WITH_LEADER, leader=reader)


def on_panel(reader: Employee) -> Q:
    """Return the condition for appeals before the panel that this member may still judge."""
    said = AppealOpinion.objects.filter(appeal=OuterRef("pk"), stage=Stage.PANEL, judge=reader)
    hand = (
        Q(offence__cases__state=CaseState.CONFIRMED)
        & ~Q(offence__cases__kind=CaseKind.WAIVER)
        & (Q(offence__cases__reported_by=reader) | Q(offence__cases__decided_by=reader))
    )
    mine = Appeal.objects.filter(hand, pk=OuterRef("pk"))
    return (
        Q(state=AppealState.WITH_PANEL)
        & ~Q(employee=reader)
        & (Q(leader=None) | ~Q(leader=reader))
        & ~Exists(said)
        & ~Exists(mine)
    )


def listed_appeals(reader: Reader) -> QuerySet[Appeal]:
    """Return the appeals somebody may see: their own, those put before them, or all."""
    return Appeal.objects.annotate(file_count=Count("files")).filter(_visible_to(reader.by))


def visible_appeals(reader: Employee) -> QuerySet[Appeal]:
    """Return the appeals whose pages somebody may open, with what the page shows."""
    return Appeal.objects.filter(_visible_to(reader)).select_related(
        "offence__clause", "offence__version__clause", "offence__employee", "employee__unit", "leader", "amendment"
    )


def may_see_appeal(appeal: Appeal, reader: Employee) -> bool:
    """Say whether somebody may read an appeal with its files."""
    return reader.pk in {appeal.employee_id, appeal.leader_id} or reader.has_perm(SEES_ALL)


def _visible_to(reader: Employee) -> Q:
    return Q() if reader.has_perm(SEES_ALL) else Q(employee=reader) | Q(leader=reader)


def matching_appeals(text: str) -> Q:
    """Return the condition for the search box: clause, person, or words of the appeal or its reasons."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    words = text.strip()
    return (
        Q(offence__clause__number__istartswith=words)
        | Q(employee__in=people)
        | Q(text__icontains=words)
        | Q(answer__icontains=words)
    )


def matching_verdicts(text: str) -> Q:
    """Return the condition for the search box of the verdicts; by nobody's name, since they are anonymous."""
    words = text.strip()
    clause = (
        Q(offence__clause__number__istartswith=words)
        | Q(offence__clause__title__icontains=words)
        | Q(offence__clause__title_en__icontains=words)
    )
    return clause | Q(text__icontains=words) | Q(answer__icontains=words)


def listed_verdicts(_reader: Reader) -> QuerySet[Appeal]:
    """Return the appeals that ended with a verdict; everybody may learn from them."""
    return Appeal.objects.filter(state=AppealState.CLOSED)


def add_appeal_words(rows: list[Row], _reader: Reader) -> None:
    """Put state, verdict and points in words on the rows of a page; one query for what each offence cost at first."""
    english = get_language() == "en"
    states, verdicts = dict(AppealState.choices), dict(Verdict.choices)
    charged = dict(
        PointEntry.objects.filter(offence__in=[row["offence_id"] for row in rows], kind=EntryKind.CHARGE).values_list(
            "offence", "points"
        )
    )
    for row in rows:
        row["clause_title"] = row["offence__clause__title_en" if english else "offence__clause__title"]
        row["state_label"], row["tone"] = states[row["state"]], TONES[AppealState(row["state"])]
        row["verdict_label"] = verdicts.get(row["verdict"], "")
        row["verdict_tone"] = VERDICT_TONES.get(row["verdict"], "plain")
        row["charged"] = points_in_words(charged.get(row["offence_id"], Decimal(0)))
        row["left"] = points_in_words(row["points"]) if row["points"] is not None else ""
        row["is_open"] = row["state"] in OPEN


def hide_names(rows: list[Row], reader: Reader) -> None:
    """Put words on the rows of verdicts; whoever may not see appeals reads them without names."""
    add_appeal_words(rows, reader)
    if reader.may(SEES_ALL):
        return
    found = names_in([row["id"] for row in rows])
    for row in rows:
        if row["employee_id"] == reader.by.pk:
            continue
        row["employee__name"] = ""
        row["text"] = without_names(row["text"], found[row["id"]])
        row["answer"] = without_names(row["answer"], found[row["id"]])


def names_in(appeals: Iterable[int]) -> dict[int, set[str]]:
    """Return the names of everybody who had to do with each appeal; two queries."""
    keys = list(appeals)
    found: dict[int, set[str]] = {key: set() for key in keys}
    rows = Appeal.objects.filter(pk__in=keys).values_list("pk", "employee__name", "leader__name")
    for key, *names in rows:
        found[key] |= {name for name in names if name}
    for key, name in AppealOpinion.objects.filter(appeal__in=keys).values_list("appeal", "judge__name"):
        found[key].add(name)
    return found


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a text with these names blotted out."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "□" * len(name))
    return text


@dataclass(frozen=True)
class Alike:
    """An appeal of the same clause that ended, and how."""

    appeal: Appeal
    verdict: str
    tone: str
    left: str
    same: int


def similar_appeals(appeal: Appeal) -> list[Alike]:
    """Return how appeals of the same clause ended: those whose facts are nearest first. One query."""
    offence = appeal.offence
    found = (
        Appeal.objects.filter(offence__clause_id=offence.clause_id, state=AppealState.CLOSED)
        .exclude(pk=appeal.pk)
        .select_related("offence__clause", "offence__version", "employee")
        .order_by("-closed_at")[:_MOST_READ]
    )
    near = [(_nearness(one.offence, offence), one) for one in found]
    near.sort(key=lambda pair: (-pair[0], -(pair[1].closed_at or pair[1].filed_at).timestamp()))
    return [
        Alike(
            one,
            str(Verdict(one.verdict).label),
            VERDICT_TONES.get(one.verdict, "plain"),
            points_in_words(one.points) if one.points is not None else "",
            same,
        )
        for same, one in near[:MOST_ALIKE]
    ]


def verdicts_of_clause(clause_id: int) -> list[tuple[str, str, int]]:
    """Return how appeals of a clause ended so far: verdict in words, its tone, how many. One query."""
    rows = (
        Appeal.objects.filter(offence__clause_id=clause_id, state=AppealState.CLOSED)
        .values("verdict")
        .annotate(count=Count("pk"))
        .order_by("-count")
        .values_list("verdict", "count")
    )
    return [(str(Verdict(verdict).label), VERDICT_TONES[verdict], count) for verdict, count in rows]


def _nearness(one: Offence, other: Offence) -> int:
    """Return how many facts two offences share: equal values, the same grade, version and kind of document."""
    facts = sum(1 for name, value in other.facts.items() if value not in (None, "") and one.facts.get(name) == value)
    same = (one.grade == other.grade, one.version_id == other.version_id, one.subject_type == other.subject_type)
    return facts * 2 + sum(same) + (2 if one.cause and one.cause == other.cause else 0)


def overdue_appeals(at: datetime) -> QuerySet[Appeal]:
    """Return the open appeals whose stage is over, the oldest first."""
    return Appeal.objects.filter(state__in=OPEN, due_at__lte=at).order_by("due_at", "pk")


def open_offences() -> Q:
    """Return the condition for entries of offences under appeal: their points are left out of totals.

    The open appeals are few and found by an index, so the entries are not joined with their offences.
    """
    return Q(offence__in=Appeal.objects.filter(state__in=OPEN).order_by().values("offence"))


def opinions_of(appeal: Appeal) -> list[AppealOpinion]:
    """Return what the judges said, in order; one query."""
    return list(appeal.opinions.select_related("judge"))


def appeal_story(appeal: Appeal, reader: Employee) -> list[Line]:
    """Return what happened to an appeal, newest first; what others on the panel said is secret until it decided."""
    lines = history_of(appeal)
    if appeal.state != AppealState.WITH_PANEL:
        return lines
    known = {str(person) for person in (appeal.leader, reader) if person}
    return [line for line in lines if line.verb != "staff.appeal_answered" or line.who in known]


def my_answers_to_accept(reader: Employee) -> QuerySet[Appeal]:
    """Return one's own appeals that were answered: to accept, or to take on."""
    return Appeal.objects.filter(employee=reader, state=AppealState.ANSWERED).order_by(F("due_at"))
