"""The rulebook as it stood on a day, in words, and who answers where nobody else does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from shopops.kit.detectors import DETECTORS
from staff.models import Appointment, Clause, ClauseVersion, Employee, Position
from staff.queries.parameters import Parameter, parameters_of, plain_value
from staff.queries.people import holds_on
from staff.queries.terms import grade_in_words, points_in_words, price_in_words, terms_in_words

__all__ = [
    "Parameter",
    "Words",
    "grade_in_words",
    "holder_of",
    "in_force",
    "parameters_in_words",
    "points_in_words",
    "price_in_words",
    "prices_in_text",
    "see_of",
    "terms_in_words",
    "versions_in_force",
    "versions_of",
    "wording",
    "words_on",
]


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
    """Return the text of a version with its numbers filled in, in the language of whoever reads.

    A clause that another one prices takes from there what it does not say itself.
    """
    text = version.text_en if get_language() == "en" else version.text
    source = words.versions.get(see_of(version), version)
    numbers = {**source.parameters, **version.parameters, **prices_in_text(source)}
    for name, value in numbers.items():
        text = text.replace("{" + name + "}", plain_value(name, value, words.posts))
    return text


def see_of(version: ClauseVersion) -> str:
    """Return the number of the clause in which the price of this one stands, or nothing."""
    return str(version.parameters.get("see", ""))


def parameters_in_words(version: ClauseVersion, words: Words) -> list[Parameter]:
    """Return the parameters of a version in words."""
    return parameters_of(version.parameters, words.posts)


def prices_in_text(version: ClauseVersion) -> dict[str, Decimal]:
    """Return the prices of a version under the names they have in a text."""
    graded = {f"points_{grade}": abs(Decimal(points)) for grade, points in version.grades.items()}
    return graded | {
        "points": abs(version.points),
        "fund": version.fund,
        "superior_points": abs(version.superior_points),
        "escalates_from": Decimal(version.escalates_from or 0),
        "escalates_by": version.escalates_by,
    }
