"""Papers and files, made by jobs."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from shopops.kit.clock import SHANGHAI
from shopops.kit.refusals import Refused
from staff.actions.jobs import run_job, start_job
from staff.models import Event, JobRun
from staff.states import JobState
from tests.factories.catalog import SkuFactory
from tests.factories.warehouse import (
    NOON,
    CarrierFactory,
    WaybillRangeFactory,
    make_note,
    make_shipped_note,
    stock_up,
)
from warehouse.actions.notes import stop_note
from warehouse.actions.prints import log_prints
from warehouse.actions.waves import drop_note, make_wave
from warehouse.actions.waybills import take_waybills
from warehouse.models import DispatchNote, PrintedNote, PrintRun, StockBalance
from warehouse.states import PrintKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def done(name: str, by, **params) -> JobRun:
    """Run a job as its worker would."""
    run = start_job(name, by=by, at=NOON, **params)
    run_job(run, at=NOON)
    run.refresh_from_db()
    return run


def content(run: JobRun) -> BytesIO:
    """Return the file a job kept."""
    assert run.state == JobState.DONE, run.sentence
    with run.file.open("rb") as stream:
        return BytesIO(stream.read())


def pages(run: JobRun) -> list[str]:
    return [page.extract_text() for page in PdfReader(content(run)).pages]


@pytest.fixture
def wave(wang):
    carrier = CarrierFactory()
    WaybillRangeFactory(carrier=carrier)
    notes = [make_note(carrier_id=carrier.pk, seller_memo="轻放") for _ in range(3)]
    made = make_wave([note.pk for note in reversed(notes)], by=wang, at=NOON)
    take_waybills(notes, by=wang, at=NOON)
    return made


def test_labels_of_a_wave_come_in_the_order_of_its_slots_behind_a_cover(wave, wang):
    run = done("warehouse.print_labels", wang, wave_id=wave.pk)
    cover, *labels = pages(run)
    assert wave.number in cover
    notes = list(wave.notes.order_by("slot"))
    assert len(labels) == 3
    for label, note in zip(labels, notes, strict=True):
        assert note.waybill in label
        assert "张敏 13812341234" in label
        assert "轻放" in label
        assert "重打" not in label
    box = PdfReader(content(run)).pages[1].mediabox
    assert [round(float(side) / 72 * 25.4) for side in (box.width, box.height)] == [100, 180]
    assert [(one.page, one.copy) for one in PrintedNote.objects.order_by("page")] == [(1, 1), (2, 1), (3, 1)]
    assert set(DispatchNote.objects.values_list("labels_printed", flat=True)) == {1}


def test_a_label_is_printed_again_only_with_a_reason_and_says_so(wave, wang):
    done("warehouse.print_labels", wang, wave_id=wave.pk)
    refused = done("warehouse.print_labels", wang, wave_id=wave.pk)
    assert refused.state == JobState.FAILED
    assert "重打" in refused.sentence
    again = done("warehouse.print_labels", wang, wave_id=wave.pk, first=2, last=3, reason="打印机卡纸")
    cover, *labels = pages(again)
    assert "打印机卡纸" in cover
    assert len(labels) == 2
    assert all("重打 2" in label for label in labels)
    assert [one.page for one in PrintedNote.objects.filter(copy=2).order_by("page")] == [2, 3]
    assert Event.objects.filter(verb="warehouse.label_reprinted", reason="打印机卡纸").count() == 3


def test_labels_printed_before_are_left_out_of_a_batch(wave, wang):
    notes = list(wave.notes.order_by("slot"))
    done("warehouse.print_labels", wang, note_ids=[notes[0].pk])
    assert len(pages(done("warehouse.print_labels", wang, wave_id=wave.pk))) == 3  # cover and two


def test_sheets_keep_the_numbers_of_the_slots_when_a_note_is_dropped_or_stopped(wave, wang):
    done("warehouse.print_labels", wang, wave_id=wave.pk)
    first, second, third = wave.notes.order_by("slot")
    drop_note(first, reason="缺货", by=wang, at=NOON)
    again = done("warehouse.print_labels", wang, wave_id=wave.pk, first=2, last=3, reason="卡纸")
    assert [second.waybill in pages(again)[1], third.waybill in pages(again)[2]] == [True, True]
    stop_note(second, reason="退款", by=wang, at=NOON)
    again = done("warehouse.print_labels", wang, wave_id=wave.pk, first=1, last=9, reason="卡纸")
    assert [one.page for one in PrintedNote.objects.filter(run__job_run=again.pk)] == [3]


def test_a_job_run_again_after_a_crash_logs_its_sheets_once(wave, wang):
    notes = list(wave.notes.order_by("slot"))
    first = log_prints(PrintKind.LABEL, notes, wave=wave, job_run=77, by=wang, at=NOON)
    again = log_prints(PrintKind.LABEL, notes, wave=wave, job_run=77, by=wang, at=NOON)
    assert [one.pk for one in again] == [one.pk for one in first]
    assert PrintRun.objects.count() == 1
    with pytest.raises(Refused):
        log_prints(PrintKind.LABEL, [], by=wang, at=NOON)


def test_a_label_without_waybill_bears_the_number_of_the_note(wang):
    note = make_note()
    _cover, label = pages(done("warehouse.print_labels", wang, note_ids=[note.pk]))
    assert note.number in label


def test_dispatch_notes_on_a4_list_goods_and_the_six_points(wave, wang):
    texts = pages(done("warehouse.print_notes", wang, wave_id=wave.pk))
    assert len(texts) == 3
    note = wave.notes.get(slot=1)
    for words in (note.number, note.lines.get().sku.code, "轻放", "颜色", "赠品"):
        assert words in texts[0]


def test_the_pick_list_is_printed_and_logged(wave, wang):
    [text] = pages(done("warehouse.print_pick_list", wang, wave_id=wave.pk))
    assert wave.number in text
    assert all(sku.code in text for sku in (note.lines.get().sku for note in wave.notes.all()))
    assert PrintRun.objects.get().kind == PrintKind.PICK_LIST


def test_the_upload_file_has_a_line_for_each_order(wang):
    carrier = CarrierFactory()
    merged = make_shipped_note(wang, carrier_id=carrier.pk, order_numbers="2810000000000000001 2810000000000000002")
    make_shipped_note(wang, waybill="430100000000099", order_numbers="2810000000000000003-2")
    make_note()
    run = done("warehouse.upload_file", wang, day="2026-11-20")
    text = content(run).read().decode("gb18030")
    assert text.splitlines()[1:] == [
        "2810000000000000001,韵达快递,430100000000084",
        "2810000000000000002,韵达快递,430100000000084",
        "2810000000000000003,韵达快递,430100000000099",
    ]
    assert done("warehouse.upload_file", wang, day="2026-11-19").state == JobState.FAILED
    xlsx = done("warehouse.upload_file", wang, note_ids=[merged.pk], form="xlsx")
    rows = list(load_workbook(content(xlsx)).active.values)
    assert rows[1] == ("2810000000000000001", "韵达快递", "430100000000084")


def test_the_register_of_a_day_is_written_and_registered(wang):
    make_note(sku=SkuFactory(name="保温杯", attributes="颜色分类:雾霾蓝"), pieces=2)
    run = done("warehouse.register", wang, day="2026-11-20")
    rows = list(load_workbook(content(run)).active.values)
    assert rows[1][:2] == ("保温杯", "雾霾蓝")
    assert rows[1][4:] == (0, 1, 2, 0)
    event = Event.objects.get(verb="warehouse.register_made")
    assert (event.by, event.reason, event.changes["pieces"]) == (wang, "2026-11-20", ["", 2])


def test_the_nightly_proof_tells_those_who_keep_the_stock(keeper):
    stock_up(SkuFactory(), 2)
    assert done("warehouse.prove_stock", None, day="2026-11-19").result["ok"] is True
    StockBalance.objects.update(on_hand=5)
    assert done("warehouse.prove_stock", None, day="2026-11-20").result["ok"] is False
    assert keeper.notifications.get().kind == "warehouse.stock_wrong"


def test_uploaded_traces_move_the_parcels(wang, tmp_path):
    note = make_shipped_note(wang)
    path = tmp_path / "traces" / "up"
    path.parent.mkdir()
    path.write_text(f"物流单号,时间,轨迹\n{note.waybill},2026-11-20 10:00:00,已揽收\n", encoding="utf-8")
    run = start_job("warehouse.import_traces", by=wang, at=NOON, files=[["traces/up", "轨迹.csv"]])
    run_job(run, at=datetime(2026, 11, 21, tzinfo=SHANGHAI))
    run.refresh_from_db()
    assert run.result["nodes"]["new"] == 1, run.sentence
    assert not path.exists()
    gone = done("warehouse.import_traces", wang, files=[["traces/up", "轨迹.csv"]])
    assert gone.state == JobState.FAILED
