"""The one list of detectors still to come: clauses the system shall watch once the records are there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

LIST = Path(__file__).resolve().parent.parent / "data" / "detectors_to_come.toml"


@dataclass(frozen=True)
class ToCome:
    """A detector nobody has built yet.

    :param clause: number of the clause it shall watch.
    :param detector: name it will have; its first part is the department that owns the facts.
    """

    clause: str
    detector: str
    missing_zh: str
    missing_en: str

    @property
    def missing(self) -> str:
        """Return which records are missing, in the language of whoever reads."""
        return self.missing_en if get_language() == "en" else self.missing_zh


@cache
def detectors_to_come() -> dict[str, ToCome]:
    """Return the list, by the number of the clause."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8"))["detector"]
    return {row["clause"]: ToCome(row["clause"], row["detector"], row["missing"], row["missing_en"]) for row in rows}
