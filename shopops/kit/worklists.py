"""Worklists say what waits to be done, by whom and until when. Staff shows them on “my work”."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


MOST = 1000
"""Counts stop here; one more stands for more."""
SHOWN = 5


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
class Rows:
    """Rows that wait: what most worklists are. Several of them are counted in one statement (`waiting_on`).

    :param rows: asked with (employee id, now).
    :param task: how one of them is told.
    :param order: the most urgent first.
    :param late: the condition of those that are overdue, asked with now.
    :param related: what `task` reads besides the row itself.
    """

    rows: Callable[[int, datetime], QuerySet[Any]]
    task: Callable[[Any], Task]
    order: tuple[Any, ...]
    late: Callable[[datetime], Q] | None = None
    related: tuple[str, ...] = ()

    def __call__(self, employee: int, at: datetime) -> Waiting:
        """Return what waits; two queries, one where nothing does."""
        return _waiting((self,), employee, at)[0]

    def first(self, found: QuerySet[Any], count: int, overdue: int, at: datetime) -> Waiting:
        """Return how much waits, with the most urgent of it."""
        if not count:
            return NOTHING
        if count > MOST and self.late is not None:  # what was counted need not be the most urgent of it
            overdue = found.filter(self.late(at)).order_by()[: MOST + 1].count()
        rows = found.select_related(*self.related) if self.related else found
        return Waiting(count, overdue, [self.task(one) for one in rows.order_by(*self.order)[:SHOWN]])


@dataclass(frozen=True)
class Worklist:
    """A queue of work shown to those who hold `permission`; to everybody where there is none.

    :param waiting: asked with (employee id, now); returns counts capped at 1,000 and at most five tasks. `Rows`, or
        a function of one's own.
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
NOTHING = Waiting(0, 0, [])


def waiting_on(worklists: Iterable[Worklist], employee: int, at: datetime) -> dict[str, Waiting]:
    """Return what waits on each of the worklists.

    One statement counts all that are `Rows`, and one more reads the first of each where something waits.
    """
    asked = {one.name: one.waiting for one in worklists}
    rows = {name: waiting for name, waiting in asked.items() if isinstance(waiting, Rows)}
    found = dict(zip(rows, _waiting(tuple(rows.values()), employee, at), strict=True))
    return {name: found[name] if name in found else waiting(employee, at) for name, waiting in asked.items()}


def counts_on(worklists: Mapping[str, Worklist], employee: int, at: datetime) -> dict[str, int]:
    """Return how much waits on each of the worklists, by the names given; those that are `Rows` in one statement."""
    rows = {name: one.waiting for name, one in worklists.items() if isinstance(one.waiting, Rows)}
    found = [one.rows(employee, at) for one in rows.values()]
    counted = dict(zip(rows, _counted(tuple(rows.values()), found, at), strict=True))
    return {
        name: counted[name][0] if name in counted else one.waiting(employee, at).count
        for name, one in worklists.items()
    }


def _waiting(asked: tuple[Rows, ...], employee: int, at: datetime) -> list[Waiting]:
    found = [one.rows(employee, at) for one in asked]
    counted = _counted(asked, found, at)
    return [
        one.first(rows, count, overdue, at) for one, rows, (count, overdue) in zip(asked, found, counted, strict=True)
    ]


def _counted(asked: tuple[Rows, ...], found: list[QuerySet[Any]], at: datetime) -> list[tuple[int, int]]:
    """Count rows of each kind, and those among them that are overdue, in one statement; none beyond `MOST`."""
    pieces: list[str] = []
    params: list[Any] = []
    for one, rows in zip(asked, found, strict=True):
        late = ExpressionWrapper(one.late(at), BooleanField()) if one.late else Value(False)
        try:
            counted = rows.order_by().annotate(late_now=late).values_list("late_now")[: MOST + 1]
            sql, values = counted.query.sql_with_params()
        except EmptyResultSet:
            pieces.append("ARRAY[0, 0]")
            continue
        pieces.append(f"(SELECT ARRAY[count(*), count(*) FILTER (WHERE late_now)] FROM ({sql}) counted)")  # noqa: S608 -- Django wrote it, values are parameters
        params.extend(values)
    if not pieces:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(pieces)}", params)
        return [(count, overdue) for count, overdue in cursor.fetchone()]
