"""Reported cases: what may be reported, what it costs, and that a second person decides."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shopops.kit.lists import Reader
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.cases import add_evidence, ask_waiver, confirm_case, reject_case, report_case, withdraw_case
from staff.actions.points import waive_offence
from staff.models import CaseReport, Event, Notification, Offence, SettingValue
from staff.queries.cases import (
    case_of,
    knows_reporter,
    listed_cases,
    may_see_case,
    price_on,
    waiver_waiting,
)
from staff.queries.settings import forget_values
from staff.states import CaseKind, CaseState, EntryKind, Standing
from tests.factories.cases import charge, clause_of, png, points_of
from tests.factories.rulebook import at

NOW = at("2026-11-17 10:00")
THEN = at("2026-11-16 15:00")


def report(cast, number="DATA-018", *, by="hejie", who="lina", **values):
    """Return a case that somebody reported."""
    values.setdefault("text", "把日报表发到了外部群")
    values.setdefault("happened_at", THEN)
    return report_case(clause=clause_of(number), employee=cast[who], by=cast[by], at=NOW, **values)


def test_a_case_costs_nothing_until_a_second_person_confirms_it(cast):
    case = report(cast, files=[png()], witness=cast["sunyue"])
    assert (case.kind, case.state, case.points) == (CaseKind.PENALTY, CaseState.REPORTED, -10)
    assert [file.name for file in case.files.all()] == ["聊天截图.png"]
    assert not Offence.objects.exists()

    offence = confirm_case(case, answer="属实", by=cast["chenjing"], at=NOW)

    case.refresh_from_db()
    assert (case.state, case.decided_by, case.offence, case.answer) == (
        CaseState.CONFIRMED,
        cast["chenjing"],
        offence,
        "属实",
    )
    entry = offence.entries.get()
    assert (entry.points, entry.booked_by, entry.kind) == (-10, cast["chenjing"], EntryKind.CHARGE)
    assert offence.facts["text"] == "把日报表发到了外部群"
    assert case_of(offence) == case
    told = Notification.objects.filter(employee=cast["lina"])
    assert any("DATA-018" in one.sentence and "7" in one.sentence for one in told)
    verbs = Event.objects.filter(subject_type="staff.CaseReport").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["staff.case_reported", "staff.case_confirmed"]


def test_nobody_decides_their_own_report_or_a_case_about_themselves(cast):
    mine, about_me = report(cast), report(cast, by="lina", who="hejie")
    with pytest.raises(Refused, match="你上报的"):
        confirm_case(mine, by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="关于你本人"):
        confirm_case(about_me, by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="你上报的"):
        reject_case(mine, reason="不对", by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="权限"):
        confirm_case(mine, by=cast["sunyue"], at=NOW)
    assert not Offence.objects.exists()


def test_the_database_too_wants_a_second_person(cast):
    case = report(cast)
    for person in ("hejie", "lina"):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseReport.objects.filter(pk=case.pk).update(decided_by=cast[person])


def test_a_case_is_decided_once(cast):
    case = report(cast)
    stale = CaseReport.objects.get(pk=case.pk)
    confirm_case(case, by=cast["chenjing"], at=NOW)
    with pytest.raises(MoveRefused):
        reject_case(stale, reason="不对", by=cast["huanglei"], at=NOW)
    with pytest.raises(MoveRefused):
        withdraw_case(stale, by=cast["hejie"], at=NOW)
    assert Offence.objects.count() == 1


def test_a_rejection_wants_a_reason_and_books_nothing(cast):
    case = report(cast)
    with pytest.raises(Refused, match="理由"):
        reject_case(case, reason=" ", by=cast["chenjing"], at=NOW)
    reject_case(case, reason="查无此事", by=cast["chenjing"], at=NOW)
    assert (case.state, case.answer) == (CaseState.REJECTED, "查无此事")
    assert not Offence.objects.exists()
    assert Notification.objects.filter(employee=cast["hejie"], text__contains="rejected").exists()


def test_only_who_reported_takes_a_case_back(cast):
    case = report(cast)
    with pytest.raises(Refused):
        withdraw_case(case, by=cast["chenjing"], at=NOW)
    withdraw_case(case, by=cast["hejie"], at=NOW)
    assert case.state == CaseState.WITHDRAWN


def test_degrees_choose_the_price_within_the_clause(cast):
    number = "CAT-055"
    clause = clause_of(number)
    assert [grade.key for grade in price_on(clause, THEN.date()).grades] == ["minor", "medium", "grave"]
    with pytest.raises(Refused, match="情节"):
        report(cast, number, who="mating")
    with pytest.raises(Refused, match="情节"):
        report(cast, number, who="mating", grade="dreadful")
    case = report(cast, number, who="mating", grade="grave")
    assert (case.points, case.grade) == (-4, "grave")
    assert points_of(confirm_case(case, by=cast["chenjing"], at=NOW)) == -4


def test_a_clause_binds_only_its_posts_and_only_since_it_holds(cast):
    with pytest.raises(Refused, match="不适用"):
        report(cast, "CAT-055", who="wangqiang", grade="minor")
    with pytest.raises(Refused, match="还没到"):
        report(cast, happened_at=NOW + timedelta(hours=1))
    with pytest.raises(Refused, match="尚未生效"):
        report(cast, happened_at=at("1999-12-31 12:00"))
    with pytest.raises(Refused, match="由系统查找"):
        report(cast, "ORD-016")
    with pytest.raises(Refused, match="发生了什么"):
        report(cast, text="  ")
    with pytest.raises(Refused, match="证人"):
        report(cast, witness=cast["lina"])
    assert not CaseReport.objects.exists()


def test_a_reward_is_for_somebody_else_within_the_limit(cast):
    with pytest.raises(Refused, match="自己"):
        report(cast, "STF-144", by="hejie", who="hejie", points=Decimal(1))
    with pytest.raises(Refused, match="数额"):
        report(cast, "STF-144")
    with pytest.raises(Refused, match="最多"):
        report(cast, "STF-144", points=Decimal(11))
    with pytest.raises(Refused, match="最多"):
        report(cast, "STF-144", fund=Decimal(201))
    case = report(cast, "STF-144", points=Decimal(2), fund=Decimal(100))
    assert (case.kind, case.points, case.fund) == (CaseKind.REWARD, 2, 100)
    offence = confirm_case(case, by=cast["chenjing"], at=NOW)
    assert (points_of(offence), offence.entries.get().fund) == (2, 100)


def test_a_fixed_reward_is_what_the_rulebook_says(cast):
    case = report(cast, "GOV-015", points=Decimal(9))
    assert (case.points, case.fund) == (0, 10)


def test_small_waivers_are_one_persons_and_large_ones_two_peoples(cast):
    small, large = charge(cast["lina"]), charge(cast["lina"], "DATA-018", facts={"text": "x"})
    waive_offence(small, reason="快递停运", by=cast["hejie"], at=NOW)
    assert points_of(small) == 0
    with pytest.raises(Refused, match="两人"):
        waive_offence(large, reason="误报", by=cast["hejie"], at=NOW)

    case = ask_waiver(large, reason="误报", files=[png()], by=cast["hejie"], at=NOW)

    assert (case.kind, case.points, waiver_waiting(large)) == (CaseKind.WAIVER, 10, case)
    assert points_of(large) == -10
    with pytest.raises(Refused, match="已在等"):
        ask_waiver(large, reason="误报", by=cast["chenjing"], at=NOW)
    with pytest.raises(Refused):
        confirm_case(case, by=cast["hejie"], at=NOW)
    confirm_case(case, by=cast["chenjing"], at=NOW)
    assert points_of(large) == 0
    assert large.entries.get(kind=EntryKind.COUNTER).reason == "误报"
    assert waiver_waiting(large) is None


def test_the_limit_of_waivers_is_a_setting(cast):
    SettingValue.objects.create(name="staff.waiver_limit", value="1", changed_by=cast["chenjing"], changed_at=NOW)
    forget_values()
    with pytest.raises(Refused, match="两人"):
        waive_offence(charge(cast["lina"]), reason="x", by=cast["hejie"], at=NOW)


def test_money_is_waived_by_two_people(cast):
    case = report(cast, "GOV-013")
    offence = confirm_case(case, by=cast["chenjing"], at=NOW)
    assert (points_of(offence), offence.entries.get().fund, offence.standing) == (0, 50, Standing.CHARGED)
    with pytest.raises(Refused, match="两人"):
        waive_offence(offence, reason="x", by=cast["hejie"], at=NOW)
    confirm_case(ask_waiver(offence, reason="x", by=cast["hejie"], at=NOW), by=cast["chenjing"], at=NOW)
    assert sum(entry.fund for entry in offence.entries.all()) == 0


def test_files_are_added_by_the_reporter_while_nobody_has_decided(cast):
    case = report(cast)
    assert add_evidence(case, [png("二.png")], by=cast["hejie"], at=NOW) == 1
    with pytest.raises(Refused):
        add_evidence(case, [png()], by=cast["chenjing"], at=NOW)
    with pytest.raises(Refused, match="最多"):
        add_evidence(case, [png(f"{number}.png") for number in range(9)], by=cast["hejie"], at=NOW)
    confirm_case(case, by=cast["chenjing"], at=NOW)
    with pytest.raises(Refused, match="已有结论"):
        add_evidence(case, [png()], by=cast["hejie"], at=NOW)


def test_nobody_reads_a_report_about_themselves_before_it_is_decided(cast):
    case = report(cast, who="huanglei")
    assert not may_see_case(case, cast["huanglei"])
    assert not listed_cases(Reader(cast["huanglei"], NOW)).exists()
    assert may_see_case(case, cast["chenjing"])
    assert may_see_case(case, cast["hejie"])
    assert not may_see_case(case, cast["lina"])
    confirm_case(case, by=cast["chenjing"], at=NOW)
    assert may_see_case(case, cast["huanglei"])
    assert not knows_reporter(case, cast["huanglei"])
    assert knows_reporter(case, cast["chenjing"])
