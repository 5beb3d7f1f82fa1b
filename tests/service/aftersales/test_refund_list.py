"""The platform's refund list: cases made and followed by their refund number."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from service.actions.returned_goods import Found, inspect_parcel
from service.actions.returns import takes_parcels
from service.imports import Peek, Upload, import_files
from service.imports.refunds import kind_called, pieces_meant, recognises
from service.models import AfterSale, FileImport
from service.states import AfterSaleKind, AfterSaleState, FileKind, FileState
from tests.factories.aftersales import a_signed_order, an_arrived_parcel, lina, wangqiang
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON
from tests.factories.taobao import write_csv
from warehouse.queries.proof import prove_stock

pytestmark = pytest.mark.django_db
S = AfterSaleState
HEADER = (
    "订单编号",
    "退款编号",
    "商品编码",
    "宝贝标题",
    "买家退款金额",
    "售后类型",
    "退款的申请时间",
    "超时时间",
    "退款完结时间",
    "退款状态",
    "客服介入状态",
    "买家退款原因",
    "退货物流单号",
    "退货物流公司",
    "业务类型",
)


def row(order, number: str = "271000000000000001", **cells: str) -> dict[str, str]:
    line = order.lines.order_by("pk")[0]
    return {
        "订单编号": order.number,
        "退款编号": number,
        "商品编码": line.code,
        "宝贝标题": line.title,
        "买家退款金额": "100.00",
        "售后类型": "退货退款",
        "退款的申请时间": "2026-11-19 10:00:00",
        "超时时间": "2026-11-21 10:00:00",
        "退款状态": "买家已经申请退款，等待卖家同意",
        "客服介入状态": "未介入",
        "买家退款原因": "尺码偏小",
        **cells,
    }


def bring(tmp_path: Path, *rows: dict[str, str], header=HEADER, at=NOON, rehearse: bool = False) -> FileImport:
    lines = [",".join(header), *(",".join(f'"{one.get(name, "")}"' for name in header) for one in rows)]
    path = write_csv(tmp_path / "refunds.csv", "\n".join(lines) + "\n")
    upload = Upload(path, "退款列表.csv")
    return import_files([upload], kind=FileKind.REFUNDS, rehearse=rehearse, by=lina(), at=at)


def test_a_row_becomes_a_case_with_the_platforms_timer(tmp_path):
    order = a_signed_order()
    done = bring(tmp_path, row(order))
    assert (done.state, done.counts["new"]) == (FileState.DONE, 1)
    case = AfterSale.objects.get()
    assert (case.kind, case.state, case.amount) == (AfterSaleKind.RETURN, S.ASKED, Decimal(100))
    assert case.times_out_at.isoformat() == "2026-11-21T02:00:00+00:00"
    assert (case.lines.get().quantity, case.platform_status, case.batch) == (1, "等待卖家同意", done)


def test_the_same_list_twice_changes_nothing(tmp_path):
    order = a_signed_order()
    bring(tmp_path, row(order))
    again = bring(tmp_path, row(order))
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 1)
    assert AfterSale.objects.count() == 1


def test_a_rehearsal_writes_nothing(tmp_path):
    assert bring(tmp_path, row(a_signed_order()), rehearse=True).state == FileState.REHEARSED
    assert not AfterSale.objects.exists()


def test_a_case_follows_the_platform_to_its_end(tmp_path):
    order = a_signed_order()
    bring(tmp_path, row(order))
    bring(tmp_path, row(order, 退款状态="卖家已经同意退款，等待买家退货", 超时时间="2026-11-27 10:00:00"))
    case = AfterSale.objects.get()
    assert case.state == S.AGREED
    goods = {"退货物流单号": "No:SF88123456", "退货物流公司": "顺丰", "退款状态": "买家已经退货，等待卖家确认收货"}
    bring(tmp_path, row(order, **goods))
    case.refresh_from_db()
    assert (case.state, case.return_waybill) == (S.ON_THE_WAY, "SF88123456")
    bring(tmp_path, row(order, 退款状态="退款成功", 退款完结时间="2026-11-20 11:00:00"))
    case.refresh_from_db()
    assert (case.state, case.refunded, case.refunded_by) == (S.DONE, Decimal(100), None)
    assert case.done_at == NOON - timedelta(hours=1)
    assert takes_parcels(case)
    inspect_parcel(an_arrived_parcel(case), {case.lines.get().pk: Found(1, 0)}, by=wangqiang(), at=NOON)
    assert prove_stock().ok


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"退款状态": "退款关闭"}, S.WITHDRAWN),
        ({"退款状态": "卖家拒绝退款"}, S.REFUSED),
        ({"客服介入状态": "客服已介入"}, S.DISPUTED),
        ({"退款状态": "从来没有见过的状态"}, S.ASKED),
        ({"售后类型": "仅退款", "退款状态": "退款成功"}, S.DONE),
    ],
)
def test_the_platforms_states_are_understood(tmp_path, cells, state):
    bring(tmp_path, row(a_signed_order(), **cells))
    assert AfterSale.objects.get().state == state


def test_an_unknown_order_and_too_large_a_refund_are_complained_about_row_by_row(tmp_path):
    order = a_signed_order()
    stranger = row(order, "271000000000000002", 订单编号="9999999999999999999")
    dear = row(order, "271000000000000003", 买家退款金额="5000.00")
    done = bring(tmp_path, row(order), stranger, dear)
    assert (done.state, done.counts["new"], done.complaint_count) == (FileState.DONE, 1, 2)
    assert [one["row"] for one in done.complaints] == [3, 4]
    assert done.rejected


def test_a_file_that_is_no_refund_list_is_refused(tmp_path):
    done = bring(tmp_path, {"甲": "1"}, header=("甲", "乙"))
    assert (done.state, bool(done.sentence)) == (FileState.REFUSED, True)


def test_numbers_damaged_by_a_spreadsheet_refuse_the_file(tmp_path):
    order = a_signed_order()
    done = bring(tmp_path, row(order, "2.71E+17"))
    assert done.state == FileState.REFUSED
    assert not AfterSale.objects.exists()


def test_a_refund_list_is_known_by_its_columns():
    assert recognises(Peek(Upload(Path("a"), "a"), "table", [[list(HEADER)]]))
    assert not recognises(Peek(Upload(Path("a"), "a"), "table", [[["订单编号", "评价"]]]))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("退货退款", AfterSaleKind.RETURN),
        ("仅退款", AfterSaleKind.REFUND),
        ("换货", AfterSaleKind.EXCHANGE),
        ("维修", AfterSaleKind.REPAIR),
        ("补寄", AfterSaleKind.RESEND),
        ("补差价", AfterSaleKind.REFUND),
        ("", AfterSaleKind.REFUND),
    ],
)
def test_the_platforms_kinds_are_understood(word, kind):
    assert kind_called(word, has_waybill=False) == kind


def test_the_pieces_of_a_refund_are_what_its_amount_pays_for():
    coat, scarf = stocked_sku(), stocked_sku()
    order = a_signed_order({coat: 3, scarf: 1})
    first = order.lines.get(sku=coat)
    assert pieces_meant(order, coat.code, "", Decimal(200)) == {first.pk: 2}
    assert pieces_meant(order, coat.code, "", Decimal(1)) == {first.pk: 1}
    assert pieces_meant(order, "unbekannt", "", Decimal(100)) == {}
