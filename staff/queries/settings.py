"""The values of settings, and the work calendar that holds."""

from __future__ import annotations

import time

from django.db import DatabaseError

from staff.models import SettingValue

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
