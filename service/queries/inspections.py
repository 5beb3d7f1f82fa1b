"""Quality inspection: what was drawn, what it scored."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from service.models import Inspection
from service.states import InspectionState
from shopops.kit.lists import Reader, Row

TONES = {InspectionState.DRAWN: "warn", InspectionState.SCORED: "good", InspectionState.DROPPED: "plain"}
LOW, MIDDLING = 60, 85


def listed_inspections(reader: Reader) -> QuerySet[Inspection]:
    """Return the inspections somebody may see: all for inspectors, one's own scored ones for others."""
    if reader.by.has_perm("service.inspect_conversation"):
        return Inspection.objects.all()
    return Inspection.objects.filter(agent=reader.by, state=InspectionState.SCORED)


def matching_inspections(text: str) -> Q:
    """Return the condition that an inspection is of an agent or buyer of that name."""
    return Q(agent__name__icontains=text) | Q(conversation__buyer__nick__istartswith=text)


def add_inspection_words(rows: list[Row], _reader: Reader) -> None:
    """Put what the states and scores are called on the rows of a page."""
    for row in rows:
        row["state_label"] = InspectionState(row["state"]).label
        row["tone"] = TONES[InspectionState(row["state"])]
        row["total_tone"] = tone_of(row["total"])


def tone_of(total: object) -> str:
    """Return the colour of a score in per cent."""
    if total is None:
        return ""
    value = float(str(total))
    return "danger" if value < LOW else "warn" if value < MIDDLING else "good"


def whole_inspections() -> QuerySet[Inspection]:
    """Return inspections with everything their page shows."""
    return Inspection.objects.select_related(
        "conversation__buyer", "conversation__shop", "agent", "inspector", "drawn_by"
    )


def scored_lines(inspection: Inspection) -> list[dict[str, object]]:
    """Return the lines of a filled score sheet in the language of whoever reads."""
    name = "name_en" if get_language() == "en" else "name"
    return [
        {
            "name": one[name],
            "points": one["points"],
            "most": one["most"],
            "share": round(100 * one["points"] / one["most"]),
        }
        for one in inspection.scores
    ]
