"""Reading ahead: what comes next is made in a thread while the reader waits for the database."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Empty, Queue
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.utils import translation

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """Gives things one by one while a thread makes the next, at most so many ahead.

        with ReadAhead(lines_of(file), most=64) as ahead:
            for line in ahead: …

    Whatever their making raises is raised where they are read. The thread speaks the reader's language; it must not ask
    the database, for that would be on a connection of its own, outside of the reader's transaction.
    """

    def __init__(self, things: Iterable[T], *, most: int) -> None:
        """Make `things`, no more than `most` ahead."""
        self._things = things
        self._made: Queue[tuple[T] | BaseException | None] = Queue(most)
        self._enough = threading.Event()
        self._language = translation.get_language() or ""
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)

    def __enter__(self) -> Self:
        """Begin to make."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, however much is left."""
        self._enough.set()
        while self._thread.is_alive():  # it may wait for room
            try:
                self._made.get(timeout=0.01)
            except Empty:
                continue

    def __iter__(self) -> Iterator[T]:
        """Return itself."""
        return self

    def __next__(self) -> T:
        """Return the next thing, waiting until it is made."""
        made = self._made.get()
        if isinstance(made, tuple):
            return made[0]
        self._made.put(made)  # the end stays the end
        if made is None:
            raise StopIteration
        raise made

    def _make(self) -> None:
        try:
            with translation.override(self._language):
                for thing in self._things:
                    self._made.put((thing,))
                    if self._enough.is_set():
                        return
        except BaseException as error:  # noqa: BLE001 -- whoever reads has to know
            self._made.put(error)
        else:
            self._made.put(None)
