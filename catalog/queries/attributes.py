"""Colour and size out of what the platform writes as attributes of a SKU: `颜色分类:米白;尺码:M`."""

from __future__ import annotations

import re
from typing import NamedTuple

_PARTS = re.compile(r"[;；,，]")
_PAIR = re.compile(r"[:：]")
_COLOUR = re.compile(r"颜色|色|花型|图案|colou?r", re.IGNORECASE)
_SIZE = re.compile(r"尺码|尺寸|大小|码|规格|容量|鞋|身高|size", re.IGNORECASE)


class Shape(NamedTuple):
    """Colour, size, and whatever else is said."""

    colour: str
    size: str
    rest: str


def colour_and_size(attributes: str) -> Shape:
    """Take attributes apart. Words without a name before a colon are colour first, then size, then the rest."""
    colour, size, rest = "", "", []
    for part in filter(None, (part.strip() for part in _PARTS.split(attributes))):
        name, _colon, value = _named(part)
        if name and _COLOUR.search(name) and not colour:
            colour = value
        elif name and _SIZE.search(name) and not size:
            size = value
        elif not name and not colour:
            colour = value
        elif not name and not size:
            size = value
        else:
            rest.append(part)
    return Shape(colour, size, "; ".join(rest))


def _named(part: str) -> tuple[str, str, str]:
    pieces = _PAIR.split(part, maxsplit=1)
    return (pieces[0].strip(), ":", pieces[1].strip()) if len(pieces) > 1 else ("", "", part)
