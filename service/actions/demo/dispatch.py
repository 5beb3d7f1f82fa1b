"""What staff did with the orders: approval, waves, packing, shipping, and what carriers said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from catalog.models import Sku
from orders.models import Order
from orders.states import OrderState, PlatformStatus
from service.actions.demo.sales import CAMPAIGN, Sale
from shopops.kit.clock import SHANGHAI
from shopops.kit.copying import copy_in, give_keys
from staff.models import Employee
from warehouse.models import Carrier, DispatchLine, DispatchNote, Parcel, TraceNode, Warehouse, Wave
from warehouse.states import NoteState, ParcelState, WaveKind, WaveState

SUNDAY = 6
OPENS, LAST_TRUCK = time(9), time(17, 30)


@dataclass
class Crew:
    """Who does the work."""

    agents: list[Employee]
    pickers: list[Employee]
    packers: list[Employee]


@dataclass
class Dispatch:
    """All that was made of the approved orders."""

    sales: dict[int, Sale] = field(default_factory=dict)
    notes: list[DispatchNote] = field(default_factory=list)
    lines: dict[int, list[DispatchLine]] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    trace: list[TraceNode] = field(default_factory=list)


def dispatch(
    sales: list[Sale], *, crew: Crew, carriers: list[Carrier], warehouse: Warehouse, at: datetime, random: Random
) -> Dispatch:
    """Take every paid order as far as it would have come by `at`."""
    made = Dispatch()
    paid = [sale for sale in sales if sale.order.paid_at]
    for sale in paid:
        _review(sale, crew, at, random)
    approved = [sale for sale in paid if sale.order.confirmed_at]
    for number, sale in enumerate(sorted(approved, key=lambda sale: (sale.order.confirmed_at, sale.order.number))):
        note = _note(sale, number, warehouse, random.choices(carriers, weights=_weights(carriers))[0])
        made.notes.append(note)
        made.sales[number] = sale
    give_keys(made.notes)
    for number, note in enumerate(made.notes):
        sale = made.sales[number]
        sale.order.note = note
        made.lines[note.pk] = _lines(note, sale)
        _work(note, sale, crew, at, random)
        if note.packed_at:
            for line in made.lines[note.pk]:
                line.scanned = line.quantity
        if note.state == NoteState.SHIPPED:
            _travel(note, sale.order, made, at, random)
    _let_everybody_wait(made, crew)
    _finish(made, at, random)
    return made


def write_dispatch(made: Dispatch, crew: Crew) -> None:
    """Write waves, notes, lines, parcels and traces."""
    _gather_waves(made.notes, crew.pickers[0])
    copy_in(made.notes)
    copy_in([line for lines in made.lines.values() for line in lines])
    copy_in(made.parcels)
    for node in made.trace:
        node.parcel_id = node.parcel.pk
    copy_in(made.trace)


def _weights(carriers: list[Carrier]) -> list[int]:
    """Prefer the carriers that come first."""
    return [max(1, 8 - 2 * place) for place in range(len(carriers))]


def _review(sale: Sale, crew: Crew, at: datetime, random: Random) -> None:
    """Approve an order some time after payment, within duty hours; one in four by a rule at once."""
    order = sale.order
    assert order.paid_at is not None  # noqa: S101 -- only paid orders come here
    if sale.refunded_early and order.paid_at + timedelta(hours=3) < at:
        order.state, order.platform_status = OrderState.CLOSED, PlatformStatus.CLOSED
        order.refund, order.paid = order.total, order.total - order.total
        order.finished_at = order.paid_at + timedelta(hours=random.uniform(0.5, 3))
        for line in sale.lines:
            line.status, line.refund_status, line.refund = PlatformStatus.CLOSED, "退款成功", line.paid
        return
    by_rule = random.random() < 0.25 and not order.seller_memo  # noqa: PLR2004
    moment = order.paid_at + timedelta(minutes=3 if by_rule else random.expovariate(1 / 70) + 4)
    local = moment.astimezone(SHANGHAI)
    if not by_rule and local.hour < 8:  # noqa: PLR2004 -- the early shift begins at eight
        moment = local.replace(hour=8, minute=random.randint(2, 55))
    if random.random() < 0.004:  # noqa: PLR2004 -- a few are forgotten for days
        moment += timedelta(days=random.uniform(2, 9))
    if moment > at - timedelta(minutes=25):
        return
    order.confirmed_at = moment
    agent = None if by_rule else random.choice(crew.agents)
    order.confirmed_by, sale.confirmed_by_id = agent, agent.pk if agent else None
    order.state = OrderState.APPROVED
    order.ship_by = moment + timedelta(hours=24)


def _note(sale: Sale, number: int, warehouse: Warehouse, carrier: Carrier) -> DispatchNote:
    """Write out the instruction to ship."""
    order = sale.order
    assert order.confirmed_at is not None  # noqa: S101
    day = order.confirmed_at.astimezone(SHANGHAI)
    skus = {line.sku_id for line in sale.lines}
    single = order.pieces == 1
    order.carrier = carrier
    return DispatchNote(
        number=f"FH{day:%y%m%d}{number % 1_000_000:06d}",
        shop_id=order.shop_id,
        warehouse=warehouse,
        order_numbers=order.number,
        receiver_name=order.receiver_name,
        receiver_phone=order.receiver_phone,
        province=order.province,
        city=order.city,
        district=order.district,
        address=order.address,
        postcode=order.postcode,
        buyer_message=order.buyer_message,
        seller_memo=order.seller_memo[:500],
        pieces=order.pieces,
        kind=WaveKind.SINGLE if single else WaveKind.SAME_SKU if len(skus) == 1 else WaveKind.MIXED,
        only_sku=sale.lines[0].sku if len(skus) == 1 else None,
        summary=order.summary,
        confirmed_at=order.confirmed_at,
        confirmed_by_id=sale.confirmed_by_id,
        ship_by=order.ship_by,
        carrier=carrier,
    )


def _let_everybody_wait(made: Dispatch, crew: Crew) -> None:
    """See that every agent answers for two parcels that have not left, whatever the hour."""
    waiting = [(number, note) for number, note in enumerate(made.notes) if note.state != NoteState.SHIPPED]
    waiting.sort(key=lambda pair: (pair[1].confirmed_at.astimezone(SHANGHAI).time() >= OPENS, pair[1].confirmed_at))
    free = [(number, note) for number, note in waiting if note.confirmed_by_id is None]
    for agent in crew.agents:
        own = sum(note.confirmed_by_id == agent.pk for _number, note in waiting)
        while own < 2 and len(free) > 2:  # noqa: PLR2004 -- some stay with the rules
            number, note = free.pop()
            sale = made.sales[number]
            sale.order.confirmed_by, sale.confirmed_by_id, note.confirmed_by_id = agent, agent.pk, agent.pk
            own += 1


def _lines(note: DispatchNote, sale: Sale) -> list[DispatchLine]:
    """Copy the goods; parts of bundles are not sold in the demo."""
    return [
        DispatchLine(note_id=note.pk, sku=article.sku, title=line.title, quantity=line.quantity)
        for line, article in zip(sale.lines, sale.articles, strict=True)
    ]


def _work(note: DispatchNote, sale: Sale, crew: Crew, at: datetime, random: Random) -> None:
    """Pick, pack and ship as the day allows; a few notes are late, more of them after the campaign."""
    start = _next_opening(note.confirmed_at + timedelta(minutes=20))
    local = note.confirmed_at.astimezone(SHANGHAI)
    crowded = (local.month, local.day) in {CAMPAIGN, (CAMPAIGN[0], CAMPAIGN[1] + 1)}
    if random.random() < (0.14 if crowded else 0.018):
        start = _next_opening(start + timedelta(days=random.uniform(1.6, 3.5)))
    picked_at = start + timedelta(minutes=random.uniform(15, 110))
    packed_at = picked_at + timedelta(minutes=random.uniform(6, 50))
    shipped_at = _next_truck(packed_at)
    order = sale.order
    if picked_at <= at:
        note.state, note.picked_at, note.picked_by = NoteState.PICKED, picked_at, random.choice(crew.pickers)
    elif start <= at:
        note.state = NoteState.PICKING
    if packed_at <= at:
        note.state, note.packed_at, note.packed_by = NoteState.PACKED, packed_at, random.choice(crew.packers)
        note.weight_g = sum(line.quantity * _grams(line.sku) for line in sale.lines) + random.randint(40, 120)
        note.waybill = f"{random.choice(('43', '77', '75'))}{random.randint(10**12, 10**13 - 1)}"
        note.labels_printed = 1
        order.waybill = note.waybill
    if shipped_at <= at:
        note.state, note.shipped_at, note.shipped_by = NoteState.SHIPPED, shipped_at, note.packed_by
        order.state, order.platform_status, order.shipped_at = OrderState.SHIPPED, PlatformStatus.SHIPPED, shipped_at
        for line in sale.lines:
            line.status = PlatformStatus.SHIPPED


def _grams(sku: Sku | None) -> int:
    return sku.weight_g if sku else 0


def _next_opening(moment: datetime) -> datetime:
    """Return the moment itself while the warehouse works, else when it next opens. Sundays are free."""
    local = moment.astimezone(SHANGHAI)
    if local.time() >= time(17):
        local = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0)
    elif local.time() < OPENS:
        local = local.replace(hour=9, minute=0, second=0)
    if local.weekday() == SUNDAY:
        local = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0)
    return local


def _next_truck(moment: datetime) -> datetime:
    """Return when the carrier next collects: at noon or half past five."""
    local = moment.astimezone(SHANGHAI)
    for hour, minute in ((12, 0), (17, 30)):
        truck = local.replace(hour=hour, minute=minute, second=local.second)
        if truck >= local:
            return truck
    return _next_opening(local + timedelta(hours=8)).replace(hour=12, minute=0)


def _travel(note: DispatchNote, order: Order, made: Dispatch, at: datetime, random: Random) -> None:
    """Let the carrier speak: collected, under way, out for delivery, signed; a few parcels get stuck."""
    assert note.shipped_at is not None  # noqa: S101
    assert order.carrier is not None  # noqa: S101 -- every note of the demo has one
    parcel = Parcel(
        note_id=note.pk,
        carrier=order.carrier,
        waybill=note.waybill,
        shipped_at=note.shipped_at,
        last_news_at=note.shipped_at,
    )
    days = (
        random.uniform(1.2, 4.5) if order.province not in {"西藏自治区", "新疆维吾尔自治区"} else random.uniform(4, 9)
    )
    stuck = random.random() < 0.006  # noqa: PLR2004
    news = [
        (0.1, ParcelState.COLLECTED, "【杭州市】快件已由揽收员揽收"),
        (0.25, ParcelState.IN_TRANSIT, "快件已离开【杭州转运中心】发往下一站"),
        (0.7, ParcelState.IN_TRANSIT, f"快件已到达【{order.city}转运中心】"),
        (0.92, ParcelState.OUT_FOR_DELIVERY, f"【{order.city}】派送员正在为您派送"),
        (1.0, ParcelState.SIGNED, "快件已签收，感谢使用"),
    ]
    for share, state, text in news[: 2 if stuck else None]:
        moment = note.shipped_at + timedelta(days=days * share)
        if moment > at:
            break
        made.trace.append(TraceNode(parcel=parcel, at=moment, kind=state, text=text))
        parcel.state, parcel.last_news_at, parcel.last_news = state, moment, text
        if state == ParcelState.COLLECTED:
            parcel.collected_at = moment
        if state == ParcelState.SIGNED:
            parcel.signed_at, order.state = moment, OrderState.SIGNED
    made.parcels.append(parcel)


def _finish(made: Dispatch, at: datetime, random: Random) -> None:
    """Let buyers confirm receipt some days later; a few want money back."""
    signed = {parcel.note_id: parcel.signed_at for parcel in made.parcels if parcel.signed_at}
    for number, note in enumerate(made.notes):
        signed_at = signed.get(note.pk)
        if signed_at is None:
            continue
        sale = made.sales[number]
        finished_at = signed_at + timedelta(days=min(random.expovariate(1 / 3), 10))
        if finished_at > at:
            continue
        sale.order.state, sale.order.platform_status = OrderState.COMPLETED, PlatformStatus.SUCCESS
        sale.order.finished_at = finished_at
        for line in sale.lines:
            line.status = PlatformStatus.SUCCESS
        if random.random() < 0.045:  # noqa: PLR2004
            line = random.choice(sale.lines)
            line.refund, line.refund_status = line.paid, "退款成功"
            sale.order.refund, sale.order.paid = line.paid, sale.order.total - line.paid


def _gather_waves(notes: list[DispatchNote], maker: Employee) -> None:
    """Put the notes of one picking hour and carrier into waves of at most forty."""
    groups: dict[tuple[object, ...], list[DispatchNote]] = defaultdict(list)
    for note in notes:
        if note.state == NoteState.WAITING:
            continue
        moment = (note.picked_at or note.confirmed_at).astimezone(SHANGHAI)
        groups[moment.date(), moment.hour, note.carrier_id, note.kind, note.picked_at is None].append(note)
    waves: list[Wave] = []
    count: dict[object, int] = defaultdict(int)
    for (day, _hour, _carrier, _kind, is_open), members in sorted(groups.items(), key=lambda pair: str(pair[0])):
        for first in range(0, len(members), 40):
            part = members[first : first + 40]
            count[day] += 1
            wave = _wave(part, f"BC{day:%y%m%d}{count[day]:03d}", maker, is_open=bool(is_open))
            waves.append(wave)
            for slot, note in enumerate(part, start=1):
                note.wave, note.slot, note.picked_by = wave, slot, wave.picker if note.picked_at else None
    give_keys(waves)
    copy_in(waves)
    for note in notes:
        if note.wave:
            note.wave_id = note.wave.pk


def _wave(notes: list[DispatchNote], number: str, maker: Employee, *, is_open: bool) -> Wave:
    """Return the wave of these notes."""
    first = notes[0]
    picker = first.picked_by
    done = all(note.shipped_at for note in notes)
    return Wave(
        number=number,
        warehouse_id=first.warehouse_id,
        kind=first.kind,
        carrier_id=first.carrier_id,
        state=WaveState.PICKING if is_open else WaveState.DONE if done else WaveState.PICKED,
        made_by=picker or maker,
        made_at=(first.picked_at or first.confirmed_at) - timedelta(minutes=5),
        picker=picker,
        picked_at=max((note.picked_at for note in notes if note.picked_at), default=None),
    )
