"""What the prices of a day are reckoned from: versions, excuses, superiors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from shopops.kit.clock import Window
from shopops.kit.detectors import DETECTORS
from staff.models import Appointment, ClauseVersion, Employee, Excuse, Offence, OrgUnit
from staff.queries.people import holds_on
from staff.queries.rulebook import holder_of, versions_in_force
from staff.states import Per, Standing, TrialState


@dataclass(frozen=True)
class Override:
    """A version that a replay put in the place of the one in force, for the days of a span."""

    version: ClauseVersion
    first: date
    last: date


def overrides(*, clause: int | None = None, day: date | None = None) -> list[Override]:
    """Return the versions that approved replays put in force afterwards, the latest decision first."""
    chosen = ClauseVersion.trials.through.objects.filter(trial__state=TrialState.APPROVED)
    if clause is not None:
        chosen = chosen.filter(clauseversion__clause=clause)
    if day is not None:
        chosen = chosen.filter(trial__first__lte=day, trial__last__gte=day)
    rows = chosen.select_related("clauseversion__clause", "trial").order_by("-trial__decided_at", "-trial_id")
    return [Override(row.clauseversion, row.trial.first, row.trial.last) for row in rows]


def versions_on(day: date) -> list[ClauseVersion]:
    """Return the version that prices each watched clause on a day: the one in force, or what a replay put in its place.

    Clause by clause; two queries.
    """
    return exchanged(versions_in_force(day), reversed([one.version for one in overrides(day=day)]))


def exchanged(versions: Iterable[ClauseVersion], chosen: Iterable[ClauseVersion]) -> list[ClauseVersion]:
    """Return the versions with the chosen ones in the place of those of the same clause, or added to them."""
    by_clause = {version.clause_id: version for version in versions}
    by_clause |= {version.clause_id: version for version in chosen if version.clause.detector in DETECTORS}
    return sorted(by_clause.values(), key=lambda version: version.clause.number)


def is_plain(version: ClauseVersion) -> bool:
    """Say whether each case of a version is priced by itself, whatever else the person did."""
    return (
        version.per == Per.CASE
        and version.escalates_from is None
        and version.monthly_cap is None
        and not version.superior_points
    )


@dataclass(frozen=True)
class Excusing:
    """The confirmed excuses that may matter on a day, by what they are about."""

    excuses: tuple[Excuse, ...]

    def for_version(self, version: ClauseVersion) -> list[int]:
        """Return the ids of those that a version admits."""
        return [
            excuse.pk
            for excuse in self.excuses
            if excuse.kind in version.excuses and excuse.clause_id in (None, version.clause_id)
        ]


def excusing(window: Window) -> Excusing:
    """Return the confirmed excuses whose span touches a window or that are about one document; one query."""
    touching = Q(starts_at__lte=window.end, ends_at__gte=window.start) | Q(subject_id__isnull=False)
    return Excusing(tuple(Excuse.objects.filter(touching, confirmed_at__isnull=False, refused_at=None).order_by("pk")))


def superiors_on(day: date, *, post: str = "") -> dict[int, int]:
    """Return employee → who answers besides them on a day; those who answer to nobody are left out.

    That is the holder of the post with the row `post` of the register; without a post the head of the unit in which
    the person held a post that day, or of the nearest unit above that has a head.
    """
    if post:
        holder = holder_of(post, on=day)
        if holder is None:
            return {}
        return dict.fromkeys(Employee.objects.exclude(pk=holder.pk).values_list("pk", flat=True), holder.pk)
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    units = dict(Employee.objects.filter(unit__isnull=False).values_list("pk", "unit_id"))
    heads: dict[int, int] = {}
    posts = Appointment.objects.filter(holds_on(day)).select_related("position").order_by("-since", "-pk")
    for held in posts:
        units[held.employee_id] = held.position.unit_id
        if held.position.is_head:
            heads[held.position.unit_id] = held.employee_id
    found = {person: _head_above(unit, parents, heads) for person, unit in units.items()}
    return {person: head for person, head in found.items() if head is not None and head != person}


def excuse_for(
    excuses: Excusing, version: ClauseVersion, *, employee: int, subject: tuple[str, int], at: datetime
) -> Excuse | None:
    """Return the excuse that covers a case, if there is one; exactly at the end of its span still counts."""
    for excuse in excuses.excuses:
        if excuse.kind not in version.excuses or excuse.clause_id not in (None, version.clause_id):
            continue
        if excuse.employee_id not in (None, employee):
            continue
        about = (excuse.subject_type, excuse.subject_id) if excuse.subject_id is not None else subject
        if about == subject and (excuse.subject_id is not None or excuse.starts_at <= at <= excuse.ends_at):
            return excuse
    return None


def offences_under(excuse: Excuse) -> QuerySet[Offence]:
    """Return what an excuse covers and has not been excused: charges, warnings, and what was merged into them."""
    found = Offence.objects.filter(version__excuses__contains=[excuse.kind]).exclude(standing=Standing.EXCUSED)
    if excuse.employee_id:
        found = found.filter(employee=excuse.employee_id)
    if excuse.clause_id:
        found = found.filter(clause=excuse.clause_id)
    if excuse.subject_id is not None:
        found = found.filter(subject_type=excuse.subject_type, subject_id=excuse.subject_id)
    else:
        found = found.filter(happened_at__gte=excuse.starts_at, happened_at__lte=excuse.ends_at)
    return found.select_related("clause", "version", "employee").order_by("day", "happened_at", "pk")


def _head_above(unit: int | None, parents: Mapping[int, int | None], heads: dict[int, int]) -> int | None:
    """Return the head of a unit, or of the nearest unit above."""
    while unit is not None:
        if unit in heads:
            return heads[unit]
        unit = parents.get(unit)
    return None
