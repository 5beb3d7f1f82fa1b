"""The rulebook as it stood on a day, in words, and who answers where nobody else does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shopops.kit.clock import Window
from shopops.kit.detectors import DETECTORS, Detector, Finding, FoundRows, Question
from staff.models import Appointment, Clause, ClauseVersion, Employee, Position
from staff.queries.people import holds_on

SOON = timedelta(hours=24)
MOST_SHOWN = 3


@dataclass(frozen=True)
class Parameter:
    """One number or word of a clause, as a person reads it."""

    name: str
    words: str


@dataclass(frozen=True)
class ClauseShown:
    """A clause of the rulebook page: what holds now, what watches it, what comes."""

    clause: Clause
    version: ClauseVersion | None
    coming: ClauseVersion | None
    points: str
    text: str
    parameters: list[Parameter]
    detector: Detector | None
    see: str
    soon: int
    next_findings: list[Finding]


def in_force(day: date) -> QuerySet[ClauseVersion]:
    """Return the published versions valid on `day`, at most one a clause."""
    return ClauseVersion.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day), published_at__isnull=False, valid_from__lte=day
    )


def versions_in_force(day: date) -> QuerySet[ClauseVersion]:
    """Return the versions valid on `day` that a detector of this installation watches, clause by clause."""
    return (
        in_force(day).filter(clause__detector__in=list(DETECTORS)).select_related("clause").order_by("clause__number")
    )


def holder_of(register_id: str, *, on: date) -> Employee | None:
    """Return who held the post with that row of the register on `on`: the longest-serving, or None."""
    if not register_id:
        return None
    appointment = (
        Appointment.objects.filter(holds_on(on), position__register_ids__contains=register_id)
        .select_related("employee")
        .order_by("since", "pk")
        .first()
    )
    return appointment.employee if appointment else None


def shown_clauses(
    day: date, *, at: datetime, words: Words | None = None, only: Clause | None = None
) -> list[ClauseShown]:
    """Return every clause, or one, with the version in force on `day` and what is about to fall under it."""
    current = Prefetch("versions", queryset=in_force(day), to_attr="current")
    coming = Prefetch(
        "versions",
        queryset=ClauseVersion.objects.filter(published_at__isnull=False, valid_from__gt=day).order_by("valid_from"),
        to_attr="coming",
    )
    words = words or words_on(day)
    clauses = Clause.objects.filter(pk=only.pk) if only else Clause.objects.all()
    return [_shown(clause, words, at=at) for clause in clauses.prefetch_related(current, coming)]


def versions_of(clause: Clause) -> list[ClauseVersion]:
    """Return the published versions of a clause, newest first."""
    published = clause.versions.filter(published_at__isnull=False)
    return list(published.select_related("published_by").order_by("-version"))


@dataclass(frozen=True)
class Words:
    """What the texts of clauses refer to: posts by their rows in the register, clauses by their numbers."""

    posts: dict[str, Position]
    versions: dict[str, ClauseVersion]


def words_on(day: date) -> Words:
    """Return what the texts of clauses refer to on a day; two queries."""
    posts = {row: post for post in Position.objects.all() for row in post.register_ids.split()}
    return Words(posts, {one.clause.number: one for one in in_force(day).select_related("clause")})


def wording(version: ClauseVersion, words: Words) -> str:
    """Return the text of a version with its numbers filled in, in the language of whoever reads."""
    text = version.text_en if get_language() == "en" else version.text
    source = words.versions.get(str(version.parameters.get("see", "")), version)
    for name, value in {**source.parameters, "points": abs(source.points)}.items():
        text = text.replace("{" + name + "}", _plain(name, value, words))
    return text


def parameters_in_words(version: ClauseVersion, words: Words) -> list[Parameter]:
    """Return the parameters of a version in words."""
    return [
        Parameter(name, _parameter(name, value, words)) for name, value in version.parameters.items() if name != "see"
    ]


def points_in_words(points: Decimal) -> str:
    """Return points with their sign: −3, +1.5; a dash for a clause that costs nothing."""
    if not points:
        return "–"
    return f"{points.normalize():+f}".replace("-", "−")


def _shown(clause: Clause, words: Words, *, at: datetime) -> ClauseShown:
    current: list[ClauseVersion] = clause.current  # type: ignore[attr-defined]  # prefetched
    coming: list[ClauseVersion] = clause.coming  # type: ignore[attr-defined]  # prefetched
    version = current[0] if current else None
    watch = next((one for name, one in DETECTORS.items() if name == clause.detector), None)
    soon, findings = 0, list[Finding]()
    if version and watch:
        question = Question(Window(at, at + SOON), at, version.parameters)
        soon, findings = count_and_first(watch.find(question), MOST_SHOWN)
    return ClauseShown(
        clause=clause,
        version=version,
        coming=coming[0] if coming else None,
        points=points_in_words(version.points) if version else "–",
        text=wording(version, words) if version else "",
        parameters=parameters_in_words(version, words) if version else [],
        detector=watch,
        see=str(version.parameters.get("see", "")) if version else "",
        soon=soon,
        next_findings=findings,
    )


def count_and_first(findings: Iterable[Finding], most: int) -> tuple[int, list[Finding]]:
    """Return how many findings there are, and the earliest few."""
    if isinstance(findings, FoundRows):
        count = findings.count()
        return count, findings.first(most) if count else []
    every = sorted(findings, key=lambda finding: finding.happened_at)
    return len(every), every[:most]


def _parameter(name: str, value: Any, words: Words) -> str:
    if name == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", int(value)) % {"n": value}
    if name == "days":
        return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": value}
    if name == "working_days":
        return ngettext("%(n)s working day", "%(n)s working days", int(value)) % {"n": value}
    if name == "fallback_post":
        return _("otherwise %(post)s answers") % {"post": _plain(name, value, words)}
    return f"{name}: {value}"


def _plain(name: str, value: Any, words: Words) -> str:
    if name == "fallback_post":
        return str(words.posts.get(str(value), value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
