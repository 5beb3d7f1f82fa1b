"""Which SKU could be meant by what a platform calls a thing: by its code first, then by its title and attributes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from shopops.kit.pinyin import search_keys

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_SKUS = 20_000
BEST = 3
LEAST = 0.45
CANDIDATES = 40
SHORTEST_CODE = 4
"""Shorter codes are in everything."""
_WORDS = re.compile(r"[0-9a-z.]+|[^\W0-9a-z_]", re.IGNORECASE)
_CODE = re.compile(r"[\W_]+")
_VALUES = re.compile(r"[;；,，+]")


class Called(NamedTuple):
    """What a platform calls a thing; `code` is empty where it gives none."""

    code: str
    title: str
    attributes: str


@dataclass(frozen=True)
class Suggestion:
    """A SKU that could be meant, and why."""

    sku: Sku
    why: str | _StrPromise
    score: float


def suggestions(called: Sequence[Called]) -> list[list[Suggestion]]:
    """Return for each name the three likeliest SKUs, the likeliest first; one query."""
    if not called:
        return []
    index = _Index(Sku.objects.filter(is_active=True).order_by("code")[:MOST_SKUS])
    return [index.best(one) for one in called]


class _Index:
    """SKUs by their codes and by the pieces of their names."""

    def __init__(self, skus: Iterable[Sku]) -> None:
        self.skus = list(skus)
        self.codes: dict[str, list[int]] = defaultdict(list)
        self.pieces = [_pieces(f"{sku.name} {sku.attributes}") for sku in self.skus]
        self.values = [_values(sku.attributes) for sku in self.skus]
        self.holders: dict[str, list[int]] = defaultdict(list)
        for number, sku in enumerate(self.skus):
            self.codes[_plain(sku.code)].append(number)
            for piece in self.pieces[number]:
                self.holders[piece].append(number)
        many = len(self.skus) + 1
        self.weights = {piece: log(many / len(holders)) + 0.1 for piece, holders in self.holders.items()}
        self.totals = [sum(self.weights[piece] for piece in pieces) for pieces in self.pieces]

    def best(self, called: Called) -> list[Suggestion]:
        """Return the likeliest; by sound only where nothing is written alike."""
        found = {one.sku.pk: one for one in self._by_title(called) or self._by_sound(called)}
        found |= {one.sku.pk: one for one in self._by_code(called.code)}
        return sorted(found.values(), key=lambda one: (-one.score, one.sku.code))[:BEST]

    def _by_code(self, code: str) -> list[Suggestion]:
        wanted = _plain(code)
        if len(wanted) < SHORTEST_CODE:
            return []
        same = [Suggestion(self.skus[number], _("same code"), 3.0) for number in self.codes.get(wanted, ())]
        return same + [
            Suggestion(
                self.skus[number], _("similar code"), 2.0 + min(len(own), len(wanted)) / max(len(own), len(wanted))
            )
            for own, numbers in self.codes.items()
            if own != wanted and len(own) >= SHORTEST_CODE and (own in wanted or wanted in own)
            for number in numbers
        ]

    def _by_title(self, called: Called) -> list[Suggestion]:
        pieces = _pieces(f"{called.title} {called.attributes}")
        shared: dict[int, float] = defaultdict(float)
        for piece in pieces:
            for number in self.holders.get(piece, ()):
                shared[number] += self.weights[piece]
        likely = nlargest(CANDIDATES, ((weight / self.totals[number], number) for number, weight in shared.items()))
        return self._with_values(likely, called, _("similar title"))

    def _by_sound(self, called: Called) -> list[Suggestion]:
        """Look for names that are written otherwise and read alike, as typing errors are."""
        wanted = _sounds(search_keys(called.title[:100])[0])
        if not wanted:
            return []
        shares = ((len(own & wanted) / len(own), number) for number, own in enumerate(self._sounds) if own)
        return self._with_values(nlargest(CANDIDATES, shares), called, _("sounds alike"))

    def _with_values(
        self, likely: Iterable[tuple[float, int]], called: Called, why: str | _StrPromise
    ) -> list[Suggestion]:
        """Return those that are alike enough, higher where colour and size are the same too."""
        values = _values(called.attributes)
        found = []
        for alike, number in likely:
            if alike >= LEAST:
                own = self.values[number]
                same = 0.5 * len(own & values) / len(own | values) if own and values else 0.0
                found.append(Suggestion(self.skus[number], why, alike + same))
        return found

    @cached_property
    def _sounds(self) -> list[set[str]]:
        return [_sounds(sku.name_pinyin) for sku in self.skus]


def _pieces(text: str) -> set[str]:
    """Return a text's words of Latin letters and digits, and its Chinese characters in twos."""
    words = [word.lower() for word in _WORDS.findall(text)]
    pieces = {word for word in words if len(word) > 1}
    pieces |= {first + second for first, second in pairwise(words) if len(first) == len(second) == 1}
    return pieces


def _sounds(pinyin: str) -> set[str]:
    """Return the pieces of five letters of a reading, which are about two syllables each."""
    return {pinyin[place : place + 5] for place in range(len(pinyin) - 4)}


def _plain(code: str) -> str:
    """Return a code without what people write differently: case, dashes, blanks."""
    return _CODE.sub("", code).lower()


def _values(attributes: str) -> frozenset[str]:
    """Return what attributes say, without what they call it: 雾霾蓝 and 500ml of `颜色:雾霾蓝;规格:500ml`."""
    parts = (re.split(r"[:：]", part)[-1].strip().lower() for part in _VALUES.split(attributes))
    return frozenset(part for part in parts if part)
