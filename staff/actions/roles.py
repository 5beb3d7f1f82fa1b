"""The organisation and the roles of the register, made where they are missing (STF-001…STF-095, GOV-001…GOV-005)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from staff.actions.events import record
from staff.models import Employee, OrgUnit, Position

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass
class RolesSetUp:
    """What setting up did; `unknown` lists permissions of roles.toml that no department declares."""

    units: dict[str, int] = field(default_factory=lambda: {"new": 0, "kept": 0, "reset": 0})
    posts: dict[str, int] = field(default_factory=lambda: {"new": 0, "kept": 0, "reset": 0})
    granted: int = 0
    taken: int = 0
    unknown: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain values for a script."""
        return {
            "units": self.units,
            "posts": self.posts,
            "permissions": {"granted": self.granted, "taken": self.taken},
            "warnings": [f"no permission {name}; no department declares it" for name in self.unknown],
        }


@transaction.atomic
def set_up_roles(*, by: Employee | None = None, at: datetime, reset: bool = False) -> RolesSetUp:
    """Make the units, posts and roles that are missing, and grant roles what they have not been offered before.

    What managers renamed, moved, granted or took away stays, unless `reset` brings everything back to the files.
    """
    result = RolesSetUp()
    _set_up_units(result, by=by, at=at, reset=reset)
    known = {f"{one.content_type.app_label}.{one.codename}": one for one in _permissions()}
    roles = read_roles()
    result.unknown = sorted({name for names in roles.values() for name in names} - known.keys())
    for place, (code, row) in enumerate(_read("posts").items()):
        wanted = [name for name in roles[code] if name in known]
        _set_up_post(code, place, row, {name: known[name] for name in wanted}, result, by=by, at=at, reset=reset)
    return result


def read_roles() -> dict[str, list[str]]:
    """Return post → names of its permissions, as roles.toml says."""
    table = _read("roles")
    return {
        code: sorted({name for one in row["sets"] for name in table["sets"][one]} | set(row.get("also", ())))
        for code, row in table["posts"].items()
    }


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _permissions() -> list[Permission]:
    return list(Permission.objects.select_related("content_type"))


def _set_up_units(result: RolesSetUp, *, by: Employee | None, at: datetime, reset: bool) -> None:
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    for place, (code, row) in enumerate(_read("organisation").items()):
        words = {
            **_words(row),
            "parent": units[row["part_of"]] if "part_of" in row else None,
            "register_ids": " ".join(row["rows"]),
            "position": place,
        }
        if code not in units:
            units[code] = OrgUnit.objects.create(code=code, **words)
            record("staff.unit_added", units[code], by=by, at=at)
            result.units["new"] += 1
        else:
            result.units["reset" if reset and _reset(units[code], words, by=by, at=at) else "kept"] += 1


def _set_up_post(
    code: str,
    place: int,
    row: dict[str, Any],
    wanted: dict[str, Permission],
    result: RolesSetUp,
    *,
    by: Employee | None,
    at: datetime,
    reset: bool,
) -> None:
    words = {
        **_words(row),
        "aliases": "、".join(row.get("also", ())),
        "unit": OrgUnit.objects.get(code=row["unit"]),
        "register_ids": " ".join(row["rows"]),
        "is_head": row.get("head", False),
        "position": place,
    }
    post = Position.objects.select_related("group").filter(code=code).first()
    if post is None:
        post = Position.objects.create(code=code, group=_new_group(str(words["name"])), **words)
        record("staff.post_added", post, by=by, at=at)
        result.posts["new"] += 1
    else:
        result.posts["reset" if reset and _reset(post, words, by=by, at=at) else "kept"] += 1
    _grant(post, wanted, result, by=by, at=at, reset=reset)


def _grant(
    post: Position,
    wanted: dict[str, Permission],
    result: RolesSetUp,
    *,
    by: Employee | None,
    at: datetime,
    reset: bool,
) -> None:
    """Grant what was never offered; with `reset` exactly what is wanted."""
    have = {one.pk for one in post.group.permissions.all()}
    new = {name: one for name, one in wanted.items() if (reset or name not in post.offered) and one.pk not in have}
    extra = have - {one.pk for one in wanted.values()} if reset else set()
    post.group.permissions.add(*new.values())
    post.group.permissions.remove(*extra)
    if new or extra:
        taken = sorted(str(one.codename) for one in Permission.objects.filter(pk__in=extra))
        record("staff.role_set_up", post, by=by, at=at, changes={"permissions": (taken, sorted(new))})
    result.granted += len(new)
    result.taken += len(extra)
    offered = sorted(set(post.offered) | wanted.keys())
    if offered != post.offered:
        post.offered = offered
        post.save(update_fields=["offered"])


def _words(row: dict[str, Any]) -> dict[str, str]:
    (name, name_en), (duties, duties_en) = row["name"], row["duties"]
    return {"name": name, "name_en": name_en, "duties": duties, "duties_en": duties_en}


def _reset(thing: OrgUnit | Position, words: dict[str, Any], *, by: Employee | None, at: datetime) -> bool:
    """Bring a row back to the file; say whether it differed."""
    changes = {name: (getattr(thing, name), word) for name, word in words.items() if getattr(thing, name) != word}
    if not changes:
        return False
    for name, word in words.items():
        setattr(thing, name, word)
    thing.save()
    record("staff.organisation_reset", thing, by=by, at=at, changes=changes)
    return True


def _new_group(name: str) -> Group:
    """Make the group of a post; a manager may have a group of that name already."""
    return Group.objects.create(name=name if not Group.objects.filter(name=name).exists() else f"{name} *")
