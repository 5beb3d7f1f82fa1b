"""A limit changes: drafted and tried by one, published by another; tomorrow is judged by it, last month is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from staff.actions.jobs import run_job
from staff.actions.tally import tally_day
from staff.models import ClauseVersion, JobRun, Offence, PointEntry, Trial
from staff.queries.trials import outcome_of
from tests.factories.rulebook import at, lina, note, open_book
from tests.factories.staff import employee_with

pytestmark = pytest.mark.django_db
MAY = ("staff.draft_clause", "staff.run_trial", "staff.view_trial", "staff.view_pointentry", "staff.publish_clause")


def login(username: str, name: str) -> Client:
    client = Client()
    person = employee_with(*MAY, username=username, name=name)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def filled(**values: str) -> dict[str, str]:
    version = ClauseVersion.objects.get(clause__number="ORD-016", version=1)
    return {
        "text": version.text,
        "text_en": version.text_en,
        "points": "-3",
        "per": "case",
        "appeal_days": "7",
        "with_working_days": "1",
        "with_fallback_post": "STF-073",
        "note": "放宽一天",
        **values,
    }


def test_a_longer_limit_from_draft_to_the_next_tally():
    open_book()
    agent = lina()
    late_in_october = note("2026-10-20 10:00", by=agent, shipped="2026-10-22 15:00")
    tally_day(date(2026, 10, 21), at=at("2026-10-22 00:30"))
    assert PointEntry.objects.get(employee=agent).points == Decimal(-3)

    with time_machine.travel(at("2026-11-20 10:00"), tick=False):
        analyst = login("zhaomin", "赵敏")
        analyst.post("/rulebook/ORD-016/draft/", filled(with_working_days="2", valid_from="2026-11-23"))
        draft = ClauseVersion.objects.get(drafted_by__username="zhaomin")
        analyst.post(f"{draft.get_absolute_url()}tunnel/")
        run_job(JobRun.objects.get(job="staff.run_trial"), at=at("2026-11-20 10:01"))
        (spared,) = outcome_of(Trial.objects.get()).people
        assert (spared.employee, spared.difference, spared.cases_gone) == (agent, Decimal(3), 1)
        assert late_in_october.number in analyst.get(f"/trials/{Trial.objects.get().pk}/people/{agent.pk}/").text
        assert PointEntry.objects.count() == 1  # nobody was charged or spared by trying
        analyst.post(f"{draft.get_absolute_url()}publication/", {"valid_from": "2026-11-23"})
        draft.refresh_from_db()
        assert draft.version is None  # not by whoever wrote it
        login("chenjing", "陈静").post(f"{draft.get_absolute_url()}publication/", {"valid_from": "2026-11-23"})
        draft.refresh_from_db()
        assert draft.version == 2

    note("2026-11-19 10:00", by=agent)
    note("2026-11-20 10:00", by=agent, shipped="2026-11-24 10:00")
    tally_day(date(2026, 11, 20), at=at("2026-11-21 00:30"))
    tally_day(date(2026, 11, 23), at=at("2026-11-24 00:30"))
    tally_day(date(2026, 11, 24), at=at("2026-11-25 00:30"))
    tally_day(date(2026, 10, 21), at=at("2026-11-25 00:30"))
    charged = Offence.objects.filter(clause__number="ORD-016").order_by("day")
    assert [(one.day, one.version.version) for one in charged] == [(date(2026, 10, 21), 1), (date(2026, 11, 20), 1)]
