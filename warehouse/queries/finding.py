"""What the search box of every page finds in the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from shopops.kit.navigation import Hit
from warehouse.models import DispatchNote

SHORTEST = 5


def found_notes(text: str, _employee: Any) -> Iterator[Hit]:
    """Give dispatch notes by their number, waybill or order."""
    word = text.strip().upper()
    if len(word) < SHORTEST or not word.isascii():
        return
    for note in DispatchNote.objects.filter(
        Q(number=word) | Q(waybill=word) | Q(order_numbers__startswith=word)
    ).select_related("carrier")[:10]:
        yield Hit(
            note.number,
            reverse("warehouse:note", args=[note.number]),
            f"{note.get_state_display()} · {note.carrier or ''} {note.waybill}".strip(" ·"),
            exact=word in {note.number, note.waybill},
        )
