"""Metrics say what to measure each day, and list the facts behind each reading. Staff keeps the readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Reading(NamedTuple):
    """A figure of a day; `shop_id` and `employee_id` both None is the whole company."""

    numerator: Decimal | int
    denominator: Decimal | int | None = None
    shop_id: int | None = None
    employee_id: int | None = None


class Fact(NamedTuple):
    """One document behind a reading."""

    label: str
    url: str
    detail: str = ""


Unit = Literal["count", "yuan", "share", "hours", "minutes"]


@dataclass(frozen=True)
class Metric:
    """Something measured each day.

    :param definition: in words a member of staff understands; shown beside every figure.
    :param unit: a `share` is numerator ÷ denominator shown as per cent; others show the numerator, or the quotient.
    :param better: whether more or less of it is good.
    :param read: gives all readings of a day, from the facts, the same each time.
    :param facts: lists the documents behind one reading.
    :param version: raised when the definition changes; old days keep their version.
    """

    name: str
    label: str | _StrPromise
    definition: str | _StrPromise
    unit: Unit
    better: Literal["more", "less", "neither"]
    read: Callable[[date], Iterable[Reading]]
    facts: Callable[[date, int | None, int | None], list[Fact]]
    version: int = 1
    register_ids: tuple[str, ...] = ()


METRICS: Registry[Metric] = Registry("metric")
