"""What somebody still has in hand. Departments say what; staff lists it at the end of a shift and passes it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Held(NamedTuple):
    """One open thing of somebody's: what, where, until when."""

    id: int
    label: str
    url: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Holding:
    """A kind of open things that are somebody's until they are passed on (CS-007).

    :param mine: asked with (employee id, now): everything of this kind that is open and theirs, most urgent first.
    :param pass_on: called with (ids, receiver, by=, at=) when the receiver has accepted: from then on the things,
        their clocks and the answering for them are the receiver's. Things that have ended meanwhile are left alone.
    """

    name: str
    label: str | _StrPromise
    mine: Callable[[int, datetime], Iterable[Held]]
    pass_on: Callable[..., Any]


HOLDINGS: Registry[Holding] = Registry("holding")
