"""Changes of state: a table of moves and one compare-and-swap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from shopops.kit.refusals import Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

M = TypeVar("M", bound=models.Model)

Moves = Mapping[str, frozenset[str]]
"""From a state to the states that may follow it."""


class MoveRefused(Refused):
    """A change of state that the table of moves, or a faster colleague, does not allow."""


def move(
    thing: models.Model,
    to: str,
    *,
    moves: Moves,
    field: str = "state",
    why_not: str | _StrPromise | None = None,
    **changes: Any,
) -> str:
    """Change the state of `thing` in the database, and write `changes` with it.

    The row is written only where it still has the state that was read, so of two people who act at once one wins.

    :param moves: the table of allowed moves of this kind of thing.
    :param changes: further columns written in the same statement.
    :returns: the state before.
    :raises MoveRefused: if the table does not allow the step, or the row has left the state that was read.
    """
    before = str(getattr(thing, field))
    if to not in moves.get(before, frozenset()):
        raise MoveRefused(why_not or refusal(thing, before, to, field=field))
    manager = type(thing)._base_manager
    written = manager.filter(pk=thing.pk, **{field: before}).update(**{field: to}, **changes)
    if not written:
        raise MoveRefused(
            _("%(thing)s was changed by somebody else in the meantime. Load the page again.") % {"thing": thing}
        )
    setattr(thing, field, to)
    for name, value in changes.items():
        setattr(thing, name, value)
    return before


def move_many(things: Sequence[M], to: str, *, moves: Moves, field: str = "state", **changes: Any) -> None:
    """Change the state of many things in one statement for each state they are in, or of none of them.

    Call it in a transaction; lock the rows first where some may be left behind instead.

    :param changes: further columns, the same for all, written in the same statement.
    :raises MoveRefused: if the table forbids the step of one of them, or a row has left the state that was read.
    """
    groups: dict[str, list[M]] = {}
    for thing in things:
        groups.setdefault(str(getattr(thing, field)), []).append(thing)
    for before, group in groups.items():
        if to not in moves.get(before, frozenset()):
            raise MoveRefused(refusal(group[0], before, to, field=field))
        manager = type(group[0])._base_manager
        keys = [thing.pk for thing in group]
        written = manager.filter(pk__in=keys, **{field: before}).update(**{field: to}, **changes)
        if written != len(group):
            raise MoveRefused(_("Some of these were changed by somebody else in the meantime. Load the page again."))
    for thing in things:
        setattr(thing, field, to)
        for name, value in changes.items():
            setattr(thing, name, value)


def refusal(thing: models.Model, before: str, to: str, *, field: str = "state") -> str:
    """Return the sentence that says why `thing` cannot step from `before` to `to`."""
    labels = dict(thing._meta.get_field(field).flatchoices)  # type: ignore[union-attr]  # only choice fields come here
    if before == to:
        return _("%(thing)s is “%(before)s” already.") % {"thing": thing, "before": labels.get(before, before)}
    return _("%(thing)s is “%(before)s” and cannot become “%(to)s”.") % {
        "thing": thing,
        "before": labels.get(before, before),
        "to": labels.get(to, to),
    }
