"""An offence in a few words: what it was about, and by how much."""

from __future__ import annotations

import pytest

from staff.queries.gist import gist_of


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"goods": "羊毛衫 ×1", "paid": "99.00"}, "羊毛衫 ×1"),
        ({"question": "在吗", "seconds": 170, "limit_seconds": 45}, "在吗 · 2 分 50 秒"),
        ({"question": "在吗", "seconds": None}, "在吗"),
        ({"away_from": "2026-11-19T06:30:00+00:00", "away_until": "2026-11-19T06:31:30+00:00"}, "14:30:00–14:31:30"),
        ({"away_from": "2026-11-19T06:30:00+00:00", "away_until": None}, "14:30:00–"),
        ({"gaps": "12:20:00–12:25:00", "duty": "孙悦 早班"}, "12:20:00–12:25:00"),
        ({"deadline": "2026-11-19T06:30:00Z"}, ""),
    ],
)
def test_it_says_what_it_was_about(facts, said):
    assert gist_of(facts) == said


def test_long_words_are_cut():
    assert gist_of({"question": "问" * 60}) == "问" * 39 + "…"
