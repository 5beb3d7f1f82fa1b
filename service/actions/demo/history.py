"""The trail of the demo's orders: one event for every step that was taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from orders.models import ImportBatch
from service.actions.demo.dispatch import Dispatch
from shopops.kit.copying import copy_in
from staff.models import Event


def write_history(made: Dispatch, batches: Iterable[ImportBatch]) -> int:
    """Write what people did to every order and note; return how many events."""
    events = [_event("orders.imported", batch, batch.started_at, batch.started_by_id) for batch in batches]
    for number, note in enumerate(made.notes):
        order = made.sales[number].order
        events.append(_event("orders.approved", order, note.confirmed_at, note.confirmed_by_id))
        for verb, moment, by_id in (
            ("warehouse.note_issued", note.confirmed_at, note.confirmed_by_id),
            ("warehouse.note_picked", note.picked_at, note.picked_by_id),
            ("warehouse.note_packed", note.packed_at, note.packed_by_id),
            ("warehouse.note_shipped", note.shipped_at, note.shipped_by_id),
        ):
            if moment is not None:
                events.append(_event(verb, note, moment, by_id))
        if note.shipped_at:
            events.append(_event("orders.shipped", order, note.shipped_at, note.shipped_by_id))
    copy_in(sorted(events, key=lambda event: event.at))
    return len(events)


def _event(verb: str, subject: models.Model, at: datetime, by_id: int | None) -> Event:
    """Return one event."""
    return Event(
        verb=verb,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        subject_label=str(subject)[:120],
        by_id=by_id,
        at=at,
    )
