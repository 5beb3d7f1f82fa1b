"""Lots by rule, remarks on messages, objections of agents, figures by agent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from service.actions.inspections import (
    contest_inspection,
    draw_inspections,
    ensure_criteria,
    score_inspection,
    uphold_inspection,
)
from service.models import Inspection
from service.queries.inspections import agent_figures
from service.states import DrawRule, InspectionState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from tests.factories.staff import NOON, make_cast
from tests.service.detectors.rows import a_talk, a_turn

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)


@pytest.fixture
def cast():
    return make_cast()


def talk_of(agent, minute="00", *, seconds=30, **values):
    words = {"buyer_messages": 4, "first_reply_at": "2026-11-18 11:00"} | values
    talk = a_talk(f"2026-11-18 10:{minute}", agent=agent, **words)
    a_turn(talk, f"2026-11-18 10:{minute}", seconds, by=agent)
    return talk


def full_marks():
    return {one.pk: one.most for one in ensure_criteria()}


def a_scored(cast, **values):
    talk_of(cast["lina"])
    [one] = draw_inspections(DAY, DAY, by=cast["hejie"], at=NOON)
    score_inspection(one, full_marks(), note="", by=cast["hejie"], at=NOON, **values)
    return one


@pytest.mark.parametrize(
    ("rule", "fitting"),
    [
        (DrawRule.SLOW, {"seconds": 46}),
        (DrawRule.LONG, {"buyer_messages": 20}),
        (DrawRule.UNNOTED, {"annotation": ""}),
        (DrawRule.RAISED, {"escalated_at": "2026-11-18 12:00"}),
    ],
)
def test_a_rule_takes_its_lots_from_the_conversations_it_is_about(cast, rule, fitting):
    talk_of(cast["lina"], "01", seconds=45, annotation="问尺码，已推荐")
    meant = talk_of(cast["lina"], "02", **{"annotation": "问尺码，已推荐"} | fitting)

    drawn = draw_inspections(DAY, DAY, rule=rule, by=cast["hejie"], at=NOON)

    assert [(one.conversation_id, one.rule) for one in drawn] == [(meant.pk, rule)]


def test_only_the_agents_asked_for_are_drawn(cast):
    talk_of(cast["lina"], "01")
    talk_of(cast["sunyue"], "02")

    drawn = draw_inspections(DAY, DAY, agents=[cast["sunyue"]], by=cast["hejie"], at=NOON)

    assert [one.agent.name for one in drawn] == ["孙悦"]


def test_remarks_stay_with_their_messages_and_others_are_left_out(cast):
    talk = talk_of(cast["lina"])
    other = talk_of(cast["sunyue"], "05")
    one = draw_inspections(DAY, DAY, agents=[cast["lina"]], by=cast["hejie"], at=NOON)[0]
    message, foreign = talk.messages.order_by("at").last(), other.messages.first()

    criterion = next(iter(full_marks()))
    remarks = {message.pk: " 没有称呼 ", foreign.pk: "别人的"}
    score_inspection(
        one, full_marks(), note="", notes={criterion: "少了问候"}, remarks=remarks, by=cast["hejie"], at=NOON
    )

    assert one.remarks == [{"message": message.pk, "text": "没有称呼"}]
    assert [line["note"] for line in one.scores if line["criterion"] == criterion] == ["少了问候"]


def test_an_agent_contests_once_and_in_time_and_the_inspector_answers(cast):
    one = a_scored(cast)
    lina, hejie = cast["lina"], cast["hejie"]
    in_time, late = one.scored_at + timedelta(days=3), one.scored_at + timedelta(days=3, seconds=1)
    for by, at, reason in ((lina, late, "问候过"), (lina, in_time, " "), (cast["sunyue"], in_time, "问候过")):
        with pytest.raises(Refused):
            contest_inspection(one, reason=reason, by=by, at=at)

    contest_inspection(one, reason="问候过", by=lina, at=in_time)
    assert one.state == InspectionState.DISPUTED
    assert hejie.notifications.filter(kind="inspection").count() == 1
    with pytest.raises(Refused):
        uphold_inspection(one, answer="", by=hejie, at=in_time)
    with pytest.raises(Refused):
        uphold_inspection(one, answer="我觉得很好", by=lina, at=in_time)

    uphold_inspection(one, answer="问候在第三句才出现", by=hejie, at=in_time)
    assert (one.state, one.total, one.answered_by) == (InspectionState.SCORED, 100, hejie)
    with pytest.raises(Refused, match="申诉过"):
        contest_inspection(one, reason="再来", by=lina, at=in_time)
    with pytest.raises(MoveRefused):
        uphold_inspection(one, answer="再来", by=hejie, at=in_time)


def test_a_contested_sheet_is_scored_anew_only_with_an_answer(cast):
    one = a_scored(cast)
    contest_inspection(one, reason="问候过", by=cast["lina"], at=NOON)

    with pytest.raises(Refused):
        score_inspection(one, full_marks(), note="", by=cast["hejie"], at=NOON)
    total = score_inspection(
        one,
        full_marks() | {next(iter(full_marks())): 10},
        note="",
        answer="改判，少扣一半",
        by=cast["hejie"],
        at=NOON,
    )

    assert (total, one.answer, one.state) == (90, "改判，少扣一半", InspectionState.SCORED)


def test_figures_are_averages_by_agent_with_the_weakest_criterion(cast):
    points = full_marks()
    first = next(iter(points))
    for agent, given in (("lina", points), ("sunyue", points | {first: 0})):
        talk_of(cast[agent])
        one = draw_inspections(DAY, DAY, by=cast["hejie"], at=NOON)[0]
        score_inspection(one, given, note="", by=cast["hejie"], at=NOON)

    worst, best = agent_figures(NOON - timedelta(days=1))

    assert (worst.name, worst.average, worst.weakest) == ("孙悦", 80, ("问候与礼貌", 0))
    assert (best.name, best.average, best.count) == ("李娜", 100, 1)
    assert agent_figures(NOON + timedelta(seconds=1)) == []


def test_the_pages_lead_from_the_score_to_the_objection_and_its_answer(cast, client):
    one = a_scored(cast, notes={next(iter(full_marks())): "少了问候"})
    page = one.get_absolute_url()
    client.force_login(cast["lina"])
    assert "少了问候" in client.get(page).content.decode()
    assert client.post(reverse("service:inspection_upholding", args=[one.pk]), {"answer": "好"}).status_code == 403
    client.post(reverse("service:inspection_objection", args=[one.pk]), {"reason": ""})
    assert Inspection.objects.get().state == InspectionState.SCORED
    contest_inspection(one, reason="问候过", by=cast["lina"], at=NOON)
    assert "问候过" in client.get(page).content.decode()

    client.force_login(cast["hejie"])
    assert "问候过" in client.get(page).content.decode()
    client.post(reverse("service:inspection_upholding", args=[one.pk]), {"answer": "维持"})
    assert Inspection.objects.get().answer == "维持"
    figures = client.get(reverse("service:inspection_figures") + "?days=365").content.decode()
    assert "李娜" in figures
    assert client.get(reverse("service:inspection_figures") + "?days=x").status_code == 200


def test_remarks_stay_when_the_points_are_not_accepted(cast, client):
    talk = talk_of(cast["lina"])
    [one] = draw_inspections(DAY, DAY, by=cast["hejie"], at=NOON)
    client.force_login(cast["hejie"])

    remark = {f"remark_{talk.messages.first().pk}": "没有称呼", "remark_99999999999999999999": "谁"}
    page = client.post(one.get_absolute_url(), remark).content.decode()

    assert "没有称呼" in page
    assert Inspection.objects.get().state == InspectionState.DRAWN
