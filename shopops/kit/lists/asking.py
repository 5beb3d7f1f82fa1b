"""What a list's URL asks for, and the rows that answer it. Lists, batches and exports all select through here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict

from shopops.kit.lists.cursors import Order
from shopops.kit.lists.filters import LONGEST_WORDS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shopops.kit.lists.declarations import ListPage, Reader, Tab
    from shopops.kit.lists.filters import ListFilters

SIZES = (20, 50, 100, 200)
OWN_NAMES = ("tab", "q", "sort", "size", "cols", "more")
"""What lists themselves read from the URL and carry on in links; the cursors are not carried on."""
_EMPTY: tuple[Any, ...] = (None, "", [], ())


@dataclass
class Selection:
    """The rows one reader's URL asks for, before a page is cut out of them.

    :ivar data: the URL's values, without NUL characters (the database takes none).
    """

    page: ListPage
    reader: Reader
    data: QueryDict

    @classmethod
    def of_query(cls, page: ListPage, reader: Reader, query: str) -> Selection:
        """Read a query string, as batches and exports keep it."""
        return cls(page, reader, QueryDict(query.replace("%00", "").replace("\x00", "")))

    @cached_property
    def tab(self) -> Tab | None:
        """The tab asked for; the first one if there is none such."""
        return self.page.tab(self.data.get("tab", ""), self.reader)

    @cached_property
    def words(self) -> str:
        """The words in the search box."""
        return self.data.get("q", "").strip()[:LONGEST_WORDS] if self.page.search else ""

    @cached_property
    def filters(self) -> ListFilters | None:
        """The filters bound to the URL, or None where it sets none (binding them costs time)."""
        if self.page.filters is None:
            return None
        if not any(self.data.get(name) for name in self.page.filters.names()):
            return None
        return self.page.filters(self.data, self.page.rows(self.reader), reader=self.reader)

    @cached_property
    def complaints(self) -> dict[str, str]:
        """What could not be understood: from the filter's name to a sentence."""
        if self.filters is None or self.filters.form.is_valid():
            return {}
        return {name: " ".join(str(text) for text in texts) for name, texts in self.filters.form.errors.items()}

    @cached_property
    def is_narrowed(self) -> bool:
        """Whether words or filters leave out rows."""
        return bool(self.words) or bool(self.filters is not None and self.set_filters)

    @cached_property
    def set_filters(self) -> dict[str, Any]:
        """The filters in force and their values."""
        if self.filters is None:
            return {}
        self.filters.form.is_valid()
        return {name: value for name, value in self.filters.form.cleaned_data.items() if value not in _EMPTY}

    @cached_property
    def base(self) -> QuerySet[Any]:
        """The rows of all tabs together."""
        rows = self.page.rows(self.reader) if self.filters is None else self.filters.qs
        if self.words and self.page.search:
            rows = rows.filter(self.page.search(self.words))
        return rows

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The rows of the tab asked for, in no order."""
        part = self.tab.part(self.reader) if self.tab else None
        return self.base.filter(part) if part else self.base

    @cached_property
    def order(self) -> Order:
        """The order asked for; else the tab's; else the page's."""
        text = self.data.get("sort") or (self.tab.sort if self.tab else "")
        sort = self.page.sort(text.removeprefix("-")) or self.page.sorts[0]
        turned = text.startswith("-") and sort.key == text[1:]
        return Order(sort, descending=sort.ascending == turned)

    @cached_property
    def size(self) -> int:
        """The number of rows a page has."""
        asked = self.data.get("size", "")
        return int(asked) if asked.isdecimal() and int(asked) in SIZES else self.page.page_size

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """The part of the URL that links carry on: what is known and not empty, without cursors."""
        known = set(OWN_NAMES)
        if self.page.filters is not None:
            known |= self.page.filters.names()
        return [(name, value) for name, values in self.data.lists() if name in known for value in values if value]

    @cached_property
    def query(self) -> str:
        """The same as a query string: what batches, exports and saved views keep."""
        return urlencode(self.kept)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the filter form carries on although it has no control for it: tab, sort, size, columns."""
        return [(name, value) for name, value in self.kept if name in {"tab", "sort", "size", "cols"}]

    def link(self, without: tuple[str, ...] = (), /, **changes: str) -> str:
        """Return the query string with some values changed and others left out; `?` alone when nothing remains."""
        pairs = [(name, value) for name, value in self.kept if name not in changes and name not in without]
        pairs += [(name, value) for name, value in changes.items() if value]
        return f"?{urlencode(pairs)}"


def read_data(values: Mapping[str, Any] | QueryDict) -> QueryDict:
    """Return the values of a URL or a posted form without NUL characters."""
    assert isinstance(values, QueryDict)  # noqa: S101 -- for the type checker
    if not any("\x00" in one for texts in values.lists() for one in texts[1]):
        return values
    clean = values.copy()
    for name, texts in values.lists():
        clean.setlist(name, [text.replace("\x00", "") for text in texts])
    return clean
