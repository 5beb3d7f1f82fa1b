"""A month of 17 people from opening to the lock, and everything that is refused on the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.appraisal_cycles import (
    audit_cycle,
    check_publishable,
    lock_cycle,
    open_cycle,
    open_due_cycles,
    publish_cycle,
    reopen_cycle,
)
from staff.actions.appraisals import object_to_result, sign_result
from staff.models import Appraisal, AppraisalCycle, CountedEntry, Event, KpiScore, Notification, PayTerms
from staff.queries.appraisal_points import points_of_people
from staff.states import AppraisalState, CycleKind, CycleState
from tests.factories.appraisal import (
    NOVEMBER,
    OCTOBER,
    at,
    charge,
    lock,
    make_house,
    open_month,
    publish,
    score,
    score_everybody,
)

pytestmark = pytest.mark.django_db


def of(cycle: AppraisalCycle, employee) -> Appraisal:
    return Appraisal.objects.select_related("cycle", "employee", "superior", "grade").get(
        cycle=cycle, employee=employee
    )


def test_a_month_from_its_opening_to_the_lock():
    cast = make_house()
    charge(cast["lina"], "-10", date(2026, 10, 20))
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, cast["xujing"])
    mine = of(cycle, cast["lina"])
    # points 100 - 10 at 70, form 90 at 30: 63 + 27 = 90; excellent; 2000 x 0.90 x 1.2
    assert (mine.reckoned, mine.score, mine.grade.code, mine.bonus) == (90, 90, "excellent", Decimal("2160.00"))
    assert mine.snapshot["number"] == "APR-202610-B002-1"
    assert [one["points"] for one in mine.snapshot["points"]] == ["-10.00"]
    sign_result(mine, by=cast["lina"], at=at("2026-11-12 09:00"))
    with pytest.raises(Refused, match="2026-11-16"):
        lock_cycle(cycle, by=cast["chenjing"], at=at("2026-11-15 09:00"))
    lock(cycle, cast["chenjing"])
    assert cycle.state == CycleState.LOCKED
    assert set(cycle.appraisals.values_list("state", flat=True)) == {AppraisalState.SETTLED}
    assert Event.objects.filter(subject_type="staff.AppraisalCycle", subject_id=cycle.pk).count() == 4


def test_the_appraisal_opens_in_the_last_days_of_a_month_by_itself_and_once():
    make_house()
    assert open_due_cycles(at=at("2026-10-28 06:00")) == []
    (cycle,) = open_due_cycles(at=at("2026-10-29 06:00"))
    open_due_cycles(at=at("2026-10-30 06:00"))
    assert AppraisalCycle.objects.count() == 1
    assert cycle.appraisals.count() == 18
    assert Notification.objects.filter(kind="appraisal").count() == 18
    with pytest.raises(Refused, match="2026-11-28"):
        open_cycle(CycleKind.MONTH, NOVEMBER, by=None, at=at("2026-11-20 06:00"))


def test_exempt_posts_and_people_without_a_post_or_gone_are_left_out():
    cast = make_house()
    cast["wangqiang"].is_active = False
    cast["wangqiang"].save()
    cast["tangmin"].appointments.all().delete()
    cycle = open_month()
    names = set(cycle.appraisals.values_list("employee__username", flat=True))
    assert not names & {"shenguodong", "wangqiang", "tangmin"}
    assert "lina" in names


def test_the_superior_is_the_head_of_the_nearest_unit():
    cast = make_house()
    cycle = open_month()
    assert of(cycle, cast["lina"]).superior == cast["hejie"]
    assert of(cycle, cast["hejie"]).superior == cast["chenjing"]
    assert of(cycle, cast["xujing"]).superior == cast["shenguodong"]


def test_a_post_without_weights_counts_points_alone():
    cast = make_house()
    cast["lina"].positions.get().weights.all().delete()
    line = of(open_month(), cast["lina"]).lines.get()
    assert (line.kind, line.weight) == ("points", 100)


def test_later_points_land_in_the_next_month_and_each_entry_counts_once():
    cast = make_house()
    lina = cast["lina"]
    first = charge(lina, "-4", date(2026, 10, 20))
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, cast["xujing"])
    late = charge(lina, "-3", date(2026, 10, 25), booked="2026-11-12 09:00")
    assert points_of_people(cycle)[lina.pk].net == -4
    november = open_month(NOVEMBER)
    assert points_of_people(november)[lina.pk].net == -3
    assert list(CountedEntry.objects.values_list("entry", flat=True)) == [first.pk]
    score_everybody(november, moment="2026-12-05 10:00")
    publish(november, cast["xujing"], moment="2026-12-11 09:00")
    assert set(CountedEntry.objects.values_list("entry", flat=True)) == {first.pk, late.pk}


def test_while_october_is_open_its_points_do_not_count_in_november():
    cast = make_house()
    charge(cast["lina"], "-4", date(2026, 10, 20))
    open_month()
    november = open_month(NOVEMBER)
    assert points_of_people(november) == {}


def test_points_under_appeal_are_left_out_named_and_counted_when_the_appeal_is_over():
    cast = make_house()
    lina = cast["lina"]
    entry = charge(lina, "-10", date(2026, 10, 20))
    entry.offence.is_frozen = True
    entry.offence.save()
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, cast["xujing"])
    mine = of(cycle, lina)
    assert mine.score == 97
    assert (mine.snapshot["points"], [one["points"] for one in mine.snapshot["left_out"]]) == ([], ["-10.00"])
    entry.offence.is_frozen = False
    entry.offence.save()
    assert points_of_people(open_month(NOVEMBER))[lina.pk].net == -10


def test_a_counter_entry_before_publication_mends_the_month_it_is_about():
    cast = make_house()
    entry = charge(cast["lina"], "-10", date(2026, 10, 20))
    other = charge(cast["lina"], "10", date(2026, 11, 3))
    other.offence, other.counters, other.kind, other.reason, other.booked_by = (
        entry.offence, entry, "counter", "快递停运", cast["hejie"],
    )  # fmt: skip
    other.save()
    cycle = open_month()
    assert points_of_people(cycle)[cast["lina"].pk].net == 0


def test_hr_checks_before_anything_is_published():
    cast = make_house()
    cycle = open_month()
    hr = cast["xujing"]
    with pytest.raises(Refused, match="not over"):
        audit_cycle(cycle, by=hr, at=at("2026-10-31 20:00"))
    with pytest.raises(Refused, match="18 people are not scored"):
        audit_cycle(cycle, by=hr, at=at("2026-11-02 09:00"))
    with pytest.raises(Refused, match="HR checks"):
        publish_cycle(cycle, by=hr, at=at("2026-11-02 09:00"))
    score_everybody(cycle)
    audit_cycle(cycle, by=hr, at=at("2026-11-08 09:00"))
    with pytest.raises(Refused, match="Say what"):
        reopen_cycle(cycle, reason=" ", by=hr, at=at("2026-11-08 09:00"))
    reopen_cycle(cycle, reason="仓储的分数偏高", by=hr, at=at("2026-11-08 09:00"))
    assert cycle.state == CycleState.OPEN


def test_nothing_is_published_without_pay_terms_or_before_the_month_before():
    cast = make_house()
    october, november = open_month(), open_month(NOVEMBER)
    score_everybody(november, moment="2026-12-03 10:00")
    audit_cycle(november, by=cast["xujing"], at=at("2026-12-03 12:00"))
    with pytest.raises(Refused, match="2026-10 comes first"):
        check_publishable(november)
    score_everybody(october)
    PayTerms.objects.filter(employee=cast["lina"]).delete()
    audit_cycle(october, by=cast["xujing"], at=at("2026-12-03 12:00"))
    with pytest.raises(Refused, match="李娜"):
        check_publishable(october)


def test_whoever_published_does_not_lock_and_an_open_objection_holds_it():
    cast = make_house()
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, cast["xujing"])
    with pytest.raises(Refused, match="second person"):
        lock(cycle, cast["xujing"])
    object_to_result(of(cycle, cast["lina"]), text="扣分有误", by=cast["lina"], at=at("2026-11-12 09:00"))
    with pytest.raises(Refused, match="1 objection is not answered"):
        lock(cycle, cast["chenjing"])


def test_a_locked_month_is_not_opened_published_or_locked_again():
    cast = make_house()
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, cast["xujing"])
    lock(cycle, cast["chenjing"])
    with pytest.raises(Refused):
        open_month()
    with pytest.raises(Refused):
        publish_cycle(cycle, by=cast["xujing"], at=at("2026-11-21 09:00"))
    with pytest.raises(MoveRefused):
        lock(cycle, cast["chenjing"])


def test_a_half_year_and_a_year_are_the_mean_of_their_locked_months():
    cast = make_house()
    lina = cast["lina"]
    charge(lina, "-20", date(2026, 10, 20))
    october, november = open_month(), None
    score_everybody(october)
    publish(october, cast["xujing"])
    with pytest.raises(Refused, match="2026-10 is not locked"):
        open_cycle(CycleKind.HALF, OCTOBER, by=None, at=at("2027-01-02 06:00"))
    lock(october, cast["chenjing"])
    november = open_month(NOVEMBER)
    score_everybody(november, moment="2026-12-05 10:00")
    publish(november, cast["xujing"], moment="2026-12-11 09:00")
    lock(november, cast["chenjing"], moment="2026-12-20 09:00")
    with pytest.raises(Refused, match="2027-01-01"):
        open_cycle(CycleKind.YEAR, OCTOBER, by=None, at=at("2026-12-31 06:00"))
    half, year = open_due_cycles(at=at("2027-01-02 06:00"))
    assert (half.kind, half.first, year.kind, year.first) == ("half", date(2026, 7, 1), "year", date(2026, 1, 1))
    # October 0.7 x 80 + 27 = 83, November 97
    assert (of(year, lina).score, of(year, lina).grade.code, of(year, lina).bonus) == (90, "excellent", None)
    publish(year, cast["xujing"], moment="2027-01-05 09:00")
    assert [one["span"] for one in of(year, lina).snapshot["months"]] == ["2026-10", "2026-11"]
    assert open_due_cycles(at=at("2027-01-03 06:00")) == []


@pytest.mark.parametrize("adjustment", ["5", "-5"])
def test_an_adjustment_moves_the_score_within_its_limit(adjustment):
    cast = make_house()
    cycle = open_month()
    scored = score(of(cycle, cast["lina"]), adjustment=Decimal(adjustment), reason="带新人")
    assert scored.score == 97 + Decimal(adjustment)
    assert Event.objects.get(verb="staff.appraisal_adjusted").reason == "带新人"


def test_publishing_a_month_tells_what_was_scored_on_forms_once():
    cast = make_house()
    cycle = open_month()
    score_everybody(cycle)
    told = Notification.objects.filter(kind="staff.kpi_scored")
    assert not told.exists()
    publish(cycle, cast["xujing"])
    assert told.count() == KpiScore.objects.filter(replaced_at=None).count() > 0
