"""The order's day, from the platform's export file to the report: the way the product is for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command

from orders.actions.review import approve_orders
from orders.actions.screening import screen_orders
from orders.models import Order
from orders.states import OrderState
from shopops.kit.clock import SHANGHAI
from staff.actions.people import make_demo_people
from staff.actions.reports import take_daily_snapshot
from staff.actions.roles import set_up_roles
from staff.actions.rulebook import load_rulebook
from staff.actions.tally import tally_day
from staff.models import Employee, Event, PointEntry
from staff.queries.kpi import facts_behind
from tests.factories.catalog import SkuFactory
from tests.factories.imports import import_pair
from tests.factories.warehouse import CarrierFactory, WaybillRangeFactory, stock_up
from warehouse.actions.packing import ScannedCode, take_scans
from warehouse.actions.shipping import ship_notes
from warehouse.actions.waves import finish_picking, make_wave, start_picking
from warehouse.actions.waybills import take_waybills
from warehouse.models import DispatchNote, StockBalance
from warehouse.states import NoteState

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 11, 19, 10, 0, tzinfo=SHANGHAI)
ORDERS = 20


@pytest.fixture
def shop():
    """A house with its people, rules, a carrier with numbers, and 30 cups on the shelf."""
    set_up_roles(at=THURSDAY)
    make_demo_people(at=THURSDAY - timedelta(days=30))
    load_rulebook(at=THURSDAY)
    WaybillRangeFactory(carrier=CarrierFactory())
    cup = SkuFactory(code="CUP-1", name="保温杯", barcode="6900000000011")
    stock_up(cup, 30)
    return cup


def exported(number: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return an order and its line as the seller centre writes them."""
    order = {
        "订单编号": f"43000000000000{number:04d}",
        "买家会员名": f"tb_buyer{number}",
        "买家应付货款": "89.00",
        "买家应付邮费": "0.00",
        "总金额": "89.00",
        "买家实际支付金额": "89.00",
        "订单状态": "买家已付款，等待卖家发货",
        "收货人姓名": "张敏",
        "收货地址": "浙江省 杭州市 余杭区 良渚街道测试路1号(310000)",
        "联系手机": f"'1380000{number:04d}",
        "订单创建时间": "2026-11-19 09:00:00",
        "订单付款时间": "2026-11-19 09:05:00",
        "宝贝标题": "保温杯",
        "宝贝种类": "1",
        "宝贝总数量": "1",
        "店铺名称": "云杉旗舰店",
    }
    line = {
        "订单编号": order["订单编号"],
        "标题": "保温杯",
        "价格": "99.00",
        "购买数量": "1",
        "商家编码": "CUP-1",
        "订单状态": "买家已付款，等待卖家发货",
    }
    return order, line


def test_an_order_goes_from_the_export_file_to_the_report(shop):
    lina = Employee.objects.get(username="lina")
    wang = Employee.objects.get(username="wangqiang")
    pairs = [exported(number) for number in range(ORDERS)]

    import_pair([order for order, _line in pairs], [line for _order, line in pairs], at=THURSDAY)
    assert Order.objects.filter(state=OrderState.REVIEW).count() == ORDERS
    screen_orders(list(Order.objects.values_list("pk", flat=True)), at=THURSDAY)
    assert not Order.objects.exclude(troubles=[]).exists()

    assert approve_orders(list(Order.objects.values_list("pk", flat=True)), by=lina, at=THURSDAY) == {}
    balance = StockBalance.objects.get(sku=shop)
    assert (balance.on_hand, balance.reserved) == (30, ORDERS)

    # a wave of nineteen leaves the same day; one note is forgotten until Monday
    notes = list(DispatchNote.objects.order_by("pk"))
    carrier = CarrierFactory()
    DispatchNote.objects.update(carrier=carrier)
    leave(notes[:-1], wang, THURSDAY + timedelta(hours=3))
    leave(notes[-1:], wang, THURSDAY + timedelta(days=4))
    balance.refresh_from_db()
    assert (balance.on_hand, balance.reserved) == (10, 0)
    assert Order.objects.filter(state=OrderState.SHIPPED).count() == ORDERS
    call_command("stock_proof", "--json")

    # the limit of Thursday's approvals is the end of Friday; two tallies charge the forgotten one once
    friday = THURSDAY.date() + timedelta(days=1)
    night = THURSDAY + timedelta(days=5)
    assert tally_day(friday, at=night).by_clause["ORD-016"] == 1
    assert tally_day(friday, at=night).new == 0
    entry = PointEntry.objects.get()
    assert (entry.employee, entry.points) == (lina, -3)
    assert entry.offence.subject_label == notes[-1].number

    # the figure opens down to the documents, and the report says the same
    snapshot = take_daily_snapshot(THURSDAY.date(), at=night)
    tiles = {one["metric"]: one["value"] for one in snapshot.rows["figures"]["headlines"]}
    assert (tiles["orders.paid"], tiles["orders.sales"]) == ("20", "1780")
    assert tiles["warehouse.shipped"] == str(ORDERS - 1)
    facts = facts_behind("orders.sales", THURSDAY.date(), shop=None, employee=None)
    assert {fact.label for fact in facts.page(0, 50)} == set(Order.objects.values_list("number", flat=True))

    # every step has left its event
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"orders.approved", "orders.shipped", "warehouse.note_issued", "warehouse.stock_received"} <= verbs


def leave(notes, by, at):
    """Pick, check piece by piece and ship these notes."""
    wave = make_wave([note.pk for note in notes], by=by, at=at)
    start_picking(wave, picker=by, by=by, at=at)
    finish_picking(wave, by=by, at=at + timedelta(minutes=10))
    assert take_waybills(list(wave.notes.order_by("slot")), by=by, at=at + timedelta(minutes=11)) == {}
    for note in wave.notes.order_by("slot"):
        scans = [ScannedCode(uuid4(), number, code) for number, code in enumerate((note.number, "6900000000011"))]
        take_scans(scans, station=uuid4(), note=None, by=by, at=at + timedelta(minutes=20))
    assert set(wave.notes.values_list("state", flat=True)) == {NoteState.PACKED}
    assert ship_notes([note.pk for note in notes], by=by, at=at + timedelta(minutes=30)) == {}


def test_the_commands_answer_with_one_json_object_in_their_last_line(shop, capsys, tmp_path):
    for words in (
        ["tally", "--day", "2026-11-19", "--json"],
        ["stock_proof", "--json"],
        ["daily_report", "--day", "2026-11-19", "--out", str(tmp_path), "--json"],
        ["load_rulebook", "--json"],
        ["load_kpis", "--json"],
    ):
        call_command(*words)
        assert isinstance(json.loads(capsys.readouterr().out.splitlines()[-1]), dict), words
