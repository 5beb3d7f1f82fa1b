"""The filters of a list: django-filter's classes with a place on the page and a sentence for the chip.

Every value lives in the URL. What cannot be understood is left out and said beside the field, never an error page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopops.kit.clock import day_window, shop_day, start_of_day

if TYPE_CHECKING:
    from django.http import QueryDict

    from shopops.kit.lists.declarations import Reader, Words

    Choices = Sequence[tuple[Any, Words]] | Callable[[], Iterable[tuple[Any, Words]]]

MOST_NUMBERS = 2000
"""Numbers taken from one paste; more would make the address longer than servers accept."""
LONGEST_WORDS = 100

_SEPARATORS = re.compile(r"[\s,，;；、|]+")
_PRESETS: dict[str, Words] = {
    "today": gettext_lazy("Today"),
    "yesterday": gettext_lazy("Yesterday"),
    "7d": gettext_lazy("Last 7 days"),
    "month": gettext_lazy("This month"),
}


class ListFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The base of every list's filters; knows who reads and when."""

    reader: Reader

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, reader: Reader) -> None:
        """Bind the filters to the values of a URL."""
        super().__init__(data=data, queryset=queryset)
        self.reader = reader

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return every name these filters read from a URL."""
        return frozenset(name for key, one in cls.base_filters.items() for name in parameters(key, one))


class _Placed(django_filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """What all filters here share: a kind of control, and whether it stands on the first line."""

    kind = "words"

    def __init__(self, *args: Any, first: bool = False, hint: Words = "", **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)
        self.first = first
        self.hint = hint

    def say(self, value: Any) -> str:
        """Return the value in words, for the chip above the list."""
        return str(value)


class WordsFilter(_Placed):
    """Rows whose text contains the words."""

    field_class = forms.CharField

    def __init__(self, *args: Any, sparse: bool = False, **kwargs: Any) -> None:
        """Look for the words anywhere in the text, unless `lookup_expr` says otherwise.

        :param sparse: most rows have no text there, and there is an index on the others.
        """
        kwargs.setdefault("lookup_expr", "icontains")
        kwargs.setdefault("max_length", LONGEST_WORDS)
        super().__init__(*args, **kwargs)
        self.sparse = sparse

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows with the words."""
        if value and self.sparse:
            qs = qs.exclude(**{str(self.field_name): ""})
        kept: QuerySet[Any] = super().filter(qs, value)
        return kept


class ExactFilter(WordsFilter):
    """Rows whose text is exactly this; as fast as its index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Compare the whole text."""
        kwargs.setdefault("lookup_expr", "exact")
        super().__init__(*args, **kwargs)


class NumbersField(forms.CharField):
    """Numbers pasted in any shape: one a line, or with commas, spaces, Chinese commas or semicolons between."""

    def clean(self, value: Any) -> list[str]:
        """Return the numbers once each, in the order given."""
        text = super().clean(value) or ""
        numbers = list(dict.fromkeys(part.strip("'\"=") for part in _SEPARATORS.split(text) if part.strip("'\"=")))
        if len(numbers) > MOST_NUMBERS:
            raise ValidationError(
                _("These are %(count)s numbers; at most %(most)s can be looked up at once.")
                % {"count": len(numbers), "most": MOST_NUMBERS}
            )
        return numbers


class NumbersFilter(_Placed):
    """Rows with one of the pasted numbers."""

    kind = "numbers"
    field_class = NumbersField

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """Keep the rows with one of the numbers."""
        return self.get_method(qs)(**{f"{self.field_name}__in": value}) if value else qs

    def say(self, value: list[str]) -> str:
        """Return the number, or how many there are."""
        if len(value) == 1:
            return value[0]
        return _("%(count)s numbers") % {"count": len(value)}


class OneOfFilter(_Placed):
    """Rows with the one value chosen."""

    kind = "one"
    field_class = forms.ChoiceField

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        """Offer the choices (pairs, or a function returning pairs)."""
        super().__init__(*args, choices=choices, **kwargs)
        self.choices = choices

    def pairs(self) -> list[tuple[str, Words]]:
        """Return the choices as pairs of text and label."""
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in found]

    def say(self, value: Any) -> str:
        """Return the label of the value."""
        return str(dict(self.pairs()).get(str(value), value))


class AnyOfFilter(OneOfFilter):
    """Rows with any of the values ticked."""

    kind = "any"
    field_class = forms.MultipleChoiceField

    def __init__(self, *args: Any, flags: bool = False, **kwargs: Any) -> None:
        """Offer the choices as ticks; `flags` draws them as the platform's coloured flags."""
        super().__init__(*args, **kwargs)
        if flags:
            self.kind = "flags"

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """Keep the rows with one of the values."""
        return self.get_method(qs)(**{f"{self.field_name}__in": value}) if value else qs

    def say(self, value: list[str]) -> str:
        """Return the labels of the values."""
        labels = dict(self.pairs())
        return " / ".join(str(labels.get(one, one)) for one in value)


class YesNoFilter(OneOfFilter):
    """Rows for which a yes-or-no column, or a condition, holds or does not."""

    def __init__(self, *args: Any, yes: Words = "", no: Words = "", **kwargs: Any) -> None:
        """Offer yes and no, in words of one's own if given."""
        pairs = (("yes", yes or gettext_lazy("Yes")), ("no", no or gettext_lazy("No")))
        super().__init__(*args, choices=pairs, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows where the column is true, or false."""
        return self.get_method(qs)(**{str(self.field_name): value == "yes"}) if value else qs


class Days(NamedTuple):
    """A span of days as it stands in the URL: a preset that moves with time, or two days, either open."""

    preset: str = ""
    first: date | None = None
    last: date | None = None

    def span(self, today: date) -> tuple[date | None, date | None]:
        """Return the first and the last day, both included."""
        if self.first or self.last:
            return self.first, self.last
        return {
            "today": (today, today),
            "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
            "7d": (today - timedelta(days=6), today),
            "month": (today.replace(day=1), today),
        }.get(self.preset, (None, None))


class _Parts(forms.Widget):
    """Reads a value out of several parameters of the URL. The page draws the control itself."""

    suffixes: tuple[str, ...] = ("_from", "_to")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002 -- Django's signature
        """Collect the parts."""
        return [str(data.get(f"{name}{suffix}", "")).strip() for suffix in self.suffixes]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether all parts are empty."""
        return not any(self.value_from_datadict(data, files, name))


class _DaysParts(_Parts):
    suffixes = ("", "_from", "_to")


class DaysField(forms.Field):
    """Two days or a preset."""

    widget = _DaysParts

    def clean(self, value: Any) -> Days | None:
        """Return the span, or None when nothing was asked.

        :raises ValidationError: if a text is no day, or the days are the wrong way round.
        """
        preset, *texts = value or ["", "", ""]
        day = forms.DateField(required=False, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])
        first, last = (day.clean(text) for text in texts)
        if first and last and first > last:
            raise ValidationError(_("The first day is after the last."))
        if preset and preset not in _PRESETS:
            raise ValidationError(_("“%(text)s” is no span of days.") % {"text": preset[:20]})
        return Days(preset, first, last) if preset or first or last else None


class DaysFilter(_Placed):
    """Rows whose moment (or, with `dates`, whose day) falls into a span of days on the shop's wall clock."""

    kind = "days"
    field_class = DaysField

    def __init__(self, *args: Any, dates: bool = False, follows: str = "", **kwargs: Any) -> None:
        """Filter a moment, or a plain date if `dates`.

        :param follows: an earlier moment by which the list is sorted; it never lies more than a day after this one.
            Knowing that, the database begins to look at the span and not at the newest row.
        """
        super().__init__(*args, **kwargs)
        self.dates = dates
        self.follows = follows

    def filter(self, qs: QuerySet[Any], value: Days | None) -> QuerySet[Any]:
        """Keep the rows of the span."""
        if value is None:
            return qs
        first, last = value.span(shop_day(self.parent.reader.at))
        conditions: dict[str, Any] = {}
        if first:
            conditions[f"{self.field_name}__gte"] = first if self.dates else start_of_day(first)
        if last:
            name = f"{self.field_name}__lte" if self.dates else f"{self.field_name}__lt"
            conditions[name] = last if self.dates else day_window(last).end
            if self.follows:
                conditions[f"{self.follows}__lt"] = day_window(last).end + timedelta(days=1)
        kept: QuerySet[Any] = self.get_method(qs)(**conditions)
        return kept

    def say(self, value: Days) -> str:
        """Return the preset's name or the two days."""
        if value.first or value.last:
            return f"{value.first or '…'} – {value.last or '…'}"
        return str(_PRESETS[value.preset])

    @staticmethod
    def presets() -> list[tuple[str, Words]]:
        """Return the presets as pairs of key and label."""
        return list(_PRESETS.items())


class RangeField(forms.Field):
    """A lowest and a highest number, either open."""

    widget = _Parts

    def clean(self, value: Any) -> tuple[Decimal | None, Decimal | None] | None:
        """Return the bounds, or None when nothing was asked.

        :raises ValidationError: if a text is no number, or the bounds are the wrong way round.
        """
        number = forms.DecimalField(required=False, max_digits=14, decimal_places=4)
        low, high = (number.clean(text) for text in value or ["", ""])
        if low is not None and high is not None and low > high:
            raise ValidationError(_("The lower bound is above the upper one."))
        return None if low is None and high is None else (low, high)


class RangeFilter(_Placed):
    """Rows whose figure lies between two bounds, both included."""

    kind = "range"
    field_class = RangeField

    def filter(self, qs: QuerySet[Any], value: tuple[Decimal | None, Decimal | None] | None) -> QuerySet[Any]:
        """Keep the rows between the bounds."""
        bounds = zip(("gte", "lte"), value or (), strict=False)
        conditions = {f"{self.field_name}__{word}": bound for word, bound in bounds if bound is not None}
        return self.get_method(qs)(**conditions) if conditions else qs

    def say(self, value: tuple[Decimal | None, Decimal | None]) -> str:
        """Return the bounds in words."""
        low, high = value
        if low is None:
            return f"≤ {high}"
        return f"≥ {low}" if high is None else f"{low} – {high}"


def parameters(name: str, one: django_filters.Filter) -> tuple[str, ...]:
    """Return the URL parameters the filter of that name reads."""
    suffixes = {"days": ("", "_from", "_to"), "range": ("_from", "_to")}.get(getattr(one, "kind", ""), ("",))
    return tuple(f"{name}{suffix}" for suffix in suffixes)
