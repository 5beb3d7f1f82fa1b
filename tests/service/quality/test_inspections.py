"""Conversations drawn by lot and scored by somebody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from service.actions.inspections import draw_inspections, drop_inspection, ensure_criteria, score_inspection
from service.models import Inspection
from service.states import InspectionState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from tests.factories.staff import NOON, make_cast
from tests.service.detectors.rows import a_talk, a_turn

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)


@pytest.fixture
def cast():
    return make_cast()


def talks(agent, count, *, messages=4):
    for number in range(count):
        talk = a_talk(
            f"2026-11-18 10:{number:02}", agent=agent, buyer_messages=messages, first_reply_at="2026-11-18 11:00"
        )
        a_turn(talk, f"2026-11-18 10:{number:02}", 30, by=agent)


def drawn(cast, **values):
    return draw_inspections(DAY, DAY, by=cast["hejie"], at=NOON, **values)


def full_marks():
    return {one.pk: one.most for one in ensure_criteria()}


def test_so_many_of_each_agent_are_drawn_and_none_twice(cast):
    talks(cast["lina"], 5)
    talks(cast["sunyue"], 2)
    talks(cast["hejie"], 3)

    first = drawn(cast, per_agent=3)
    second = drawn(cast, per_agent=3)

    assert sorted(one.agent.name for one in first) == sorted(["李娜"] * 3 + ["孙悦"] * 2)
    assert [one.agent.name for one in second] == ["李娜"] * 2
    assert {one.conversation_id for one in first}.isdisjoint(one.conversation_id for one in second)
    with pytest.raises(Refused, match="抽检"):
        drawn(cast)


def test_conversations_too_short_or_of_other_days_are_not_drawn(cast):
    talks(cast["lina"], 2, messages=3)

    with pytest.raises(Refused):
        drawn(cast)
    with pytest.raises(Refused):
        draw_inspections(DAY, DAY - timedelta(days=1), by=cast["hejie"], at=NOON)


def test_the_score_is_the_share_of_the_points_and_the_agent_is_told(cast):
    talks(cast["lina"], 1)
    [one] = drawn(cast)
    points = full_marks()
    hardest = max(points, key=points.__getitem__)

    total = score_inspection(one, points | {hardest: 15}, note="收尾好", by=cast["hejie"], at=NOON)

    assert (total, one.state) == (85, InspectionState.SCORED)
    assert {line["points"] for line in one.scores} == {10, 15, 20}
    assert cast["lina"].notifications.filter(kind="inspection").count() == 1
    with pytest.raises(MoveRefused):
        score_inspection(one, points, note="", by=cast["hejie"], at=NOON)


def test_nobody_scores_themselves_and_points_stay_in_bounds(cast):
    talks(cast["lina"], 1)
    [one] = drawn(cast)
    points = full_marks()
    some = next(iter(points))

    for by, given in ((cast["lina"], points), (cast["hejie"], points | {some: 99}), (cast["hejie"], {some: 5})):
        with pytest.raises(Refused):
            score_inspection(one, given, note="", by=by, at=NOON)
    assert Inspection.objects.get().state == InspectionState.DRAWN


def test_a_dropped_conversation_may_be_drawn_no_more(cast):
    talks(cast["lina"], 1)
    [one] = drawn(cast)

    drop_inspection(one, reason="只有一句问候", by=cast["hejie"], at=NOON)

    assert one.state == InspectionState.DROPPED
    with pytest.raises(Refused):
        drawn(cast)


def test_the_supervisor_draws_and_scores_in_the_browser_and_the_agent_reads_it(cast, client):
    talks(cast["lina"], 1)
    client.force_login(cast["hejie"])

    client.post(reverse("service:inspection_draw"), {"first": DAY, "last": DAY, "per_agent": 1, "rule": "any"})
    one = Inspection.objects.get()
    page = client.get(one.get_absolute_url())
    answer = client.post(
        one.get_absolute_url(), {f"points_{key}": most for key, most in full_marks().items()} | {"note": "很好"}
    )

    assert "在吗？这款有货吗" in page.content.decode()
    assert answer.status_code == 302
    client.force_login(cast["lina"])
    assert "很好" in client.get(one.get_absolute_url()).content.decode()
    assert client.get(reverse("service:inspections")).status_code == 200


def test_an_agent_sees_only_own_inspections_that_are_scored(cast, client):
    talks(cast["sunyue"], 1)
    talks(cast["lina"], 1)
    for one in drawn(cast):
        client.force_login(cast["lina"])
        assert client.get(one.get_absolute_url()).status_code == 404


def test_the_list_asks_the_same_number_of_questions_for_one_row_and_for_three(
    cast, client, django_assert_max_num_queries
):
    talks(cast["lina"], 3)
    client.force_login(cast["hejie"])
    drawn(cast, per_agent=1)
    client.get(reverse("service:inspections"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(reverse("service:inspections"))
    drawn(cast, per_agent=2)
    with django_assert_max_num_queries(len(one)):
        assert client.get(reverse("service:inspections")).status_code == 200
