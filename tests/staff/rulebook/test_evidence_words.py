"""The frozen facts of an offence as people read them: seconds where they matter, spans, what is still not done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from staff.models import Offence
from staff.queries.evidence import facts_in_words, lateness
from tests.factories.clauses import clause
from tests.factories.rulebook import at, lina

pytestmark = pytest.mark.django_db


def an_offence(happened: str, facts: dict[str, Any], found: str = "2026-11-23 00:30") -> Offence:
    version = clause("CS-060")
    return Offence.objects.create(
        clause=version.clause, version=version, employee=lina(), subject_type="service.Message", subject_id=7,
        subject_label="#51", happened_at=at(happened), day=at(happened).date(), facts=facts, found_at=at(found),
    )  # fmt: skip


def said(offence: Offence) -> dict[str, str]:
    return {fact.name: fact.value for fact in facts_in_words(offence)}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_late_answer_is_told_to_the_second():
    asked, answered = "2026-11-20T03:39:11+00:00", "2026-11-20T03:43:40+00:00"
    late = an_offence(
        "2026-11-20 11:39:56",
        {
            "question": "快递两天没动了", "asked_at": asked, "clock_from": asked, "answer": "帮您催一下",
            "answered_at": answered, "seconds": 269, "limit_seconds": 45,
        },
    )  # fmt: skip

    assert said(late) == {
        "asked_at": "2026-11-20 11:39:11",
        "answered_at": "2026-11-20 11:43:40",
        "question": "快递两天没动了",
        "answer": "帮您催一下",
        "seconds": "4 min 29 s",
        "limit_seconds": "45 s",
    }
    assert lateness(late) == "3 min 44 s late"


def test_what_nobody_answered_says_so():
    never = an_offence(
        "2026-11-20 11:39:56",
        {"asked_at": "2026-11-20T03:39:11+00:00", "answered_at": None, "seconds": None, "limit_seconds": 45},
    )

    assert said(never)["answered_at"] == "not answered when it was found"
    assert lateness(never) == ""


def test_an_absence_is_told_on_the_shops_clock():
    away = an_offence(
        "2026-11-12 14:13",
        {
            "status": "idle", "away_from": "2026-11-12T06:12:00+00:00", "away_until": "2026-11-12T06:21:30+00:00",
            "limit_seconds": 60,
        },
    )  # fmt: skip

    assert said(away)["away_from"] == "2026-11-12 14:12"
    assert said(away)["away_until"] == "2026-11-12 14:21:30"
    assert said(away)["limit_seconds"] == "1 min"
    assert lateness(away) == "8 min 30 s late"


def test_how_late_something_was_ends_when_it_was_done_not_when_it_was_found():
    deadline = at("2026-11-15 00:00")
    done = an_offence(
        "2026-11-15 00:00",
        {"deadline": deadline.isoformat(), "done_at": (deadline + timedelta(hours=9)).isoformat(), "unanswered": 0},
    )

    assert lateness(done) == "9 hours late"
    assert "unanswered" not in said(done)


def test_what_is_open_still_is_late_until_it_was_found():
    left = an_offence(
        "2026-11-22 17:00", {"deadline": "2026-11-22T09:00:00+00:00", "annotated_at": None, "unanswered": 1}
    )

    assert lateness(left) == "7 hours late"
    assert said(left)["unanswered"] == "yes"
