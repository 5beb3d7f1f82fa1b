"""The rulebook: load it from its file."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from staff.actions.events import record
from staff.models import Clause, ClauseVersion

BOOK = Path(__file__).resolve().parent.parent / "data" / "rulebook.toml"
IN_FORCE_SINCE = date(2020, 1, 1)


@transaction.atomic
def load_rulebook(*, at: datetime, path: Path = BOOK) -> dict[str, int]:
    """Bring the clauses of the file into the database, and give each new one its first version.

    Words and detectors follow the file; versions that exist are never touched, because people publish those.

    :returns: how many clauses are `new`, `changed` and `unchanged`.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["clause"]:
        words = {name: row[name] for name in ("department", "kind", "title", "title_en", "text", "text_en", "detector")}
        clause = Clause.objects.filter(number=row["number"]).first()
        if clause is None:
            _add_clause(row, words, at=at)
            counts["new"] += 1
            continue
        changes = {name: (getattr(clause, name), word) for name, word in words.items() if getattr(clause, name) != word}
        if not changes:
            counts["unchanged"] += 1
            continue
        for name, word in words.items():
            setattr(clause, name, word)
        clause.save(update_fields=list(words))
        record("staff.clause_reworded", clause, by=None, at=at, changes=changes)
        counts["changed"] += 1
    return counts


def _add_clause(row: dict[str, Any], words: dict[str, str], *, at: datetime) -> None:
    """Add a clause with its first version, in force since before the first order."""
    clause = Clause.objects.create(number=row["number"], **words)
    ClauseVersion.objects.create(
        clause=clause,
        version=1,
        valid_from=IN_FORCE_SINCE,
        points=Decimal(row["points"]),
        parameters=row["parameters"],
        published_at=at,
    )
    record("staff.clause_published", clause, by=None, at=at, changes={"points": (None, Decimal(row["points"]))})
