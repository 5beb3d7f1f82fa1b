"""Warehouses, carriers, stock and dispatch notes for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from catalog.models import Sku
from shopops.kit.clock import SHANGHAI
from staff.models import Shop
from tests.factories.catalog import SkuFactory
from warehouse.actions.notes import NoteRequest, Wanted, issue_note
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note
from warehouse.actions.stock import ensure_warehouse, receive_stock
from warehouse.actions.waves import finish_picking, make_wave
from warehouse.models import Carrier, DispatchNote, WaybillRange
from warehouse.states import MoveKind

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


class CarrierFactory(DjangoModelFactory[Carrier]):
    class Meta:
        model = Carrier
        django_get_or_create = ("code",)

    code = "YUNDA"
    name = "韵达快递"
    number_pattern = r"[0-9]{13}|[0-9]{15}"


class WaybillRangeFactory(DjangoModelFactory[WaybillRange]):
    class Meta:
        model = WaybillRange

    carrier = factory.SubFactory(CarrierFactory)
    prefix = "4301"
    next_number = 1
    last_number = 1000
    digits = 11


def stock_up(sku: Sku, pieces: int) -> None:
    """Put pieces of a SKU into the main warehouse."""
    receive_stock({sku.pk: pieces}, kind=MoveKind.OPENING, by=None, at=NOON)


def some_shop() -> Shop:
    """Return the shop of the tests."""
    return Shop.objects.get_or_create(name="云杉旗舰店")[0]


def note_request(wanted: list[Wanted], *, key: object = "one", **values) -> NoteRequest:
    """Return a request for a dispatch note to 张敏 in 杭州."""
    standard = {
        "shop_id": some_shop().pk,
        "order_numbers": "2810012345678901234",
        "receiver_name": "张敏",
        "receiver_phone": "13812341234",
        "province": "浙江省",
        "city": "杭州市",
        "district": "余杭区",
        "address": "良渚街道测试路1号",
        "postcode": "310000",
        "buyer_message": "",
        "seller_memo": "",
        "ship_by": NOON + timedelta(hours=24),
        "carrier_id": None,
    }
    return NoteRequest(key=key, wanted=wanted, **{**standard, **values})


def make_note(*, sku: Sku | None = None, pieces: int = 1, **values) -> DispatchNote:
    """Return a waiting note for some pieces of one SKU, with the stock for it."""
    ensure_warehouse()
    sku = sku or SkuFactory()
    stock_up(sku, pieces)
    return issue_note(note_request([Wanted(sku.pk, pieces)], **values), by=None, at=NOON)


def make_picked_note(picker, **values) -> DispatchNote:
    """Return a note that has been picked in a wave of its own."""
    note = make_note(**values)
    wave = make_wave([note.pk], by=picker, at=NOON)
    finish_picking(wave, by=picker, at=NOON)
    note.refresh_from_db()
    return note


def make_packed_note(packer, *, waybill: str = "430100000000084", **values) -> DispatchNote:
    """Return a packed note with carrier and waybill."""
    values.setdefault("carrier_id", CarrierFactory().pk)
    note = make_picked_note(packer, **values)
    force_pack(note, reason="测试", by=packer, at=NOON)
    note.waybill = waybill
    note.save(update_fields=["waybill"])
    return note


def make_shipped_note(packer, **values) -> DispatchNote:
    """Return a note that has been shipped, with its parcel."""
    note = make_packed_note(packer, **values)
    ship_note(note, by=packer, at=NOON)
    return note
