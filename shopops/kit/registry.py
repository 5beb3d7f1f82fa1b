"""Small closed registries: who knows what happened registers, who owns the consequence decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Things known by a dotted name, filled while the apps load."""

    def __init__(self, kind: str) -> None:
        """Name the kind of thing kept, for error messages."""
        self.kind = kind
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> None:
        """Keep `thing` under `name`.

        :raises ValueError: if the name is taken or has no department in front.
        """
        if "." not in name:
            msg = f"{self.kind} {name!r} wants a department in front, such as orders.{name}"
            raise ValueError(msg)
        if name in self._things:
            msg = f"there are two of {self.kind} {name!r}"
            raise ValueError(msg)
        self._things[name] = thing

    def __getitem__(self, name: str) -> T:
        """Return the thing of that name; a KeyError names what there is."""
        try:
            return self._things[name]
        except KeyError:
            msg = f"no {self.kind} {name!r}; there are {', '.join(sorted(self._things)) or 'none'}"
            raise KeyError(msg) from None

    def __contains__(self, name: object) -> bool:
        """Say whether the name is known."""
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        """Walk the names in order."""
        return iter(sorted(self._things))

    def __len__(self) -> int:
        """Count the things."""
        return len(self._things)

    def items(self) -> Iterator[tuple[str, T]]:
        """Walk names and things in the order of the names."""
        return iter(sorted(self._things.items(), key=lambda pair: pair[0]))
