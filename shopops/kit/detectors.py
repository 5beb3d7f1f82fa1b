"""Detectors say what happened against a clause; they do not know the price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, JSONObject
from django.urls import reverse

from shopops.kit.clock import Window
from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS = (
    "found_id",
    "found_label",
    "found_employee",
    "found_at",
    "found_facts",
    "found_url",
    "found_grade",
    "found_cause",
)
Rows = QuerySet[Any, tuple[Any, ...]]
_ANY_KEY = "7007007"  # stands for a number or a word when an address is taken apart


@dataclass(frozen=True)
class Finding:
    """One thing that happened: about what, by whom, when, with the facts that show it.

    :param subject: (kind, id, label) of the document, such as ("warehouse.DispatchNote", 17, "FH261121000017").
    :param facts: plain values, frozen as evidence.
    :param url: page of the document.
    :param grade: how grave it is, where the clause has prices by grade; empty takes the plain price.
    :param cause: what several findings share that happened for one reason, such as `outage:17`; a clause that is
        charged once a cause charges a person once for all of them. Where several people answer, there is one finding
        for each.
    """

    subject: tuple[str, int, str]
    employee_id: int
    happened_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    grade: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Question:
    """What a detector is asked: what became an offence inside `window`, under the clause's `parameters`.

    A limit counts when it lies after the start of the window and not after its end, so that a limit at midnight
    belongs to the day it ends. Asked with a window in the future, the same detector says what will become an offence
    unless somebody acts; `now` is the moment of asking.
    """

    window: Window
    now: datetime
    parameters: dict[str, Any] = field(default_factory=dict)


class Address(NamedTuple):
    """Where the page of a document is: the name of the URL and the column that stands in it."""

    url_name: str
    column: str

    def expression(self) -> Combinable:
        """Return the address as the database puts it together."""
        before, _key, after = reverse(self.url_name, args=[_ANY_KEY]).rpartition(_ANY_KEY)
        return Concat(Value(before), F(self.column), Value(after), output_field=TextField())


class FoundRows:
    """Findings as one or several questions to the database.

    Walked through they are `Finding`s like any others; the tally takes their SQL and books a hundred thousand without
    carrying them through Python. Findings about several kinds of documents are added: `chats + calls`.
    """

    def __init__(self, subject_type: str, *queries: Rows) -> None:
        """Keep the questions; each gives the columns of `COLUMNS`, as `found` makes them."""
        self.questions = [(subject_type, query) for query in queries]

    def __add__(self, other: FoundRows) -> FoundRows:
        """Return the findings of both."""
        return self.each(lambda query: query, other)

    def each(self, change: Callable[[Rows], Rows], *others: FoundRows) -> FoundRows:
        """Return the same findings, and those of `others`, with every question changed."""
        rows = FoundRows("")
        rows.questions = [(kind, change(query)) for one in (self, *others) for kind, query in one.questions]
        return rows

    def __iter__(self) -> Iterator[Finding]:
        """Give one finding after the other."""
        for subject_type, query in self.questions:
            for number, label, employee, at, facts, url, grade, cause in query.iterator(chunk_size=2000):
                yield Finding((subject_type, number, label), employee, at, facts, url, grade, cause)

    def count(self) -> int:
        """Count the findings."""
        return sum(query.count() for _kind, query in self.questions)

    def first(self, most: int) -> list[Finding]:
        """Return the earliest few."""
        cut = self.each(lambda query: query.order_by("found_at", "pk")[:most])
        return sorted(cut, key=lambda finding: finding.happened_at)[:most]


def found(
    rows: QuerySet[Any],
    *,
    label: str | Combinable,
    employee: str | Combinable,
    at: str | Combinable,
    facts: Mapping[str, str | Combinable],
    address: Address | Combinable,
    subject: str = "pk",
    grade: Combinable | None = None,
    cause: Combinable | None = None,
) -> Rows:
    """Turn rows into findings: which column names the document, who answers, when it happened, what shows it.

    :param address: where the page of the document is; an expression where that takes more than a column.
    :param subject: the column with the id of the document.
    :param grade: how grave each is, as text; see `Finding`.
    :param cause: what several share, as text; see `Finding`.
    """
    named = {key: F(column) if isinstance(column, str) else column for key, column in facts.items()}
    findings: Rows = (
        rows.order_by()
        .annotate(
            found_id=F(subject),
            found_label=F(label) if isinstance(label, str) else label,
            found_employee=F(employee) if isinstance(employee, str) else employee,
            found_at=F(at) if isinstance(at, str) else at,
            found_facts=JSONObject(**named),
            found_url=address.expression() if isinstance(address, Address) else address,
            found_grade=grade or Value("", output_field=TextField()),
            found_cause=cause or Value("", output_field=TextField()),
        )
        .values_list(*COLUMNS)
    )
    return findings


Detect = Callable[[Question], Iterable[Finding]]


@dataclass(frozen=True)
class Detector:
    """Something that watches.

    :param label: what it looks at and when, in a few words for the rulebook page.
    :param find: gives what happened in the window of a question: findings, or `FoundRows` where there may be many.
    """

    name: str
    label: str | _StrPromise
    find: Detect


DETECTORS: Registry[Detector] = Registry("detector")


def detector(name: str, *, label: str | _StrPromise) -> Callable[[Detect], Detect]:
    """Register a detector under its dotted name."""

    def register(function: Detect) -> Detect:
        DETECTORS.add(name, Detector(name, label, function))
        return function

    return register


def as_text(column: str) -> Combinable:
    """Return a column as text, so that evidence keeps an amount exactly."""
    return Cast(column, CharField())
