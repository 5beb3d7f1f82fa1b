"""What an indicator comes to: the figure of the span, its score between floor and target, and in words why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from staff.models import Kpi, KpiScore, MetricReading
from staff.queries.kpi_scores import cycles_in, in_proportion, score_of, scores_of
from staff.states import KpiCycle, Machine
from tests.factories.staff import NOON, make_cast

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
WORDS = {"name": "指标", "name_en": "Indicator", "definition": "说明", "definition_en": "Words"}
FIGURES = st.decimals(-1000, 1000, places=2)


def indicator(metric: str = "", number: str = "STF-900", **values) -> Kpi:
    machine = Machine.AUTO if metric else Machine.FORM
    figures = {name: Decimal(value) for name, value in values.items()}
    return Kpi.objects.create(number=number, metric=metric, machine=machine, **WORDS, **figures)


def reading(metric: str, day: int, numerator, denominator=None, person=None) -> MetricReading:
    return MetricReading.objects.create(
        metric=metric,
        day=date(2026, 10, day),
        numerator=Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        employee=person,
        read_at=NOON,
    )


@pytest.fixture
def cast(db):
    return make_cast()


@given(FIGURES, FIGURES, FIGURES)
def test_a_score_lies_between_0_and_100_and_follows_its_direction(value, target, floor):
    score = in_proportion(value, target, floor)
    assert 0 <= score <= 100
    if target != floor:
        assert in_proportion(target, target, floor) == 100
        assert in_proportion(floor, target, floor) == 0
        better = value + (1 if target > floor else -1)
        assert in_proportion(better, target, floor) >= score


@pytest.mark.parametrize(
    ("value", "target", "floor", "score"),
    [("0.95", "1", "0.9", "50"), ("30", "10", "60", "60"), ("5", "10", "60", "100"), ("99", "10", "60", "0")],
)
def test_more_or_less_is_better_as_target_and_floor_lie(value, target, floor, score):
    assert in_proportion(Decimal(value), Decimal(target), Decimal(floor)) == Decimal(score)


def test_without_a_target_or_a_floor_nothing_is_scored():
    assert in_proportion(Decimal(3), None, Decimal(0)) is None
    assert in_proportion(Decimal(3), Decimal(0), None) is None


def test_a_span_is_so_many_cycles():
    assert cycles_in(KpiCycle.MONTH, FIRST, LAST) == 1
    assert cycles_in(KpiCycle.MONTH, date(2026, 1, 1), date(2026, 6, 30)) == 6
    assert cycles_in(KpiCycle.HALF, date(2026, 1, 1), date(2026, 6, 30)) == 1
    assert cycles_in(KpiCycle.YEAR, date(2026, 1, 1), date(2026, 12, 31)) == 1
    assert cycles_in(KpiCycle.DAY, FIRST, LAST) == 31


def test_readings_of_the_span_are_summed_and_others_left_alone(cast):
    kpi = indicator("warehouse.picked", target=100, floor=0)
    wang = cast["wangqiang"]
    reading("warehouse.picked", 1, 30, person=wang)
    reading("warehouse.picked", 31, 20, person=wang)
    reading("warehouse.picked", 5, 90, person=cast["liuyang"])
    MetricReading.objects.create(
        metric="warehouse.picked", day=date(2026, 11, 1), numerator=7, employee=wang, read_at=NOON
    )
    result = score_of(kpi, wang, FIRST, LAST)
    assert (result.value, result.score) == (50, 50)


def test_a_head_answers_for_the_whole_unit(cast):
    kpi = indicator("warehouse.picked")
    reading("warehouse.picked", 1, 30, person=cast["wangqiang"])
    reading("warehouse.picked", 1, 5, person=cast["liuyang"])
    reading("warehouse.picked", 1, 100, person=cast["lina"])
    results = scores_of([cast["zhangwei"], cast["wangqiang"], cast["chenjing"]], [kpi], FIRST, LAST)
    values = {person: result.value for (person, _kpi), result in results.items()}
    assert values == {cast["zhangwei"].pk: 35, cast["wangqiang"].pk: 30, cast["chenjing"].pk: 135}


def test_points_are_everybodys_own_and_zero_where_there_were_none(cast):
    kpi = indicator("staff.points", target=0, floor=-100)
    reading("staff.points", 1, -7)
    reading("staff.points", 1, -7, person=cast["lina"])
    results = scores_of([cast["lina"], cast["sunyue"], cast["hejie"]], [kpi], FIRST, LAST)
    assert [results[cast[name].pk, kpi.pk].score for name in ("lina", "sunyue", "hejie")] == [93, 100, 100]


def test_what_is_measured_of_the_company_alone_counts_for_everybody_asked(cast):
    kpi = indicator("orders.sales", target=1000, floor=0)
    reading("orders.sales", 1, 600)
    assert score_of(kpi, cast["huanglei"], FIRST, LAST).score == 60


def test_nothing_measured_is_no_score(cast):
    kpi = indicator("warehouse.picked", target=100, floor=0)
    later = Kpi.objects.create(number="STF-901", machine=Machine.AUTO, **WORDS)
    results = scores_of([cast["wangqiang"]], [kpi, later], FIRST, LAST)
    assert all(result.score is None and result.value is None and result.grounds for result in results.values())


def test_one_of_one_is_a_small_sample_and_a_hundred_are_not(cast):
    kpi = indicator("warehouse.dispatch_in_24h", target="0.98", floor="0.8")
    reading("warehouse.dispatch_in_24h", 1, 1, 1, person=cast["lina"])
    reading("warehouse.dispatch_in_24h", 1, 97, 100, person=cast["sunyue"])
    with translation.override("en"):
        results = scores_of([cast["lina"], cast["sunyue"]], [kpi], FIRST, LAST)
    one, many = results[cast["lina"].pk, kpi.pk], results[cast["sunyue"].pk, kpi.pk]
    assert (one.is_small, many.is_small) == (True, False)
    assert many.grounds == "97% (97 of 100), target 98%"
    assert many.score == Decimal("94.44")


def test_forms_give_the_mean_of_their_months(cast):
    kpi = indicator()
    for month, score in ((9, 10), (10, 80)):
        KpiScore.objects.create(
            kpi=kpi,
            employee=cast["lina"],
            month=date(2026, month, 1),
            score=score,
            text="好",
            scored_by=cast["hejie"],
            scored_at=NOON,
        )
    assert score_of(kpi, cast["lina"], FIRST, LAST).score == 80
    assert score_of(kpi, cast["lina"], date(2026, 9, 1), LAST).score == 45
    assert score_of(kpi, cast["sunyue"], FIRST, LAST).score is None


def test_scores_take_the_same_number_of_queries_for_one_and_for_many(cast, django_assert_max_num_queries):
    kpis = [indicator("warehouse.picked"), indicator("staff.points", "STF-901"), indicator(number="STF-902")]
    reading("warehouse.picked", 1, 30, person=cast["wangqiang"])
    for people in ([cast["wangqiang"]], list(cast.values())):
        with django_assert_max_num_queries(6):
            scores_of(people, kpis, FIRST, LAST)
