"""What counts as a sloppy follow-up sheet, as the clause of a day says it (CS-067)."""

from __future__ import annotations

from datetime import date

from staff.queries.rulebook import in_force

CLAUSE = "CS-067"
CHARACTERS = 12
"""What holds where the clause is not in force."""


def least_characters(day: date) -> int:
    """Return how many characters a follow-up sheet has at least; fewer are sloppy."""
    found = in_force(day).filter(clause__number=CLAUSE).values_list("parameters", flat=True).first()
    return int((found or {}).get("characters", CHARACTERS))
