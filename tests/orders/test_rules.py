"""Review rules: they do what they say, say what they did, and can be tried first."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from orders.actions.answers import answer_finance
from orders.actions.finance import ask_finance
from orders.actions.holds import release_order
from orders.actions.rulebook import Draft, order_rules, save_rule, stop_all_rules, switch_rule
from orders.actions.screening import screen_orders
from orders.models import Order, Payment, ReviewRule, RuleTrace, RuleVersion
from orders.queries.rule_facts import facts_of, ready_rule
from orders.queries.rule_trace import ladders_of
from orders.queries.rule_trial import try_rule
from orders.queries.rule_words import DOINGS, TESTS
from orders.queries.rules import lately
from orders.states import FlagColour, LineKind, OrderState
from shopops.kit.clock import SHANGHAI
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.orders import make_order, make_rule, stocked_sku
from tests.factories.staff import NOON, ShopFactory
from tests.factories.warehouse import CarrierFactory

pytestmark = pytest.mark.django_db


def did(order: Order) -> dict[str, str]:
    """Return what the last run of the rules did with an order: action → result."""
    trace = RuleTrace.objects.filter(order=order).first()
    return {one[0]: one[1] for rung in (trace.rungs if trace else []) for one in rung.get("d", [])}


def test_a_rule_approves_what_meets_its_conditions_and_nothing_else(lina):
    sku = stocked_sku()
    make_rule(lina, conditions=[[("amount_at_least", "99")], [("remote", ""), ("not_remote", "")]])
    big, small = make_order({sku: 1}, paid=Decimal("99.00")), make_order({sku: 1}, paid=Decimal("98.99"))
    assert screen_orders([big.pk, small.pk], at=NOON).approved == 1
    big.refresh_from_db()
    small.refresh_from_db()
    assert (big.state, big.confirmed_by, small.state) == (OrderState.APPROVED, None, OrderState.REVIEW)
    assert did(big) == {"approve": "done"}
    [rung] = RuleTrace.objects.get(order=small).rungs
    assert (rung["h"], rung["f"]) == ("001", 0)


def test_the_trace_reads_as_a_ladder_in_both_languages(lina):
    from django.utils import translation

    sku = stocked_sku(code="CUP-1")
    gift = stocked_sku(0, code="GIFT-1")
    make_rule(
        lina,
        "满99送杯垫",
        conditions=[[("amount_at_least", "99")], [("sku_any", ["CUP-1"])]],
        actions=[{"do": "gift", "sku": gift.code, "pieces": 1}],
    )
    order = make_order({sku: 1})
    screen_orders([order.pk], at=NOON)
    with translation.override("en"):
        [ladder] = ladders_of(order)
        [rung] = ladder.rungs
        assert [(check.text, check.holds) for group in rung.groups for check in group] == [
            ("Paid amount ≥ ¥99", True),
            ("Has one of the SKUs CUP-1", True),
        ]
        assert [(done.text, done.result, done.is_done) for done in rung.done] == [
            ("Add a gift 1 × GIFT-1", "skipped: no stock of the gift (0)", False)
        ]
    with translation.override("zh-hans"):
        assert ladders_of(order)[0].rungs[0].groups[0][0].text == "实付金额 ≥ ¥99"


def test_rules_run_in_their_order_see_each_others_marks_and_stop_when_told(lina):
    sku = stocked_sku()
    first = make_rule(lina, "红旗", conditions=[], actions=[{"do": "flag", "flag": "1"}])
    second = make_rule(
        lina, "红旗加标签", conditions=[[("flag_any", ["1"])]], actions=[{"do": "tag", "tag": "重点"}], stops=True
    )
    make_rule(lina, "审核", conditions=[])
    order = make_order({sku: 1})
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    assert (order.flag, order.tags, order.state) == (FlagColour.RED, ["重点"], OrderState.REVIEW)
    order_rules([second.pk, first.pk], by=lina, at=NOON)
    other = make_order({sku: 1})
    screen_orders([other.pk], at=NOON)
    other.refresh_from_db()
    assert (other.tags, other.state) == ([], OrderState.APPROVED)


def test_a_rule_of_another_shop_does_not_concern_the_order(lina):
    make_rule(lina, shop_id=ShopFactory(name="云杉生活馆").pk)
    order = make_order({stocked_sku(): 1})
    screen_orders([order.pk], at=NOON)
    assert not RuleTrace.objects.exists()


def test_a_rule_in_shadow_leaves_a_trace_and_nothing_else(lina):
    make_rule(lina, is_shadow=True, stops=True)
    order = make_order({stocked_sku(): 1})
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.REVIEW
    [rung] = RuleTrace.objects.get().rungs
    assert (rung["f"], rung["s"], rung.get("d")) == (1, 1, None)


def test_blocked_and_short_orders_are_not_approved_and_the_trace_says_why(lina):
    make_rule(lina)
    blocked, short = make_order({stocked_sku(): 1}, city=""), make_order({stocked_sku(0): 1})
    big = make_order({stocked_sku(): 1}, paid=Decimal(6000))
    assert screen_orders([blocked.pk, short.pk, big.pk], at=NOON).approved == 0
    assert (did(blocked), did(short), did(big)) == ({"approve": "blocked"}, {"approve": "short"}, {"approve": "limit"})


def test_a_rule_holds_an_order_once_only(lina):
    make_rule(
        lina,
        "备注晚发",
        conditions=[[("memo_contains", ["晚发", "延迟"])]],
        actions=[{"do": "hold", "hours": 2, "reason": "备注晚发"}],
    )
    order = make_order({stocked_sku(): 1}, seller_memo="买家要晚发货，晚发")
    assert screen_orders([order.pk], at=NOON).held == 1
    order.refresh_from_db()
    assert (order.state, order.held_until, order.hold_reason) == ("held", NOON + timedelta(hours=2), "备注晚发")
    release_order(order, by=lina, at=NOON)
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.REVIEW
    assert did(order) == {"hold": "once"}


def test_a_hold_until_an_hour_ends_the_next_time_the_clock_shows_it(lina):
    make_rule(lina, conditions=[], actions=[{"do": "hold", "until": "09:30"}])
    order = make_order({stocked_sku(): 1})
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    assert order.held_until == datetime(2026, 11, 21, 9, 30, tzinfo=SHANGHAI)


def test_carrier_finance_exception_and_split_are_done(lina):
    carrier, few = CarrierFactory(), stocked_sku(1)
    make_rule(lina, "偏远", conditions=[[("remote", "")]], actions=[{"do": "courier", "carrier": str(carrier.pk)}])
    make_rule(lina, "大单", conditions=[[("pieces_at_least", "9")]], actions=[{"do": "finance", "question": "大单"}])
    make_rule(
        lina, "刷单", conditions=[[("message_contains", ["刷单"])]], actions=[{"do": "exception", "reason": "疑似"}]
    )
    make_rule(lina, "拆", conditions=[[("short", "")]], actions=[{"do": "split"}, {"do": "approve"}])
    remote = make_order({stocked_sku(): 1}, province="新疆维吾尔自治区")
    big = make_order({stocked_sku(): 9})
    fake = make_order({stocked_sku(): 1}, buyer_message="刷单勿发")
    short = make_order({few: 3})
    screen_orders([remote.pk, big.pk, fake.pk, short.pk], at=NOON)
    for order in (remote, big, fake, short):
        order.refresh_from_db()
    assert remote.carrier == carrier
    assert (big.state, Payment.objects.get(order=big).question) == (OrderState.FINANCE, "大单")
    assert (fake.is_blocked, fake.troubles) == (True, ["rule"])
    assert (short.state, short.parts) == (OrderState.APPROVED, 2)
    assert did(short) == {"split": "done", "approve": "done"}


def test_gifts_follow_the_pieces_bought_and_are_given_once(lina):
    cup, gift = stocked_sku(code="CUP-1"), stocked_sku(100, code="GIFT-1", name="杯垫")
    rule = make_rule(
        lina, conditions=[], actions=[{"do": "gift", "sku": "GIFT-1", "pieces": 1, "per": 2, "of": ["CUP-1"]}]
    )
    order, few = make_order({cup: 5}), make_order({cup: 1}, buyer_nick="tb_few")
    screen_orders([order.pk, few.pk], at=NOON)
    screen_orders([order.pk, few.pk], at=NOON)
    line = order.lines.get(kind=LineKind.GIFT)
    assert (line.sku, line.quantity, line.paid, line.list_price, line.gift_rule) == (gift, 2, 0, 0, rule)
    assert (did(order), did(few)) == ({"gift": "once"}, {"gift": "few"})
    assert Event.objects.filter(verb="orders.gift_given").count() == 1


def test_gifts_stop_at_the_cap_the_stock_and_the_buyer(lina):
    cup = stocked_sku()
    stocked_sku(100, code="CAPPED")
    stocked_sku(1, code="SCARCE")
    stocked_sku(100, code="ONCE")
    for name, more in (("CAPPED", {"cap": 1}), ("SCARCE", {}), ("ONCE", {"once": True})):
        make_rule(lina, name, conditions=[], actions=[{"do": "gift", "sku": name, "pieces": 1, **more}])
    first, second = make_order({cup: 1}), make_order({cup: 1})
    screen_orders([first.pk, second.pk], at=NOON)
    assert set(first.lines.filter(kind=LineKind.GIFT).values_list("code", flat=True)) == {"CAPPED", "SCARCE", "ONCE"}
    assert not second.lines.filter(kind=LineKind.GIFT).exists()
    results = [one[1] for rung in RuleTrace.objects.get(order=second).rungs for one in rung["d"]]
    assert results == ["cap", "stock", "buyer"]


def test_every_condition_can_be_asked(lina):
    values = {
        "money": "10",
        "number": "1",
        "words": ["CUP-1", "浙江", "杭州", "急"],
        "flags": ["0"],
        "troubles": ["short"],
        "hours": ["8", "20"],
        "shops": [str(ShopFactory().pk)],
        "none": "",
    }
    order = make_order({stocked_sku(code="CUP-1"): 1})
    expected = {
        "amount_at_least": True, "amount_at_most": False, "pieces_at_least": True, "pieces_at_most": True,
        "lines_at_least": True, "lines_at_most": True, "sku_any": True, "sku_none": False, "sku_only": True,
        "short": False, "not_short": True, "province_any": True, "city_any": True, "remote": False, "not_remote": True,
        "message_contains": False, "message_empty": True, "message_filled": False, "memo_contains": False,
        "memo_lacks": True, "memo_empty": True, "memo_filled": False, "flag_any": True, "tag_any": False,
        "tag_none": True, "trouble_any": False, "trouble_none": True, "buyer_new": True, "buyer_returning": False,
        "hour_between": True, "shop_any": True,
    }  # fmt: skip
    assert set(expected) == set(TESTS)
    make_order(buyer_nick="tb_zhangmin", paid_at=NOON)  # later, so it does not count
    for name, test in TESTS.items():
        rule = ReviewRule(conditions=[[{"test": name, "value": values[test.kind]}]], actions=[])
        ready = ready_rule(rule)
        [facts] = facts_of([order.pk], needs=ready.needs)
        assert ready.judge(facts)[0] is expected[name], name


def test_hours_may_pass_midnight(lina):
    order = make_order(paid_at=datetime(2026, 11, 20, 23, 30, tzinfo=SHANGHAI))
    ready = ready_rule(ReviewRule(conditions=[[{"test": "hour_between", "value": ["22", "6"]}]], actions=[]))
    assert ready.judge(facts_of([order.pk], needs=())[0])[0]


def test_save_rule_keeps_every_version_and_refuses_a_stale_page(lina, sunyue):
    rule = make_rule(lina)
    save_rule(rule, Draft("满199自动审核", actions=[{"do": "approve"}]), by=lina, at=NOON, seen_version=1)
    with pytest.raises(MoveRefused, match="李娜"):
        save_rule(rule, Draft("x", actions=[{"do": "approve"}]), by=sunyue, at=NOON, seen_version=1)
    assert list(RuleVersion.objects.values_list("version", "name")) == [(2, "满199自动审核"), (1, "满99自动审核")]
    assert Event.objects.filter(verb="orders.rule_changed").count() == 2


@pytest.mark.parametrize(
    "draft",
    [
        Draft(" ", actions=[{"do": "approve"}]),
        Draft("什么也不做"),
        Draft("未知动作", actions=[{"do": "explode"}]),
        Draft("未知条件", conditions=[[{"test": "nonsense", "value": ""}]], actions=[{"do": "approve"}]),
        Draft("不是数", conditions=[[{"test": "amount_at_least", "value": "abc"}]], actions=[{"do": "approve"}]),
        Draft("空词", conditions=[[{"test": "sku_any", "value": []}]], actions=[{"do": "approve"}]),
        Draft("满99自动审核", actions=[{"do": "approve"}]),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(lina, draft):
    make_rule(lina)
    with pytest.raises(Refused):
        save_rule(None, draft, by=lina, at=NOON)


def test_the_stop_switch_stops_them_all(lina):
    rule = make_rule(lina)
    make_rule(lina, "另一条")
    switch_rule(rule, shadow=True, by=lina, at=NOON)
    assert stop_all_rules(by=lina, at=NOON) == 2
    order = make_order({stocked_sku(): 1})
    screen_orders([order.pk], at=NOON)
    assert not RuleTrace.objects.exists()


def test_trying_a_rule_counts_the_last_30_days_and_changes_nothing(lina):
    sku = stocked_sku()
    rule = make_rule(lina, conditions=[[("amount_at_least", "150"), ("memo_contains", "加急")]], is_on=False)
    make_order({sku: 2}, paid_at=NOON - timedelta(days=3), state=OrderState.SHIPPED)
    make_order({sku: 1}, paid_at=NOON - timedelta(days=2))
    make_order({sku: 5}, paid_at=NOON - timedelta(days=31))
    result = try_rule(rule.pk, at=NOON)
    assert (result["orders"], result["fired"], result["held"], result["ends"]) == (2, 1, [[1, 0]], {"released": 1})
    assert result["amount"] == "200.00"
    assert not RuleTrace.objects.exists()


def test_rules_take_the_same_number_of_queries_for_one_and_for_three(lina, queries_of):
    sku = stocked_sku()
    make_rule(lina, conditions=[[("sku_any", [sku.code])], [("buyer_new", "")]], actions=[{"do": "tag", "tag": "新客"}])

    def orders(number: int) -> list[int]:
        return [make_order({sku: 1}, buyer_nick=f"tb_{again}").pk for again in range(number)]

    one, three = orders(1), orders(3)
    assert queries_of(lambda: screen_orders(three, at=NOON)) == queries_of(lambda: screen_orders(one, at=NOON))


def test_every_action_has_words():
    assert set(DOINGS) == {"approve", "hold", "flag", "tag", "courier", "gift", "split", "finance", "exception"}


def test_what_came_of_several_actions_is_counted_action_by_action(lina):
    rule = make_rule(lina, actions=[{"do": "flag", "flag": 1}, {"do": "tag", "tag": "偏远"}])
    order = make_order({stocked_sku(): 1})
    screen_orders([order.pk], at=NOON)
    told = lately(rule, at=NOON)
    assert (told.judged, told.fired) == (1, 1)
    assert [(count, is_done) for _what, _result, count, is_done in told.results] == [(1, True), (1, True)]
    assert not any("[" in what + result for what, result, _count, _done in told.results)


def test_the_rules_go_on_when_finance_has_confirmed_and_do_not_ask_again(lina, qianjin):
    ask = {"do": "finance", "question": "到账了吗"}
    make_rule(lina, "大额", conditions=[[("amount_at_least", "99")]], actions=[ask])
    make_rule(lina, "放行", conditions=[[("amount_at_least", "1")]], actions=[{"do": "approve"}])
    order = make_order({stocked_sku(): 1}, paid=Decimal("120.00"))
    ask_finance(order, "线下补款", by=lina, at=NOON)
    answer_finance(Payment.objects.get(), confirmed=True, answer="已到账", by=qianjin, at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.APPROVED
    assert Payment.objects.count() == 1
