"""Quick phrases as scripts for asking to pay; lists of the phrases page and feedback; visits after after-sales."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from catalog.actions.campaigns import plan_campaign
from orders.forms import ContactForm
from orders.models import Chase, Order
from orders.states import OrderState
from service.actions.feedback import note_feedback
from service.actions.follow_ups import follow_case_up, plan_follow_up
from service.actions.phrases import add_auto_reply, keep_phrase
from service.models import AutoReply, Feedback, FollowUp, QuickPhrase
from service.policy.desk import AFTER_SALE_FOLLOW_UP_DAYS
from service.states import AfterSaleKind
from shopops.kit.refusals import Refused
from tests.factories.aftersales import a_case, an_agreed_case
from tests.factories.agents_day import an_agent, at
from tests.factories.buyers import a_buyer
from tests.factories.orders import make_order
from tests.factories.staff import NOON, ShopFactory

pytestmark = pytest.mark.django_db
LEADS = ("service.keep_phrases", "service.export_conversations", "catalog.change_campaign", "catalog.add_campaign")


@pytest.fixture
def lina():
    return an_agent("lina", "李娜", *LEADS)


def phrase(lina, shortcut="催付", group="催付", text="亲，订单 {order} 共 {amount} 待付款，{agent}"):
    return keep_phrase(None, shortcut=shortcut, group=group, text=text, by=lina, at=at("08:00"))


def unpaid(number: str, nick: str) -> Order:
    order = make_order(number=number)
    Order.objects.filter(pk=order.pk).update(
        state=OrderState.UNPAID, buyer_nick=nick, paid_at=None, placed_at=NOON - timedelta(days=1)
    )
    order.refresh_from_db()
    return order


def test_the_scripts_are_the_phrases_in_use_of_the_group(lina):
    phrase(lina)
    phrase(lina, "问好", "开头", "您好")
    old = phrase(lina, "旧催付")
    keep_phrase(old, shortcut="旧催付", group="催付", text="旧", is_used=False, by=lina, at=at("09:00"))

    reverse("service:phrase_list")  # the addresses offer the scripts
    keys = [key for key, _label in ContactForm().fields["script"].choices]

    assert keys == ["", "催付"]
    assert not ContactForm({"result": "will_pay", "script": "问好"}).is_valid()
    assert ContactForm({"result": "will_pay", "script": "催付"}).is_valid()


def test_the_page_of_an_unpaid_order_shows_the_scripts_filled_in(client, lina):
    phrase(lina)
    order = unpaid("4087000000000000001", "小溪流水")
    page_of = reverse("orders:order", args=[order.pk])
    client.force_login(lina)

    page = client.get(page_of).content.decode()

    assert "亲，订单 4087000000000000001 共 ¥" in page
    assert "待付款，李娜" in page
    assert "小溪流水" not in page
    client.post(reverse("orders:order_contact", args=[order.pk]), {"result": "will_pay", "script": "催付"})
    assert Chase.objects.get().script == "催付"
    Order.objects.filter(pk=order.pk).update(state=OrderState.REVIEW, paid_at=NOON)
    assert "待付款，李娜" not in client.get(page_of).content.decode()


def test_a_case_that_sent_goods_again_is_followed_up_once_by_whoever_has_it(lina):
    exchange = an_agreed_case(AfterSaleKind.EXCHANGE)

    planned = follow_case_up(exchange, at=NOON)

    assert planned is not None
    assert (planned.kind, planned.agent, planned.case) == ("aftersale", exchange.holder, exchange)
    assert planned.due_at - NOON >= timedelta(days=AFTER_SALE_FOLLOW_UP_DAYS())
    assert follow_case_up(exchange, at=NOON) is None


def test_a_case_of_money_only_plans_no_follow_up(lina):
    assert follow_case_up(a_case(AfterSaleKind.REFUND), at=NOON) is None
    assert not FollowUp.objects.exists()


def test_a_visit_after_a_case_is_planned_by_hand_for_its_own_buyer_only(client, lina):
    case = a_case(AfterSaleKind.RETURN)
    with pytest.raises(Refused):
        plan_follow_up(
            a_buyer("别人"), kind="aftersale", due_at=at("23:00"), reason="问问", case=case, by=lina, at=at("09:00")
        )
    client.force_login(lina)
    asked = {"nick": case.buyer.nick, "kind": "aftersale", "due_at": "2099-01-01T10:00", "reason": "问问"}
    wrong = client.post(reverse("service:follow_up_new"), asked | {"case": "AS-none"})
    client.post(reverse("service:follow_up_new"), asked | {"case": case.number})

    assert "没有这个编号的售后单" in wrong.content.decode()
    one = FollowUp.objects.get()
    assert case.number in client.get(one.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "name", ["phrase_list", "auto_reply_list", "campaign_list", "feedback_list", "follow_up_list", "promise_list"]
)
def test_the_lists_open_with_their_tabs_and_export(client, lina, name):
    phrase(lina)
    offer = plan_campaign(
        ShopFactory(), name="双十二", starts_at=at("08:00"), ends_at=at("2099-01-01 10:00"), by=lina, at=at("07:00")
    )
    add_auto_reply(offer.shop, "活动进行中", campaign=offer, by=lina, at=at("08:30"))
    note_feedback(a_buyer("小溪"), "吊牌颜色不对", by=lina, at=at("09:00"))
    client.force_login(lina)

    page = client.get(reverse(f"service:{name}") + "?tab=all").content.decode()

    assert "导出" in page
    assert QuickPhrase.objects.count() == AutoReply.objects.count() == Feedback.objects.count() == 1
    assert Chase.objects.count() == 0
