"""The shifts and patterns every installation begins with."""

from __future__ import annotations

import tomllib
from datetime import datetime

from django.db import transaction

from staff.actions.events import record
from staff.actions.roles import DATA
from staff.models import RosterPattern, Shift

FILE = DATA / "shifts.toml"


@transaction.atomic
def load_shifts(*, at: datetime) -> dict[str, int]:
    """Make the shifts that are missing, and the patterns where there are none; what people changed stays.

    :returns: how many `shifts` and `patterns` are new.
    """
    book = tomllib.loads(FILE.read_text(encoding="utf-8"))
    made = {"shifts": 0, "patterns": 0}
    have = set(Shift.objects.values_list("code", flat=True))
    for place, row in enumerate(book["shift"]):
        if row["code"] not in have:
            record("staff.added", Shift.objects.create(position=place, **row), by=None, at=at)
            made["shifts"] += 1
    if not RosterPattern.objects.exists():
        for row in book["pattern"]:
            record("staff.added", RosterPattern.objects.create(**row), by=None, at=at)
            made["patterns"] += 1
    return made
