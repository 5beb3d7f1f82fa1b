"""The filters as the page draws them: controls from what was declared, chips from what is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from shopops.kit.drawn import drawn_once
from shopops.kit.lists.filters import DaysFilter, OneOfFilter, parameters

if TYPE_CHECKING:
    from collections.abc import Hashable

    from shopops.kit.lists.asking import Selection
    from shopops.kit.lists.declarations import Words


class Option(NamedTuple):
    """One choice of a control."""

    value: str
    label: Words
    is_chosen: bool


@dataclass
class Control:
    """One filter's control: `kind` is words, numbers, one, any, flags, days or range."""

    name: str
    label: Words
    kind: str
    hint: Words
    value: str
    low: str
    high: str
    options: list[Option]
    said: str
    complaint: str

    @property
    def markup(self) -> str:
        """The control drawn; from memory while it is not set."""

        def draw() -> str:
            return render_to_string("lists/control.html", {"control": self})

        if self.value or self.low or self.high or self.said or self.complaint:
            return draw()
        options: Hashable = tuple((one.value, str(one.label), one.is_chosen) for one in self.options)
        return drawn_once(("control", self.name, str(self.label), self.kind, str(self.hint), options), draw)


class Chip(NamedTuple):
    """Something that narrows the list, and the link that takes it away."""

    label: Words
    text: str
    url: str


def controls(asked: Selection, *, first: bool) -> list[Control]:
    """Return the controls of the first line, or of the others, filled with the URL's values."""
    drawn = []
    for name, one in (asked.page.filters.base_filters if asked.page.filters else {}).items():
        if getattr(one, "first", False) != first:
            continue
        kind = getattr(one, "kind", "words")
        drawn.append(
            Control(
                name=name,
                label=one.label,
                kind=kind,
                hint=getattr(one, "hint", ""),
                value=asked.data.get(name, ""),
                low=asked.data.get(f"{name}_from", ""),
                high=asked.data.get(f"{name}_to", ""),
                options=_options(one, asked.data.getlist(name)),
                said=one.say(asked.set_filters[name]) if name in asked.set_filters else "",
                complaint=asked.complaints.get(name, ""),
            )
        )
    return drawn


def folded_names(asked: Selection) -> list[str]:
    """Return the names of the filters that do not stand on the first line."""
    filters = asked.page.filters.base_filters if asked.page.filters else {}
    return [name for name, one in filters.items() if not getattr(one, "first", False)]


def chips(asked: Selection) -> list[Chip]:
    """Return a chip for the words searched for and for every filter in force."""
    found = [Chip(_("Search"), asked.words, asked.link(("q",)))] if asked.words else []
    filters = asked.page.filters.base_filters if asked.page.filters else {}
    for name, value in asked.set_filters.items():
        one = filters[name]
        found.append(Chip(one.label, one.say(value), asked.link(parameters(name, one))))
    return found


def _options(one: Any, chosen: list[str]) -> list[Option]:
    if isinstance(one, DaysFilter):
        return [Option(key, label, key in chosen) for key, label in one.presets()]
    if isinstance(one, OneOfFilter):
        return [Option(value, label, value in chosen) for value, label in one.pairs()]
    return []
