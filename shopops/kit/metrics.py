"""Metrics say what to measure each day, and list the facts behind each reading. Staff keeps the readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise


class Reading(NamedTuple):
    """A figure of a day; `shop_id` and `employee_id` both None is the whole company."""

    numerator: Decimal | int
    denominator: Decimal | int | None = None
    shop_id: int | None = None
    employee_id: int | None = None


class Fact(NamedTuple):
    """One document behind a reading.

    :param amount: what it adds to the figure, in the metric's unit; None adds one.
    :param tag: a word on how it stands, such as “late”, coloured by `tone` (good, warn, danger).
    """

    label: str
    url: str
    detail: str = ""
    amount: Decimal | int | None = None
    tag: str | _StrPromise = ""
    tone: str = ""


@dataclass(frozen=True)
class FactRows:
    """The documents behind a reading; the database counts them and cuts them into pages.

    :param rows: a `values_list` in the order of the page.
    :param show: makes a fact of the values of a row.
    """

    rows: QuerySet[Any, tuple[Any, ...]]
    show: Callable[..., Fact]

    def count(self) -> int:
        """Count the documents."""
        return self.rows.count()

    def page(self, start: int, size: int) -> list[Fact]:
        """Return `size` documents from the `start`-th on."""
        return [self.show(*row) for row in self.rows[start : start + size]]


Unit = Literal["count", "yuan", "share", "hours", "minutes", "seconds"]
Answers = Literal["self", "team", "company"]
ListFacts = Callable[[date, int | None, int | None], FactRows]


@dataclass(frozen=True)
class Metric:
    """Something measured each day.

    :param definition: in words a member of staff understands; shown beside every figure.
    :param unit: a `share` is numerator ÷ denominator shown as per cent; others show the numerator, or the quotient.
    :param better: whether more or less of it is good.
    :param read: gives all readings of a day, from the facts, the same each time.
    :param facts: lists the documents behind one reading, told day, shop and employee (None is all of them).
    :param parts_unit: what a share is made of: things counted, or yuan.
    :param by_shop: whether it is measured for each shop too.
    :param answers: who answers for it: each person for their own readings (`self`), a head for those of the whole unit
        as well (`team`), or everybody asked for the company's (`company`), where no readings of people are taken.
    :param zero_when_nothing: whether somebody of whom nothing was read stands at zero, or is not measured.
    :param version: raised when the definition changes; old days keep their version.
    """

    name: str
    label: str | _StrPromise
    definition: str | _StrPromise
    unit: Unit
    better: Literal["more", "less", "neither"]
    read: Callable[[date], Iterable[Reading]]
    facts: ListFacts
    parts_unit: Literal["count", "yuan"] = "count"
    by_shop: bool = False
    answers: Answers = "company"
    zero_when_nothing: bool = False
    version: int = 1
    register_ids: tuple[str, ...] = ()


METRICS: Registry[Metric] = Registry("metric")
