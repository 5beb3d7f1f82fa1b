"""Figures as they are reckoned from numerator and denominator, and as people read them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from shopops.kit.charts import percent, plain, yuan
from shopops.kit.metrics import METRICS, Metric


def value_of(name: str, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    """Return a reading as its metric shows it: the quotient where there is a denominator; None of nothing."""
    if denominator is None:
        return numerator
    if not denominator:
        return None
    quotient = numerator / denominator
    return quotient.quantize(Decimal("0.0001") if METRICS[name].unit == "share" else Decimal("0.01"))


def written(metric: Metric, value: Decimal | None) -> str:
    """Return a value as its unit is written; a dash for none."""
    if value is None:
        return "–"
    if metric.unit == "yuan":
        return yuan(value)
    if metric.unit == "seconds":
        return _("%(count)s s") % {"count": plain(value)}
    if metric.unit == "minutes":
        return _("%(count)s min") % {"count": plain(value)}
    if metric.unit == "hours":
        return _("%(count)s h") % {"count": plain(value)}
    return percent(value) if metric.unit == "share" else plain(value)


def written_part(metric: Metric, value: Decimal | int | None) -> str:
    """Return what one document adds to a figure; nothing where each counts as one."""
    if value is None:
        return ""
    return yuan(value) if "yuan" in (metric.unit, metric.parts_unit) else plain(value)


def parts_in_words(metric: Metric, part: Decimal | None, whole: Decimal | None) -> str:
    """Return what a quotient is made of: how much of how much, or the sum over the count; else nothing."""
    if part is None or whole is None:
        return ""
    if metric.unit != "share":
        return f"{written(metric, part)} ÷ {plain(whole)}"
    return _("%(part)s of %(whole)s") % {"part": written_part(metric, part), "whole": written_part(metric, whole)}
