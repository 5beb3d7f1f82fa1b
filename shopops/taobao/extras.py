"""Columns no field claims, kept as one JSON object a row."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = 64
"""Different values up to which a column counts as one of few words, so that whole combinations can be looked up."""


def extra_texts(names: Sequence[str], columns: Sequence[Sequence[str]], length: int) -> list[str]:
    """Return a JSON object for each row: name → value, without the empty ones.

    Columns of few different values repeat in the same combinations all over a file; each combination is written once.
    """
    few: list[tuple[str, Sequence[str]]] = []
    many: list[list[str]] = []
    for name, column in zip(names, columns, strict=True):
        different = set(column)
        if different == {""}:
            continue
        if len(different) <= FEW:
            few.append((name, column))
        else:
            start = f"{encode_basestring(name)}: "
            many.append([value and start + encode_basestring(value) for value in column])
    if not few and not many:
        return ["{}"] * length
    starts = combinations(few, length)
    if not many:
        return [f"{{{start}}}" for start in starts]
    return [f"{{{', '.join(filter(None, parts))}}}" for parts in zip(starts, *many, strict=True)]


def combinations(few: Sequence[tuple[str, Sequence[str]]], length: int) -> list[str]:
    """Return, for each row, the members of the JSON object that come from columns of few values."""
    if not few:
        return [""] * length
    names = [name for name, _column in few]
    rows = list(zip(*(column for _name, column in few), strict=True))
    written: dict[tuple[str, ...], str] = {}
    for row in set(rows):
        filled = {name: value for name, value in zip(names, row, strict=True) if value}
        written[row] = json.dumps(filled, ensure_ascii=False)[1:-1]
    return [written[row] for row in rows]
