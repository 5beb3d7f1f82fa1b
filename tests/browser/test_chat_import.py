"""Chats imported in a real browser: rehearsed, imported, errors located; an unknown sheet asks for its columns once."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from service.models import ColumnMapping, Conversation, FileImport, Message
from staff.actions.jobs import run_job
from tests.factories.staff import NOON, ShopFactory, employee_with

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTS = "/service/imports/"
EXPORTED = {
    "user": "小溪流水",
    "exportTime": "2026-11-19 08:00:00",
    "count": 2,
    "chats": [
        {"date": "2026-11-18", "time": "10:00:05", "sender": "小溪流水", "text": "在吗，这款有货吗", "imgUrl": ""},
        {"date": "2026-11-18", "time": "10:00:40", "sender": "云杉:小娜", "text": "亲，有货的", "imgUrl": ""},
    ],
}
SHEET = """客人,发言,何时,说了啥
小溪流水,小溪流水,2026-11-18 10:00:05,在吗
小溪流水,李娜,2026-11-18 10:00:40,亲，在的
大河向东,大河向东,2026-13-40 10:01:00,什么时候发货
"""
COLUMNS = {"buyer": "客人", "sender": "发言", "time": "何时", "text": "说了啥"}


@pytest.fixture
def zhaomin(transactional_db):
    ShopFactory()
    rights = ("service.import_service_files", "service.view_conversation", "service.view_agentday")
    return employee_with(*rights, username="zhaomin", name="赵敏")


def run_last() -> FileImport:
    batch = FileImport.objects.latest("pk")
    run_job(batch.job_run, at=NOON)
    return batch


def test_an_exported_chat_is_rehearsed_and_then_imported(visit, faults, zhaomin, tmp_path):
    path = tmp_path / "小溪流水.json"
    path.write_text(json.dumps(EXPORTED), encoding="utf-8")
    page = visit(IMPORTS, zhaomin)
    assert faults(page) == []
    page.locator("#id_reports").set_input_files(path)
    expect(page.locator("#chosen li")).to_have_count(1)
    page.locator("#id_rehearse").check()
    page.locator("#id_shop").select_option(index=1)
    page.locator("#upload button[type=submit]").click()
    page.wait_for_url("**/service/import/*/")
    run_last()
    expect(page.locator("h1 .pill")).to_have_text("已试导入")
    assert Message.objects.count() == 0
    assert faults(page) == []

    page.get_by_role("button", name="正式导入").click()
    expect(page.locator("#import-progress")).to_contain_text("等待")
    run_last()
    expect(page.locator("h1 .pill")).to_have_text("已完成")
    assert Conversation.objects.get().buyer.nick == "小溪流水"


def test_an_unknown_sheet_asks_for_its_columns_and_shows_what_is_wrong(visit, faults, zhaomin, tmp_path):
    path = tmp_path / "聊天.csv"
    path.write_text(SHEET, encoding="utf-8")
    page = visit(IMPORTS, zhaomin, language="en")
    page.locator("#id_reports").set_input_files(path)
    page.locator("#id_kind").select_option("chats")
    page.locator("#id_shop").select_option(index=1)
    page.locator("#upload button[type=submit]").click()
    page.wait_for_url("**/service/import/*/")
    expect(page.locator("main h2").first).to_contain_text("Which column holds what?")
    assert faults(page) == []
    page.locator("[name=name]").fill("our chats")
    for field, header in COLUMNS.items():
        page.locator(f"[name=column_{field}]").select_option(header)
    page.get_by_role("button", name="Keep and import").click()
    expect(page.locator("#import-progress")).to_contain_text("waiting")
    run_last()
    expect(page.locator("h1 .pill")).to_have_text("done")
    expect(page.locator("#remarks")).to_contain_text("2026-13-40")
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Rejected rows").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert ColumnMapping.objects.get().columns == COLUMNS

    page.get_by_role("link", name="our chats").click()
    page.locator("[name=column_time]").fill("时刻")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".notice, .toast").first).to_contain_text("Changed")
    assert faults(page) == []
    assert ColumnMapping.objects.get().columns["time"] == "时刻"
