"""What carriers say of our parcels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from shopops.taobao.carriers import carrier_called
from staff.actions.events import record_many
from staff.models import Employee
from warehouse.models import Parcel, TraceNode
from warehouse.signals import parcel_news
from warehouse.states import ParcelState


class News(NamedTuple):
    """One thing a carrier says of one waybill; `kind` is None where it does not tell where the parcel is."""

    waybill: str
    at: datetime
    kind: ParcelState | None
    text: str
    carrier: str = ""


@dataclass
class Taken:
    """What was made of some news."""

    new: int = 0
    known: int = 0
    parcels: set[int] = field(default_factory=set)
    moved: dict[str, int] = field(default_factory=dict)
    """State → parcels that came into it."""
    unknown: list[str] = field(default_factory=list)
    """Waybills no parcel of ours bears."""

    def add(self, other: Taken) -> None:
        """Add what was made of further news."""
        self.new += other.new
        self.known += other.known
        self.parcels |= other.parcels
        for state, count in other.moved.items():
            self.moved[state] = self.moved.get(state, 0) + count
        self.unknown += [waybill for waybill in other.unknown if waybill not in self.unknown]


class Derived(NamedTuple):
    """Where a parcel is, from all that was said of it."""

    state: ParcelState
    collected_at: datetime | None
    signed_at: datetime | None
    last_news_at: datetime
    last_news: str


_PROGRESS = {state: place for place, state in enumerate(ParcelState)}


def derive(nodes: Iterable[tuple[datetime, str, str]], *, shipped_at: datetime) -> Derived:
    """Work out where a parcel is from (time, kind, text) of everything said of it, in whatever order it came.

    A parcel sent back stays sent back, whoever signs for it. Signed stays signed: what follows is thanks and
    advertising. Otherwise the latest word counts, of several at one moment the furthest. It was collected when a
    carrier first said so, or, where none did, when it first was anywhere on its way: that moment, not ours of
    handing over, is what the platform measures.
    """
    told = sorted(nodes, key=lambda node: (node[0], _PROGRESS.get(node[1], -1)))  # type: ignore[call-overload]
    placed = [(at, ParcelState(kind)) for at, kind, _text in told if kind]
    moving = [(at, kind) for at, kind in placed if kind != ParcelState.HANDED_OVER]
    collected = next((at for at, kind in moving if kind == ParcelState.COLLECTED), moving[0][0] if moving else None)
    signed = next((at for at, kind in moving if kind == ParcelState.SIGNED), None)
    if any(kind == ParcelState.RETURNED for _at, kind in moving):
        state, signed = ParcelState.RETURNED, None
    elif signed is not None:
        state = ParcelState.SIGNED
    else:
        state = placed[-1][1] if placed else ParcelState.HANDED_OVER
    last_at, _kind, last_text = told[-1] if told else (shipped_at, "", "")
    return Derived(state, collected, signed, max(last_at, shipped_at), last_text)


@transaction.atomic
def take_news(news: Sequence[News], *, by: Employee | None, at: datetime) -> Taken:
    """Keep what carriers say, each sentence once, and move the parcels to where they are.

    Telling it again changes nothing. Later apps hear of parcels whose state changed.
    """
    taken = Taken()
    parcels = _parcels(news)
    by_parcel: dict[int, list[News]] = {}
    for one in news:
        parcel = _addressee(one, parcels.get(one.waybill, []))
        if parcel is None:
            if one.waybill not in taken.unknown:
                taken.unknown.append(one.waybill)
            continue
        by_parcel.setdefault(parcel.pk, []).append(one)
    nodes: dict[int, set[tuple[datetime, str, str]]] = {key: set() for key in by_parcel}
    for key, moment, kind, text in TraceNode.objects.filter(parcel_id__in=by_parcel).values_list(
        "parcel_id", "at", "kind", "text"
    ):
        nodes[key].add((moment, kind, text))
    fresh: list[TraceNode] = []
    for key, said in by_parcel.items():
        had = {(moment, text) for moment, _kind, text in nodes[key]}
        for one in said:
            text = one.text[:300]
            if (one.at, text) in had:
                taken.known += 1
                continue
            had.add((one.at, text))
            nodes[key].add((one.at, one.kind or "", text))
            fresh.append(TraceNode(parcel_id=key, at=one.at, kind=one.kind or "", text=text, imported_by=by))
    TraceNode.objects.bulk_create(fresh, batch_size=5000)
    taken.new, taken.parcels = len(fresh), set(by_parcel)
    touched = {node.parcel_id for node in fresh}
    known = {parcel.pk: parcel for found in parcels.values() for parcel in found}
    _move([(known[key], nodes[key]) for key in sorted(touched)], taken, by=by, at=at)
    return taken


def _parcels(news: Sequence[News]) -> dict[str, list[Parcel]]:
    found: dict[str, list[Parcel]] = {}
    for parcel in (
        Parcel.objects.select_for_update(no_key=True, of=("self",))
        .filter(waybill__in={one.waybill for one in news})
        .select_related("carrier", "note")
        .order_by("pk")
    ):
        found.setdefault(parcel.waybill, []).append(parcel)
    return found


def _addressee(one: News, found: list[Parcel]) -> Parcel | None:
    """Return the parcel meant: the only one with the number, or the one of the carrier named."""
    if len(found) <= 1:
        return found[0] if found else None
    called = carrier_called(one.carrier)
    name = called.name if called else one.carrier
    return next((parcel for parcel in found if parcel.carrier.name == name), None)


def _move(
    told: list[tuple[Parcel, set[tuple[datetime, str, str]]]], taken: Taken, *, by: Employee | None, at: datetime
) -> None:
    before: dict[int, str] = {}
    changed: list[Parcel] = []
    for parcel, nodes in told:
        now = derive(nodes, shipped_at=parcel.shipped_at)
        if parcel.state != now.state:
            before[parcel.pk] = parcel.state
            changed.append(parcel)
            taken.moved[now.state] = taken.moved.get(now.state, 0) + 1
        # The state follows from what was said, not from steps, so it is set and not moved.
        parcel.state, parcel.collected_at, parcel.signed_at = now.state, now.collected_at, now.signed_at
        parcel.last_news_at, parcel.last_news = now.last_news_at, now.last_news
    Parcel.objects.bulk_update(
        [parcel for parcel, _nodes in told],
        ["state", "collected_at", "signed_at", "last_news_at", "last_news"],
        batch_size=500,
    )
    record_many(
        "warehouse.news",
        ((parcel, {"state": (before[parcel.pk], parcel.state)}) for parcel in changed),
        by=by,
        at=at,
    )
    if changed:
        parcel_news.send(sender=Parcel, parcels=changed, before=before, by=by, at=at)
