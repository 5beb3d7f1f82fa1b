"""The pages of after-sales: what they show and refuse, and how often they ask the database."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from service.actions.aftersales import agree_after_sale
from service.actions.refunds import confirm_refund
from service.models import AfterSale, ReturnParcel
from service.queries.aftersales import cases_on_order_page
from service.states import AfterSaleKind, AfterSaleState, ReturnState
from shopops.kit.clock import now
from shopops.kit.holdings import HOLDINGS
from shopops.kit.worklists import WORKLISTS
from staff.models import Event
from tests.factories.aftersales import a_case, a_signed_order, an_agreed_case, an_arrived_parcel, wangqiang
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON, employee_with
from tests.factories.warehouse import stock_up

pytestmark = pytest.mark.django_db
S = AfterSaleState
AGENT = (
    "service.view_aftersale",
    "service.handle_aftersale",
    "service.view_returnparcel",
    "service.receive_return",
    "service.refund_buyer",
    "service.confirm_cause",
    "service.export_aftersales",
    "service.view_buyer",
    "orders.view_order",
    "warehouse.view_dispatchnote",
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.fixture
def wufang(db):
    return employee_with(*AGENT, username="wufang", name="吴芳")


@pytest.fixture
def client(wufang) -> Client:
    client = Client()
    client.force_login(wufang, backend="django.contrib.auth.backends.ModelBackend")
    return client


def queries_of(do) -> int:
    with CaptureQueriesContext(connection) as asked:
        do()
    return len(asked)


def text(client: Client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"service:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, name: str, *args, **values):
    return client.post(reverse(f"service:{name}", args=args), values, follow=True)


def test_the_list_asks_the_database_as_often_for_three_cases_as_for_one(client):
    order = a_signed_order({stocked_sku(): 3})
    a_case(order=order)
    text(client, "after_sales")
    one = queries_of(lambda: text(client, "after_sales"))
    a_case(order=order), a_case(order=order)
    assert queries_of(lambda: text(client, "after_sales")) == one


def test_the_case_the_platform_decides_next_stands_on_top(client):
    order = a_signed_order({stocked_sku(): 2})
    late = a_case(order=order, times_out_at=now() + timedelta(days=5))
    soon = a_case(order=order, times_out_at=now() + timedelta(hours=2))
    shown = text(client, "after_sales")
    assert shown.index(soon.number) < shown.index(late.number)
    assert soon.number in text(client, "after_sales", tab="pressing")
    assert late.number not in text(client, "after_sales", tab="pressing")


def test_cases_are_found_by_what_people_have_in_hand(client):
    case = an_agreed_case(platform_number="2700000000000001")
    for word in (case.number, case.order.number, "2700000000000001", case.order.buyer_nick, "1234"):
        assert case.number in text(client, "after_sales", q=word, tab="all")
    assert case.number not in text(client, "after_sales", q="nobody", tab="all")


@pytest.mark.parametrize("state", [S.ASKED, S.AGREED, S.ARRIVED, S.DONE])
def test_the_page_of_a_case_says_what_to_do_next(client, state):
    case = a_case()
    if state != S.ASKED:
        agree_after_sale(case, by=wangqiang(), at=NOON)
    if state == S.ARRIVED:
        an_arrived_parcel(case)
    if state == S.DONE:
        case = an_agreed_case(AfterSaleKind.REFUND, order=case.order)
        confirm_refund(case, by=wangqiang(), at=NOON)
    shown = text(client, "after_sale", case.number)
    assert case.get_state_display() in shown
    assert case.order.number in shown
    assert case.order.buyer_nick not in shown


def test_a_case_is_opened_from_an_order_and_answered(client, wufang):
    order = a_signed_order()
    line = order.lines.get()
    url = f"{reverse('service:after_sale_new')}?order={order.pk}"
    assert client.get(url).status_code == 200
    assert order.number in text(client, "after_sale_new", q=order.number)
    client.post(url, {"kind": "return", f"line_{line.pk}": "1", "reason": "尺码偏小"})
    case = AfterSale.objects.get()
    assert (case.amount, case.holder) == (Decimal(100), wufang)
    assert send(client, "after_sale_agreement", case.number, answer="好的").status_code == 200
    send(client, "after_sale_waybill", case.number, waybill="SF777", carrier="顺丰")
    case.refresh_from_db()
    assert (case.state, case.return_waybill) == (S.ON_THE_WAY, "SF777")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kind": "return"},
        {"kind": "nonsense", "amount": "1"},
        {"kind": "refund", "amount": "-5"},
        {"kind": "refund", "amount": "9999999999999"},
        {"kind": "refund", "amount": "1", "asked_at": "2999-01-01T10:00"},
        {"kind": "price_match", "amount": "5"},
        {"kind": "refund", "amount": "1\0", "reason": "\0"},
    ],
)
def test_a_senseless_form_is_shown_again(client, values):
    url = f"{reverse('service:after_sale_new')}?order={a_signed_order().pk}"
    assert client.post(url, values).status_code == 200 or values.get("amount") == "1\0"
    assert AfterSale.objects.count() == (1 if values.get("amount") == "1\0" else 0)


@pytest.mark.parametrize("key", ["0", "abc", "99999999999999999999999", "-1"])
def test_an_order_that_does_not_exist_is_not_found(client, key):
    assert client.get(reverse("service:after_sale_new"), {"order": key}).status_code == 404


def test_goods_are_sent_from_the_page_and_a_wrong_code_is_said(client):
    case = an_agreed_case(AfterSaleKind.RESEND)
    line = case.lines.get()
    assert f"sku_{line.pk}" in text(client, "after_sale", case.number)
    send(client, "after_sale_sending", case.number, **{f"sku_{line.pk}": "GIBT-ES-NICHT"})
    case.refresh_from_db()
    assert case.note is None
    other = stocked_sku(3)
    send(client, "after_sale_sending", case.number, **{f"sku_{line.pk}": other.code})
    case.refresh_from_db()
    assert case.note.lines.get().sku == other


def test_a_refund_is_confirmed_and_its_cause_judged_on_the_page(client):
    case = an_agreed_case(AfterSaleKind.REFUND)
    send(client, "after_sale_refund", case.number, amount="60", reason="")
    case.refresh_from_db()
    assert (case.state, case.refunded) == (S.DONE, Decimal(60))
    send(
        client, "after_sale_cause", case.number, cause="goods", culprit="", text="同批次开线",
        goods="40", postage="0", compensation="0",
    )  # fmt: skip
    case.refresh_from_db()
    assert case.cause_text == "同批次开线"


def test_batches_say_row_by_row_what_was_left(client, wufang):
    order = a_signed_order({stocked_sku(): 2})
    asked, agreed = a_case(order=order), an_agreed_case(order=order)
    url = reverse("service:after_sales")
    from shopops.kit.lists import Reader
    from shopops.kit.lists.declarations import PAGES

    page = PAGES["service.after_sales"]
    reader = Reader(wufang, NOON)
    action = page.batch_action("agreement", reader)
    assert action is not None
    assert set(action.skips([asked.pk, agreed.pk], reader)) == {agreed.pk}
    refused = action.run([asked.pk, agreed.pk], by=wufang, at=NOON, answer="好的")
    assert set(refused) == {agreed.pk}
    assert client.get(url).status_code == 200


def test_the_desk_takes_a_parcel_in_and_inspects_it(client):
    case = an_agreed_case()
    line = case.lines.get()
    answer = client.get(reverse("service:return_scan"), {"code": case.order.number}).json()
    assert (answer["tone"], case.number in answer["html"]) == ("good", True)
    told = send(client, "return_arrival", waybill="sf 99", case=case.number).json()
    assert f"good_{line.pk}" in told["html"]
    parcel = ReturnParcel.objects.get()
    told = client.post(
        reverse("service:return_inspection", args=[parcel.pk]),
        {f"good_{line.pk}": "1", f"defective_{line.pk}": "0"},
        headers={"X-Desk": "returns"},
    ).json()
    assert told["tone"] == "done"
    case.refresh_from_db()
    assert case.state == S.TO_REFUND


@pytest.mark.parametrize(
    "code", ["1234", "SF00000000001", "4301", "'; DROP TABLE", "\0", " ", "☃", "9" * 300, "SH261120000001"]
)
def test_the_desk_answers_whatever_is_scanned(client, code):
    answer = client.get(reverse("service:return_scan"), {"code": code})
    assert answer.status_code == 200
    assert "html" in answer.json()
    assert client.get(reverse("service:return_desk"), {"code": code}).status_code == 200


def test_our_own_waybill_finds_the_case_of_a_parcel_the_buyer_refused(client):
    case = an_agreed_case(AfterSaleKind.REFUND)
    assert case.number in client.get(reverse("service:return_scan"), {"code": case.order.waybill}).json()["html"]


def test_an_unknown_parcel_goes_into_the_pool_with_its_photo(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    refused = client.post(reverse("service:return_arrival"), {"waybill": "YT1"})
    assert refused.status_code == 409
    photo = SimpleUploadedFile("a.png", PNG, "image/png")
    told = client.post(reverse("service:return_arrival"), {"waybill": "YT1", "content": "羊羔绒外套", "photo": photo})
    assert told.status_code == 200
    parcel = ReturnParcel.objects.get()
    assert parcel.state == ReturnState.OWNERLESS
    shown = client.get(reverse("service:return_photo", args=[parcel.pk]))
    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == ("image/png", PNG)
    assert "YT1" in text(client, "returns")
    assert "YT1" in text(client, "return_parcel", parcel.pk)


def test_cases_are_proposed_for_an_ownerless_parcel(client):
    case = an_agreed_case()
    client.post(reverse("service:return_arrival"), {"waybill": "YT2", "content": "加厚羊羔绒外套，尾号1234"})
    parcel = ReturnParcel.objects.get()
    assert case.number in text(client, "return_parcel", parcel.pk)
    send(client, "return_matching", parcel.pk, case=case.number)
    parcel.refresh_from_db()
    assert parcel.case == case
    send(client, "return_unmatching", parcel.pk, reason="不是这单")
    send(client, "return_matching", parcel.pk, case="SH0")
    send(client, "return_closing", parcel.pk, reason="原路退回")
    parcel.refresh_from_db()
    assert parcel.state == ReturnState.SETTLED


@pytest.mark.parametrize("value", ["-1", "x", "1.5", "99999", "１"])
def test_a_senseless_count_is_refused(client, value):
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    url = reverse("service:return_inspection", args=[parcel.pk])
    answer = client.post(url, {f"good_{case.lines.get().pk}": value}, headers={"X-Desk": "returns"})
    assert answer.status_code == 409
    assert json.loads(answer.content)["tone"] == "danger"


def test_who_may_only_look_opens_and_answers_nothing():
    reader = employee_with("service.view_aftersale", username="reader", name="郑红")
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    case = a_case()
    assert client.get(case.get_absolute_url()).status_code == 200
    assert client.post(reverse("service:after_sale_agreement", args=[case.number])).status_code == 403
    assert client.get(reverse("service:return_desk")).status_code == 403


def test_the_page_of_an_order_shows_its_cases(wufang):
    case = a_case()
    shown = cases_on_order_page(case.order, wufang, NOON)
    assert [one.number for one in shown.cases] == [case.number]
    assert str(case.order.pk) in shown.new_url


@pytest.mark.parametrize(
    "query", [{}, {"first": "2026-11-01", "last": "2026-11-30"}, {"first": "x", "last": "9"}, {"shop": "abc"}]
)
def test_the_analysis_counts_cases_and_cost(client, query):
    case = an_agreed_case(AfterSaleKind.REFUND)
    confirm_refund(case, by=wangqiang(), at=NOON)
    assert client.get(reverse("service:after_sale_analysis"), query).status_code == 200


def test_what_waits_is_on_my_work_and_can_be_handed_over(wufang):
    case = a_case(holder=wufang)
    parcel = an_arrived_parcel(an_agreed_case(order=case.order))
    counts = {
        name: WORKLISTS[f"service.{name}"].waiting(wufang.pk, NOON).count
        for name in ("after_sales_to_answer", "after_sale_timers", "refunds", "returns_to_inspect")
    }
    assert counts == {"after_sales_to_answer": 1, "after_sale_timers": 0, "refunds": 0, "returns_to_inspect": 1}
    assert parcel.case is not None
    held = list(HOLDINGS["service.after_sales"].mine(wufang.pk, NOON))
    assert [one.id for one in held] == [case.pk]
    HOLDINGS["service.after_sales"].pass_on([case.pk], wangqiang(), by=wufang, at=NOON)
    case.refresh_from_db()
    assert case.holder == wangqiang()
    assert Event.objects.filter(verb="service.after_sale_passed").count() == 1


def test_stock_that_came_back_defective_is_not_offered(client):
    sku = stocked_sku(0)
    stock_up(sku, 2)
    order = a_signed_order({sku: 2})
    assert client.get(f"{reverse('service:after_sale_new')}?order={order.pk}").status_code == 200
