"""The rulebook: load it from its file. New versions are drafted and published in `staff.actions.drafts`."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from shopops.kit.clock import shop_day
from staff.actions.events import record
from staff.models import Clause, ClauseVersion, Employee, Rulebook
from staff.states import VersionState

BOOK = Path(__file__).resolve().parent.parent / "data" / "rulebook.toml"
IN_FORCE_SINCE = date(2000, 1, 1)
_WORDS = ("department", "kind", "title", "title_en", "detector")
_DAY = timedelta(days=1)


@transaction.atomic
def load_rulebook(*, at: datetime, path: Path = BOOK) -> dict[str, int]:
    """Bring the clauses of the file into the database, and give each new one its first version.

    Names and detectors follow the file. New wording becomes a new version from today on, with the points and
    parameters people have published since; what was charged under the old wording keeps it.

    :returns: how many clauses are `new`, `changed` and `unchanged`.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    clauses = {clause.number: clause for clause in Clause.objects.select_for_update()}
    book, _made = Rulebook.objects.get_or_create(
        code="team-rules",
        defaults={"name": "电商部团队工作细则规范", "name_en": "Working rules of the e-commerce team"},
    )
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["clause"]:
        clause = clauses.get(row["number"])
        if clause is None:
            _add_clause(row, book, at=at)
            counts["new"] += 1
            continue
        changed = _rename(clause, row, at=at)
        changed |= _reword(clause, row, at=at)
        counts["changed" if changed else "unchanged"] += 1
    return counts


def _add_clause(row: dict[str, Any], book: Rulebook, *, at: datetime) -> None:
    """Add a clause with its first version, in force since before the first order."""
    clause = Clause.objects.create(rulebook=book, number=row["number"], **{name: row[name] for name in _WORDS})
    ClauseVersion.objects.create(
        clause=clause,
        version=1,
        state=VersionState.PUBLISHED,
        valid_from=IN_FORCE_SINCE,
        text=row["text"],
        text_en=row["text_en"],
        points=Decimal(row["points"]),
        parameters=row["parameters"],
        published_at=at,
    )
    record("staff.clause_published", clause, by=None, at=at, changes={"points": (None, Decimal(row["points"]))})


def _rename(clause: Clause, row: dict[str, Any], *, at: datetime) -> bool:
    """Take over names, kind and detector from the file; say whether anything differed."""
    changes = {name: (getattr(clause, name), row[name]) for name in _WORDS if getattr(clause, name) != row[name]}
    if changes:
        for name in changes:
            setattr(clause, name, row[name])
        clause.save(update_fields=list(changes))
        record("staff.clause_reworded", clause, by=None, at=at, changes=changes)
    return bool(changes)


def _reword(clause: Clause, row: dict[str, Any], *, at: datetime) -> bool:
    """Publish a version with the file's wording if it differs; say whether it did."""
    last = clause.versions.filter(published_at__isnull=False).order_by("-version")[0]
    words = {"text": row["text"], "text_en": row["text_en"]}
    if all(getattr(last, name) == text for name, text in words.items()):
        return False
    _follow(last, valid_from=max(shop_day(at), last.valid_from + _DAY), by=None, at=at, note="", **words)
    return True


def _follow(
    last: ClauseVersion, *, valid_from: date, by: Employee | None, at: datetime, **values: Any
) -> ClauseVersion:
    """End the last version of a clause and publish the next, which differs in `values`."""
    last.valid_to = valid_from
    last.save(update_fields=["valid_to"])
    kept = {name: getattr(last, name) for name in ("text", "text_en", "points", "parameters", "clause")}
    version = ClauseVersion.objects.create(
        version=(last.version or 0) + 1,
        state=VersionState.PUBLISHED,
        valid_from=valid_from,
        published_by=by,
        published_at=at,
        **{**kept, **values},
    )
    changes = {name: (getattr(last, name), value) for name, value in values.items() if name != "note"}
    record(
        "staff.clause_published",
        version.clause,
        by=by,
        at=at,
        changes={"version": (last.version, version.version), "valid_from": (None, valid_from)}
        | {name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        reason=version.note,
    )
    return version
