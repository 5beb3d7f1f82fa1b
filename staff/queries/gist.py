"""An offence in a few words, for lists: what it was about, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from shopops.kit.clock import SHANGHAI
from shopops.kit.spans import span_said

ABOUT = (
    *("goods", "question", "asked", "review", "buyers_words", "problem", "complaint", "documents", "offer"),
    *("meeting", "sheet", "text", "gaps"),
)
"""Facts that say what it was about, the first known one counts."""
LONGEST = 40


def gist_of(facts: Mapping[str, Any]) -> str:
    """Return what an offence was about in a few words: the goods, the question and how long it waited, the absence."""
    about = next((str(facts[name]) for name in ABOUT if facts.get(name)), "")
    parts = [about if len(about) <= LONGEST else f"{about[: LONGEST - 1]}…"]
    if facts.get("seconds") is not None:
        parts.append(span_said(int(facts["seconds"])))
    if facts.get("away_from"):
        parts.append("–".join(_clock(facts.get(name)) for name in ("away_from", "away_until")))
    return " · ".join(part for part in parts if part)


def _clock(moment: Any) -> str:
    found = parse_datetime(str(moment)) if moment else None
    return f"{found.astimezone(SHANGHAI):%H:%M:%S}" if found else ""
