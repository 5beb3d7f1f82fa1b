"""Traces from files: JSON of the seller centre or the API, or any spreadsheet with waybill, time and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from shopops.kit.jobs import Progress
from shopops.taobao.traces import NodeKind, TraceBatch, TraceNode, read_traces
from staff.models import Employee
from warehouse.actions.parcels import News, Taken, take_news
from warehouse.states import ParcelState

KINDS = {
    NodeKind.ORDERED: ParcelState.HANDED_OVER,
    NodeKind.COLLECTED: ParcelState.COLLECTED,
    NodeKind.IN_TRANSIT: ParcelState.IN_TRANSIT,
    NodeKind.OUT_FOR_DELIVERY: ParcelState.OUT_FOR_DELIVERY,
    NodeKind.AT_PICKUP_POINT: ParcelState.AT_PICKUP_POINT,
    NodeKind.SIGNED: ParcelState.SIGNED,
    NodeKind.FAILED: ParcelState.FAILED,
    NodeKind.RETURNED: ParcelState.RETURNED,
}
MOST_COMPLAINTS = 500
AHEAD = timedelta(days=1)
"""A trace may be ahead of our clock by so much; more is a wrong time."""


@dataclass
class TraceImport:
    """What was made of some files."""

    taken: Taken = field(default_factory=Taken)
    complaints: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0

    def complain(self, name: str, row: int, column: str, text: str) -> None:
        """Keep a complaint; of very many only the first."""
        self.refused += 1
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append({"file": name, "row": row, "column": column, "text": text})

    def as_json(self) -> dict[str, Any]:
        """Return plain values for the command and the job."""
        return {
            "nodes": {"new": self.taken.new, "known": self.taken.known, "refused": self.refused},
            "parcels": {"touched": len(self.taken.parcels), "moved": self.taken.moved},
            "unknown": {"count": len(self.taken.unknown), "waybills": self.taken.unknown[:200]},
            "complaints": self.complaints,
        }


def import_traces(
    path: Path,
    *,
    name: str,
    by: Employee | None,
    at: datetime,
    into: TraceImport | None = None,
    progress: Progress | None = None,
) -> TraceImport:
    """Take the traces of one file; the same file again changes nothing.

    :param into: the result of files before this one, added to.
    :raises Refused: if the file is no file of traces; nothing of it is taken then.
    """
    result = into or TraceImport()
    done = 0
    for batch in read_traces(path, name=name):
        for complaint in batch.complaints:
            result.complain(name, complaint.row, complaint.column, complaint.text)
        result.taken.add(take_news(_news(batch, name, result, at=at), by=by, at=at))
        done += len(batch.nodes)
        if progress is not None:
            progress.step(done)
    return result


def _news(batch: TraceBatch, name: str, result: TraceImport, *, at: datetime) -> list[News]:
    news = []
    for node in batch.nodes:
        moment = _moment(node, at=at)
        if moment is None or not node.text or not node.waybill:
            result.complain(
                name, node.row, "", _("a step of the trace has no waybill, no time that can be, or no text")
            )
            continue
        news.append(News(node.waybill.upper(), moment, KINDS.get(node.kind), node.text, node.carrier))
    return news


def _moment(node: TraceNode, *, at: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(node.happened_at)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment <= at + AHEAD else None
