"""What the form of a rule offers fits what the engine understands; what it lets through the engine can read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.actions.rulebook import move_rule
from orders.models import ReviewRule
from orders.queries.rule_facts import ready_rule
from orders.queries.rule_fields import FIELD_OF, FIELDS, fields_by_group, fitting_test
from orders.queries.rule_values import clean_action, clean_condition, words_of
from orders.queries.rule_words import DOINGS, TESTS, Facts
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.orders import make_rule
from tests.factories.staff import NOON


def test_every_test_stands_in_exactly_one_field():
    tests = [test for field in FIELDS.values() for test in field.tests]
    assert sorted(tests) == sorted(TESTS)
    assert set(FIELD_OF) == set(TESTS)
    assert sum(len(fields) for _group, fields in fields_by_group()) == len(FIELDS)


def test_a_test_that_does_not_fit_the_field_becomes_its_first():
    assert fitting_test("amount", "amount_at_most") == "amount_at_most"
    assert fitting_test("amount", "sku_any") == "amount_at_least"
    assert fitting_test("nonsense", "nonsense") in TESTS


def facts(**values) -> Facts:
    standard = {
        "id": 1, "shop_id": 1, "amount": Decimal(100), "pieces": 1, "lines": 1, "province": "", "city": "",
        "buyer_nick": "", "buyer_message": "", "seller_memo": "", "flag": 0, "tags": [], "troubles": [],
        "is_blocked": False, "is_short": False, "carrier_id": None, "paid_at": None,
    }  # fmt: skip
    return Facts(**{**standard, **values})


@given(st.sampled_from([test for test in TESTS if TESTS[test].kind in {"none", "money", "number", "hours"}]), st.data())
def test_what_the_form_lets_through_the_engine_understands(test, data):
    typed = data.draw(st.lists(st.text(max_size=12), max_size=3))
    try:
        condition = clean_condition(test, typed)
    except Refused:
        return
    ready = ready_rule(ReviewRule(conditions=[[condition]], actions=[]))
    ready.judge(facts())


@given(st.lists(st.text(max_size=30), max_size=4))
def test_words_are_never_empty_and_never_twice(typed):
    words = words_of(typed)
    assert all(word == word.strip() != "" for word in words)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("typed", "kept"), [("299", "299"), ("59.9", "59.90"), ("¥1,299.00", "1299"), ("０", "0"), (" 5 ", "5")]
)
def test_amounts_are_kept_as_people_write_them(typed, kept):
    assert clean_condition("amount_at_least", [typed])["value"] == kept


@pytest.mark.parametrize("typed", ["", "1e3e", "inf", "NaN", "-1", "1.234", "99999999999", "一百"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Refused):
        clean_condition("amount_at_least", [typed])


def test_unknown_tests_and_actions_are_refused():
    with pytest.raises(Refused):
        clean_condition("nonsense", ["1"])
    with pytest.raises(Refused):
        clean_action("explode", {})


def test_every_action_without_fields_needs_nothing():
    assert [clean_action(do, {}) for do, doing in DOINGS.items() if not doing.fields] == [
        {"do": "approve"},
        {"do": "split"},
    ]


@pytest.mark.django_db
def test_a_moved_rule_leaves_an_event_for_each_that_changed_its_place(lina):
    rules = [make_rule(lina, name) for name in ("一", "二", "三")]
    move_rule(rules[2], -2, by=lina, at=NOON)
    assert list(ReviewRule.objects.values_list("name", flat=True)) == ["三", "一", "二"]
    assert Event.objects.filter(changes__has_key="position").count() == 3
    move_rule(rules[2], -1, by=lina, at=NOON)
    assert Event.objects.filter(changes__has_key="position").count() == 3
