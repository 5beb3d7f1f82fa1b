"""Appeals: who may file, who judges, what a verdict does to the points, and what silence does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from shopops.kit.lists import Reader
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.appeals import (
    accept_answer,
    answer_appeal,
    file_appeal,
    lapse_appeals,
    take_appeal_on,
    vote_on_appeal,
    withdraw_appeal,
)
from staff.actions.cases import confirm_case, report_case
from staff.actions.points import waive_offence
from staff.metrics import read_points
from staff.models import Appeal, AppealOpinion, ClauseVersion, Event, Notification, Offence
from staff.queries.appeals import (
    chance_of,
    hide_names,
    leader_for,
    listed_appeals,
    listed_verdicts,
    panel_for,
    similar_appeals,
    verdicts_of_clause,
    visible_appeals,
)
from staff.queries.points import (
    days_to_appeal,
    entries_of_person,
    month_span,
    total_of_person,
    totals_by_clause,
    totals_by_person,
    whole_total,
)
from staff.states import AppealState, EntryKind, Verdict, VersionState
from tests.factories.cases import charge, clause_of, png, points_of
from tests.factories.rulebook import at

NOW = at("2026-11-17 10:00")
LATER = at("2026-11-18 10:00")
FIRST, LAST = month_span(NOW.date())
PANEL = ("chenjing", "shenguodong", "xujing")


@pytest.fixture
def charged(cast) -> Offence:
    """A late order of 李娜, three points."""
    return charge(cast["lina"])


@pytest.fixture
def appeal(cast, charged) -> Appeal:
    """李娜's appeal, which 何洁 judges."""
    return file_appeal(charged, text="快递当天停收，附截图", files=[png()], by=cast["lina"], at=NOW)


def before_panel(cast, appeal: Appeal) -> Appeal:
    """Take an appeal past the leader to the panel."""
    answer_appeal(appeal, verdict=Verdict.UPHOLD, text="照章办事", by=cast["hejie"], at=NOW)
    take_appeal_on(appeal, by=cast["lina"], at=NOW)
    return appeal


def total(cast, name="lina") -> Decimal:
    """Return what counts this month."""
    return total_of_person(cast[name], first=FIRST, last=LAST)


def test_an_appeal_freezes_the_points_and_goes_to_the_superior(cast, charged, appeal):
    charged.refresh_from_db()
    assert (appeal.state, appeal.leader) == (AppealState.WITH_LEADER, cast["hejie"])
    assert appeal.due_at == at("2026-11-20 18:00")
    assert charged.is_frozen
    assert [file.name for file in appeal.files.all()] == ["聊天截图.png"]
    assert Notification.objects.filter(employee=cast["hejie"], url=appeal.get_absolute_url()).exists()
    assert Event.objects.filter(verb="staff.appeal_filed").count() == 1


def test_points_under_appeal_stay_out_of_every_total(cast, charged, appeal):
    charge(cast["lina"])
    whole = whole_total(cast["lina"], first=FIRST, last=LAST)
    assert (whole.points, whole.frozen, whole.at_worst) == (-3, -3, -6)
    assert total(cast) == -3
    row = next(one for one in totals_by_person(first=FIRST, last=LAST) if one["employee_id"] == cast["lina"].pk)
    assert (row["points"], row["frozen"], row["charges"]) == (-3, -3, 2)
    assert sum(one["points"] for one in totals_by_clause(first=FIRST, last=LAST)) == -3
    assert [one.numerator for one in read_points(charged.day) if one.employee_id == cast["lina"].pk] == [-3]


def test_only_the_person_charged_appeals_once_in_time_and_with_a_reason(cast, charged):
    with pytest.raises(Refused, match="本人"):
        file_appeal(charged, text="不对", by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="为什么"):
        file_appeal(charged, text=" ", by=cast["lina"], at=NOW)
    with pytest.raises(Refused, match="申诉期已过"):
        file_appeal(charged, text="不对", by=cast["lina"], at=at("2026-11-24 00:00"))
    file_appeal(charged, text="不对", by=cast["lina"], at=at("2026-11-23 23:59"))
    with pytest.raises(Refused, match="一次"):
        file_appeal(charged, text="再来", by=cast["lina"], at=NOW)
    assert Appeal.objects.count() == 1


def test_what_costs_nothing_is_not_appealed(cast, charged):
    warning = charge(cast["lina"], "ORD-014")
    with pytest.raises(Refused, match="没有扣分"):
        file_appeal(warning, text="不对", by=cast["lina"], at=NOW)
    waive_offence(charged, reason="快递停运", by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="没有扣分"):
        file_appeal(charged, text="不对", by=cast["lina"], at=NOW)
    reward = confirm_case(
        report_case(
            clause=clause_of("GOV-015"), employee=cast["lina"], happened_at=NOW, text="好建议", by=cast["hejie"], at=NOW
        ),
        by=cast["chenjing"],
        at=NOW,
    )
    with pytest.raises(Refused, match="没有扣分"):
        file_appeal(reward, text="太少", by=cast["lina"], at=NOW)


def test_the_days_left_are_counted_in_whole_days(cast, charged):
    chance = chance_of(charged, at=NOW)
    assert (chance.is_open, chance.days_left) == (True, 6)
    assert chance_of(charged, at=at("2026-11-23 20:00")).days_left == 0
    assert not chance_of(charged, at=at("2026-11-24 00:00")).is_open
    entry = entries_of_person(cast["lina"], first=FIRST, last=LAST)[0]
    assert (days_to_appeal(entry, at=NOW), days_to_appeal(entry, at=at("2026-11-24 08:00"))) == (6, None)


def test_whoever_had_a_hand_in_the_charge_does_not_judge_it(cast):
    case = report_case(
        clause=clause_of("DATA-018"), employee=cast["lina"], happened_at=NOW, text="外传", by=cast["zhaomin"], at=NOW
    )
    offence = confirm_case(case, by=cast["hejie"], at=NOW)
    assert leader_for(offence) == cast["chenjing"]
    appeal = file_appeal(offence, text="不是我", by=cast["lina"], at=NOW)
    panel = set(panel_for(appeal).values_list("username", flat=True))
    assert {"lina", "hejie", "chenjing", "zhaomin"} & panel == set()
    assert "shenguodong" in panel


def test_without_a_superior_the_panel_judges_at_once(cast):
    appeal = file_appeal(charge(cast["shenguodong"]), text="不对", by=cast["shenguodong"], at=NOW)
    assert (appeal.state, appeal.leader) == (AppealState.WITH_PANEL, None)
    assert appeal.due_at == at("2026-11-24 18:00")
    assert not panel_for(appeal).filter(pk=cast["shenguodong"].pk).exists()


def test_the_leader_withdraws_the_points_and_the_totals_mend(cast, charged, appeal):
    answer_appeal(appeal, verdict=Verdict.WITHDRAW, text="快递停收属实", by=cast["hejie"], at=LATER)
    charged.refresh_from_db()
    assert (appeal.state, appeal.verdict, appeal.points, charged.is_frozen) == (
        AppealState.CLOSED,
        "withdraw",
        0,
        False,
    )
    counter = charged.entries.get(kind=EntryKind.COUNTER)
    assert (counter.points, counter.booked_by, counter.reason) == (3, cast["hejie"], "快递停收属实")
    assert total(cast) == 0
    assert Notification.objects.filter(employee=cast["lina"], text__contains="decided").exists()


def test_a_reduction_holds_when_the_person_accepts_it(cast, charged, appeal):
    with pytest.raises(Refused, match="之间"):
        answer_appeal(appeal, verdict=Verdict.REDUCE, text="减", by=cast["hejie"], at=LATER)
    for wrong in ("-3", "0", "-4", "1"):
        with pytest.raises(Refused, match="之间"):
            answer_appeal(appeal, verdict=Verdict.REDUCE, points=Decimal(wrong), text="减", by=cast["hejie"], at=LATER)
    answer_appeal(appeal, verdict=Verdict.REDUCE, points=Decimal(-1), text="有一半责任", by=cast["hejie"], at=LATER)
    assert (appeal.state, appeal.due_at) == (AppealState.ANSWERED, at("2026-11-22 00:00"))
    assert points_of(charged) == -3
    assert total(cast) == 0
    accept_answer(appeal, by=cast["lina"], at=LATER)
    assert (appeal.state, appeal.verdict, appeal.points) == (AppealState.CLOSED, "reduce", -1)
    assert (points_of(charged), total(cast)) == (-1, -1)
    entry = charged.entries.get(kind=EntryKind.ADJUSTMENT)
    assert (entry.points, entry.booked_by) == (2, cast["hejie"])


def test_an_upheld_charge_counts_again(cast, charged, appeal):
    answer_appeal(appeal, verdict=Verdict.UPHOLD, text="照章办事", by=cast["hejie"], at=LATER)
    accept_answer(appeal, by=cast["lina"], at=LATER)
    assert (points_of(charged), total(cast), charged.entries.count()) == (-3, -3, 1)


def test_a_rule_at_fault_opens_a_draft_of_the_clause(cast, charged, appeal):
    answer_appeal(appeal, verdict=Verdict.RULE_DEFECT, text="没有考虑快递停收", by=cast["hejie"], at=LATER)
    appeal.refresh_from_db()
    draft = ClauseVersion.objects.get(clause=charged.clause, state=VersionState.DRAFT)
    assert (appeal.amendment, draft.drafted_by, draft.note) == (draft, cast["hejie"], "没有考虑快递停收")
    assert total(cast) == 0


def test_only_the_leader_answers_in_time_and_with_reasons(cast, appeal):
    with pytest.raises(Refused, match="别人"):
        answer_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["chenjing"], at=LATER)
    with pytest.raises(Refused, match="理由"):
        answer_appeal(appeal, verdict=Verdict.UPHOLD, text=" ", by=cast["hejie"], at=LATER)
    with pytest.raises(Refused, match="期限已过"):
        answer_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["hejie"], at=appeal.due_at)
    stale = Appeal.objects.get(pk=appeal.pk)
    answer_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["hejie"], at=LATER)
    with pytest.raises(MoveRefused):
        answer_appeal(stale, verdict=Verdict.UPHOLD, text="x", by=cast["hejie"], at=LATER)
    assert AppealOpinion.objects.count() == 1


def test_only_the_person_accepts_takes_on_and_takes_back(cast, appeal):
    for step in (accept_answer, take_appeal_on):
        with pytest.raises(MoveRefused):
            step(appeal, by=cast["lina"], at=LATER)
        with pytest.raises(Refused, match="本人"):
            step(appeal, by=cast["sunyue"], at=LATER)
    with pytest.raises(Refused, match="本人"):
        withdraw_appeal(appeal, by=cast["hejie"], at=LATER)
    answer_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["hejie"], at=LATER)
    with pytest.raises(Refused, match="上诉期"):
        take_appeal_on(appeal, by=cast["lina"], at=appeal.due_at)
    with pytest.raises(MoveRefused):
        withdraw_appeal(appeal, by=cast["lina"], at=LATER)


def test_an_appeal_taken_back_lets_the_points_count_again(cast, charged, appeal):
    withdraw_appeal(appeal, by=cast["lina"], at=LATER)
    charged.refresh_from_db()
    assert (appeal.state, charged.is_frozen, total(cast)) == (AppealState.WITHDRAWN, False, -3)
    with pytest.raises(Refused, match="一次"):
        file_appeal(charged, text="又来", by=cast["lina"], at=LATER)


def test_the_panel_decides_as_soon_as_more_than_half_agree(cast, charged, appeal):
    before_panel(cast, appeal)
    assert (appeal.verdict, appeal.points) == ("", None)
    first, second, third = PANEL
    assert not vote_on_appeal(appeal, verdict=Verdict.WITHDRAW, text="停收属实", by=cast[first], at=LATER)
    with pytest.raises(Refused, match="已经给过"):
        vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast[first], at=LATER)
    assert vote_on_appeal(appeal, verdict=Verdict.WITHDRAW, text="同意", by=cast[second], at=LATER)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.verdict, appeal.answer) == (AppealState.CLOSED, "withdraw", "停收属实\n同意")
    assert total(cast) == 0
    with pytest.raises(MoveRefused):
        vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast[third], at=LATER)


def test_a_divided_panel_decides_by_the_opinion_in_the_middle(cast, charged, appeal):
    before_panel(cast, appeal)
    for name, verdict, points in (
        ("chenjing", Verdict.UPHOLD, None),
        ("shenguodong", Verdict.WITHDRAW, None),
        ("xujing", Verdict.REDUCE, Decimal(-1)),
    ):
        vote_on_appeal(appeal, verdict=verdict, points=points, text=name, by=cast[name], at=LATER)
    appeal.refresh_from_db()
    assert (appeal.verdict, appeal.points, total(cast)) == ("reduce", -1, -1)


def test_who_may_not_sit_on_the_panel_does_not(cast, appeal):
    with pytest.raises(MoveRefused):
        vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["chenjing"], at=LATER)
    before_panel(cast, appeal)
    for name in ("lina", "hejie", "sunyue", "wangqiang"):
        with pytest.raises(Refused, match="不能裁定"):
            vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast[name], at=LATER)


def test_silence_of_the_leader_decides_for_the_person_once(cast, charged, appeal):
    assert lapse_appeals(at=appeal.due_at - timedelta(seconds=1)) == {"withdrawn": 0, "kept": 0}
    assert lapse_appeals(at=appeal.due_at) == {"withdrawn": 1, "kept": 0}
    assert lapse_appeals(at=appeal.due_at) == {"withdrawn": 0, "kept": 0}
    appeal.refresh_from_db()
    assert (appeal.state, appeal.verdict, appeal.is_lapsed, total(cast)) == (AppealState.CLOSED, "withdraw", True, 0)
    counter = charged.entries.get(kind=EntryKind.COUNTER)
    assert (counter.booked_by, counter.reason) == (None, "逾期未答复")
    assert Event.objects.get(verb="staff.appeal_lapsed").by is None
    assert Notification.objects.filter(employee=cast["lina"], text__contains="in time").exists()


def test_silence_of_the_panel_decides_for_the_person(cast, charged, appeal):
    before_panel(cast, appeal)
    vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["chenjing"], at=LATER)
    appeal.refresh_from_db()
    with pytest.raises(Refused, match="期限已过"):
        vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["xujing"], at=appeal.due_at)
    lapse_appeals(at=appeal.due_at)
    assert (points_of(charged), total(cast)) == (0, 0)


def test_silence_of_the_person_lets_the_answer_hold(cast, charged, appeal):
    answer_appeal(appeal, verdict=Verdict.REDUCE, points=Decimal(-2), text="减一分", by=cast["hejie"], at=LATER)
    assert lapse_appeals(at=appeal.due_at) == {"withdrawn": 0, "kept": 1}
    appeal.refresh_from_db()
    assert (appeal.verdict, appeal.is_lapsed, points_of(charged)) == ("reduce", False, -2)
    assert charged.entries.get(kind=EntryKind.ADJUSTMENT).booked_by == cast["hejie"]


def test_what_the_superior_bore_goes_with_what_it_was_borne_for(cast):
    offence = charge(cast["lina"], "CS-049")
    borne = Offence.objects.get(because_of=offence)
    assert (borne.employee, points_of(borne)) == (cast["hejie"], -2)
    appeal = file_appeal(offence, text="没有离开", by=cast["lina"], at=NOW)
    answer_appeal(appeal, verdict=Verdict.WITHDRAW, text="属实", by=appeal.leader, at=LATER)
    assert (points_of(offence), points_of(borne)) == (0, 0)


def test_while_an_appeal_is_open_nobody_waives(cast, charged, appeal):
    charged.refresh_from_db()
    with pytest.raises(Refused, match="正在申诉"):
        waive_offence(charged, reason="x", by=cast["chenjing"], at=NOW)


def test_the_database_lets_nobody_judge_themselves(cast, appeal):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(leader=cast["lina"])


def test_judges_see_how_like_cases_ended_the_nearest_first(cast):
    near = {"goods": "羊羔绒", "carrier": "中通"}
    verdicts = []
    for facts, verdict in (({"goods": "杯子"}, Verdict.UPHOLD), (near, Verdict.WITHDRAW)):
        old = file_appeal(charge(cast["sunyue"], facts=facts), text="停收", by=cast["sunyue"], at=NOW)
        answer_appeal(old, verdict=verdict, text="理由", by=cast["hejie"], at=LATER)
        if old.state == AppealState.ANSWERED:
            accept_answer(old, by=cast["sunyue"], at=LATER)
        verdicts.append(old)
    mine = file_appeal(charge(cast["lina"], facts=near), text="停收", by=cast["lina"], at=NOW)
    assert [one.appeal for one in similar_appeals(mine)] == list(reversed(verdicts))
    assert sorted(count for _label, _tone, count in verdicts_of_clause(mine.offence.clause_id)) == [1, 1]


def test_verdicts_are_read_without_names_by_those_who_do_not_judge(cast, appeal):
    answer_appeal(appeal, verdict=Verdict.WITHDRAW, text="李娜说得对，何洁核实过", by=cast["hejie"], at=LATER)
    values = [
        "id", "state", "verdict", "offence_id", "offence__clause__title", "offence__clause__title_en", "employee_id",
        "employee__name", "text", "answer", "points",
    ]  # fmt: skip
    reader = Reader(cast["wangqiang"], LATER)
    rows = list(listed_verdicts(reader).values(*values))
    hide_names(rows, reader)
    assert (rows[0]["employee__name"], rows[0]["answer"]) == ("", "□□说得对，□□核实过")
    rows = list(listed_verdicts(reader).values(*values))
    hide_names(rows, Reader(cast["chenjing"], LATER))
    assert (rows[0]["employee__name"], rows[0]["answer"]) == ("李娜", "李娜说得对，何洁核实过")


def test_appeals_are_seen_by_whom_they_concern_and_those_who_judge(cast, appeal):
    for name, sees in (("lina", True), ("hejie", True), ("chenjing", True), ("sunyue", False), ("wangqiang", False)):
        assert listed_appeals(Reader(cast[name], NOW)).exists() is sees
        assert visible_appeals(cast[name]).exists() is sees


@pytest.mark.django_db(transaction=True)
def test_two_votes_at_once_decide_the_appeal_once(cast, charged, appeal):
    before_panel(cast, appeal)
    vote_on_appeal(appeal, verdict=Verdict.UPHOLD, text="x", by=cast["xujing"], at=LATER)
    barrier, said = Barrier(2), []

    def vote(name: str) -> None:
        try:
            barrier.wait(timeout=60)
            said.append(vote_on_appeal(appeal, verdict=Verdict.WITHDRAW, text=name, by=cast[name], at=LATER))
        except MoveRefused:
            said.append(None)
        finally:
            connection.close()

    threads = [Thread(target=vote, args=(name,)) for name in ("chenjing", "shenguodong")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(said, key=str) == [False, True]
    assert charged.entries.filter(kind=EntryKind.COUNTER).count() == 1
    assert Event.objects.filter(verb="staff.appeal_closed").count() == 1
    assert points_of(charged) == 0
