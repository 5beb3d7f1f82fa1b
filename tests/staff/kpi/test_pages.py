"""The KPI board: who sees it, what it says, how it leads from the company down to a document."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopops.kit.metrics import METRICS
from shopops.kit.proportions import sure_change, wilson
from staff.actions.kpi import load_kpis
from staff.actions.metrics import read_metrics
from staff.actions.people import make_demo_people
from staff.models import Employee, Kpi, MetricReading
from staff.queries.kpi_bands import GOOD, OFF, SMALL, WATCH, band_of
from staff.queries.kpi_board import Compared, Line, people_figures, summed_figures
from staff.queries.kpi_changes import ranked, worst_and_best
from staff.queries.kpi_spans import span_of, trend_of
from tests.factories.rulebook import at, note
from tests.factories.staff import EmployeeFactory, make_cast, permission

SATURDAY_MORNING = at("2026-11-21 09:00")
FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(SATURDAY_MORNING, tick=False):
        yield


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def enter(client):
    def log_in(employee: Employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def reading(metric: str, numerator, denominator=None, *, day: date = FRIDAY, person: Employee | None = None) -> None:
    MetricReading.objects.create(
        metric=metric,
        day=day,
        employee=person,
        numerator=Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        read_at=SATURDAY_MORNING,
    )


@pytest.fixture
def read(cast):
    """A week of the warehouse and of customer service."""
    load_kpis(at=SATURDAY_MORNING)
    for back in range(9):
        day = FRIDAY - timedelta(days=back)
        reading("orders.sales", 10_000 - back * 500, day=day)
        reading("orders.approved", 70, day=day)
        reading("warehouse.picked", 300, day=day)
        reading("staff.points", -4, day=day)
        for name, count in (("wangqiang", 200), ("liuyang", 100)):
            reading("warehouse.picked", count, day=day, person=cast[name])
        for name, count in (("lina", 40), ("sunyue", 30)):
            reading("orders.approved", count, day=day, person=cast[name])
            reading("orders.review_minutes", count * 60, count, day=day, person=cast[name])
        reading("staff.points", -4, day=day, person=cast["lina"])
        reading("warehouse.dispatch_in_24h", 38 if back else 20, 40, day=day, person=cast["lina"])
        reading("warehouse.dispatch_in_24h", 1, 1, day=day, person=cast["sunyue"])
    return cast


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def queries_of(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("kind", "first", "until", "before", "earlier"),
    [
        ("day", "2026-11-20", "2026-11-20", "2026-11-19", "2026-11-13"),
        ("week", "2026-11-16", "2026-11-20", "2026-11-09", "2026-10-19"),
        ("month", "2026-11-01", "2026-11-20", "2026-10-01", "2025-11-01"),
    ],
)
def test_a_span_that_is_not_over_is_compared_with_as_many_days(kind, first, until, before, earlier):
    span = span_of(kind, FRIDAY, latest=FRIDAY)
    assert (span.first.isoformat(), span.until.isoformat()) == (first, until)
    for days, begins in ((span.before, before), (span.earlier, earlier)):
        assert days[0].isoformat() == begins
        assert days[1] - days[0] == span.until - span.first
    assert trend_of(span)[-1] == span.days
    assert all(one[1] < other[0] for one, other in zip(trend_of(span), trend_of(span)[1:], strict=False))


def test_a_whole_february_is_compared_with_a_whole_january():
    span = span_of("month", date(2026, 2, 10), latest=FRIDAY)
    assert span.before == (date(2026, 1, 1), date(2026, 1, 31))
    assert span.until == date(2026, 2, 28)


def test_bands_follow_the_direction_and_scale_with_the_span(cast):
    load_kpis(at=SATURDAY_MORNING)
    sales, minutes = Kpi.objects.get(number="STF-181"), Kpi.objects.get(number="STF-206")
    november = (date(2026, 11, 1), date(2026, 11, 30))
    assert [band_of(sales, (Decimal(n), None), november) for n in (300_000, 250_000, 1000)] == [GOOD, WATCH, OFF]
    assert band_of(sales, (Decimal(10_000), None), (FRIDAY, FRIDAY)) == GOOD
    assert [band_of(minutes, (Decimal(n * 20), Decimal(20)), november) for n in (60, 300, 2000)] == [GOOD, WATCH, OFF]
    points = Kpi.objects.get(number="STF-217")
    assert band_of(points, (Decimal(-30), None), november) == OFF
    assert band_of(points, (Decimal(-30), None), november, people=10) == WATCH
    delivered = Kpi.objects.get(number="STF-214")
    assert band_of(delivered, (Decimal(1), Decimal(1)), november) == SMALL
    assert band_of(delivered, None, november) is None


def test_a_hundred_of_a_hundred_stands_before_one_of_one(cast):
    metric = METRICS["warehouse.dispatch_in_24h"]
    parts = {1: (Decimal(1), Decimal(1)), 2: (Decimal(100), Decimal(100)), 3: (Decimal(90), Decimal(100))}
    assert ranked(metric, parts) == [2, 3, 1]
    assert wilson(1, 1).low < 0.25
    assert wilson(100, 100).low > 0.95
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_change_of_a_share_counts_only_as_far_as_it_is_sure():
    assert sure_change(1, 1, 0, 1) == 0
    assert sure_change(95, 100, 94, 100) == 0
    assert 0.2 < sure_change(95, 100, 50, 100) < 0.45
    assert sure_change(50, 100, 95, 100) == pytest.approx(-sure_change(95, 100, 50, 100))


def test_worst_and_best_changes_leave_small_samples_out(db):
    def line(pk: int, name: str, now: tuple, before: tuple) -> Line:
        parts = [(Decimal(one[0]), Decimal(one[1])) for one in (now, before)]
        return Line(pk, name, figures={"warehouse.dispatch_in_24h": Compared(*parts)})

    worst, best = worst_and_best(
        [line(1, "李娜", (20, 40), (38, 40)), line(2, "孙悦", (1, 1), (0, 1)), line(3, "周倩", (95, 100), (50, 100))]
    )
    assert [change.line.name for change in worst] == ["李娜"]
    assert [change.line.name for change in best] == ["周倩"]


def test_figures_of_a_unit_are_the_sums_of_its_peoples_parts(read):
    span = span_of("week", FRIDAY, latest=FRIDAY)
    people = people_figures(span)
    service = summed_figures([people[read["lina"].pk], people[read["sunyue"].pk]])
    assert service["orders.approved"].now == (350, None)
    assert service["warehouse.dispatch_in_24h"].now == (38 * 4 + 20 + 5, 205)


def test_the_board_leads_from_the_company_to_a_unit_to_a_person_to_days(read, enter):
    client = enter(read["chenjing"])
    board = text_of(client.get("/kpi/board/?span=week&day=2026-11-20"))
    for words in ("KPI 看板", "2026-11-16 – 11-20", "电商部", "退步最多", "李娜", "达标"):
        assert words in board, words
    ecommerce = text_of(client.get("/kpi/board/ecommerce/?span=week&day=2026-11-20"))
    assert "/kpi/board/service/?span=week&amp;day=2026-11-20" in ecommerce
    service = text_of(client.get("/kpi/board/service/?span=week&day=2026-11-20"))
    assert f"/kpi/people/{read['lina'].pk}/?span=week&amp;day=2026-11-20" in service
    person = text_of(client.get(f"/kpi/people/{read['lina'].pk}/?span=week&day=2026-11-20"))
    assert "200" in person
    days = text_of(client.get(f"/kpi/warehouse.dispatch_in_24h/days/?span=week&employee={read['lina'].pk}"))
    assert f"/kpi/warehouse.dispatch_in_24h/?day=2026-11-20&amp;employee={read['lina'].pk}" in days
    assert "172 / 200" in days


def test_one_of_one_is_greyed_and_shown_with_its_counts(read, enter):
    page = text_of(enter(read["chenjing"]).get("/kpi/board/service/?span=day&day=2026-11-20"))
    assert 'class="number is-few"' in page
    assert "1 / 1" in page


def test_every_page_opens_in_every_span_with_and_without_figures(cast, enter):
    client = enter(cast["chenjing"])
    load_kpis(at=SATURDAY_MORNING)
    for address in (
        "/kpi/board/",
        "/kpi/board/service/",
        f"/kpi/people/{cast['lina'].pk}/",
        "/kpi/orders.sales/days/",
        "/kpi/orders.approved/days/?unit=service",
    ):
        for kind in ("day", "week", "month", "year", "'"):
            mark = "&" if "?" in address else "?"
            text_of(client.get(f"{address}{mark}span={kind}&day=2026-11-20"))
    assert client.get("/kpi/board/nowhere/").status_code == 404
    assert client.get("/kpi/people/999999/").status_code == 404
    assert client.get("/kpi/no.metric/days/").status_code == 404


def test_the_board_takes_as_many_queries_with_many_people_as_with_few(read, enter):
    client = enter(read["chenjing"])
    addresses = ("/kpi/board/?span=month", "/kpi/board/service/?span=month", "/kpi/orders.approved/days/?span=week")
    before = [queries_of(client, address) for address in addresses]
    for number in range(5):
        person = EmployeeFactory(username=f"new{number}", name="新人", unit=read["lina"].unit)
        reading("orders.approved", 12, person=person)
        reading("orders.review_minutes", 600, 12, person=person)
    assert [queries_of(client, address) for address in addresses] == before
    assert max(before) <= 16


def test_the_wall_shows_no_names_and_goes_round_the_departments(read, enter):
    client = enter(read["chenjing"])
    first = text_of(client.get("/kpi/wall/"))
    assert "全公司" in first
    assert 'hx-get="/kpi/wall/figures/?place=1"' in first
    round_ = [text_of(client.get(f"/kpi/wall/figures/?place={place}")) for place in range(4)]
    assert any("电商部" in page for page in round_)
    for page in [first, *round_]:
        assert not any(person.name in page for person in Employee.objects.exclude(username="admin"))
        assert "style=" not in page


@pytest.mark.parametrize(
    ("address", "needed"),
    [
        ("/kpi/board/", "staff.view_metricreading"),
        ("/kpi/wall/", "staff.view_metricreading"),
        ("/kpi/indicators/", "staff.view_kpi"),
        ("/kpi/scores/", "staff.score_kpi"),
    ],
)
def test_a_page_opens_to_its_permission_and_to_nothing_less(db, enter, address, needed):
    person = EmployeeFactory(username="sunyue", name="孙悦")
    client = enter(person)
    assert client.get(address).status_code == 403
    person.user_permissions.add(permission(needed))
    assert client.get(address).status_code == 200


def test_readings_by_person_of_real_notes_open_to_them(cast, enter):
    make_demo_people(at=SATURDAY_MORNING)
    late = note("2026-11-19 09:00", by=cast["lina"], shipped="2026-11-21 08:00")
    read_metrics(FRIDAY, at=SATURDAY_MORNING)
    client = enter(cast["chenjing"])
    address = f"/kpi/warehouse.dispatch_in_24h/?day=2026-11-20&employee={cast['lina'].pk}"
    assert late.number in text_of(client.get(address))
