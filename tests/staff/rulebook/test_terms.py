"""What a clause costs, whom and when not, in words of both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from staff.models import ClauseVersion
from staff.queries.rulebook import price_in_words, terms_in_words, wording, words_on
from tests.factories.rulebook import open_book, supervisor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def version(number):
    return ClauseVersion.objects.select_related("clause").get(clause__number=number)


def in_english(number):
    with translation.override("en"):
        return terms_in_words(version(number))


def test_a_plain_price_says_how_often_and_how_long_one_may_appeal():
    open_book()
    assert terms_in_words(version("CAT-054")) == ["−3 分", "每次", "7 天内可申诉"]
    assert in_english("CAT-054") == ["−3 points", "each case", "7 days to appeal"]


def test_a_price_that_slides_says_each_grade():
    open_book()
    assert price_in_words(version("CAT-055")) == "−2…−4"
    assert terms_in_words(version("CAT-055"))[0] == "按情节扣分：较轻 −2、一般 −3、严重 −4"
    assert in_english("CS-061")[0] == "points by the case: −3, with written text −5"


def test_funds_are_paid_by_the_person_and_rewards_by_the_company():
    open_book()
    assert price_in_words(version("GOV-012")) == "¥100"
    assert terms_in_words(version("GOV-012"))[0] == "快乐基金 ¥100"
    assert terms_in_words(version("GOV-015"))[0] == "公司奖励 ¥10"
    assert not any("申诉" in term for term in terms_in_words(version("GOV-015")))


def test_the_third_case_the_superior_and_everybody_on_duty_are_said():
    open_book()
    assert "times 2 from case 3 of a month" in in_english("CS-066")
    assert "everybody on duty answers" in in_english("CS-048")
    assert "STF-073 besides: −2 points" in in_english("CS-049")
    supervisor()
    assert "Service supervisor besides: −2 points" in in_english("CS-049")


def test_excuses_exemptions_and_caps_are_said():
    open_book()
    capped = version("CS-053")
    capped.monthly_cap = Decimal("6.00")
    with translation.override("en"):
        terms = terms_in_words(capped)
    assert "at most 6 points a month" in terms
    assert "excused by approved leave, platform outage, handover not accepted" in terms
    assert "not where: the product department had confirmed the content" in in_english("CAT-053")


def test_a_deadline_says_where_its_price_stands_and_a_measure_that_it_costs_none():
    open_book()
    assert in_english("CS-057") == ["the price stands in CS-060"]
    assert in_english("STF-148") == ["costs no points"]


def test_a_text_takes_its_own_numbers_before_those_of_the_clause_it_sees():
    open_book()
    words = words_on(TODAY)
    assert "45 秒" in wording(version("CS-057"), words)
    assert "10 秒" in wording(version("CS-059"), words)
    assert "12:00" in wording(version("CS-051"), words)
    assert "从第 3 次起按 2 倍" in wording(version("CS-066"), words).replace("同一人同一自然月", "")
    assert "每周五" in wording(version("STF-122"), words)
    with translation.override("en"):
        assert "Every Friday" in wording(version("STF-122"), words)
