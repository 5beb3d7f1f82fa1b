"""One person's appraisal: self-review, score, signature, objection, and everything that is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.appraisal_cycles import audit_cycle
from staff.actions.appraisal_forms import FormScore
from staff.actions.appraisals import (
    answer_objection,
    assign_superior,
    file_self_review,
    object_to_result,
    return_appraisal,
    reveal_bonus,
    score_appraisal,
    sign_result,
)
from staff.actions.settings import change_setting
from staff.models import Appraisal, Event, KpiScore, Notification
from staff.states import AppraisalState, LineKind
from tests.factories.appraisal import (
    WORDS,
    at,
    charge,
    lock,
    make_house,
    make_kpi,
    open_month,
    publish,
    score,
    score_everybody,
)
from tests.factories.staff import employee_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def of(cycle, employee) -> Appraisal:
    rows = Appraisal.objects.select_related("cycle", "employee", "superior", "grade")
    return rows.get(cycle=cycle, employee=employee)


@pytest.fixture
def published(house):
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, house["xujing"])
    return of(cycle, house["lina"])


def test_a_self_review_is_ones_own_may_be_filed_again_and_is_late_after_the_month(house):
    mine = of(open_month(), house["lina"])
    with pytest.raises(Refused, match="their own self-review"):
        file_self_review(mine, WORDS, by=house["hejie"], at=at("2026-10-31 17:00"))
    with pytest.raises(Refused, match="at least"):
        file_self_review(mine, {"tasks": "接待", "results": " "}, by=house["lina"], at=at("2026-10-31 17:00"))
    file_self_review(mine, WORDS, by=house["lina"], at=at("2026-10-31 17:00"))
    assert mine.state == AppraisalState.SELF_REVIEWED
    file_self_review(mine, {**WORDS, "plans": "多练"}, by=house["lina"], at=at("2026-11-01 09:00"))
    mine.refresh_from_db()
    assert mine.self_review["plans"] == "多练"
    assert list(Event.objects.filter(verb="staff.self_reviewed").order_by("pk").values_list("reason", flat=True)) == [
        "", "filed late",
    ]  # fmt: skip
    score(mine)
    with pytest.raises(Refused, match="scored already"):
        file_self_review(mine, WORDS, by=house["lina"], at=at("2026-11-06 09:00"))


def test_only_the_superior_scores_after_the_month_and_nobody_themselves(house):
    cycle = open_month()
    mine, boss = of(cycle, house["lina"]), of(cycle, house["hejie"])
    given = {"comment": "稳定", "at": at("2026-11-03 10:00")}
    forms = {line.pk: FormScore(Decimal(90), "踏实") for line in mine.lines.filter(kind=LineKind.FORM)}
    with pytest.raises(Refused, match="when the month is over"):
        score_appraisal(mine, forms, comment="稳定", by=house["hejie"], at=at("2026-10-31 20:00"))
    with pytest.raises(Refused, match="The superior scores"):
        score_appraisal(mine, forms, by=house["chenjing"], **given)
    boss.superior = house["hejie"]
    boss.save()
    with pytest.raises(Refused, match="Nobody scores themselves"):
        score_appraisal(boss, forms, by=house["hejie"], **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appraisal.objects.filter(pk=boss.pk).update(scored_by=house["hejie"])
    with pytest.raises(Refused, match="Write a comment"):
        score_appraisal(mine, forms, comment=" ", by=house["hejie"], at=at("2026-11-03 10:00"))
    scored = score_appraisal(mine, forms, by=house["hejie"], **given)
    assert (scored.score, KpiScore.objects.get().score) == (97, 90)
    with pytest.raises(MoveRefused):
        score_appraisal(mine, forms, by=house["hejie"], **given)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"adjustment": Decimal("5.01"), "reason": "多"}, "at most 5"),
        ({"adjustment": Decimal(-6), "reason": "多"}, "at most 5"),
        ({"adjustment": Decimal(3), "reason": " "}, "needs a reason"),
    ],
)
def test_an_adjustment_has_its_limit_and_a_reason(house, given, why):
    with pytest.raises(Refused, match=why):
        score(of(open_month(), house["lina"]), **given)


def test_the_limit_of_adjustments_is_a_setting(house, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        change_setting("staff.adjust_most", "0", by=house["chenjing"], at=at("2026-10-01 09:00"))
    with pytest.raises(Refused, match="at most 0"):
        score(of(open_month(), house["lina"]), adjustment=Decimal(1), reason="带新人")


def test_a_line_without_a_score_says_why_and_its_weight_goes_to_the_others(house):
    charge(house["lina"], "-10", date(2026, 10, 20))
    mine = of(open_month(), house["lina"])
    line = mine.lines.get(kind=LineKind.FORM)
    with pytest.raises(Refused, match="say why there was nothing to judge"):
        score_appraisal(mine, {}, comment="稳定", by=house["hejie"], at=at("2026-11-03 10:00"))
    too_much = {line.pk: FormScore(Decimal(101), "好")}
    with pytest.raises(Refused):
        score_appraisal(mine, too_much, comment="稳定", by=house["hejie"], at=at("2026-11-03 10:00"))
    forms = {line.pk: FormScore(None, "全月病假")}
    scored = score_appraisal(mine, forms, comment="稳定", by=house["hejie"], at=at("2026-11-03 10:00"))
    assert scored.score == 90
    line.refresh_from_db()
    assert (line.score, line.text) == (None, "全月病假")


def test_what_a_named_person_scored_on_the_form_before_counts(house):
    mine = of(open_month(), house["lina"])
    KpiScore.objects.create(
        kpi=make_kpi(), employee=house["lina"], month=date(2026, 10, 1), score=80, text="好",
        scored_by=house["chenjing"], scored_at=at("2026-11-01 09:00"),
    )  # fmt: skip
    assert score_appraisal(mine, {}, comment="稳定", by=house["hejie"], at=at("2026-11-03 10:00")).score == 94


def test_hr_names_who_scores_but_not_the_person_nor_somebody_who_may_not(house):
    mine = of(open_month(), house["lina"])
    hr = house["xujing"]
    with pytest.raises(Refused, match="Nobody scores themselves"):
        assign_superior(mine, house["lina"], by=hr, at=at("2026-11-02 09:00"))
    with pytest.raises(Refused, match="may not score"):
        assign_superior(mine, house["sunyue"], by=hr, at=at("2026-11-02 09:00"))
    assign_superior(mine, house["chenjing"], by=hr, at=at("2026-11-02 09:00"))
    assert score(of(mine.cycle, house["lina"])).score == 97
    with pytest.raises(Refused, match="scored already"):
        assign_superior(mine, house["hejie"], by=hr, at=at("2026-11-06 09:00"))


def test_hr_sends_one_score_back_and_the_superior_gives_it_again(house):
    cycle = open_month()
    score_everybody(cycle)
    audit_cycle(cycle, by=house["xujing"], at=at("2026-11-08 09:00"))
    mine = of(cycle, house["lina"])
    with pytest.raises(Refused, match="Say what"):
        return_appraisal(mine, reason="", by=house["xujing"], at=at("2026-11-08 10:00"))
    return_appraisal(mine, reason="依据不足", by=house["xujing"], at=at("2026-11-08 10:00"))
    mine.refresh_from_db()
    assert (mine.state, mine.score) == (AppraisalState.SELF_REVIEWED, None)
    assert Notification.objects.filter(employee=house["hejie"], text__contains="came back").exists()
    assert score(of(cycle, house["lina"]), "80", moment="2026-11-08 11:00").score == 94


def test_people_sign_and_object_to_their_own_result_in_time_and_once(published, house):
    lina, on = house["lina"], at("2026-11-12 09:00")
    with pytest.raises(Refused, match="sign their own"):
        sign_result(published, by=house["hejie"], at=on)
    with pytest.raises(Refused, match="object to their own"):
        object_to_result(published, text="不对", by=house["hejie"], at=on)
    with pytest.raises(Refused, match="Say what you object"):
        object_to_result(published, text=" ", by=lina, at=on)
    with pytest.raises(Refused, match="ended on 2026-11-16"):
        object_to_result(published, text="不对", by=lina, at=at("2026-11-17 00:01"))
    object_to_result(published, text="快递停运", by=lina, at=on)
    assert Notification.objects.filter(employee=house["xujing"], text__contains="objects to").exists()
    assert not Notification.objects.filter(employee=house["hejie"], text__contains="objects to").exists()
    with pytest.raises(MoveRefused):
        sign_result(published, by=lina, at=on)
    answer_objection(published, text="核对无误", by=house["xujing"], at=on)
    with pytest.raises(Refused, match="no second one"):
        object_to_result(published, text="还是不对", by=lina, at=on)
    sign_result(published, by=lina, at=on)
    assert published.state == AppraisalState.SIGNED


def test_an_objection_is_answered_by_another_and_a_corrected_score_mends_grade_bonus_and_snapshot(published, house):
    on = at("2026-11-12 09:00")
    object_to_result(published, text="快递停运", by=house["lina"], at=on)
    with pytest.raises(Refused, match="Nobody answers their own"):
        answer_objection(published, text="是", by=house["lina"], at=on)
    with pytest.raises(Refused, match="You gave this score"):
        answer_objection(published, text="是", by=house["hejie"], at=on)
    with pytest.raises(Refused, match="Give the reasons"):
        answer_objection(published, text=" ", by=house["xujing"], at=on)
    with pytest.raises(Refused, match="0 to 110"):
        answer_objection(published, text="是", score=Decimal(111), by=house["xujing"], at=on)
    answer_objection(published, text="属实", score=Decimal(80), by=house["xujing"], at=on)
    published.refresh_from_db()
    assert (published.score, published.grade.code, published.bonus) == (80, "good", Decimal("1600.00"))
    shot = published.snapshot
    assert (shot["number"], shot["score"], shot["corrected_from"]) == ("APR-202610-B002-2", "80", "97.00")
    assert Event.objects.get(verb="staff.appraisal_answered").changes == {"score": ["97.00", "80"]}


def test_nothing_in_a_locked_month_changes_whoever_asks(published, house):
    lock(published.cycle, house["chenjing"])
    on, lina, hr = at("2026-11-21 09:00"), house["lina"], house["xujing"]
    before = Appraisal.objects.values().get(pk=published.pk)
    for deed in (
        lambda: file_self_review(published, WORDS, by=lina, at=on),
        lambda: score(published, moment="2026-11-21 09:00"),
        lambda: return_appraisal(published, reason="错", by=hr, at=on),
        lambda: assign_superior(published, house["chenjing"], by=hr, at=on),
        lambda: sign_result(published, by=lina, at=on),
        lambda: object_to_result(published, text="错", by=lina, at=on),
        lambda: answer_objection(published, text="错", score=Decimal(1), by=hr, at=on),
    ):
        with pytest.raises(Refused, match="locked"):
            deed()
    assert Appraisal.objects.values().get(pk=published.pk) == before


def test_who_looks_at_somebodys_amounts_is_kept_and_ones_own_are_not(published, house):
    reveal_bonus(published, by=house["lina"], at=at("2026-11-12 09:00"))
    payroll = employee_with("staff.take_payroll", username="zhao", name="赵会计")
    reveal_bonus(published, by=payroll, at=at("2026-11-12 09:00"))
    assert [one.by for one in Event.objects.filter(verb="staff.bonus_revealed")] == [payroll]
