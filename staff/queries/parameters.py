"""The parameters of clauses as people read them: how each is called, and its value with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from staff.models import Position

NOT_SHOWN = ("see",)
"""Parameters that are no numbers: `see` names the clause in which the price stands."""

LABELS = {
    "seconds": gettext_lazy("Seconds"),
    "first_seconds": gettext_lazy("Seconds to the first reply"),
    "ring_seconds": gettext_lazy("Seconds of ringing"),
    "minutes": gettext_lazy("Minutes"),
    "hours": gettext_lazy("Hours"),
    "days": gettext_lazy("Days"),
    "least_days": gettext_lazy("At least so many days"),
    "working_days": gettext_lazy("Working days"),
    "weeks": gettext_lazy("Weeks"),
    "months": gettext_lazy("Months"),
    "times": gettext_lazy("Times"),
    "times_medium": gettext_lazy("Middling from the failure number"),
    "times_grave": gettext_lazy("Grave from the failure number"),
    "pieces": gettext_lazy("Pieces"),
    "items": gettext_lazy("Items"),
    "people": gettext_lazy("People"),
    "centres": gettext_lazy("Centres"),
    "time": gettext_lazy("Time of day"),
    "starts": gettext_lazy("From"),
    "ends": gettext_lazy("Until"),
    "lunch_starts": gettext_lazy("Lunch from"),
    "lunch_ends": gettext_lazy("Lunch until"),
    "tea_starts": gettext_lazy("Tea break from"),
    "tea_ends": gettext_lazy("Tea break until"),
    "late_starts": gettext_lazy("Late shift from"),
    "late_ends": gettext_lazy("Late shift until"),
    "first_day": gettext_lazy("First day of the month"),
    "last_day": gettext_lazy("Last day of the month"),
    "month": gettext_lazy("Month of the year"),
    "weekday": gettext_lazy("Weekday"),
    "days_a_week": gettext_lazy("Days a week"),
    "hours_a_day": gettext_lazy("Hours a day"),
    "lunch_hours": gettext_lazy("Hours for lunch"),
    "everybody_on_duty": gettext_lazy("Everybody on duty answers"),
    "characters": gettext_lazy("Characters at least"),
    "copies": gettext_lazy("Same words from so many buyers on"),
    "first_reply_too": gettext_lazy("Also prices the first reply"),
    "planned_too": gettext_lazy("Also prices planned visits"),
    "annotate_all": gettext_lazy("Every conversation wants an annotation, not only those left overnight"),
    "fallback_post": gettext_lazy("Who answers where nobody else does"),
}
_COUNTED = {
    "seconds": ngettext_lazy("%(n)s second", "%(n)s seconds", "n"),
    "first_seconds": ngettext_lazy("first reply within %(n)s second", "first reply within %(n)s seconds", "n"),
    "ring_seconds": ngettext_lazy("rings for %(n)s second", "rings for %(n)s seconds", "n"),
    "minutes": ngettext_lazy("%(n)s minute", "%(n)s minutes", "n"),
    "hours": ngettext_lazy("%(n)s hour", "%(n)s hours", "n"),
    "days": ngettext_lazy("%(n)s day", "%(n)s days", "n"),
    "working_days": ngettext_lazy("%(n)s working day", "%(n)s working days", "n"),
    "weeks": ngettext_lazy("%(n)s week", "%(n)s weeks", "n"),
    "months": ngettext_lazy("%(n)s month", "%(n)s months", "n"),
    "times": ngettext_lazy("%(n)s time", "%(n)s times", "n"),
    "pieces": ngettext_lazy("%(n)s piece", "%(n)s pieces", "n"),
    "items": ngettext_lazy("%(n)s item", "%(n)s items", "n"),
    "people": ngettext_lazy("%(n)s person", "%(n)s people", "n"),
    "centres": ngettext_lazy("%(n)s centre", "%(n)s centres", "n"),
    "days_a_week": ngettext_lazy("%(n)s day a week", "%(n)s days a week", "n"),
    "hours_a_day": ngettext_lazy("%(n)s hour a day", "%(n)s hours a day", "n"),
}
WEEKDAYS = (
    pgettext_lazy("of a clause", "Monday"),
    pgettext_lazy("of a clause", "Tuesday"),
    pgettext_lazy("of a clause", "Wednesday"),
    pgettext_lazy("of a clause", "Thursday"),
    pgettext_lazy("of a clause", "Friday"),
    pgettext_lazy("of a clause", "Saturday"),
    pgettext_lazy("of a clause", "Sunday"),
)


@dataclass(frozen=True)
class Parameter:
    """One number or word of a clause, as a person reads it."""

    name: str
    words: str


def parameters_of(values: Mapping[str, Any], posts: Mapping[str, Position]) -> list[Parameter]:
    """Return the parameters of a version in words."""
    return [Parameter(name, _in_words(name, value, posts)) for name, value in values.items() if name not in NOT_SHOWN]


def plain_value(name: str, value: Any, posts: Mapping[str, Position]) -> str:
    """Return a value as it stands in the text of a clause, which says the unit itself."""
    if name == "fallback_post":
        return str(posts.get(str(value), value))
    if name == "weekday" and value in range(1, 8):
        return str(WEEKDAYS[int(value) - 1])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _in_words(name: str, value: Any, posts: Mapping[str, Position]) -> str:
    if name in _COUNTED and isinstance(value, int):
        return str(_COUNTED[name] % {"n": value})
    if name == "fallback_post":
        return _("otherwise %(post)s answers") % {"post": plain_value(name, value, posts)}
    label = str(LABELS.get(name, name.replace("_", " ")))
    if value is True:
        return label
    return _("%(label)s: %(value)s") % {"label": label, "value": plain_value(name, value, posts)}
