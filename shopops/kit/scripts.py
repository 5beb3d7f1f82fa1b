"""Ready words a later department keeps and an earlier one uses: with which script a buyer was asked to pay.

Customer service keeps the quick phrases; whoever asks buyers to pay for their orders chooses one of them::

    offer_scripts("orders.contact", queries.chase_scripts)

The form of the earlier department asks `scripts_of("orders.contact")` for pairs of key and label. Nothing is offered
where no department registered any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

_offered: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {}


def offer_scripts(use: str, load: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Say where the scripts for a use come from; `load` returns pairs of key and label in few queries."""
    _offered[use] = load


def scripts_of(use: str) -> list[tuple[str, str]]:
    """Return the scripts for a use as pairs of key and label; empty where there are none."""
    load = _offered.get(use)
    return list(load()) if load is not None else []
