"""The carriers the platform knows: codes, ids, names, and what their waybill numbers look like.

The forms are loose, and carriers open new ranges of numbers without telling anybody: a number is compared only with
the carrier somebody chose, a doubt is a warning and never blocks, and no carrier is guessed from a number (a number of
12 digits fits half of them).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.sentences import sentence
from shopops.taobao.complaints import quoted
from shopops.taobao.values import waybill as clean_waybill

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SOURCE = Path(__file__).with_name("carriers.json")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier of the platform's list."""

    code: str
    """The platform's code; "" where it is not known."""
    id: str
    name: str
    aliases: tuple[str, ...]
    numbers: re.Pattern[str] | None
    """What a whole number looks like, upper case; None if anything goes."""

    def doubt(self, number: str) -> _StrPromise | None:
        """Return a warning if a waybill number does not look like this carrier's, else None."""
        cleaned = clean_waybill(number).upper()
        if self.numbers is None or all(self.numbers.fullmatch(part) for part in cleaned.split(",")):
            return None
        return sentence(
            _("“%(number)s” does not look like a number of %(carrier)s. Check the carrier and the number."),
            number=quoted(number),
            carrier=self.name,
        )


@cache
def carriers() -> tuple[Carrier, ...]:
    """Return the platform's carriers, the big ones first."""
    return tuple(
        Carrier(
            entry["code"],
            entry["id"],
            entry["name"],
            tuple(entry["aliases"]),
            re.compile("|".join(f"(?:{form})" for form in entry["numbers"]), re.ASCII) if entry["numbers"] else None,
        )
        for entry in json.loads(SOURCE.read_text(encoding="utf-8"))
    )


@cache
def _by_word() -> dict[str, Carrier]:
    found: dict[str, Carrier] = {}
    for carrier in carriers():
        for word in (carrier.name, carrier.code, *carrier.aliases):
            if word:
                found.setdefault(word.casefold(), carrier)
    return found


def carrier_called(word: str) -> Carrier | None:
    """Return the carrier with such a name, code or common short name, or None."""
    return _by_word().get("".join(word.split()).casefold())
