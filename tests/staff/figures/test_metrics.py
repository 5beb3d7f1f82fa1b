"""Every metric against SQL of its own; readings that stay; figures that open to their documents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F

from catalog.models import Sku
from orders.models import ImportBatch, Order
from orders.states import ImportState, OrderState
from shopops.kit.metrics import METRICS
from shopops.kit.refusals import Refused
from staff.actions.metrics import read_metrics, read_metrics_until
from staff.actions.reports import take_daily_snapshot
from staff.actions.tally import tally_day
from staff.models import Appeal, MetricReading, Offence
from staff.queries.figures import value_of
from staff.queries.kpi import day_figures, facts_behind, person_trend, reading_times
from staff.queries.points import old_days_moved
from tests.architecture.code import ROOT
from tests.factories.catalog import SkuFactory
from tests.factories.orders import make_order
from tests.factories.rulebook import at
from tests.factories.warehouse import CarrierFactory
from warehouse.models import Bin, DispatchNote, Parcel, StockBalance, StockMove, Warehouse
from warehouse.states import MoveKind

PAID = "FROM orders_order WHERE part = 1 AND paid_at >= {start} AND paid_at < {end}"
NOTES = "FROM warehouse_dispatchnote WHERE"
# Each: numerator and denominator of the company's reading, written by hand. {start} and {end} are the day.
CASES_DONE = "FROM service_aftersale WHERE state = 'done' AND done_at >= {start} AND done_at < {end}"
HOURS = "coalesce(sum(round((extract(epoch FROM done_at - asked_at) / 3600)::numeric, 1)), 0), count(*)"
BY_HAND = {
    "service.follow_ups_in_time": "SELECT count(*) FILTER (WHERE done_at <= due_at), count(*) FROM service_followup"
    " WHERE kind = 'next_day' AND state <> 'dropped' AND due_at > {start} AND due_at <= {end}",
    "service.promises_fulfilled": "SELECT count(*) FILTER (WHERE state = 'kept' AND ended_at <= due_at), count(*)"
    " FROM service_promise WHERE state <> 'dropped' AND due_at > {start} AND due_at <= {end}",
    "service.after_sale_rate": "SELECT (SELECT count(*) FROM service_aftersale"
    " WHERE asked_at >= {start} AND asked_at < {end}"
    f" AND state NOT IN ('refused', 'withdrawn')), (SELECT count(*) {PAID})",
    "service.refund_hours": f"SELECT {HOURS} {CASES_DONE} AND kind = 'refund'",
    "service.return_hours": f"SELECT {HOURS} {CASES_DONE} AND kind = 'return'",
    "service.after_sale_cost": f"SELECT coalesce(sum(goods_cost + postage_cost + compensation), 0), NULL {CASES_DONE}",
    "orders.placed": "SELECT count(*), NULL FROM orders_order WHERE part = 1"
    " AND placed_at >= {start} AND placed_at < {end}",
    "orders.paid": f"SELECT count(*), NULL {PAID}",
    "orders.sales": f"SELECT coalesce(sum(total), 0), NULL {PAID}",
    "orders.average_value": f"SELECT coalesce(sum(total), 0), count(*) {PAID}",
    "orders.refund_share": f"SELECT coalesce(sum(refund), 0), coalesce(sum(total), 0) {PAID}",
    "orders.approved": "SELECT count(*), NULL FROM orders_order WHERE confirmed_at >= {start} AND confirmed_at < {end}",
    "orders.exceptions": "SELECT count(*), NULL FROM orders_orderexception"
    " WHERE raised_at >= {start} AND raised_at < {end}",
    "warehouse.picked": "SELECT coalesce(sum(pieces), 0), NULL "
    + NOTES
    + " picked_at >= {start} AND picked_at < {end}",
    "warehouse.packed": "SELECT count(*), NULL " + NOTES + " packed_at >= {start} AND packed_at < {end}",
    "warehouse.shipped": "SELECT count(*), NULL " + NOTES + " shipped_at >= {start} AND shipped_at < {end}",
    "warehouse.dispatch_in_24h": "SELECT count(*) FILTER (WHERE shipped_at <= confirmed_at + interval '1 day'),"
    " count(*) " + NOTES + " state <> 'cancelled' AND confirmed_at + interval '1 day' >= {start}"
    " AND confirmed_at + interval '1 day' < {end}",
    "orders.gross_profit": "SELECT coalesce(sum(l.paid - l.refund - l.quantity * s.cost), 0), NULL"
    " FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_sku s ON s.id = l.sku_id"
    " WHERE o.part = 1 AND s.cost IS NOT NULL AND o.paid_at >= {start} AND o.paid_at < {end}",
    "orders.sales_plan": f"SELECT coalesce(sum(total), 0), 0 {PAID}",
    "orders.sales_growth": "SELECT coalesce(sum(total), 0), (SELECT coalesce(sum(total), 0) FROM orders_order"
    " WHERE part = 1 AND paid_at >= {start} - interval '28 days' AND paid_at < {end} - interval '28 days') " + PAID,
    "orders.review_minutes": "SELECT coalesce(sum(floor(extract(epoch FROM confirmed_at - paid_at) / 60)), 0), count(*)"
    " FROM orders_order WHERE confirmed_at >= {start} AND confirmed_at < {end} AND confirmed_by_id IS NOT NULL"
    " AND paid_at <= confirmed_at",
    "orders.imports_in_time": "SELECT (SELECT count(DISTINCT shop_id) FROM orders_importbatch WHERE state = 'done'"
    " AND NOT is_rehearsal AND finished_at >= {start} AND finished_at <= {start} + interval '10 hours'),"
    " (SELECT count(*) FROM staff_shop WHERE is_open)",
    "orders.repurchase": "SELECT count(DISTINCT buyer_nick) FILTER (WHERE EXISTS (SELECT FROM orders_order b"
    " WHERE b.part = 1 AND b.buyer_nick = orders_order.buyer_nick AND b.paid_at < {start}"
    " AND b.paid_at >= {start} - interval '180 days')), count(DISTINCT buyer_nick) " + PAID + " AND buyer_nick <> ''",
    "orders.churn": "SELECT count(DISTINCT buyer_nick) FILTER (WHERE NOT EXISTS (SELECT FROM orders_order b"
    " WHERE b.part = 1 AND b.buyer_nick = o.buyer_nick AND b.paid_at >= {end} - interval '90 days'"
    " AND b.paid_at < {end})), count(DISTINCT buyer_nick) FROM orders_order o WHERE part = 1 AND buyer_nick <> ''"
    " AND paid_at >= {start} - interval '90 days' AND paid_at < {end} - interval '90 days'",
    "warehouse.packed_an_hour": "SELECT count(*), count(DISTINCT (packed_by_id, date_trunc('hour', packed_at))) "
    + NOTES
    + " packed_at >= {start} AND packed_at < {end}",
    "warehouse.delivered_in_time": "SELECT count(*) FILTER (WHERE signed_at <= shipped_at + interval '72 hours'),"
    " count(*) FROM warehouse_parcel"
    " WHERE shipped_at + interval '72 hours' >= {start} AND shipped_at + interval '72 hours' < {end}",
    "warehouse.bin_use": "SELECT count(*) FILTER (WHERE (SELECT max(held) FROM (SELECT (SELECT on_hand_after"
    " FROM warehouse_stockmove m WHERE m.balance_id = b.id AND m.at < {end} ORDER BY m.at DESC, m.id DESC LIMIT 1)"
    " AS held FROM warehouse_stockbalance b WHERE b.bin_id = n.id) x) > 0), count(*) FROM warehouse_bin n",
    "warehouse.sell_through": "SELECT count(*) FILTER (WHERE sold), count(*) FILTER (WHERE sold OR held > 0)"
    " FROM (SELECT EXISTS (SELECT FROM warehouse_stockmove m WHERE m.balance_id = b.id AND m.kind = 'shipment'"
    " AND m.at < {end} AND m.at >= {end} - interval '30 days') AS sold, (SELECT sum(quantity)"
    " FROM warehouse_stockmove m WHERE m.balance_id = b.id AND m.at < {end}) AS held FROM warehouse_stockbalance b) x",
    "staff.reports_in_time": "SELECT count(*), 1 FROM staff_reportsnapshot WHERE kind = 'daily' AND version = 1"
    " AND day = date '{day}' - 1 AND made_at <= {start} + interval '10 hours'",
    "staff.good_grades": "SELECT count(*) FILTER (WHERE a.grade_id IN (SELECT id FROM staff_gradeband"
    " ORDER BY from_score DESC LIMIT 2)), count(*) FROM staff_appraisal a"
    " JOIN staff_appraisalcycle c ON c.id = a.cycle_id "
    "WHERE c.kind = 'month' AND c.published_at >= {start} AND c.published_at < {end}",
    "staff.points": "SELECT coalesce(sum(points), 0), NULL FROM staff_pointentry WHERE day = date '{day}'",
}


@pytest.fixture
def busy(shop):
    """The small shop with costs, buyers of long ago, imports, parcels on their way, bins and a report."""
    Sku.objects.update(cost=Decimal("40.00"))
    long_ago = {"state": OrderState.COMPLETED, "placed_at": at("2026-08-22 09:00"), "paid_at": at("2026-08-22 10:00")}
    make_order(buyer_nick="tb_lost", **long_ago)
    make_order(buyer_nick="tb_back", **long_ago)
    make_order(buyer_nick="tb_back", state=OrderState.COMPLETED, paid_at=at("2026-11-20 08:00"), paid=Decimal(70))
    make_order(state=OrderState.COMPLETED, paid_at=at("2026-10-23 08:00"), paid=Decimal(500))
    for hour, where in ((9, shop.first), (11, shop.second)):
        ImportBatch.objects.create(
            shop=where,
            state=ImportState.DONE,
            digest="x",
            started_at=at(f"2026-11-20 {hour:02}:00"),
            finished_at=at(f"2026-11-20 {hour:02}:01"),
        )
    notes = list(DispatchNote.objects.order_by("pk")[:2])
    for number, (one, signed) in enumerate(zip(notes, (at("2026-11-19 10:00"), None), strict=True)):
        Parcel.objects.create(
            note=one,
            carrier=CarrierFactory(),
            waybill=f"430100000000{number}",
            shipped_at=at("2026-11-17 12:00"),
            signed_at=signed,
            last_news_at=at("2026-11-17 12:00"),
        )
    house = Warehouse.objects.get()
    bins = [Bin.objects.create(warehouse=house, code=f"A-{number}", pick_order=number) for number in range(3)]
    for number, moves in enumerate(((10, -3), (5,), (4, -4))):
        balance = StockBalance.objects.create(
            warehouse=house, sku=SkuFactory(code=f"BIN-{number}"), bin=bins[number], on_hand=sum(moves)
        )
        held = 0
        for step, quantity in enumerate(moves):
            held += quantity
            StockMove.objects.create(
                balance=balance,
                kind=MoveKind.SHIPMENT if quantity < 0 else MoveKind.RECEIPT,
                quantity=quantity,
                on_hand_after=held,
                at=at("2026-11-18 10:00") + timedelta(hours=step),
            )
    take_daily_snapshot(shop.day - timedelta(days=1), at=at("2026-11-20 08:00"))
    return shop


def test_the_busy_shop_has_something_of_everything(busy):
    read_metrics(busy.day, at=busy.night)
    whole = MetricReading.objects.filter(day=busy.day, shop=None, employee=None)
    of_orders = whole.exclude(metric__startswith="service.")  # conversations have days of their own in tests/service
    empty = set(of_orders.filter(numerator=0, denominator=None)) | set(of_orders.filter(denominator=0))
    assert {one.metric for one in empty} == {"staff.points", "staff.good_grades", "orders.sales_plan"}
    values = {one.metric: (one.numerator, one.denominator) for one in whole}
    assert values["orders.churn"] == (1, 2)
    assert values["orders.repurchase"] == (2, 2)
    assert values["orders.imports_in_time"] == (1, 2)
    assert values["orders.sales_growth"] == (Decimal("421.5"), 500)
    assert values["warehouse.delivered_in_time"] == (1, 2)
    assert values["warehouse.bin_use"] == (2, 3)
    assert values["staff.reports_in_time"] == (1, 1)
    without_cost, costs = 70, 4 * 40
    assert values["orders.gross_profit"][0] == Decimal("421.5") - without_cost - costs


# The whole is listed, and tags tell what counts of it.
TOLD_APART = {
    "warehouse.dispatch_in_24h",
    "warehouse.delivered_in_time",
    "warehouse.bin_use",
    "warehouse.sell_through",
    "orders.imports_in_time",
    "staff.reports_in_time",
    "staff.good_grades",
    "service.follow_ups_in_time",
    "service.promises_fulfilled",
}
FEWER_DOCUMENTS = {"orders.imports_in_time", "staff.reports_in_time"}
"""What is missing has no document."""


def by_hand(name: str, day: date) -> tuple[Decimal, Decimal | None]:
    start, end = (f"timestamptz '{one:%Y-%m-%d} 00:00+08'" for one in (day, day + timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND[name].format(start=start, end=end, day=day))
        return cursor.fetchone()


def test_every_metric_is_checked_by_hand():
    """By SQL here, or against a day written down by hand in the tests of customer service."""
    elsewhere = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/service").rglob("test_*.py"))
    others = set(METRICS) - set(BY_HAND)
    left = {name for name in others if name not in elsewhere and f'"{name.partition(".")[2]}"' not in elsewhere}

    assert set(BY_HAND) <= set(METRICS)
    assert left == set()


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_a_metric_gives_what_sql_written_by_hand_gives(busy, name):
    tally_day(busy.day, at=busy.night)
    for day in (busy.day, busy.day - timedelta(days=1), busy.day + timedelta(days=1)):
        read_metrics(day, at=at("2026-11-22 01:00"))
        reading = MetricReading.objects.get(metric=name, day=day, shop=None, employee=None)
        numerator, denominator = by_hand(name, day)
        assert (reading.numerator, reading.denominator) == (numerator, denominator)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_shops_and_people_add_up_to_the_company_unless_nobody_did_it(shop, name):
    tally_day(shop.day, at=shop.night)
    read_metrics(shop.day, at=shop.night)
    readings = MetricReading.objects.filter(metric=name, day=shop.day)
    whole = readings.get(shop=None, employee=None)
    if METRICS[name].by_shop:
        parts = readings.filter(shop__isnull=False)
        assert parts.count() == 2
        assert sum(one.numerator for one in parts) == whole.numerator
    people = readings.filter(employee__isnull=False)
    if people:
        assert abs(sum(one.numerator for one in people)) <= abs(whole.numerator)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_the_documents_behind_a_figure_add_up_to_it(busy, name):
    """Amounts add up to the numerator; where each document counts as one, their number does."""
    tally_day(busy.day, at=busy.night)
    read_metrics(busy.day, at=busy.night)
    for reading in MetricReading.objects.filter(metric=name, day=busy.day):
        facts = facts_behind(name, busy.day, shop=reading.shop_id, employee=reading.employee_id)
        listed = facts.page(0, 100)
        assert facts.count() == len(listed)
        if name in TOLD_APART:
            assert name in FEWER_DOCUMENTS or len(listed) == reading.denominator
            assert sum(fact.tone == "good" for fact in listed) == reading.numerator
        else:
            assert sum(1 if fact.amount is None else fact.amount for fact in listed) == reading.numerator


def test_late_notes_stand_first_behind_the_dispatch_rate(shop):
    listed = facts_behind("warehouse.dispatch_in_24h", shop.day, shop=None, employee=None).page(0, 50)
    assert [fact.tone for fact in listed] == ["danger", "danger", "good", "good", "good"]
    assert listed[0].label == shop.late.number


def test_reading_a_day_twice_gives_the_same(shop):
    def kept():
        return set(
            MetricReading.objects.values_list(
                "metric", "day", "shop", "employee", "numerator", "denominator", "version"
            )
        )

    count = read_metrics(shop.day, at=shop.night)
    first = kept()
    assert read_metrics(shop.day, at=shop.night + timedelta(days=9)) == count == len(first)
    assert kept() == first


def test_reading_again_follows_facts_that_changed_since(shop):
    read_metrics(shop.day, at=shop.night)
    Order.objects.filter(shop=shop.first, refund=0).update(refund=F("total"))
    read_metrics(shop.day, at=shop.night)
    share = MetricReading.objects.get(metric="orders.refund_share", day=shop.day, shop=None, employee=None)
    assert (share.numerator, share.denominator) == by_hand("orders.refund_share", shop.day)
    assert share.numerator > 300


def test_what_is_gone_is_gone_from_the_readings(shop):
    read_metrics(shop.day, at=shop.night)
    DispatchNote.objects.update(packed_by=None, packed_at=None)
    read_metrics(shop.day, at=shop.night)
    assert not MetricReading.objects.filter(metric="warehouse.packed", employee=shop.wang).exists()


def test_a_day_that_has_not_begun_is_not_read(shop):
    with pytest.raises(Refused):
        read_metrics(date(2026, 11, 22), at=shop.night)


def test_the_nightly_reading_fills_the_trend_and_reads_the_last_week_again(shop):
    read_metrics(shop.day - timedelta(days=3), at=shop.night - timedelta(days=3))
    read_metrics(shop.day - timedelta(days=20), at=shop.night - timedelta(days=20))
    read_metrics_until(shop.day, at=shop.night)
    times = reading_times(shop.day - timedelta(days=29), shop.day)
    assert len(times) == 30
    assert times[shop.day - timedelta(days=3)] == shop.night
    assert times[shop.day - timedelta(days=20)] == shop.night - timedelta(days=20)


def test_a_day_long_read_is_read_again_when_its_points_move(shop):
    read_metrics(shop.day, at=shop.night)
    quiet = shop.night + timedelta(days=9)
    read_metrics_until(shop.day + timedelta(days=9), at=quiet)
    assert reading_times(shop.day, shop.day)[shop.day] == shop.night
    tally_day(shop.day, at=quiet)
    later = shop.night + timedelta(days=10)
    read_metrics_until(shop.day + timedelta(days=10), at=later)
    assert reading_times(shop.day, shop.day)[shop.day] == later


def test_points_of_a_day_long_before_the_trend_are_read_again_when_they_move(shop):
    read_metrics(shop.day, at=shop.night)
    others = MetricReading.objects.filter(day=shop.day).exclude(metric="staff.points")
    before = list(others.order_by("pk").values_list("pk", "read_at"))
    late = shop.night + timedelta(days=100)
    tally_day(shop.day, at=late - timedelta(days=1))
    points = MetricReading.objects.filter(day=shop.day, metric="staff.points", employee=None)
    assert points.get().numerator == 0
    read_metrics_until(shop.day + timedelta(days=100), at=late)
    assert points.get().numerator < 0
    assert points.get().read_at == late
    assert list(others.order_by("pk").values_list("pk", "read_at")) == before
    assert old_days_moved(shop.day + timedelta(days=60), since=shop.night) == []


def test_an_appeal_moves_the_points_of_an_old_day_too(shop):
    tally_day(shop.day, at=shop.night)
    read_metrics(shop.day, at=shop.night)
    late = shop.night + timedelta(days=50)
    assert old_days_moved(shop.day + timedelta(days=20), since=shop.night) == []
    offence = Offence.objects.filter(standing="charged").first()
    Appeal.objects.create(
        offence=offence, employee=offence.employee, text="快递停运", filed_at=late, due_at=late, leader=None
    )
    assert old_days_moved(shop.day + timedelta(days=20), since=shop.night) == [shop.day]
    assert old_days_moved(shop.day + timedelta(days=20), since=late) == []


def test_old_days_are_read_again_so_many_a_night(shop, monkeypatch):
    read_metrics(shop.day, at=shop.night)
    late = shop.night + timedelta(days=100)
    tally_day(shop.day, at=late - timedelta(days=1))
    monkeypatch.setattr("staff.actions.metrics.MOST_OLD_DAYS", 0)
    read_metrics_until(shop.day + timedelta(days=100), at=late)
    assert old_days_moved(shop.day + timedelta(days=60), since=shop.night) == [shop.day]


def test_figures_carry_yesterday_the_same_weekday_and_thirty_days(shop):
    for back in (0, 1, 7):
        read_metrics(shop.day - timedelta(days=back), at=shop.night)
    figures = day_figures(shop.day)
    sales = figures["headlines"][0]
    assert sales["metric"] == "orders.sales"
    assert (sales["value"], sales["yesterday"], sales["last_week"]) == ("351.5", "80", "0")
    assert (len(sales["trend"]), sales["trend"][-1], sales["trend"][0]) == (30, "351.5", None)
    rate = next(figure for figure in figures["headlines"] if figure["metric"] == "warehouse.dispatch_in_24h")
    assert (rate["numerator"], rate["denominator"], rate["value"]) == ("3", "5", "0.6")


def test_a_shop_has_its_own_figures_and_only_those_measured_by_shop(shop):
    read_metrics(shop.day, at=shop.night)
    figures = day_figures(shop.day, shop=shop.second)
    values = {figure["metric"]: figure["value"] for figure in figures["headlines"]}
    assert values["orders.sales"] == "50"
    assert values["warehouse.dispatch_in_24h"] == "0.5"
    assert "staff.points" not in values
    assert figures["people"] == figures["shops"] == []


def test_people_stand_by_how_much_they_did(shop):
    tally_day(shop.day, at=shop.night)
    read_metrics(shop.day, at=shop.night)
    people = {row["name"]: row["figures"] for row in day_figures(shop.day)["people"]}
    assert list(people) == ["王强", "李娜", "何洁"]
    assert people["王强"] == {"warehouse.picked": "3", "warehouse.packed": "3", "warehouse.shipped": "3"}
    assert people["李娜"] == {"orders.approved": "3", "staff.points": "-3"}
    assert people["何洁"] == {"staff.points": "-3"}
    assert person_trend(shop.agent, shop.day, shop.day)["staff.points"] == {shop.day: Decimal(-3)}


def test_the_figures_of_a_day_take_three_queries_whatever_there_is(shop, django_assert_num_queries):
    read_metrics(shop.day, at=shop.night)
    with django_assert_num_queries(3):
        day_figures(shop.day)


def test_of_nothing_there_is_no_share():
    assert value_of("orders.refund_share", Decimal(0), Decimal(0)) is None
    assert value_of("orders.average_value", Decimal(10), Decimal(3)) == Decimal("3.33")
    assert value_of("orders.paid", Decimal(7), None) == 7


def test_parts_that_were_split_off_are_no_orders_of_their_own(shop):
    make_order(part=2, paid_at=at("2026-11-20 12:00"))
    read_metrics(shop.day, at=shop.night)
    assert MetricReading.objects.get(metric="orders.paid", day=shop.day, shop=None, employee=None).numerator == 4
