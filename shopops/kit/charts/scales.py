"""Numbers to places: nice ticks, linear scales, short numbers, and which labels fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import ceil, floor, isfinite, log10

from django.utils.translation import get_language

Number = int | float | Decimal

SMALLEST = 1e-9  # what is nearer to nothing is drawn as nothing
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
FIRST_WIDE = 0x2E80  # from here on characters are as wide as high
LABEL_STEPS = (1, 2, 3, 5, 7, 10, 14, 30)


def as_float(value: Number | None) -> float | None:
    """Return the value as a float; None for a gap, which includes NaN and infinities."""
    if value is None:
        return None
    number = float(value)
    if not isfinite(number):
        return None
    return number if abs(number) > SMALLEST else 0.0


def bounds(values: Iterable[float | None]) -> tuple[float, float]:
    """Return the lowest and highest of the values and zero, so that no axis begins elsewhere than at zero."""
    known = [value for value in values if value is not None]
    return min(0.0, *known, 0.0), max(0.0, *known, 0.0)


def nice_ticks(low: float, high: float, *, about: int = 4, whole: bool = False) -> list[float]:
    """Return evenly spaced round numbers that enclose low and high.

    `about` is the wanted number of steps; `whole` forbids fractions, for counts of things. Equal bounds give 0 and 1.
    """
    if not high - low > SMALLEST:
        return [0.0, 1.0]
    rough = (high - low) / max(about, 1)
    magnitude = 10.0 ** floor(log10(rough))
    step = next(nice * magnitude for nice in NICE_STEPS if nice * magnitude >= rough * 0.999)
    if whole:
        step = max(1.0, float(ceil(step)))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


class Scale:
    """A straight line from values to places on the page."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.start = low, start
        self.rate = (end - start) / (high - low) if high != low else 0.0

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) * self.rate


def trimmed(value: float, digits: int = 2) -> str:
    """Write a number with at most so many decimals and no trailing zeros."""
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def plain(value: Number) -> str:
    """Write a number in full: `12,345.6`."""
    return trimmed(float(value))


def percent(value: Number) -> str:
    """Write a ratio as a percentage: 0.0231 becomes `2.31%`."""
    return f"{trimmed(float(value) * 100)}%"


def yuan(value: Number) -> str:
    """Write an amount of money: `¥1,234.50`, `−¥3.00`."""
    amount = Decimal(str(value))
    sign = "−" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"


def compact(value: Number) -> str:
    """Write a number short enough for an axis, in 万 and 亿 when the page is Chinese, else in k and M."""
    number = float(value)
    chinese = (get_language() or "zh").startswith("zh")
    units = ((1e8, "亿"), (1e4, "万")) if chinese else ((1e9, "B"), (1e6, "M"), (1e3, "k"))
    for size, name in units:
        if abs(number) >= size:
            return trimmed(number / size) + name
    return trimmed(number)


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text: a Chinese character takes one em, any other a bit more than half of it."""
    return size * sum(1.0 if ord(character) >= FIRST_WIDE else 0.57 for character in text)


def shortened(text: str, width: float, size: float) -> str:
    """Cut a text with an ellipsis so that it fits a width."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept, size) + size * 0.8 > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def labels_that_fit(
    labels: Sequence[str], slot: float, size: float, *, air: float = 3, to_last: bool = True
) -> list[int]:
    """Choose evenly spaced labels with so many ems of air between them, counted from the last one or from the first."""
    if not labels:
        return []
    widest = max(text_width(label, size) for label in labels)
    needed = max(1, ceil((widest + size * air) / slot)) if slot > 0 else len(labels)
    every = next((nice for nice in LABEL_STEPS if nice >= needed), needed)
    if to_last:
        return list(range(len(labels) - 1, -1, -every))[::-1]
    return list(range(0, len(labels), every))


def within(value: float, low: float, high: float) -> float:
    """Keep a value between two bounds."""
    return max(low, min(value, high))
