"""The values of settings, and the page that shows them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.utils.translation import gettext as _

from shopops.kit.policy import SETTINGS, Setting
from staff.models import Event, SettingValue
from staff.queries.history import Line, lines_of

AnySetting = Setting[int] | Setting[Decimal] | Setting[str] | Setting[bool]

_FRESH_SECONDS = 5.0
_kept: tuple[float, dict[str, str]] | None = None


def kept_value(name: str) -> str | None:
    """Return the changed value of a setting, or None while its default holds. Read anew every five seconds."""
    global _kept  # noqa: PLW0603 -- one small cache a process
    moment = time.monotonic()
    if _kept is None or moment - _kept[0] > _FRESH_SECONDS:
        try:
            _kept = (moment, dict(SettingValue.objects.values_list("name", "value")))
        except DatabaseError:
            return None if _kept is None else _kept[1].get(name)
    return _kept[1].get(name)


def forget_values() -> None:
    """Read the values anew at the next question."""
    global _kept  # noqa: PLW0603
    _kept = None


@dataclass(frozen=True)
class ShownSetting:
    """One setting as its page shows it; templates would call `setting` itself, which answers with its value."""

    setting: AnySetting
    kept: SettingValue | None

    @property
    def name(self) -> str:
        """Return the dotted name."""
        return self.setting.name

    @property
    def label(self) -> str:
        """Return what it is."""
        return str(self.setting.label)

    @property
    def help(self) -> str:
        """Return what it does."""
        return str(self.setting.help)

    @property
    def unit(self) -> str:
        """Return what it is counted in."""
        return str(self.setting.unit)

    @property
    def value(self) -> int | Decimal | str | bool:
        """Return the value in force."""
        try:
            return self.setting.parse(self.kept.value) if self.kept else self.setting.default
        except ValueError:
            return self.setting.default

    @property
    def text(self) -> str:
        """Return the value in force in words."""
        return in_words(self.setting, self.value)

    @property
    def default_text(self) -> str:
        """Return the default in words."""
        return in_words(self.setting, self.setting.default)

    @property
    def bounds(self) -> str:
        """Say between which values it may lie; empty when there is no bound."""
        least, most = self.setting.least, self.setting.most
        if least is not None and most is not None:
            return _("%(least)s to %(most)s") % {"least": least, "most": most}
        if least is not None:
            return _("at least %(least)s") % {"least": least}
        return "" if most is None else _("at most %(most)s") % {"most": most}

    @property
    def is_number(self) -> bool:
        """Say whether it is a figure."""
        return isinstance(self.setting.default, (int, Decimal)) and not self.is_switch

    @property
    def is_switch(self) -> bool:
        """Say whether it is on or off."""
        return isinstance(self.setting.default, bool)


def in_words(setting: AnySetting, value: int | Decimal | str | bool) -> str:
    """Return a value of a setting as people read it, with its unit."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    text = str(value) if value != "" else _("empty")
    return f"{text} {setting.unit}" if setting.unit else text


def shown_settings() -> Iterator[tuple[str, list[ShownSetting]]]:
    """Give every declared setting with its value, department by department; one query."""
    kept = {one.name: one for one in SettingValue.objects.select_related("changed_by")}
    names = [(app.label, app.verbose_name) for app in apps.get_app_configs()]
    order = {label: place for place, (label, _words) in enumerate(names)}
    words = dict(names)

    def department(pair: tuple[str, Any]) -> str:
        return pair[0].partition(".")[0]

    pairs = sorted(SETTINGS.items(), key=lambda pair: order.get(department(pair), len(order)))
    for label, group in groupby(pairs, department):
        yield str(words.get(label, label)), [ShownSetting(setting, kept.get(name)) for name, setting in group]


def shown_setting(name: str) -> ShownSetting | None:
    """Return one declared setting with its value, or None."""
    if name not in SETTINGS:
        return None
    return ShownSetting(SETTINGS[name], SettingValue.objects.select_related("changed_by").filter(name=name).first())


def history_of_setting(setting: AnySetting) -> list[Line]:
    """Return who changed a setting when, newest first. Known by its name: a restored default leaves no row behind."""
    events = Event.objects.filter(subject_type=SettingValue._meta.label, subject_label=setting.name)
    return [_restated(setting, line) for line in lines_of(events.select_related("by")[:100])]


def _restated(setting: AnySetting, line: Line) -> Line:
    changes = [replace(one, before=_said(setting, one.before), after=_said(setting, one.after)) for one in line.changes]
    return replace(line, changes=changes)


def _said(setting: AnySetting, kept: str) -> str:
    """Return a kept value in words; one that no longer fits as it was kept."""
    try:
        return in_words(setting, setting.parse("" if kept == _("nothing") else kept))
    except ValueError:
        return kept


def recent_changes(*, most: int = 12) -> list[tuple[str, Line]]:
    """Return the latest changes of settings with the labels of what was changed; one query."""
    events = Event.objects.filter(subject_type=SettingValue._meta.label).select_related("by").order_by("-at", "-pk")
    found = []
    for event in events[:most]:
        line, name = lines_of([event])[0], event.subject_label
        known = name in SETTINGS
        found.append((str(SETTINGS[name].label), _restated(SETTINGS[name], line)) if known else (name, line))
    return found
