"""What lists need of somebody who keeps things: saved views, background work, the trail. Staff is that somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class KeptView:
    """A named set of filters of one list; the one without a name holds the reader's own columns and page size."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_mine: bool


@dataclass(frozen=True)
class StartedWork:
    """Work that was put into the background, and the page that shows how far it is."""

    id: int
    url: str


class Keeper(Protocol):
    """What staff does for the lists."""

    def views(self, page: str, *, by: Any) -> list[KeptView]:
        """Return the reader's views of a page and those shared with everybody, in their order; one SQL query."""

    def keep_view(self, page: str, name: str, query: str, *, shared: bool, by: Any, at: datetime) -> None:
        """Keep a view under a name, in place of the reader's view of that name.

        :raises Refused: if the reader may not share views, or has too many.
        """

    def drop_view(self, page: str, view_id: int, *, by: Any, at: datetime) -> None:
        """Delete one of the reader's views.

        :raises Refused: if it is not the reader's.
        """

    def start(self, job: str, *, by: Any, at: datetime, **params: Any) -> StartedWork:
        """Start a background job once the transaction is through."""

    def result(self, work_id: int, *, by: Any) -> dict[str, Any] | None:
        """Return what finished work of this person left as its result, or None if there is none such."""


class _Nobody:
    """Keeps nothing: lists work without saved views until staff is connected."""

    def views(self, page: str, *, by: Any) -> list[KeptView]:  # noqa: ARG002 -- the protocol's signature
        """Return none."""
        return []

    def __getattr__(self, name: str) -> Any:
        msg = "nobody keeps views and work for the lists; call keep_lists_with(…) while the apps load"
        raise LookupError(msg)


_keeper: Keeper = _Nobody()


def keep_lists_with(keeper: Keeper) -> None:
    """Say who keeps things for the lists; called once by staff while the apps load."""
    global _keeper  # noqa: PLW0603 -- one keeper a process
    _keeper = keeper


def keeper() -> Keeper:
    """Return who keeps things for the lists."""
    return _keeper
