"""Importing in a real browser: files dropped, one left out, the bar, the result; desk and phone, both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from orders.models import ImportBatch, Order
from staff.actions.jobs import run_job
from staff.models import Employee
from tests.factories.imports import import_pair, line_csv, order_csv
from tests.factories.staff import NOON, employee_with
from tests.factories.taobao import line, order

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTS = "/orders/imports/"

DROP = """
([selector, files]) => {
  const box = new DataTransfer();
  for (const [name, text] of files) box.items.add(new File([text], name));
  const what = {dataTransfer: box, bubbles: true, cancelable: true};
  for (const kind of ["dragenter", "dragover", "drop"])
    document.querySelector(selector).dispatchEvent(new DragEvent(kind, what));
}
"""


@pytest.fixture
def chen_jing(transactional_db) -> Employee:
    """店长 陈静."""
    return employee_with("orders.import_orders", "orders.view_order", username="chenjing", name="陈静")


def drop(page: Page, **texts: str) -> None:
    page.evaluate(DROP, ["#upload", [[f"{name}.csv", text] for name, text in texts.items()]])


def test_files_are_dropped_left_out_and_imported(visit, faults, chen_jing):
    page = visit(IMPORTS, chen_jing, language="en")
    drop(page, orders=order_csv([order(1), order(2, 总金额="viel")]), lines=line_csv([line(1)]), holiday="ha,ha\n")
    expect(page.locator("#chosen li")).to_have_count(3)
    assert faults(page) == []

    page.get_by_role("button", name="Leave out: holiday.csv").click()
    expect(page.locator("#chosen li")).to_have_count(2)
    page.get_by_role("button", name="Import", exact=True).click()

    page.wait_for_url("**/orders/imports/*/")
    expect(page.locator("#import-progress")).to_contain_text("waiting")
    assert faults(page) == []
    run_job(ImportBatch.objects.get().job_run, at=NOON)

    expect(page.locator("h1")).to_contain_text("imported")
    expect(page.locator(".import-tiles")).to_contain_text("1")
    assert faults(page) == []
    page.get_by_role("link", name="Refused and remarks").click()
    expect(page.locator("table")).to_contain_text("“viel” is not an amount of money")
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Rejected rows").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_files_are_chosen_without_dragging(visit, chen_jing, tmp_path):
    path = tmp_path / "ExportOrderList.csv"
    path.write_bytes(order_csv([order(1)]).encode("gb18030"))
    page = visit(IMPORTS, chen_jing)

    page.locator("#id_reports").set_input_files(path)
    page.locator("#upload button[type=submit]").click()

    page.wait_for_url("**/orders/imports/*/")
    run_job(ImportBatch.objects.get().job_run, at=NOON)
    expect(page.locator("h1 .pill")).to_have_text("已导入")
    assert Order.objects.count() == 1


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_imports_have_no_faults(visit, faults, chen_jing, width, language):
    import_pair([order(place) for place in range(1, 8)], [line(place) for place in range(1, 8)], by=chen_jing)
    batch = import_pair(
        [
            order(1, 订单备注="请发顺丰，不要放快递柜", 收货地址="上海 上海市 浦东新区 张江路8号(201203)"),
            order(9, 总金额="viel"),
        ],
        [line(1, 购买数量="2")],
        by=chen_jing,
    )
    page = visit(IMPORTS, chen_jing, width=width, language=language)
    assert faults(page) == []
    for part in ("new", "changed", "remarks", "files"):
        page.goto(f"{page.url.split('/orders/')[0]}{IMPORTS}{batch.pk}/?part={part}")
        assert faults(page) == [], part
