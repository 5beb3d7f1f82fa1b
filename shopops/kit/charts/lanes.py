"""Swim lanes: one lane a person, spans of a day laid along the hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from .marks import GRID, TONES, Sheet, Table, box, empty, figure, hit, legend, rule, text
from .scales import text_width

_FILLS = {
    "good": TONES["good"],
    "warn": TONES["warn"],
    "bad": TONES["bad"],
    "calm": "#94a3b8",
    "plan": "#e7e5e4",
    "off": "#d6d3d1",
}


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """A span of a lane in minutes since midnight; `tone` is good, warn, bad, calm, off, or plan for what is planned."""

    start: float
    end: float
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A person's lane: what was planned behind, what happened before it."""

    name: str
    plan: Sequence[LaneSpan]
    spans: Sequence[LaneSpan]
    href: str = ""


def swim_lanes(
    lanes: Sequence[Lane],
    *,
    title: str,
    first_hour: int = 8,
    last_hour: int = 24,
    now: float | None = None,
    key: Sequence[tuple[str, str]] = (),
    heads: Sequence[str] = ("", "", ""),
    desc: str = "",
    width: int = 720,
    paper: bool = False,
) -> SafeString:
    """Draw the lanes between two hours; what lies outside is cut off.

    :param now: minutes since midnight, drawn as a line where it lies inside.
    :param key: pairs of a tone and the name it stands for.
    :param heads: names of the columns of the table: person, planned, happened.
    """
    from_minute, to_minute = first_hour * 60, last_hour * 60

    def draw(sheet: Sheet) -> str:
        if not lanes:
            return empty(sheet)
        left = max(text_width(lane.name, 12) for lane in lanes) + 12
        per_minute = (sheet.width - left) / (to_minute - from_minute)
        height = (sheet.height - 22) / len(lanes)
        step = 4 if sheet.narrow else 1
        parts = []
        for hour in range(first_hour, last_hour + 1, step):
            x = left + (hour * 60 - from_minute) * per_minute
            parts.append(rule(x, 0, x, sheet.height - 20, stroke=GRID))
            anchor = "end" if hour == last_hour else "start" if hour == first_hour else "middle"
            parts.append(text(x, sheet.height - 5, f"{hour}", anchor=anchor))
        for number, lane in enumerate(lanes):
            y = number * height
            parts.append(text(0, y + height / 2 + 4, lane.name, kind="chart-name", size=12))
            for spans, inset, corner in ((lane.plan, 2.0, 3.0), (lane.spans, height * 0.3, 2.0)):
                for span in spans:
                    start, end = max(span.start, from_minute), min(span.end, to_minute)
                    if end <= start:
                        continue
                    x, length = left + (start - from_minute) * per_minute, (end - start) * per_minute
                    parts.append(
                        box(
                            x,
                            y + inset,
                            max(length, 1),
                            height - 2 * inset,
                            kind=f"lane-{span.tone}",
                            fill=_FILLS.get(span.tone, _FILLS["calm"]),
                            round_by=corner,
                        )
                    )
                    parts.append(
                        hit(sheet, x, y + inset, max(length, 3), height - 2 * inset, words=span.words, href=lane.href)
                    )
        if now is not None and from_minute <= now <= to_minute:
            x = left + (now - from_minute) * per_minute
            parts.append(rule(x, 0, x, sheet.height - 20, kind="lane-now", stroke=TONES["accent"]))
        return "".join(parts)

    rows = [
        (lane.href, (lane.name, "; ".join(s.words for s in lane.plan) or "–", "; ".join(s.words for s in lane.spans)))
        for lane in lanes
    ]
    tall = max(len(lanes), 1) * 30 + 22
    return figure(
        draw,
        title=title,
        desc=desc,
        wide=(width, tall),
        narrow=(360, tall),
        paper=paper,
        key=legend([(f"lane-{tone}", name) for tone, name in key]),
        table=Table(list(heads), rows) if lanes else None,
    )
