"""Pages of the review rules: the list, the form without a script, the switches, the trial."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from orders.actions.screening import screen_orders
from orders.models import ReviewRule, RuleVersion
from orders.states import OrderState
from shopops.kit.clock import now
from staff.actions.jobs import run_job
from staff.models import Event, JobRun
from tests.factories.catalog import SkuFactory
from tests.factories.orders import make_order, make_rule, stocked_sku
from tests.factories.staff import ShopFactory, employee_with
from tests.factories.warehouse import CarrierFactory
from tests.orders.views.conftest import said, text_of

pytestmark = pytest.mark.django_db


def fields(**changed: str | list[str]) -> dict[str, str | list[str]]:
    """Return what the form of a rule posts: approve orders up to ¥100."""
    posted: dict[str, str | list[str]] = {
        "name": "小额自动审核",
        "shop": "",
        "mode": "shadow",
        "seen": "",
        "c0-0-field": "amount",
        "c0-0-test": "amount_at_most",
        "c0-0-value": "100",
        "a0-do": "approve",
    }
    return posted | changed


def url(name: str, *args: int) -> str:
    return reverse(f"orders:{name}", args=args)


def test_the_list_shows_rules_in_their_order_with_what_they_did(desk, lina):
    make_rule(lina, "第一条", conditions=[[("amount_at_least", "50"), ("remote", "")], [("message_empty", "")]])
    make_rule(lina, "第二条", conditions=[], actions=[{"do": "tag", "tag": "看过"}], is_shadow=True, stops=True)
    orders = [make_order({stocked_sku(): 1}).pk, make_order({stocked_sku(): 1}, buyer_message="快点").pk]
    screen_orders(orders, at=now())
    response = desk.get(url("rules"))
    page = text_of(response)
    assert page.index("第一条") < page.index("第二条")
    assert [(one.rule.name, one.mode, one.fired, one.judged) for one in response.context["rules"]] == [
        ("第一条", "on", 1, 2),
        ("第二条", "shadow", 2, 2),
    ]
    for words in ("Paid amount ≥ ¥50", "Address is remote", "Set a tag 看过", "later rules do not run", "every order"):
        assert words in page


def test_the_list_and_the_page_ask_as_few_questions_with_three_as_with_one(desk, lina, queries_of):
    def more(name: str) -> ReviewRule:
        rule = make_rule(lina, name, conditions=[[("shop_any", [str(ShopFactory().pk)])]])
        screen_orders([make_order({stocked_sku(): 1}).pk], at=now())
        return rule

    rule = more("一")
    for address in (url("rules"), url("rule", rule.pk)):
        desk.get(address)
    one = [queries_of(lambda to=address: text_of(desk.get(to))) for address in (url("rules"), url("rule", rule.pk))]
    more("二")
    more("三")
    three = [queries_of(lambda to=address: text_of(desk.get(to))) for address in (url("rules"), url("rule", rule.pk))]
    assert one == three
    assert max(one) <= 16


def test_only_who_manages_rules_gets_in(stranger, client, lina):
    rule = make_rule(lina)
    assert stranger.get(url("rules")).status_code == 403
    assert stranger.post(url("rule_mode", rule.pk), {"mode": "off"}).status_code == 403
    assert stranger.post(url("rule_new"), fields()).status_code == 403
    assert client.get(url("rules")).status_code == 302
    rule.refresh_from_db()
    assert rule.is_on


def test_a_rule_is_written_without_a_script_and_becomes_a_version(desk, chenjing):
    assert 'name="c0-0-field"' in text_of(desk.get(url("rule_new")))
    response = desk.post(url("rule_new"), fields(stops="1"), follow=True)
    rule = ReviewRule.objects.get()
    assert said(response) == ["“小额自动审核” is saved as version 1."]
    assert rule.conditions == [[{"test": "amount_at_most", "value": "100"}]]
    assert rule.actions == [{"do": "approve"}]
    assert (rule.is_on, rule.is_shadow, rule.stops, rule.changed_by) == (True, True, True, chenjing)
    assert RuleVersion.objects.get(rule=rule).version == 1
    page = text_of(response)
    assert "Paid amount ≤ ¥100" in page
    assert "changed a review rule" in page


@pytest.mark.parametrize(
    ("step", "there", "gone"),
    [
        ("group", ["c0-0-field", "c1-0-field"], []),
        ("row:0", ["c0-0-field", "c0-1-field"], ["c1-0-field"]),
        ("drop:0-0", [], ["c0-0-field"]),
        ("action", ["a0-do", "a1-do"], []),
        ("undo:0", [], ["a0-do"]),
        ("look", ["c0-0-field"], []),
        ("drop:9-9", ["c0-0-field"], []),
        ("nonsense", ["c0-0-field", "a0-do"], ["a1-do"]),
    ],
)
def test_buttons_add_and_take_away_rows_and_save_nothing(desk, step, there, gone):
    page = text_of(desk.post(url("rule_new"), fields(step=step)))
    assert "小额自动审核" in page
    assert [name for name in there if f'name="{name}"' not in page] == []
    assert [name for name in gone if f'name="{name}"' in page] == []
    assert not ReviewRule.objects.exists()


def test_htmx_gets_only_the_rows(desk):
    page = text_of(desk.post(url("rule_new"), fields(step="group"), headers={"HX-Request": "true"}))
    assert page.lstrip().startswith('<div class="stack" id="rows">')


@pytest.mark.parametrize(
    ("field", "field_of_value"),
    [
        ("message", 'placeholder="words, with commas between"'),
        ("sku", 'placeholder="merchant codes, with commas between"'),
        ("flag", 'type="checkbox" name="c0-0-value" value="1"'),
        ("trouble", 'value="trouble_none" selected'),
        ("hour", 'aria-label="from hour"'),
        ("shop", "云杉旗舰店"),
        ("pieces", 'inputmode="numeric"'),
    ],
)
def test_the_fields_follow_what_is_looked_at(desk, field, field_of_value):
    ShopFactory()
    page = text_of(desk.post(url("rule_new"), fields(**{"c0-0-field": field, "step": "look"})))
    assert field_of_value in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": " "}, "Give the rule a name that says what it does."),
        ({"shop": "999"}, "Choose one of the shops."),
        ({"c0-0-value": "viel"}, "“viel” is no amount in yuan"),
        ({"c0-0-value": "-5"}, "is no amount in yuan"),
        ({"c0-0-value": "NaN"}, "is no amount in yuan"),
        ({"c0-0-field": "pieces", "c0-0-test": "pieces_at_least", "c0-0-value": "2.5"}, "is no whole number from 0"),
        ({"c0-0-field": "message", "c0-0-test": "message_contains", "c0-0-value": "，"}, "Write at least one word"),
        ({"c0-0-field": "sku", "c0-0-test": "sku_any", "c0-0-value": "NO-1"}, "There is no SKU “NO-1”."),
        ({"c0-0-field": "tag", "c0-0-test": "tag_any", "c0-0-value": "长" * 21}, "A tag has at most 20 characters."),
        ({"c0-0-field": "flag", "c0-0-test": "flag_any", "c0-0-value": "77"}, "Tick at least one."),
        ({"c0-0-field": "hour", "c0-0-test": "hour_between", "c0-0-value": ["20"]}, "Give two full hours"),
        ({"c0-0-field": "hour", "c0-0-test": "hour_between", "c0-0-value": ["0", "24"]}, "there is nothing"),
        ({"a0-do": "explode"}, "Write the tag."),
        ({"a0-do": "hold"}, "Say either for how many hours"),
        ({"a0-do": "hold", "a0-hours": "2", "a0-until": "09:00"}, "Say either for how many hours"),
        ({"a0-do": "hold", "a0-hours": "9999"}, "is no whole number from 1 to 720"),
        ({"a0-do": "hold", "a0-until": "9 Uhr"}, "is no time of day"),
        ({"a0-do": "flag", "a0-flag": "red"}, "Choose a flag."),
        ({"a0-do": "tag"}, "Write the tag."),
        ({"a0-do": "courier", "a0-carrier": "1' OR 1=1"}, "Choose a carrier that is in use."),
        ({"a0-do": "gift"}, "Which SKU is the gift?"),
        ({"a0-do": "gift", "a0-sku": "NO-1"}, "There is no SKU “NO-1”."),
        ({"a0-do": "gift", "a0-sku": "YS-1", "a0-of": "YS-1"}, "Say for every how many"),
        ({"a0-do": "gift", "a0-sku": "YS-1", "a0-pieces": "0"}, "is no whole number from 1 to 99"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_not_saved(desk, changed, sentence):
    SkuFactory(code="YS-1")
    response = desk.post(url("rule_new"), fields(**changed))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ReviewRule.objects.exists()


@pytest.mark.parametrize(
    "bad", [{"c0-0-field": "\x00"}, {"a0-do": "explode"}, {"c999-0-field": "x"}, {"name": "\x00x"}]
)
def test_bad_input_is_never_an_error_page(desk, bad):
    assert desk.post(url("rule_new"), fields(**bad, step="look")).status_code == 200
    assert desk.post(url("rule_new"), fields(**bad)).status_code in {302, 422}


def test_every_kind_of_action_is_saved_as_the_engine_reads_it(desk):
    carrier, gift = CarrierFactory(), SkuFactory(code="ZP-1")
    actions = {
        "a0-do": "hold",
        "a0-until": "09:30",
        "a0-reason": "早班再看",
        "a1-do": "gift",
        "a1-sku": gift.code,
        "a1-pieces": "1",
        "a1-per": "2",
        "a1-of": "ZP-1",
        "a1-once": "1",
        "a1-cap": "500",
        "a2-do": "courier",
        "a2-carrier": str(carrier.pk),
        "a3-do": "finance",
        "a3-question": "到账了吗",
        "a4-do": "exception",
        "a5-do": "split",
        "a6-do": "flag",
        "a6-flag": "1",
        "a7-do": "tag",
        "a7-tag": "重点",
    }
    assert desk.post(url("rule_new"), fields(**actions, mode="on")).status_code == 302
    rule = ReviewRule.objects.get()
    assert rule.actions == [
        {"do": "hold", "until": "09:30", "reason": "早班再看"},
        {"do": "gift", "sku": "ZP-1", "pieces": 1, "per": 2, "of": ["ZP-1"], "once": True, "cap": 500},
        {"do": "courier", "carrier": str(carrier.pk)},
        {"do": "finance", "question": "到账了吗"},
        {"do": "exception"},
        {"do": "split"},
        {"do": "flag", "flag": "1"},
        {"do": "tag", "tag": "重点"},
    ]
    form = text_of(desk.get(url("rule_wording", rule.pk)))
    for value in (
        'value="09:30"',
        'value="ZP-1"',
        'name="a1-once" value="1" checked',
        'value="重点"',
        'value="on" checked',
    ):
        assert value in form
    assert desk.post(url("rule_wording", rule.pk), fields(**actions, mode="on", seen="1")).status_code == 302
    rule.refresh_from_db()
    assert rule.version == 1, "nothing was changed"


def test_a_change_makes_a_version_and_the_history_reads_in_words(desk, lina):
    rule = make_rule(lina, "小额自动审核", conditions=[[("amount_at_most", "100")]])
    desk.post(url("rule_wording", rule.pk), fields(**{"c0-0-value": "200", "mode": "on", "seen": "1"}))
    rule.refresh_from_db()
    assert (rule.version, rule.conditions[0][0]["value"]) == (2, "200")
    page = text_of(desk.get(url("rule", rule.pk)))
    assert "<del>Paid amount ≤ ¥100</del>" in page
    assert "<ins>Paid amount ≤ ¥200</ins>" in page


def test_who_began_with_an_older_version_is_told_and_loses_nothing(desk, lina):
    rule = make_rule(lina, "小额自动审核", conditions=[[("amount_at_most", "100")]])
    desk.post(url("rule_wording", rule.pk), fields(**{"c0-0-value": "200", "seen": "1"}))
    response = desk.post(url("rule_wording", rule.pk), fields(**{"c0-0-value": "300", "seen": "1"}))
    assert response.status_code == 422
    page = response.content.decode()
    assert "has changed this rule meanwhile" in page
    assert 'value="300"' in page


def test_a_name_that_is_taken_is_refused(desk, lina):
    make_rule(lina, "小额自动审核")
    response = desk.post(url("rule_new"), fields())
    assert response.status_code == 422
    assert "There is a rule called “小额自动审核” already." in response.content.decode()


def test_rules_move_and_stay_at_the_ends(desk, lina):
    first, second, third = (make_rule(lina, name) for name in ("一", "二", "三"))
    desk.post(url("rule_place", third.pk), {"to": "earlier"})
    desk.post(url("rule_place", first.pk), {"to": "earlier"})
    assert list(ReviewRule.objects.values_list("name", flat=True)) == ["一", "三", "二"]
    desk.post(url("rule_place", first.pk), {"to": "later"})
    assert list(ReviewRule.objects.values_list("name", flat=True)) == ["三", "一", "二"]
    assert desk.post(url("rule_place", second.pk), {"to": "sideways"}).status_code == 409
    assert Event.objects.filter(verb="orders.rule_changed", changes__has_key="position").exists()


def test_the_switches_switch_and_leave_events(desk, lina, chenjing):
    rule = make_rule(lina)
    for mode, is_on, is_shadow in (("shadow", True, True), ("off", False, True), ("on", True, False)):
        desk.post(url("rule_mode", rule.pk), {"mode": mode})
        rule.refresh_from_db()
        assert (rule.is_on, rule.is_shadow) == (is_on, is_shadow)
    assert desk.post(url("rule_stopping", rule.pk), {"stops": "1", "page": "rule"}).url == url("rule", rule.pk)
    rule.refresh_from_db()
    assert rule.stops
    desk.post(url("rule_stopping", rule.pk), {"stops": ""})
    rule.refresh_from_db()
    assert not rule.stops
    assert Event.objects.filter(verb="orders.rule_changed", by=chenjing).count() == 5
    assert desk.post(url("rule_mode", rule.pk), {"mode": "turbo"}).status_code == 409


def test_all_rules_are_switched_off_at_once(desk, lina):
    make_rule(lina, "一")
    make_rule(lina, "二")
    assert said(desk.post(url("rule_stop_all"), follow=True)) == ["2 rules are off."]
    assert not ReviewRule.objects.filter(is_on=True).exists()


def test_a_rule_is_tried_on_the_past_in_the_background(desk, lina):
    rule = make_rule(lina, conditions=[[("amount_at_least", "150")], [("message_empty", ""), ("remote", "")]])
    sku = stocked_sku()
    big = make_order({sku: 2}, paid_at=now() - timedelta(days=2), state=OrderState.SHIPPED)
    make_order({sku: 1}, paid_at=now() - timedelta(days=3))
    assert desk.post(url("rule_trial_of", rule.pk)).url == f"{url('rule', rule.pk)}#trial"
    run = JobRun.objects.get(job="orders.try_rule")
    assert "Waits for a worker" in text_of(desk.get(url("rule", rule.pk)))
    run_job(run, at=now())
    page = text_of(desk.get(url("rule", rule.pk)))
    for words in ("of 2 paid orders (50.0%)", "¥200.00", "released to the warehouse", big.number):
        assert words in page
    assert text_of(desk.get(url("rule_trial", run.pk), headers={"HX-Request": "true"})).startswith("<section")


def test_what_stands_in_the_form_is_tried_without_saving_it(desk):
    make_order({stocked_sku(): 1}, paid_at=now() - timedelta(days=1))
    response = desk.post(url("rule_new"), fields(step="try"), headers={"HX-Request": "true"})
    run = JobRun.objects.get(job="orders.try_rule")
    assert url("rule_trial", run.pk) in response.content.decode()
    run_job(run, at=now())
    page = text_of(desk.get(url("rule_trial", run.pk)))
    assert "小额自动审核" in page
    assert "of 1 paid orders (100.0%)" in page
    assert not ReviewRule.objects.exists()
    wrong = desk.post(url("rule_new"), fields(**{"step": "try", "c0-0-value": "x"}), headers={"HX-Request": "true"})
    assert wrong["HX-Retarget"] == "#rows"
    assert "is no amount in yuan" in wrong.content.decode()


def test_somebody_elses_trial_is_not_shown(desk, browser_of):
    desk.post(url("rule_new"), fields(step="try"))
    run = JobRun.objects.get(job="orders.try_rule")
    other = browser_of(employee_with("orders.manage_rules", username="huanglei", employee_number="A009", name="黄磊"))
    assert other.get(url("rule_trial", run.pk)).status_code == 404


def test_a_rule_that_does_not_exist_is_not_found(desk):
    assert desk.get(url("rule", 99)).status_code == 404
    assert desk.post(url("rule_mode", 99), {"mode": "on"}).status_code == 404


def test_shadow_shows_what_became_of_the_orders_without_it(desk, lina):
    rule = make_rule(lina, is_shadow=True)
    order = make_order({stocked_sku(): 1})
    screen_orders([order.pk], at=now())
    page = text_of(desk.get(url("rule", rule.pk)))
    assert "What became of those orders without it" in page
    assert "only recorded" in page
    assert order.number in page
