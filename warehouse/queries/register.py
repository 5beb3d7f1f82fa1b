"""The day's register: what is to be shipped, sorted by style, colour, and single or several pieces (ORD-030)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, Sum

from catalog.models import Sku
from catalog.queries.attributes import colour_and_size
from shopops.kit.clock import day_window
from warehouse.models import DispatchLine, DispatchNote
from warehouse.states import NoteState, WaveKind


@dataclass
class RegisterRow:
    """One colour and size of a style."""

    sku: Sku
    style: str
    colour: str
    size: str
    single_notes: int = 0
    several_notes: int = 0
    pieces: int = 0
    shipped: int = 0


@dataclass
class Style:
    """A style with its colours, and what they add up to."""

    name: str
    rows: list[RegisterRow] = field(default_factory=list)

    @property
    def pieces(self) -> int:
        """Return the pieces of the style."""
        return sum(row.pieces for row in self.rows)


@dataclass(frozen=True)
class Register:
    """What is to be shipped on a day."""

    day: date
    styles: list[Style]
    single: int
    several: int
    mixed: int
    shipped: int
    pieces: int

    @property
    def notes(self) -> int:
        """Return the dispatch notes of the day."""
        return self.single + self.several + self.mixed

    @property
    def rows(self) -> list[RegisterRow]:
        """Return all rows, style by style."""
        return [row for style in self.styles for row in style.rows]


def notes_of_day(day: date) -> Q:
    """Return the condition for notes to be shipped on `day`: released before its end, and not gone before it began."""
    window = day_window(day)
    return (
        Q(confirmed_at__lt=window.end)
        & (Q(shipped_at=None) | Q(shipped_at__gte=window.start))
        & ~Q(state=NoteState.CANCELLED)
    )


def shipped_on(day: date) -> Q:
    """Return the condition for notes shipped on `day`."""
    window = day_window(day)
    return Q(shipped_at__gte=window.start, shipped_at__lt=window.end)


def day_register(day: date) -> Register:
    """Return the register of a day; three queries."""
    notes = DispatchNote.objects.filter(notes_of_day(day))
    single = Count("note", distinct=True, filter=Q(note__kind=WaveKind.SINGLE))
    several = Count("note", distinct=True, filter=~Q(note__kind=WaveKind.SINGLE))
    shipped = Sum("quantity", filter=Q(note__state=NoteState.SHIPPED), default=0)
    found = list(
        DispatchLine.objects.filter(note__in=notes)
        .values_list("sku")
        .annotate(single=single, several=several, pieces=Sum("quantity"), shipped=shipped)
    )
    skus = Sku.objects.in_bulk([row[0] for row in found])
    styles: dict[str, Style] = {}
    for key, count_single, count_several, pieces, gone in found:
        sku = skus[key]
        shape = colour_and_size(sku.attributes)
        styles.setdefault(sku.name, Style(sku.name)).rows.append(
            RegisterRow(
                sku, sku.name, shape.colour, shape.size or shape.rest, count_single, count_several, pieces, gone
            )
        )
    for style in styles.values():
        style.rows.sort(key=lambda row: (row.colour, row.size, row.sku.code))
    kinds = dict(notes.values_list("kind").annotate(count=Count("pk")))
    return Register(
        day=day,
        styles=sorted(styles.values(), key=lambda style: (-style.pieces, style.name)),
        single=kinds.get(WaveKind.SINGLE, 0),
        several=kinds.get(WaveKind.SAME_SKU, 0),
        mixed=kinds.get(WaveKind.MIXED, 0),
        shipped=notes.filter(state=NoteState.SHIPPED).count(),
        pieces=sum(row[3] for row in found),
    )
