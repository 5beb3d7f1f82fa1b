"""Worklists say what waits to be done, by whom and until when. Staff shows them on “my work”."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Task(NamedTuple):
    """One thing to do: what, where, until when."""

    label: str
    url: str
    due_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class Waiting:
    """How much waits on one list (capped), and the most urgent of it."""

    count: int
    overdue: int
    tasks: list[Task]


@dataclass(frozen=True)
class Worklist:
    """A queue of work shown to those who hold `permission`; to everybody where there is none.

    :param waiting: asked with (employee id, now); returns counts capped at 1,000 and at most five tasks.
    :param url_name: page of the whole list; `query` is appended to it.
    """

    name: str
    label: str | _StrPromise
    permission: str
    url_name: str
    waiting: Callable[[int, datetime], Waiting]
    icon: str = "list-todo"
    query: str = ""


WORKLISTS: Registry[Worklist] = Registry("worklist")
