"""The rulebook: load it from its files. New versions are drafted and published in `staff.actions.drafts`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import transaction

from shopops.kit.clock import shop_day
from staff.actions.events import record, record_many
from staff.models import Clause, ClauseVersion, OrgUnit, Position, Rulebook
from staff.models.rulebook import TERMS, WORDS
from staff.states import VersionState

BOOK = Path(__file__).resolve().parent.parent / "data" / "rulebook"
REGULATIONS = "regulations.toml"
IN_FORCE_SINCE = date(2000, 1, 1)
_DAY = timedelta(days=1)
_NAMES = ("rulebook", "department", "kind", "machine", "title", "title_en", "detector")
_NUMBERS = ("points", "fund", "escalates_by", "superior_points", "monthly_cap")
_PAIRS = (("text", "text_en"), ("exemption", "exemption_en"))
_TERMS_LEFT_OUT: dict[str, Any] = {
    "points": "0",
    "grades": {},
    "fund": "0",
    "per": "case",
    "escalates_from": None,
    "escalates_by": "1",
    "superior_points": "0",
    "superior_post": "",
    "monthly_cap": None,
    "excuses": [],
    "exemption": "",
    "exemption_en": "",
    "appeal_days": 7,
    "parameters": {},
}


@dataclass(frozen=True)
class ClauseRow:
    """A clause as its file says it.

    :param names: what the clause is called, where it belongs, who finds it; a key of the columns of `Clause`.
    :param binds: codes of the posts it binds.
    :param says: words and terms of its first version, by the columns of `ClauseVersion`.
    """

    number: str
    names: dict[str, Any]
    binds: frozenset[str]
    says: dict[str, Any]


@transaction.atomic
def load_rulebook(*, at: datetime, path: Path = BOOK) -> dict[str, int]:
    """Bring the clauses of the files into the database, and give each new one its first version.

    Names, posts and detectors follow the files. What a clause says and costs follows them too, except for what people
    have changed in a version of their own: that stays. What differs becomes a new version, from today where only the
    wording changed, else from tomorrow; what was charged before keeps its version. A clause the files do not have any
    more is kept and marked with the day.

    :param path: the folder with one file a department, and the regulations.
    :returns: how many clauses are `new`, `changed`, `unchanged` and `dropped`.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0, "dropped": 0}
    locked = Clause.objects.select_related("rulebook").select_for_update(of=("self",))
    clauses = {clause.number: clause for clause in locked}
    bound: dict[int, set[int]] = {}
    for clause_id, position_id in Clause.binds.through.objects.values_list("clause_id", "position_id"):
        bound.setdefault(clause_id, set()).add(position_id)
    versions: dict[int, list[ClauseVersion]] = {}
    for version in ClauseVersion.objects.filter(state=VersionState.PUBLISHED).order_by("version"):
        versions.setdefault(version.clause_id, []).append(version)
    posts = dict(Position.objects.values_list("code", "pk"))
    rows = read_clauses(path, _load_regulations(path))
    _add_clauses([row for row in rows if row.number not in clauses], posts, at=at)
    for row in rows:
        clause = clauses.pop(row.number, None)
        if clause is None:
            counts["new"] += 1
            continue
        changed = _rename(clause, row, at=at)
        changed |= _bind(clause, bound.get(clause.pk, set()), {posts[code] for code in row.binds if code in posts})
        changed |= _follow_file(clause, versions[clause.pk], row, at=at)
        counts["changed" if changed else "unchanged"] += 1
    for clause in clauses.values():
        counts["dropped"] += _drop(clause, at=at)
    return counts


def read_clauses(path: Path, books: dict[str, Rulebook]) -> list[ClauseRow]:
    """Read the clauses of a folder; the name of a file is the department.

    :param books: the regulations by their codes.
    :raises KeyError: if a clause names a regulation or a term that there is none of.
    """
    rows = []
    for file in sorted(path.glob("*.toml")):
        for said in tomllib.loads(file.read_text(encoding="utf-8")).get("clause", ()):
            known = {**_TERMS_LEFT_OUT, "department": file.stem, "detector": "", "binds": [], **said}
            names = {name: known.pop(name) for name in _NAMES} | {"rulebook": books[said["rulebook"]]}
            binds, number = frozenset(known.pop("binds")), known.pop("number")
            says = {name: known.pop(name) for name in (*WORDS, *TERMS)}
            if known:
                raise KeyError(f"{number} says {', '.join(sorted(known))}, which is no term of a clause")
            for name in _NUMBERS:
                says[name] = None if says[name] is None else Decimal(says[name])
            rows.append(ClauseRow(number, names, binds, says))
    return rows


def _load_regulations(path: Path) -> dict[str, Rulebook]:
    """Bring the regulations into the database; return them by their codes."""
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    books = Rulebook.objects.select_related("owner").in_bulk(field_name="code")
    for row in tomllib.loads((path / REGULATIONS).read_text(encoding="utf-8"))["rulebook"]:
        name, name_en = row["name"]
        values = {"name": name, "name_en": name_en, "owner": units.get(row["owner"])}
        book = books.get(row["code"])
        if book is None:
            books[row["code"]] = Rulebook.objects.create(code=row["code"], **values)
        elif any(getattr(book, column) != value for column, value in values.items()):
            for column, value in values.items():
                setattr(book, column, value)
            book.save(update_fields=list(values))
    return books


def _add_clauses(rows: list[ClauseRow], posts: dict[str, int], *, at: datetime) -> None:
    """Add clauses with their first versions, in force since before the first order."""
    made = Clause.objects.bulk_create([Clause(number=row.number, **row.names) for row in rows])
    pairs = list(zip(made, rows, strict=True))
    ClauseVersion.objects.bulk_create(
        ClauseVersion(
            clause=clause,
            version=1,
            state=VersionState.PUBLISHED,
            valid_from=IN_FORCE_SINCE,
            published_at=at,
            **row.says,
        )
        for clause, row in pairs
    )
    bonds = Clause.binds.through
    bonds.objects.bulk_create(
        bonds(clause_id=clause.pk, position_id=posts[code])
        for clause, row in pairs
        for code in row.binds
        if code in posts
    )
    published = [(clause, {"points": (None, row.says["points"])}) for clause, row in pairs]
    record_many("staff.clause_published", published, by=None, at=at)


def _rename(clause: Clause, row: ClauseRow, *, at: datetime) -> bool:
    """Take over names, kind and detector from the file; say whether anything differed."""
    wanted = {**row.names, "dropped_on": None}
    changes = {name: (getattr(clause, name), value) for name, value in wanted.items() if getattr(clause, name) != value}
    if changes:
        for name in changes:
            setattr(clause, name, wanted[name])
        clause.save(update_fields=list(changes))
        told = {name: (_told(before), _told(after)) for name, (before, after) in changes.items()}
        record("staff.clause_reworded", clause, by=None, at=at, changes=told)
    return bool(changes)


def _told(value: Any) -> Any:
    """Return a value as the history keeps it."""
    return str(value) if isinstance(value, Rulebook) else value


def _bind(clause: Clause, bound: set[int], wanted: set[int]) -> bool:
    """Bind the posts the file names; say whether they were others."""
    if bound == wanted:
        return False
    clause.binds.set(wanted)
    return True


def _follow_file(clause: Clause, versions: list[ClauseVersion], row: ClauseRow, *, at: datetime) -> bool:
    """Publish a version with what the file says differently; say whether it did.

    :param versions: the published ones, oldest first.
    """
    last = versions[-1]
    wanted = _wanted(versions, row)
    changes = {name: value for name, value in wanted.items() if getattr(last, name) != value}
    if not changes:
        return False
    today = shop_day(at)
    first = today if set(changes) <= set(WORDS) else today + _DAY
    _follow(clause, last, valid_from=max(first, last.valid_from + _DAY), at=at, changes=changes)
    return True


def _wanted(versions: list[ClauseVersion], row: ClauseRow) -> dict[str, Any]:
    """Return what the next version would say: as the file, except for what people changed in theirs.

    Chinese and English of one wording belong together. Of the parameters each stands for itself.
    """
    by_people = [(before, after) for before, after in pairwise(versions) if after.published_by_id]
    theirs = {name for before, after in by_people for name in row.says if getattr(before, name) != getattr(after, name)}
    for pair in _PAIRS:
        if theirs & set(pair):
            theirs |= set(pair)
    wanted = {name: value for name, value in row.says.items() if name not in theirs}
    if "parameters" in theirs:
        kept = {
            name
            for before, after in by_people
            for name, value in after.parameters.items()
            if before.parameters.get(name) != value
        }
        last = versions[-1].parameters
        wanted["parameters"] = {
            name: last[name] if name in kept and name in last else value
            for name, value in row.says["parameters"].items()
        }
    return wanted


def _follow(
    clause: Clause, last: ClauseVersion, *, valid_from: date, at: datetime, changes: dict[str, Any]
) -> ClauseVersion:
    """End the last version of a clause and begin the next, which differs in `changes`."""
    last.valid_to = valid_from
    last.save(update_fields=["valid_to"])
    kept = {name: getattr(last, name) for name in (*WORDS, *TERMS)}
    version = ClauseVersion.objects.create(
        clause=clause,
        version=(last.version or 0) + 1,
        state=VersionState.PUBLISHED,
        valid_from=valid_from,
        published_at=at,
        **{**kept, **changes},
    )
    record(
        "staff.clause_published",
        clause,
        by=None,
        at=at,
        changes={"version": (last.version, version.version), "valid_from": (None, valid_from)}
        | {name: (getattr(last, name), value) for name, value in changes.items()},
    )
    return version


def _drop(clause: Clause, *, at: datetime) -> bool:
    """Mark a clause the files do not have any more; say whether it was not marked before."""
    if clause.dropped_on:
        return False
    clause.dropped_on = shop_day(at)
    clause.save(update_fields=["dropped_on"])
    record("staff.clause_reworded", clause, by=None, at=at, changes={"dropped_on": (None, clause.dropped_on)})
    return True
