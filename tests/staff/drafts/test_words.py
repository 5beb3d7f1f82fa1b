"""What a draft changes, in words and letter by letter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from staff.actions.drafts import change_draft, draft_version, publish_draft, put_draft_forward
from staff.models import Clause
from staff.queries.drafts import difference, followed_by, text_difference, unknown_braces, way_of, wordings
from staff.queries.rulebook import words_on
from tests.factories.rulebook import chenjing, open_book, zhaomin
from tests.factories.staff import NOON

TODAY = date(2026, 11, 20)
TEXTS = st.text(alphabet="审核通过的订单 24hours{}，.1", max_size=40)


def said(draft):
    return [(line.label, line.before, line.after) for line in difference(draft, followed_by(draft), words_on(TODAY))]


def draft_of(number, **terms):
    open_book()
    return draft_version(Clause.objects.get(number=number), by=zhaomin(), at=NOON, **terms)


@pytest.mark.django_db
def test_each_term_that_changes_is_one_line_in_words():
    draft = draft_of(
        "ORD-016",
        points=Decimal("-2.5"),
        per="day",
        escalates_from=3,
        escalates_by=2,
        monthly_cap=Decimal(20),
        appeal_days=5,
        parameters={"working_days": 2, "fallback_post": "STF-073"},
    )
    lines = said(draft)
    assert ("积分", "−3", "−2.5") in lines
    assert ("每月扣分上限", "–", "20") in lines
    assert ("加重", "–", "当月第 3 次起 ×2") in lines
    assert ("申诉期（天）", "7", "5") in lines
    assert ("工作日数", "1 个工作日", "2 个工作日") in lines
    assert len(lines) == 6
    with translation.override("en"):
        assert ("Escalation", "–", "×2 from case 3 of a month") in said(draft)


@pytest.mark.django_db
def test_a_copy_differs_in_nothing():
    assert said(draft_of("ORD-016")) == []


@pytest.mark.django_db
def test_a_draft_is_compared_with_the_version_it_follows_even_after_it_is_published():
    draft = draft_of("ORD-016", points=Decimal(-2), note="减轻")
    published = publish_draft(draft, valid_from=date(2026, 12, 1), by=chenjing(), at=NOON)
    second = draft_version(published.clause, by=zhaomin(), at=NOON, points=Decimal(-1))
    assert said(published) == [("积分", "−3", "−2")]
    assert said(second) == [("积分", "−2", "−1")]


@pytest.mark.django_db
def test_texts_are_compared_with_their_numbers_filled_in():
    draft = draft_of("ORD-014", parameters={"hours": 48})
    old, new = wordings(followed_by(draft), words_on(TODAY)), wordings(draft, words_on(TODAY))
    pieces = text_difference(old["zh-hans"], new["zh-hans"])
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [("gone", "24"), ("new", "48")]
    assert "within 48 hours" in new["en"]


@pytest.mark.django_db
def test_braces_name_what_the_clause_or_the_clause_it_points_to_has():
    draft = draft_of("ORD-015", appeal_days=5)
    assert unknown_braces(draft, "第 {working_days} 个工作日，扣 {points} 分") == []
    assert unknown_braces(draft, "第 {days} 天") == ["days"]
    assert unknown_braces(draft, "{see}") == ["see"]
    assert unknown_braces(draft, "{points} 分 }") == ["}"]


@pytest.mark.django_db
def test_the_way_of_a_draft_says_what_comes_next():
    draft = draft_of("ORD-016", points=Decimal(-2), note="减轻")
    assert [step.state for step in way_of(draft, is_tried=False)] == ["done", "next", "", ""]
    put_draft_forward(draft, by=zhaomin(), at=NOON)
    assert [step.state for step in way_of(draft, is_tried=True)] == ["done", "done", "done", "next"]
    draft = change_draft(draft, by=zhaomin(), at=NOON, points=Decimal(-1))
    assert [step.state for step in way_of(draft, is_tried=True)] == ["done", "done", "next", ""]


@given(before=TEXTS, after=TEXTS)
def test_the_pieces_of_a_comparison_give_both_texts_back(before, after):
    pieces = text_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_a_single_letter_between_two_changes_belongs_to_the_change():
    pieces = text_difference("扣三分并罚款", "扣五分不罚款")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "扣"),
        ("gone", "三分并"),
        ("new", "五分不"),
        ("same", "罚款"),
    ]
