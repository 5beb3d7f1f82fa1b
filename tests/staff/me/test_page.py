"""Everybody's own page: figures with their counts, points and why, what comes next, the rules."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from shopops.kit.clock import now, shop_day
from staff.models import (
    Appeal,
    Appointment,
    Appraisal,
    AppraisalCycle,
    Clause,
    ClauseVersion,
    Kpi,
    MetricReading,
    Offence,
    PointEntry,
)
from staff.queries.me import deadlines_of, own_figures, own_points, rules_of
from staff.states import AppealState, CycleKind, KpiCycle, Machine, VersionState
from tests.factories.rulebook import open_book
from tests.factories.staff import EmployeeFactory, PositionFactory, employee_with

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
SHARE = "warehouse.dispatch_in_24h"


@pytest.fixture
def book(db):
    open_book()


@pytest.fixture
def li_na(book):
    return employee_with(username="lina", name="李娜")


@pytest.fixture
def hers(client, li_na):
    client.force_login(li_na, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(client, address):
    return client.get(address).content.decode()


def reading(employee, day, part, whole=None, metric="orders.approved"):
    return MetricReading.objects.create(
        metric=metric,
        day=FIRST + timedelta(days=day - 1),
        employee=employee,
        numerator=part,
        denominator=whole,
        read_at=now(),
    )


def indicator(post, metric, *, target, floor):
    kpi = Kpi.objects.create(
        number="STF-999",
        name="发货率",
        name_en="Dispatch rate",
        definition="x",
        definition_en="x",
        machine=Machine.AUTO,
        metric=metric,
        cycle=KpiCycle.MONTH,
        target=target,
        floor=floor,
    )
    kpi.posts.add(post)
    return kpi


def offence(employee, *, label="FH1", points=-3, is_frozen=False, day=FIRST):
    version = ClauseVersion.objects.get(clause__number="ORD-016", state=VersionState.PUBLISHED)
    found = Offence.objects.create(
        clause=version.clause,
        version=version,
        employee=employee,
        subject_type="warehouse.DispatchNote",
        subject_id=Offence.objects.count() + 1,
        subject_label=label,
        happened_at=now(),
        day=day,
        found_at=now(),
        is_frozen=is_frozen,
    )
    PointEntry.objects.create(offence=found, employee=employee, points=points, day=day, booked_at=now())
    return found


def test_days_of_a_month_are_added_up_as_counts_never_as_shares(li_na):
    reading(li_na, 1, 1, 1, SHARE)
    reading(li_na, 2, 50, 99, SHARE)
    with translation.override("en"):
        [figure] = own_figures(li_na, [], first=FIRST, last=LAST)
    assert (figure.value, figure.parts, figure.is_small) == ("51%", "51 of 100", False)


def test_one_of_one_is_not_shown_like_a_hundred_of_a_hundred(hers, li_na):
    post = PositionFactory()
    Appointment.objects.create(employee=li_na, position=post, since="2025-01-01")
    indicator(post, SHARE, target=Decimal("0.98"), floor=Decimal("0.5"))
    reading(li_na, 1, 1, 1, SHARE)
    page = text(hers, "/me/?month=2026-11")
    assert "样本太少" in page
    assert 'class="good"' not in page
    reading(li_na, 2, 99, 99, SHARE)
    page = text(hers, "/me/?month=2026-11")
    assert "样本太少" not in page
    assert 'class="good"' in page
    assert "目标 98%" in page


def test_what_an_appeal_keeps_open_is_left_out_of_the_total(li_na):
    offence(li_na)
    offence(li_na, label="FH2", is_frozen=True)
    points = own_points(li_na, first=FIRST, last=LAST)
    assert (points.total_text, points.frozen_text, points.frozen_cases) == ("−3", "−3", 1)


def test_points_name_their_clause_and_their_case(hers, li_na):
    found = offence(li_na)
    page = text(hers, "/me/?month=2026-11")
    assert found.get_absolute_url() in page
    assert "/rulebook/ORD-016/" in page


def test_a_figure_opens_to_its_days_and_its_documents(hers, li_na):
    for day in (3, 4):
        reading(li_na, day, 7)
    page = text(hers, "/me/figures/orders.approved/?month=2026-11")
    assert "2026-11-03" in page
    assert "day=2026-11-04" in page
    assert hers.get("/me/figures/no.such/").status_code == 404


def test_the_figures_of_others_are_closed_to_an_employee(hers):
    other = EmployeeFactory(username="sunyue", name="孙悦")
    assert hers.get(reverse("staff:person_figure", args=[other.pk, "orders.approved"])).status_code == 403
    assert hers.get(reverse("staff:person_me", args=[other.pk])).status_code == 403


def test_what_has_to_be_answered_stands_in_the_order_of_its_time(li_na):
    other = EmployeeFactory(username="sunyue", name="孙悦")
    today = shop_day(now())
    Appeal.objects.create(
        offence=offence(other),
        employee=other,
        text="x",
        filed_at=now(),
        leader=li_na,
        due_at=now() + timedelta(days=400),
    )
    Appeal.objects.create(
        offence=offence(li_na),
        employee=li_na,
        text="x",
        filed_at=now(),
        state=AppealState.ANSWERED,
        due_at=now() + timedelta(hours=2),
    )
    cycle = AppraisalCycle.objects.create(
        kind=CycleKind.MONTH, first=today.replace(day=1), last=today + timedelta(days=3), opened_at=now()
    )
    Appraisal.objects.create(cycle=cycle, employee=li_na)
    assert [type(one.url_of).__name__ for one in deadlines_of(li_na)] == ["Appeal", "Appraisal", "Appeal"]


def test_rules_that_bind_ones_posts_come_with_price_and_own_cases(li_na):
    post, other = PositionFactory(), PositionFactory(code="warehouse", name="仓储")
    Clause.objects.get(number="ORD-016").binds.set([post])
    Clause.objects.get(number="ORD-025").binds.set([other])
    Appointment.objects.create(employee=li_na, position=post, since="2025-01-01")
    offence(li_na, day=shop_day(now()))
    rules, _everybody = rules_of(li_na, at=now())
    found = {rule.clause.number: (rule.price, rule.cases) for rule in rules}
    assert found["ORD-016"] == ("−3", 1)
    assert "ORD-025" not in found


def test_the_page_asks_the_same_number_of_questions_with_one_and_with_three_of_each(
    hers, li_na, django_assert_max_num_queries
):
    def asked():
        hers.get("/me/?month=2026-11")
        with django_assert_max_num_queries(50) as found:
            hers.get("/me/?month=2026-11")
        return len(found)

    reading(li_na, 1, 5)
    offence(li_na)
    one = asked()
    for day in (2, 3):
        reading(li_na, day, 5)
        reading(li_na, day, 5, 9, SHARE)
        offence(li_na, label=f"FH{day}")
    assert asked() == one
