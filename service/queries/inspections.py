"""Quality inspection: what was drawn, what it scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from service.models import Inspection, InspectionCriterion
from service.states import DrawRule, InspectionState
from shopops.kit.lists import Reader, Row
from staff.models import Employee

TONES = {
    InspectionState.DRAWN: "warn",
    InspectionState.SCORED: "good",
    InspectionState.DISPUTED: "danger",
    InspectionState.DROPPED: "plain",
}
TOLD = (InspectionState.SCORED, InspectionState.DISPUTED)
"""States in which an agent sees the sheet."""
LOW, MIDDLING = 60, 85


def listed_inspections(reader: Reader) -> QuerySet[Inspection]:
    """Return the inspections somebody may see: all for inspectors, their own scored ones for others."""
    if reader.by.has_perm("service.inspect_conversation"):
        return Inspection.objects.all()
    return Inspection.objects.filter(agent=reader.by, state__in=TOLD)


def matching_inspections(text: str) -> Q:
    """Return the condition that an inspection is of an agent or buyer of that name."""
    return Q(agent__name__icontains=text) | Q(conversation__buyer__nick__istartswith=text)


def add_inspection_words(rows: list[Row], _reader: Reader) -> None:
    """Put what the states and scores are called on the rows of a page."""
    for row in rows:
        row["state_label"] = InspectionState(row["state"]).label
        row["rule_label"] = "" if row["rule"] == DrawRule.ANY else DrawRule(row["rule"]).label
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
        "conversation__buyer", "conversation__shop", "agent", "inspector", "drawn_by", "answered_by"
    )


def criterion_name(criterion: InspectionCriterion) -> str:
    """Return what a criterion is called in the language of whoever reads."""
    return criterion.name_en if get_language() == "en" else criterion.name


def scored_lines(inspection: Inspection) -> list[dict[str, object]]:
    """Return the lines of a filled score sheet in the language of whoever reads."""
    name = "name_en" if get_language() == "en" else "name"
    return [
        {
            "name": one[name],
            "points": one["points"],
            "most": one["most"],
            "share": round(100 * one["points"] / one["most"]),
            "note": one.get("note", ""),
        }
        for one in inspection.scores
    ]


def next_to_score(reader: Employee) -> Inspection | None:
    """Return the conversation this person scores next: the one that has waited longest."""
    waiting = Inspection.objects.filter(state=InspectionState.DRAWN).exclude(agent=reader)
    return waiting.order_by("drawn_at", "pk").first()


@dataclass
class AgentFigures:
    """What the inspections of an agent came to; shares in per cent by criterion."""

    agent_id: int
    name: str
    count: int = 0
    total: Decimal = Decimal(0)
    contested: int = 0
    points: dict[str, list[int]] = field(default_factory=dict)

    @property
    def average(self) -> Decimal:
        """Return the average score in per cent."""
        return (self.total / self.count).quantize(Decimal("0.1"))

    @property
    def weakest(self) -> tuple[str, int] | None:
        """Return the criterion with the lowest share, and the share."""
        shares = self.shares
        worst = min(shares, key=lambda name: shares[name], default=None)
        return (worst, shares[worst]) if worst is not None else None

    @property
    def shares(self) -> dict[str, int]:
        """Return criterion → share of the points that could be had, in per cent."""
        return {name: round(100 * got / most) for name, (got, most) in self.points.items() if most}


def agent_figures(since: datetime) -> list[AgentFigures]:
    """Return what inspections scored since a moment came to, an agent each, the lowest average first; one query."""
    name = "name_en" if get_language() == "en" else "name"
    found: dict[int, AgentFigures] = {}
    scored = Inspection.objects.filter(state__in=TOLD, scored_at__gte=since).order_by("scored_at", "pk")
    for one in scored.values("agent_id", "agent__name", "total", "scores", "contested_at"):
        figures = found.setdefault(one["agent_id"], AgentFigures(one["agent_id"], one["agent__name"]))
        figures.count += 1
        figures.total += one["total"] or 0
        figures.contested += one["contested_at"] is not None
        for line in one["scores"]:
            sums = figures.points.setdefault(line[name], [0, 0])
            sums[0] += line["points"]
            sums[1] += line["most"]
    return sorted(found.values(), key=lambda figures: (figures.average, figures.name))
