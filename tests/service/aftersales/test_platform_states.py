"""What the platform tells otherwise than we, and columns of refund lists people name themselves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from service.actions.aftersales import refuse_after_sale, reopen_after_sale, withdraw_after_sale
from service.actions.refunds import confirm_refund, note_platform_payment
from service.imports import Upload
from service.imports.running import run_import
from service.models import AfterSale, ColumnMapping, FileImport
from service.queries.platform_states import DIFFERS, WAITING, WORDS, differs_from_platform, what_differs
from service.queries.platform_states import when_time_is_over as over
from service.states import AfterSaleKind, AfterSaleState, FileKind, FileState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from tests.factories.aftersales import a_case, a_signed_order, an_agreed_case, lina
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON
from tests.factories.taobao import write_csv
from tests.service.aftersales.test_refund_list import bring, row

pytestmark = pytest.mark.django_db
S = AfterSaleState


def test_money_the_platform_paid_although_we_refused_is_followed(tmp_path):
    order = a_signed_order()
    bring(tmp_path, row(order))
    case = AfterSale.objects.get()
    refuse_after_sale(case, reason="已使用", by=lina(), at=NOON)
    bring(tmp_path, row(order, 退款状态="退款成功", 退款完结时间="2026-11-20 11:00:00"))
    case.refresh_from_db()
    assert (case.state, case.refunded, case.platform_told_at) == (S.DONE, Decimal(100), NOON)
    assert not differs_from_platform(case)


def test_who_imports_the_list_answered_nobody(tmp_path):
    bring(tmp_path, row(a_signed_order(), 退款状态="卖家已经同意退款，等待买家退货"))
    case = AfterSale.objects.get()
    assert (case.state, case.answered_by) == (S.AGREED, None)


def test_the_list_of_differences_and_the_page_of_a_case_mean_the_same():
    order = a_signed_order({stocked_sku(): 40})
    made = []
    for word in WORDS.values():
        for end in ("open", "paid", "refused", "withdrawn"):
            case = an_agreed_case(AfterSaleKind.REFUND, order=order, amount=Decimal(1))
            if end == "paid":
                confirm_refund(case, by=lina(), at=NOON)
            elif end == "refused":
                case = a_case(AfterSaleKind.REFUND, order=order, amount=Decimal(1))
                refuse_after_sale(case, reason="不同意", by=lina(), at=NOON)
            elif end == "withdrawn":
                withdraw_after_sale(case, by=lina(), at=NOON)
            case.platform_status, case.platform_told_at = word, NOON + timedelta(hours=1)
            case.save()
            made.append(case)
    listed = set(AfterSale.objects.filter(DIFFERS).values_list("pk", flat=True))
    assert {case.pk for case in made if differs_from_platform(case)} == listed
    assert all(bool(what_differs(case)) == (case.pk in listed) for case in made)
    waiting = [case for case in made if case.platform_status in WAITING and case.state == S.TO_REFUND]
    assert waiting
    assert not listed & {case.pk for case in waiting}


def test_the_platforms_own_payment_is_noted_by_hand_and_never_above_what_was_paid():
    case = a_case(AfterSaleKind.RETURN)
    with pytest.raises(Refused):
        note_platform_payment(case, Decimal(5000), by=lina(), at=NOON)
    with pytest.raises(Refused):
        note_platform_payment(case, Decimal(0), by=lina(), at=NOON)
    note_platform_payment(case, Decimal(100), note="超时自动退款", by=lina(), at=NOON)
    assert (case.state, case.refunded, case.refunded_by) == (S.DONE, Decimal(100), None)
    with pytest.raises(MoveRefused):
        note_platform_payment(case, Decimal(1), by=lina(), at=NOON)
    with pytest.raises(Refused):
        note_platform_payment(a_case(AfterSaleKind.EXCHANGE), Decimal(1), by=lina(), at=NOON)


def test_a_withdrawn_case_can_be_reviewed_again_and_stops_the_parcel_again():
    order = make_order({stocked_sku(): 1})
    case = a_case(AfterSaleKind.REFUND, order=order)
    withdraw_after_sale(case, by=lina(), at=NOON)
    reopen_after_sale(case, reason="买家又申请了", by=lina(), at=NOON)
    order.refresh_from_db()
    assert (case.state, order.troubles) == (S.ASKED, ["refund"])


@pytest.mark.parametrize("state", list(S))
def test_a_case_whose_time_is_over_says_what_the_platform_does(state):
    case = AfterSale(kind=AfterSaleKind.RETURN, state=state, times_out_at=NOON)
    with translation.override("en"):
        words = over(case, NOON + timedelta(minutes=1))
    assert bool(words) == (state in {S.ASKED, S.AGREED, S.ON_THE_WAY, S.ARRIVED, S.TO_SEND, S.TO_REFUND})
    assert over(case, NOON - timedelta(minutes=1)) == ""


def mapped(tmp_path, text: str, columns: dict[str, str]) -> FileImport:
    mapping = ColumnMapping.objects.create(
        kind=FileKind.REFUNDS, name="自家退款表", columns=columns, kept_by=lina(), kept_at=NOON
    )
    upload = Upload(write_csv(tmp_path / "own.csv", text), "own.csv")
    batch = FileImport.objects.create(
        kind=FileKind.REFUNDS, mapping=mapping, started_by=lina(), started_at=NOON, files=[{"name": upload.name}]
    )
    return run_import(batch, [upload], at=NOON)


def test_a_refund_list_of_ones_own_is_read_by_the_columns_people_named(tmp_path):
    order = a_signed_order()
    text = f"单号,售后号,钱,到哪步,为什么\n{order.number},271000000000000077,88.50,退款成功,开线\n"
    columns = {
        "refund_number": "售后号",
        "order_number": "单号",
        "refund_amount": "钱",
        "refund_status": "到哪步",
        "reason": "为什么",
    }
    done = mapped(tmp_path, text, columns)
    assert (done.state, done.sentence) == (FileState.DONE, "")
    case = AfterSale.objects.get()
    assert (case.state, case.refunded, case.reason) == (S.DONE, Decimal("88.50"), "开线")


def test_a_list_without_the_columns_people_named_is_refused(tmp_path):
    done = mapped(tmp_path, "甲,乙\n1,2\n", {"refund_number": "售后号", "order_number": "单号"})
    assert done.state == FileState.REFUSED
    assert "售后号" in done.sentence
