"""The packing table in a real browser: a scanner types fast, wherever the focus is, and nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from shopops.kit.clock import now
from staff.models import Employee
from tests.factories.catalog import SkuFactory
from tests.factories.staff import employee_with
from tests.factories.warehouse import CarrierFactory, make_picked_note
from warehouse.actions.notes import stop_note
from warehouse.models import DispatchNote, Scan
from warehouse.states import NoteState, ScanResult

pytestmark = pytest.mark.django_db(transaction=True)

MAY = ("warehouse.pack_note", "warehouse.view_dispatchnote", "warehouse.ship_note")


@pytest.fixture
def wang(db) -> Employee:
    """仓储 王强 at the packing table."""
    return employee_with(*MAY, username="wangqiang", name="王强")


@pytest.fixture
def table(visit, wang) -> Page:
    return visit("/warehouse/pack/", wang)


def scan(table: Page, *codes: str) -> None:
    """Type codes as a scanner does: at once, with Enter at the end."""
    for code in codes:
        table.keyboard.type(code)
        table.keyboard.press("Enter")


def head(table: Page):
    return table.locator(".pack-head")


def scanned(note: DispatchNote) -> int:
    return sum(line.scanned for line in note.lines.all())


def test_label_goods_and_waybill_pack_a_parcel(table, wang):
    note = make_picked_note(wang, pieces=2, carrier_id=CarrierFactory().pk)
    sku = note.lines.get().sku
    scan(table, note.number)
    expect(head(table)).to_contain_text("0/2")
    scan(table, sku.barcode)
    expect(head(table)).to_contain_text("1/2")
    scan(table, sku.barcode)
    expect(table.locator(".pack-panel")).to_have_class("card pack-panel is-done")
    scan(table, "430100000000084")
    expect(head(table)).to_contain_text("430100000000084")
    note.refresh_from_db()
    assert (note.state, note.packed_by, note.waybill) == (NoteState.PACKED, wang, "430100000000084")
    assert table.evaluate("document.getElementById('pack').dataset.sound") == "done"
    expect(table.locator("#pack-recent li")).to_have_count(4)


def test_fifty_scans_at_a_scanners_pace_lose_none(table, wang):
    note = make_picked_note(wang, pieces=50, carrier_id=CarrierFactory().pk)
    sku = note.lines.get().sku
    scan(table, note.number)
    expect(head(table)).to_contain_text("0/50")
    # The browser itself plays the scanner: 13 keys and Enter every 80 ms, which no protocol's round trips slow down.
    table.evaluate(
        """async (code) => {
            const press = (key) => (document.activeElement || document.body).dispatchEvent(
                new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
            const box = document.getElementById("pack-code");
            const start = performance.now();
            for (let count = 0; count < 50; count++) {
                for (const key of code) { press(key); box.value += document.activeElement === box ? key : ""; }
                press("Enter");
                await new Promise((done) => setTimeout(done, start + (count + 1) * 80 - performance.now()));
            }
        }""",
        sku.barcode,
    )
    expect(head(table)).to_contain_text("50/50")
    assert Scan.objects.filter(note=note, result=ScanResult.OK).count() == 49
    assert Scan.objects.filter(note=note, result=ScanResult.DONE).count() == 1
    assert Scan.objects.count() == 51


def test_wrong_goods_block_in_red_until_they_are_out(table, wang):
    note = make_picked_note(wang, pieces=2)
    right, wrong = note.lines.get().sku, SkuFactory(name="别的商品")
    scan(table, note.number, right.barcode)
    expect(head(table)).to_contain_text("1/2")
    scan(table, wrong.barcode)
    expect(table.locator(".pack-panel")).to_have_class("card pack-panel is-danger")
    expect(table.locator(".pack-block .btn")).to_have_count(3)
    assert table.evaluate("document.getElementById('pack').dataset.sound") == "danger"
    scan(table, right.barcode)
    expect(table.locator(".pack-panel")).to_have_class("card pack-panel is-danger")
    assert scanned(note) == 1
    table.keyboard.press("Escape")
    expect(table.locator(".pack-block")).to_have_count(0)
    scan(table, right.barcode)
    expect(table.locator(".pack-panel")).to_have_class("card pack-panel is-done")


def test_a_refund_during_packing_stops_the_parcel_and_it_is_put_aside(table, wang):
    note = make_picked_note(wang, pieces=2)
    sku = note.lines.get().sku
    scan(table, note.number, sku.barcode)
    expect(head(table)).to_contain_text("1/2")
    stop_note(note, reason="买家申请退款", by=None, at=now())
    scan(table, sku.barcode)
    expect(table.locator(".pack-panel")).to_have_class("card pack-panel is-stop")
    expect(table.locator(".pack-block")).to_contain_text("买家申请退款")
    table.locator("[data-pack-ask=aside]").click()
    table.locator("#pack-ask-aside [type=submit]").click()
    expect(table.locator(".pack-panel")).to_have_attribute("data-note", "")
    assert scanned(note) == 0


def test_a_scan_never_lands_in_a_field(table, wang):
    note = make_picked_note(wang, pieces=3)
    sku = note.lines.get().sku
    scan(table, note.number)
    expect(head(table)).to_contain_text("0/3")
    table.mouse.click(700, 880)  # somewhere on the empty page
    scan(table, sku.barcode)
    expect(head(table)).to_contain_text("1/3")
    table.locator("[data-pack-ask=call]").click()
    reason = table.locator("#pack-reason-call")
    reason.press_sequentially("少一件", delay=80)
    scan(table, sku.barcode)
    expect(head(table)).to_contain_text("2/3")
    expect(table.locator("dialog[open]")).to_have_count(0)
    assert scanned(note) == 2


def test_scans_made_without_connection_are_sent_when_it_is_back_and_counted_once(table, wang):
    note = make_picked_note(wang, pieces=3, carrier_id=CarrierFactory().pk)
    sku = note.lines.get().sku
    scan(table, note.number)
    expect(head(table)).to_contain_text("0/3")
    table.context.set_offline(True)
    scan(table, sku.barcode, sku.barcode)
    expect(table.locator("#pack-trouble")).to_be_visible()
    assert scanned(note) == 0
    table.context.set_offline(False)
    expect(head(table)).to_contain_text("2/3")
    expect(table.locator("#pack-trouble")).to_be_hidden()
    table.reload()
    assert scanned(note) == 2
    assert Scan.objects.count() == 3


def test_an_answer_that_was_lost_on_the_way_does_not_count_twice(table, wang):
    note = make_picked_note(wang, pieces=3)
    sku = note.lines.get().sku
    scan(table, note.number)
    expect(head(table)).to_contain_text("0/3")
    lost = []

    def lose(route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())  # the server has counted it; the browser never hears
            route.abort()

    table.route("**/pack/scans/", lose)
    scan(table, sku.barcode)
    expect(head(table)).to_contain_text("1/3")
    assert scanned(note) == 1
    assert len(lost) == 1


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_table_is_without_fault_at_every_width(width, language, visit, wang, faults):
    note = make_picked_note(wang, pieces=2, buyer_message="请用大箱子", changes="买家改地址")
    page = visit(f"/warehouse/pack/?note={note.number}", wang, width=width, language=language)
    assert faults(page) == []
    scan(page, SkuFactory().barcode)
    expect(page.locator(".pack-panel")).to_have_class("card pack-panel is-danger")
    assert faults(page) == []


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize(
    "address", ["notes/", "note/{note}/", "new-wave/", "wave/{wave}/", "wave/{wave}/pick-list/", "stock/", "register/"]
)
def test_pages_of_the_warehouse_are_without_fault(address, width, visit, wang, faults, db):
    boss = employee_with(
        *MAY, "warehouse.make_wave", "warehouse.pick_wave", "warehouse.view_wave", "warehouse.view_stockbalance",
        "warehouse.print_label", "warehouse.stop_note", username="boss", name="张伟",
    )  # fmt: skip
    note = make_picked_note(wang, pieces=2)
    place = address.format(note=note.number, wave=note.wave.number)
    assert faults(visit(f"/warehouse/{place}", boss, width=width)) == []
