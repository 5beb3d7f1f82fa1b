"""Detectors say what happened against a clause; they do not know the price."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shopops.kit.clock import Window
from shopops.kit.registry import Registry


@dataclass(frozen=True)
class Finding:
    """One thing that happened: about what, by whom, when, with the facts that show it.

    :param subject: (kind, id, label) of the document, such as ("warehouse.DispatchNote", 17, "FH261121000017").
    :param facts: plain values, frozen as evidence.
    :param url: page of the document.
    """

    subject: tuple[str, int, str]
    employee_id: int
    happened_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True)
class Question:
    """What a detector is asked: what became an offence inside `window`, under the clause's `parameters`.

    Asked with a window in the future, the same detector says what will become an offence unless somebody acts;
    `now` is the moment of asking.
    """

    window: Window
    now: datetime
    parameters: dict[str, Any] = field(default_factory=dict)


Detect = Callable[[Question], Iterator[Finding]]
DETECTORS: Registry[Detect] = Registry("detector")


def detector(name: str) -> Callable[[Detect], Detect]:
    """Register a detector under its dotted name."""

    def register(function: Detect) -> Detect:
        DETECTORS.add(name, function)
        return function

    return register
