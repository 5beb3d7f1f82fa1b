"""How long a reply may take, as the clauses of a day say it."""

from __future__ import annotations

from datetime import date
from typing import Any

from staff.queries.rulebook import in_force

FIRST_SECONDS, SLOW_MINUTES = 45, 3
"""What holds where a clause is not in force (CS-057, CS-058)."""
_BOTH = ("CS-060", "CS-058")


def first_seconds(day: date) -> int:
    """Return within how many seconds a first question is answered on a day (CS-057; the figure stands in CS-060)."""
    return _number(day, "CS-060", "first_seconds", FIRST_SECONDS)


def slow_seconds(day: date) -> int:
    """Return after how many seconds any answer is slow on a day (CS-058)."""
    return 60 * _number(day, "CS-058", "minutes", SLOW_MINUTES)


def answer_limits(day: date) -> tuple[int, int]:
    """Return both of a day, the first question's and any question's, in seconds; one query."""
    found = dict(in_force(day).filter(clause__number__in=_BOTH).values_list("clause__number", "parameters"))
    first, slow = ((found.get(number) or {}) for number in _BOTH)
    return int(first.get("first_seconds", FIRST_SECONDS)), 60 * int(slow.get("minutes", SLOW_MINUTES))


def service_hours(day: date) -> tuple[str, str]:
    """Return from when until when somebody has to be online on a day, as `HH:MM` (CS-047)."""
    values = _parameters(day, "CS-047")
    return str(values.get("starts", "09:00")), str(values.get("ends", "23:00"))


def _number(day: date, clause: str, name: str, usual: int) -> int:
    return int(_parameters(day, clause).get(name, usual))


def _parameters(day: date, clause: str) -> dict[str, Any]:
    found = in_force(day).filter(clause__number=clause).values_list("parameters", flat=True).first()
    return found or {}
