"""Whether a figure is where it should be: on target, to be watched, or off it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.metrics import METRICS, Metric
from staff.models import Kpi
from staff.queries.figures import value_of
from staff.queries.kpi_scores import Parts, cycles_in, is_small
from staff.states import KpiCycle, Machine

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Band:
    """Where a figure lies, as a word and a colour."""

    name: str
    word: str | _StrPromise
    tone: str


GOOD = Band("good", _("on target"), "good")
WATCH = Band("watch", _("to be watched"), "warn")
OFF = Band("off", _("off target"), "danger")
SMALL = Band("small", _("too few cases"), "plain")


def kpis_by_metric() -> dict[str, Kpi]:
    """Return the indicator in use that says what is good for each metric; the first of the register. One query."""
    found: dict[str, Kpi] = {}
    for kpi in Kpi.objects.filter(machine=Machine.AUTO, is_used=True).exclude(metric="").order_by("number"):
        if kpi.metric in METRICS:
            found.setdefault(kpi.metric, kpi)
    return found


def target_of(kpi: Kpi | None, parts: Parts | None, days: tuple[date, date], people: int = 1) -> Decimal | None:
    """Return the target of an indicator for a span: its part of it where the figure is a sum."""
    return None if kpi is None else _scaled(kpi, kpi.target, parts, days, people)


def band_of(kpi: Kpi | None, parts: Parts | None, days: tuple[date, date], people: int = 1) -> Band | None:
    """Return the band of a figure; None where nobody said what is good, or there is no figure.

    :param people: how many a sum is made of, where each person answers for their own.
    """
    if kpi is None or parts is None or kpi.target is None:
        return None
    metric = METRICS[kpi.metric]
    value = value_of(kpi.metric, *parts)
    if value is None:
        return None
    if is_small(metric, parts[1]):
        return SMALL
    target = _scaled(kpi, kpi.target, parts, days, people)
    warn = _scaled(kpi, kpi.warn_at, parts, days, people)
    if target is None or _reaches(metric, kpi, value, target):
        return GOOD
    return WATCH if warn is not None and _reaches(metric, kpi, value, warn) else OFF


def _reaches(metric: Metric, kpi: Kpi, value: Decimal, bound: Decimal) -> bool:
    """Say whether a value is at a bound or on its good side; target and floor say which side that is."""
    more = metric.better != "less" if kpi.target is None or kpi.floor is None else kpi.target > kpi.floor
    return value >= bound if more else value <= bound


def _scaled(
    kpi: Kpi, bound: Decimal | None, parts: Parts | None, days: tuple[date, date], people: int
) -> Decimal | None:
    if bound is None or (parts is not None and parts[1] is not None):
        return bound
    each = people if METRICS[kpi.metric].answers == "self" else 1
    return (bound * cycles_in(KpiCycle(kpi.cycle), *days) * each).quantize(Decimal("0.01"))
