"""One page of a list, ready for its template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from django.urls import reverse

from shopops.kit.lists.asking import SIZES, Selection, read_data
from shopops.kit.lists.cells import render_rows
from shopops.kit.lists.controls import Chip, Control, chips, controls, folded_names
from shopops.kit.lists.counts import counts, patient_counts, said
from shopops.kit.lists.declarations import BatchAction, Column, ListPage, Reader, Row, Tab, Words
from shopops.kit.lists.keeping import KeptView, keeper

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

_LOOKS = frozenset({"cols", "size", "more"})
"""What changes how a list looks and not what it shows."""
_STANDS_FOR = "7531590246801"
"""Put into the URL pattern once, and replaced by each row's own value."""


@dataclass
class TabShown:
    """A tab as it is drawn; `count` is empty while nobody has counted."""

    key: str
    label: Words
    url: str
    is_active: bool
    tone: str
    count: str = ""


@dataclass
class HeadShown:
    """A column's heading; `order` is `ascending`, `descending` or empty."""

    key: str
    label: Words
    end: bool
    url: str = ""
    order: str = ""


@dataclass
class ViewShown:
    """A saved view as a chip."""

    id: int
    name: str
    url: str
    is_active: bool
    is_shared: bool
    is_mine: bool


@dataclass
class Shown:
    """Everything the template of a list page draws."""

    page: ListPage
    reader: Reader
    asked: Selection
    url: str
    rows: list[Row]
    columns: tuple[Column, ...]
    table: SafeString
    tabs: list[TabShown]
    views: list[ViewShown]
    older: str = ""
    newer: str = ""
    first: int = 0
    counted: bool = True
    total: str = ""
    actions: list[BatchAction] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Return the position of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def heads(self) -> list[HeadShown]:
        """Return the headings, with a link where the column sorts."""
        order = self.asked.order
        heads = []
        for column in self.columns:
            head = HeadShown(column.key, column.label, column.end)
            if column.sort:
                is_current = order.sort.key == column.sort
                if is_current:
                    head.order = "descending" if order.descending else "ascending"
                turned = is_current and order.descending != order.sort.ascending
                head.url = self.asked.link(sort=f"-{column.sort}" if turned else column.sort)
            heads.append(head)
        return heads

    @cached_property
    def controls(self) -> list[Control]:
        """Return the controls of the first line."""
        return controls(self.asked, first=True)

    @property
    def folded(self) -> list[Control]:
        """Return the controls beyond the first line."""
        return controls(self.asked, first=False)

    @cached_property
    def chips(self) -> list[Chip]:
        """Return what narrows the list, each with a link that takes it away."""
        return chips(self.asked)

    @cached_property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """Return the page sizes with their links."""
        return [(size, self.asked.link(size=str(size)), size == self.asked.size) for size in SIZES]

    @property
    def cleared(self) -> str:
        """Return the link that takes away words and filters."""
        names = self.page.filters.names() if self.page.filters else ()
        return self.asked.link(("q", *names))

    @property
    def summary(self) -> Sequence[tuple[Words, str]]:
        """Return the totals of this page's rows."""
        return self.page.summary(self.rows) if self.page.summary and self.rows else ()

    @property
    def here(self) -> str:
        """Return the query string of exactly this page, cursor included."""
        cursors = {name: str(self.asked.data[name]) for name in ("after", "before", "at") if self.asked.data.get(name)}
        return self.asked.link(**cursors)

    @property
    def has_search(self) -> bool:
        """Say whether the page has a search box of its own."""
        return self.page.search is not None

    @property
    def has_filters(self) -> bool:
        """Say whether the page has filters."""
        return self.page.filters is not None

    @property
    def has_ticks(self) -> bool:
        """Say whether rows can be ticked."""
        return bool(self.page.batch)

    @property
    def has_more_controls(self) -> bool:
        """Say whether there are filters beyond the first line."""
        return bool(folded_names(self.asked))

    @property
    def shows_more(self) -> bool:
        """Say whether they are drawn at once: somebody unfolded them, or one of them is set or not understood."""
        told = {*self.asked.set_filters, *self.asked.complaints}
        return bool(self.asked.data.get("more")) or any(name in told for name in folded_names(self.asked))

    @property
    def unfolded(self) -> str:
        """Return the link that draws every filter."""
        return self.asked.link(more="1")

    @property
    def may_export(self) -> bool:
        """Say whether the reader may carry the rows away."""
        return self.page.export is not None and self.reader.may(self.page.export.permission)


def read_list(page: ListPage, request: HttpRequest, *, at: datetime) -> Shown:
    """Read the page of rows that the request's URL asks for.

    Three queries for the list itself (views, rows, counts) and what the page's `finish` needs.
    """
    reader = Reader(request.user, at)
    kept = keeper().views(page.name, by=request.user)
    data = with_own_settings(read_data(request.GET), kept)
    asked = Selection(page, reader, data)
    url = reverse(page.url_name)
    rows, newer, older, first = _cut(asked)
    finish_rows(page, rows, reader)
    columns = chosen_columns(page, data.get("cols", ""), reader)
    shown = Shown(
        page=page,
        reader=reader,
        asked=asked,
        url=url,
        rows=rows,
        columns=columns,
        table=render_rows(page, columns, rows, reader),
        tabs=shown_tabs(asked),
        views=_views(kept, asked),
        older=older,
        newer=newer,
        first=first,
        counted=not asked.is_narrowed,
        actions=[
            act
            for act in page.batch
            if reader.may(act.permission) and (not act.tabs or (asked.tab and asked.tab.key in act.tabs))
        ],
    )
    if shown.counted:
        count_tabs(asked, shown.tabs)
    shown.total = next((tab.count for tab in shown.tabs if tab.is_active), "")
    return shown


def finish_rows(page: ListPage, rows: list[Row], reader: Reader) -> None:
    """Put the page's further keys, and each row's link, on the rows."""
    if page.opens and rows:
        before, after = reverse(page.opens, args=[_STANDS_FOR]).split(_STANDS_FOR)
        for row in rows:
            row["link"] = f"{before}{quote(str(row[page.opens_by]), safe='')}{after}"
    if page.finish:
        page.finish(rows, reader)


def count_tabs(asked: Selection, tabs: list[TabShown]) -> None:
    """Write into the tabs how many rows each has."""
    parts = {tab.key: tab.part(asked.reader) for tab in _counted(asked)}
    found = (patient_counts if asked.is_narrowed else counts)(asked.base, parts)
    for tab in tabs:
        if tab.key in found:
            tab.count = said(found[tab.key])


def shown_tabs(asked: Selection) -> list[TabShown]:
    """Return the reader's tabs, not counted yet."""
    return [
        TabShown(tab.key, tab.label, asked.link(tab=tab.key), tab is asked.tab, tab.tone)
        for tab in asked.page.tabs_for(asked.reader)
    ]


def chosen_columns(page: ListPage, text: str, reader: Reader) -> tuple[Column, ...]:
    """Return the columns named in `text` (keys with commas) in its order, or the usual ones."""
    may = {column.key: column for column in page.columns if reader.may(column.permission)}
    wanted = [may[key] for key in dict.fromkeys(text.split(",")) if key in may]
    if not wanted:
        return tuple(column for column in may.values() if column.shown or column.fixed)
    lacking = [column for column in may.values() if column.fixed and column not in wanted]
    return (*lacking, *wanted)


def _cut(asked: Selection) -> tuple[list[Row], str, str, int]:
    """Return the rows of one page, the links to the newer and older neighbours, and the first row's position."""
    page, order, size = asked.page, asked.order, asked.size
    names = dict.fromkeys(("id", *page.values, *order.sort.names))
    text = asked.data.get("at", "")
    at = min(int(text), 10**9) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 -- no wish for more digits
    after, before = asked.data.get("after", ""), asked.data.get("before", "")
    found = order.read(asked.rows, names, size + 1, cursor=before, backwards=True) if before else None
    if found is not None:
        if len(found) > size:
            rows = found[:size][::-1]
            newer = _link(asked, order.cursor(rows[0]), at, back=True)
            return rows, newer, _link(asked, order.cursor(rows[-1]), at), at + 1
        after = ""  # the front was reached: show the first page whole
    rows = (order.read(asked.rows, names, size + 1, cursor=after) if after else None) or []
    if not rows:
        at, after = 0, ""
        rows = order.read(asked.rows, names, size + 1) or []
    more = len(rows) > size
    rows = rows[:size]
    newer = _link(asked, order.cursor(rows[0]), at, back=True) if after else ""
    older = _link(asked, order.cursor(rows[-1]), at) if more else ""
    return rows, newer, older, at + 1 if rows else 0


def _link(asked: Selection, cursor: str, at: int, *, back: bool = False) -> str:
    place = max(0, at - asked.size) if back else at + asked.size
    return asked.link(**{"before" if back else "after": cursor, "at": str(place)})


def _counted(asked: Selection) -> list[Tab]:
    return [tab for tab in asked.page.tabs_for(asked.reader) if tab.counted]


def with_own_settings(data: Any, kept: list[KeptView]) -> Any:
    """Fill in the columns and the page size the reader has chosen for this page, where the URL says nothing of them."""
    own = next((view for view in kept if not view.name and view.is_mine), None)
    if own is None:
        return data
    filled = data.copy()
    for name, value in parse_qsl(own.query):
        if name in {"cols", "size"} and name not in filled:
            filled[name] = value
    return filled


def _views(kept: list[KeptView], asked: Selection) -> list[ViewShown]:
    current = sorted(pair for pair in asked.kept if pair[0] not in _LOOKS)
    shown = []
    for view in kept:
        if view.name:
            pairs = parse_qsl(view.query)
            same = sorted(pair for pair in pairs if pair[0] not in _LOOKS) == current
            shown.append(ViewShown(view.id, view.name, f"?{urlencode(pairs)}", same, view.is_shared, view.is_mine))
    return shown
