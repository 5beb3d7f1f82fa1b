"""What a department says about a list page. Plain frozen data; nothing here knows HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shopops.kit.registry import Registry
from shopops.kit.spreadsheets.writing import Kind

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    from shopops.kit.lists.filters import ListFilters

    Words = str | _StrPromise
else:
    Words = str

Row = dict[str, Any]
"""One row of a page: the values asked for, what `finish` added, `link`, and always `id`."""

Refusals = Mapping[int, Words]
"""From the id of a row to the sentence that says why it was left as it was."""

Tone = Literal["plain", "info", "good", "warn", "danger"]
Card = Literal["full", "left", "right", "none"]


RESERVED = frozenset({"tab", "q", "sort", "size", "cols", "more", "after", "before", "at"})
"""What every list reads from its URL; filters bear other names."""


class Reader(NamedTuple):
    """Who reads a list, and when."""

    by: Any
    """The employee (the user model, which this floor does not know)."""
    at: datetime

    def may(self, permission: str) -> bool:
        """Say whether the reader has the permission; an empty one is had by everybody."""
        return not permission or self.by.has_perm(permission)


Rows = Callable[[Reader], QuerySet[Any]]
Finish = Callable[[list[Row], Reader], None]


@dataclass(frozen=True)
class Column:
    """One column. Its markup is the part of the page's `cells` file under `{# column: <key> #}`.

    :param sort: key of the `Sort` that a click on the heading chooses.
    :param card: place in the card that a row becomes on a narrow screen: `full` takes the width, `left` and `right`
        share a line, `none` is left out.
    :param end: figures: set at the right edge.
    :param shown: whether the column is there before the reader chooses columns.
    :param fixed: cannot be put away by the reader.
    :param permission: without it the column does not exist for the reader.
    """

    key: str
    label: Words
    sort: str = ""
    card: Card = "left"
    end: bool = False
    shown: bool = True
    fixed: bool = False
    permission: str = ""


@dataclass(frozen=True)
class Tab:
    """One tab: a named part of the rows.

    :param where: a Q, a function (reader) -> Q, or nothing for all rows. A constant Q is the fastest.
    :param counted: show how many rows there are, up to "1000+".
    :param sort: key of the sort that holds in this tab until the reader chooses one; `-key` turns it round.
    """

    key: str
    label: Words
    where: Q | Callable[[Reader], Q] | None = None
    counted: bool = True
    permission: str = ""
    tone: Tone = "plain"
    sort: str = ""

    def part(self, reader: Reader) -> Q:
        """Return the condition for this reader."""
        if self.where is None:
            return Q()
        return self.where(reader) if callable(self.where) else self.where


@dataclass(frozen=True)
class Sort:
    """One order of the rows: by `fields`, all in one direction, and by id among equals.

    A million rows want an index on (`fields`, id), and for each tab on (what the tab filters by, `fields`, id).

    :param fields: column or annotation, or several.
    :param ascending: the direction before the reader turns it round.
    :param nullable: the (single) field may be NULL; such rows come last either way.
    """

    key: str
    fields: str | tuple[str, ...]
    label: Words
    ascending: bool = False
    nullable: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the fields as a tuple."""
        return (self.fields,) if isinstance(self.fields, str) else self.fields


@dataclass(frozen=True)
class BatchAction:
    """Something that can be done to many rows at once.

    :param key: a noun for the URL and the trail, such as `approval`.
    :param run: `(ids, *, by, at, **form)` does what it can to the rows of these ids and returns the refused ones.
        It gets at most `chunk` ids at a time; each call should be one transaction or one a row.
    :param skips: `(ids, reader)` says beforehand which rows would be refused and why, for the preview.
    :param form: asked in the preview; its cleaned data goes to `run`.
    :param says: a sentence of explanation for the preview.
    :param tabs: offered only in these tabs; everywhere if empty.
    :param typed_count: the person has to type the number of rows (for what cannot be undone).
    """

    key: str
    label: Words
    run: Callable[..., Refusals]
    permission: str
    skips: Callable[[Sequence[int], Reader], Refusals] | None = None
    form: type[forms.Form] | None = None
    says: Words = ""
    icon: str = ""
    tone: Literal["plain", "primary", "danger"] = "plain"
    tabs: tuple[str, ...] = ()
    typed_count: bool = False
    chunk: int = 200


@dataclass(frozen=True)
class ExportColumn:
    """One column of the exported sheet.

    :param value: a key of the row, or a function (row) -> value.
    :param kind: `text` (keeps every digit), `money` (yuan), `count`, `share` (0.5 is 50 %), `time` and `day` (in the
        shop's time).
    """

    label: Words
    value: str | Callable[[Row], Any]
    kind: Kind = "text"
    permission: str = ""

    def of(self, row: Row) -> Any:
        """Return the value of this column in `row`."""
        return row[self.value] if isinstance(self.value, str) else self.value(row)


@dataclass(frozen=True)
class Export:
    """What may be carried out of the list as a spreadsheet.

    :param values: columns read besides those of the page.
    :param finish: as in `ListPage`, and in its place; gets some thousand rows at a time.
    """

    columns: tuple[ExportColumn, ...]
    permission: str
    values: tuple[str, ...] = ()
    finish: Finish | None = None


@dataclass(frozen=True)
class Empty:
    """What an empty list says: what is missing, what to do next, and where."""

    title: Words
    hint: Words = ""
    button: Words = ""
    url_name: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class ListPage:
    """A list page, whole. See the package's docstring for an example with every part.

    :param name: department and page with a dot, such as `orders.order_list`; the URL name is the same with a colon.
    :param rows: what the reader may see at all; tabs, filters, order and limit are put on top.
    :param values: columns or annotations read into each row (`id` and the sort's fields are always there).
    :param finish: adds keys to the rows of one page, in a constant number of queries.
    :param cells: the template file with one part a column.
    :param search: turns the words in the search box into a condition.
    :param opens: URL name of a row's own page, and `opens_by` the value that is its only argument.
    :param row_name: the value people know a row by; in results of batches.
    :param row_hidden: it is a buyer's nick, whose middle is hidden wherever it is shown.
    :param row_tone: key of the row whose value (`warn`, `danger`, …) colours the row's edge.
    :param summary: (rows) -> pairs of label and text, shown under the table for the rows of this page.
    :param context: (request, shown) -> further variables for `template`.
    """

    name: str
    title: Words
    permission: str
    rows: Rows
    values: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: str
    sorts: tuple[Sort, ...]
    note: Words = ""
    icon: str = "list"
    finish: Finish | None = None
    tabs: tuple[Tab, ...] = ()
    filters: type[ListFilters] | None = None
    search: Callable[[str], Q] | None = None
    search_hint: Words = ""
    opens: str = ""
    opens_by: str = "id"
    row_name: str = ""
    row_hidden: bool = False
    row_tone: str = ""
    batch: tuple[BatchAction, ...] = ()
    export: Export | None = None
    empty: Empty = Empty(_("Nothing here yet."))
    summary: Callable[[list[Row]], Sequence[tuple[Words, str]]] | None = None
    template: str = "lists/page.html"
    context: Callable[[HttpRequest, Any], Mapping[str, Any]] | None = None
    page_size: int = 50

    def __post_init__(self) -> None:
        """Check what can be checked without a database, and make the page known by its name."""
        keys = {sort.key for sort in self.sorts}
        if not keys:
            msg = f"the list {self.name} has no sort"
            raise ValueError(msg)
        for column in self.columns:
            if column.sort and column.sort not in keys:
                msg = f"column {column.key} of the list {self.name} sorts by {column.sort}, which is not declared"
                raise ValueError(msg)
        if taken := RESERVED & (self.filters.names() if self.filters else set()):
            msg = f"filters of the list {self.name} must not be called {', '.join(sorted(taken))}"
            raise ValueError(msg)
        PAGES.add(self.name, self)

    @property
    def url_name(self) -> str:
        """Return the URL name of the page."""
        return self.name.replace(".", ":", 1)

    @property
    def known_by(self) -> str:
        """Return the value people know a row by."""
        return self.row_name or self.opens_by

    def tab(self, key: str, reader: Reader) -> Tab | None:
        """Return the tab of that key, the first one if there is none such, or None where there are no tabs."""
        tabs = self.tabs_for(reader)
        return next((tab for tab in tabs if tab.key == key), tabs[0] if tabs else None)

    def tabs_for(self, reader: Reader) -> list[Tab]:
        """Return the tabs this reader may see."""
        return [tab for tab in self.tabs if reader.may(tab.permission)]

    def batch_action(self, key: str, reader: Reader) -> BatchAction | None:
        """Return the batch action of that key if the reader may do it."""
        return next((act for act in self.batch if act.key == key and reader.may(act.permission)), None)

    def sort(self, key: str) -> Sort | None:
        """Return the sort of that key."""
        return next((sort for sort in self.sorts if sort.key == key), None)


PAGES: Registry[ListPage] = Registry("list page")
