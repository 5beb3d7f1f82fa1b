"""What is measured of conversations, against a day written down by hand."""

from __future__ import annotations

from datetime import date

import pytest

from shopops.kit.metrics import METRICS
from tests.factories.clauses import clause
from tests.factories.duty import a_presence
from tests.factories.orders import make_order
from tests.factories.rulebook import at, lina
from tests.factories.staff import EmployeeFactory, ShopFactory
from tests.service.detectors.rows import a_talk, a_turn

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


def read(name):
    return {one.employee_id: (one.numerator, one.denominator) for one in METRICS[f"service.{name}"].read(FRIDAY)}


@pytest.fixture
def day():
    """李娜 answers in 20 s, 45 s and 200 s and once not at all; 孙悦 in 46 s."""
    agent, colleague = lina(), EmployeeFactory(username="sunyue", name="孙悦")
    talk = a_talk("2026-11-20 10:00", agent=agent, buyer_messages=2, agent_messages=3)
    a_turn(talk, "2026-11-20 10:00", 20, by=agent)
    a_turn(talk, "2026-11-20 10:05", 200, by=agent, first=False)
    a_turn(talk, "2026-11-20 10:15", 5, by=agent, first=False, excluded="thanks")
    a_turn(a_talk("2026-11-20 11:00", agent=agent), "2026-11-20 11:00", 45, by=agent)
    a_turn(a_talk("2026-11-20 12:00", agent=agent), "2026-11-20 12:00", None, by=agent)
    a_turn(a_talk("2026-11-20 13:00", agent=colleague), "2026-11-20 13:00", 46, by=colleague)
    return agent, colleague


def test_first_replies_in_time_count_unanswered_ones_as_missed(day):
    agent, colleague = day

    assert read("first_reply_in_time") == {agent.pk: (2, 3), colleague.pk: (0, 1), None: (2, 4)}


def test_the_seconds_of_the_clause_in_force_decide(day):
    agent, colleague = day
    clause("CS-060", parameters={"first_seconds": 46})

    assert read("first_reply_in_time")[colleague.pk] == (1, 1)
    assert read("first_reply_in_time")[agent.pk] == (2, 3)


def test_averages_are_of_answered_turns_of_whoever_answered(day):
    agent, colleague = day

    assert read("reply_seconds") == {agent.pk: (265, 3), colleague.pk: (46, 1), None: (311, 4)}
    assert read("first_reply_seconds") == {agent.pk: (65, 2), colleague.pk: (46, 1), None: (111, 3)}
    assert read("replies_in_minutes") == {agent.pk: (2, 4), colleague.pk: (1, 1), None: (3, 5)}


def test_conversations_answers_and_those_missed(day):
    agent, colleague = day

    assert read("conversations") == {agent.pk: (3, None), colleague.pk: (1, None), None: (4, None)}
    assert read("unanswered") == {agent.pk: (1, None), None: (1, None)}
    assert read("answer_ratio")[agent.pk] == (3, 4)


def test_a_sale_counts_when_the_buyer_paid_later_the_same_day(day):
    agent, _colleague = day
    shop = ShopFactory()
    talks = list(agent.conversations.order_by("opened_at"))
    for talk, paid in zip(talks, ("2026-11-20 10:30", "2026-11-20 10:59", "2026-11-21 00:00"), strict=True):
        make_order(shop=shop, buyer_nick=talk.buyer.nick, placed_at=at("2026-11-20 09:00"), paid_at=at(paid))

    assert read("closing_rate")[agent.pk] == (1, 3)


def test_every_figure_opens_to_as_many_facts_as_it_says(day):
    agent, _colleague = day
    for name in ("conversations", "first_reply_in_time", "replies_in_minutes", "reply_seconds", "unanswered"):
        metric = METRICS[f"service.{name}"]
        numerator, denominator = read(name)[agent.pk]
        facts = metric.facts(FRIDAY, None, agent.pk)
        assert facts.count() == (numerator if denominator is None else denominator), name
        assert len(facts.page(0, 50)) == facts.count()


def test_the_answers_behind_the_ratio_add_up_to_it(day):
    agent, _colleague = day
    listed = METRICS["service.answer_ratio"].facts(FRIDAY, None, agent.pk).page(0, 50)

    assert sum(fact.amount for fact in listed) == read("answer_ratio")[agent.pk][0]


def test_the_hours_covered_are_measured_only_where_a_status_log_is():
    assert read("coverage") == {}
    agent = lina()
    a_presence(agent, "online", "2026-11-20 08:00", "2026-11-20 16:00")
    a_presence(agent, "away", "2026-11-20 16:00", "2026-11-20 16:30")
    a_presence(agent, "online", "2026-11-20 16:30", "2026-11-20 23:30")

    assert read("coverage") == {None: (14 * 60 - 30, 14 * 60)}
    assert METRICS["service.coverage"].facts(FRIDAY, None, None).count() == 3
