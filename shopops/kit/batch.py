"""The batch in hand: events written while a batch action runs share its number, without every verb passing it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_batch: ContextVar[UUID | None] = ContextVar("batch", default=None)


@contextmanager
def running_batch(number: UUID) -> Iterator[None]:
    """Let every event recorded inside the block belong to the batch of that number."""
    token = _batch.set(number)
    try:
        yield
    finally:
        _batch.reset(token)


def current_batch() -> UUID | None:
    """Return the number of the batch in hand, or None outside one."""
    return _batch.get()
