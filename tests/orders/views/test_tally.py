"""The month-end tally (ORD-023…ORD-025): who did how much, what is left over, and how many days there are for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.urls import reverse

from orders.models import Order
from orders.queries.tally import NOBODY, RULES, asked_month, left_rows, listed, part_counts, tally_of
from orders.states import OrderState
from shopops.kit.clock import SHANGHAI
from staff.actions.jobs import run_job
from staff.models import JobRun
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import ShopFactory, employee_with
from tests.orders.views.conftest import said, text_of

pytestmark = pytest.mark.django_db
PAGE = reverse("orders:tally")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def paid(day: str, **values) -> Order:
    moment = at(f"{day} 10:00")
    return make_order({stocked_sku(): 1}, placed_at=moment, paid_at=moment, **values)


@pytest.fixture
def october(lina, sunyue):
    """October: 李娜 approved two and 孙悦 one, a rule one; one of 李娜's, 孙悦's and two unapproved were left over."""
    first = {"state": OrderState.SHIPPED, "confirmed_by": lina, "confirmed_at": at("2026-10-05 11:00")}
    return {
        "sent": paid("2026-10-05", **first, shipped_at=at("2026-10-06 10:00")),
        "in time": paid(
            "2026-10-31",
            state=OrderState.SHIPPED,
            confirmed_by=lina,
            confirmed_at=at("2026-10-31 12:00"),
            shipped_at=at("2026-11-03 10:00"),
        ),
        "late": paid(
            "2026-10-30",
            state=OrderState.SHIPPED,
            confirmed_by=sunyue,
            confirmed_at=at("2026-10-30 12:00"),
            shipped_at=at("2026-11-09 10:00"),
        ),
        "by rule": paid("2026-10-20", state=OrderState.COMPLETED, confirmed_at=at("2026-10-20 10:05"),
                        shipped_at=at("2026-10-21 10:00")),
        "here": paid("2026-10-29"),
        "other shop": paid("2026-10-28", shop=ShopFactory(name="云杉生活馆")),
        "closed": paid("2026-10-02", state=OrderState.CLOSED, finished_at=at("2026-10-03 10:00")),
        "november": paid("2026-11-01"),
    }  # fmt: skip


def test_people_and_shops_are_counted_by_what_they_did_in_the_month(october, lina, sunyue):
    tally = tally_of(asked_month("2026-10", at=at("2026-11-20 12:00")))
    assert [(row.key, row.orders, row.sales, row.waiting, row.listed) for row in tally.people] == [
        (str(lina.pk), 2, Decimal(200), 0, 1),
        (str(sunyue.pk), 1, Decimal(100), 0, 1),
        (RULES, 1, Decimal(100), 0, 0),
        (NOBODY, 0, Decimal(0), 2, 2),
    ]
    first, second = tally.shops
    assert (first.paid, first.sales, first.approved, first.waiting, first.listed) == (6, Decimal(600), 4, 1, 3)
    assert (second.paid, second.approved, second.waiting, second.listed) == (1, 0, 1, 1)
    assert tally.total.average == Decimal(100)


def test_the_list_is_of_the_end_of_the_month_and_says_what_became_of_each(october):
    month = asked_month("2026-10", at=at("2026-11-20 12:00"))
    rows = {row.order: row for row in left_rows(listed(month), month)}
    assert set(rows) == {october[name] for name in ("here", "other shop", "in time", "late")}
    assert rows[october["here"]].is_here
    assert (rows[october["in time"]].is_here, rows[october["in time"]].is_in_time) == (False, True)
    assert (rows[october["late"]].is_here, rows[october["late"]].is_in_time) == (False, False)
    assert part_counts(listed(month), month) == {"all": 4, "waiting": 2, "in_time": 1, "late": 1}


@pytest.mark.parametrize(
    ("moment", "text", "first", "days_left", "has_time"),
    [
        ("2026-11-03 12:00", "", "2026-10-01", 5, True),
        ("2026-11-07 23:59", "", "2026-10-01", 1, True),
        ("2026-11-08 00:00", "", "2026-11-01", 30, True),
        ("2026-11-08 00:00", "2026-10", "2026-10-01", 0, False),
        ("2026-11-20 12:00", "2027-01", "2026-11-01", 18, True),
        ("2026-01-05 12:00", "", "2025-12-01", 3, True),
        ("2026-11-20 12:00", "0001-01", "2000-01-01", 0, False),
        ("2026-11-20 12:00", "2026-13", "2026-11-01", 18, True),
        ("2026-11-20 12:00", "letzter", "2026-11-01", 18, True),
    ],
)
def test_the_month_asked_for_and_the_days_left_of_the_first_week(moment, text, first, days_left, has_time):
    month = asked_month(text, at=at(moment))
    assert (month.first.isoformat(), month.days_left, month.has_time) == (first, days_left, has_time)


def test_the_page_shows_the_days_left_in_the_first_week(october, desk):
    with time_machine.travel(at("2026-11-05 12:00"), tick=False):
        page = text_of(desk.get(PAGE))
    assert "2 orders paid by the end of the month are still here. Until the end of 11-07 (3 days left)" in page
    assert "2026-10" in page
    assert "3 days left" in page
    assert october["here"].number in page
    assert october["november"].number not in page


def test_the_page_says_what_is_too_late_after_the_first_week(october, desk):
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        page = text_of(desk.get(PAGE, {"month": "2026-10"}))
        late = text_of(desk.get(PAGE, {"month": "2026-10", "part": "late"}))
    assert "2 orders paid by the end of the month are still here after the end of 11-07." in page
    assert "12 days over" in page
    assert october["late"].number in late
    assert october["here"].number not in late
    assert "after the first week" in late


def test_the_list_is_narrowed_to_a_person_or_a_shop(october, desk, sunyue):
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        for narrowed, there in (
            ({"person": sunyue.pk}, ["late"]),
            ({"person": NOBODY}, ["here", "other shop"]),
            ({"person": NOBODY, "shop": october["other shop"].shop_id}, ["other shop"]),
            ({"person": RULES}, []),
        ):
            page = text_of(desk.get(PAGE, {"month": "2026-10", "part": "all", **narrowed}))
            assert [name for name in october if october[name].number in page] == there


def test_the_page_asks_as_few_questions_with_three_as_with_one(desk, lina, sunyue, queries_of):
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        paid("2026-10-31", confirmed_by=lina, confirmed_at=at("2026-10-31 12:00"), state=OrderState.APPROVED)
        desk.get(PAGE)
        one = queries_of(lambda: text_of(desk.get(PAGE, {"month": "2026-10"})))
        paid("2026-10-30", confirmed_by=sunyue, confirmed_at=at("2026-10-30 12:00"), state=OrderState.APPROVED)
        paid("2026-10-29", shop=ShopFactory(name="云杉生活馆"))
        assert queries_of(lambda: text_of(desk.get(PAGE, {"month": "2026-10"}))) == one
    assert one <= 18


def test_only_who_sees_orders_gets_in_and_only_who_exports_exports(stranger, browser_of):
    assert stranger.get(PAGE).status_code == 403
    assert stranger.post(reverse("orders:tally_sheet")).status_code == 403
    reader = browser_of(employee_with("orders.view_order", username="wufang", employee_number="B9", name="吴芳"))
    assert "tally/sheet/" not in text_of(reader.get(PAGE))
    assert reader.post(reverse("orders:tally_sheet")).status_code == 403


@pytest.mark.parametrize(
    "query", ["person=abc&shop=99999999999999999999", "page=99", "page=-1", "part=x&page=1e5", "month=%00"]
)
def test_bad_addresses_show_the_page(october, desk, query):
    text_of(desk.get(f"{PAGE}?{query}"))


def test_long_lists_come_in_pages(desk):
    for _again in range(51):
        make_order({}, pieces=1, placed_at=at("2026-10-30 10:00"), paid_at=at("2026-10-30 10:00"), paid=Decimal(1))
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        first = desk.get(PAGE, {"month": "2026-10"})
        second = desk.get(PAGE, {"month": "2026-10", "page": 2})
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 1)
    assert "Rows 51–51" in text_of(second)


def test_the_workbook_is_made_in_the_background(october, desk):
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        response = desk.post(reverse("orders:tally_sheet"), {"month": "2026-10"}, follow=True)
        assert said(response) == ["The workbook is being made; the file appears at the bottom right."]
        run = JobRun.objects.get(job="orders.export_tally")
        assert run.params == {"month": "2026-10"}
        run_job(run, at=at("2026-11-20 12:00"))
        htmx = desk.post(reverse("orders:tally_sheet"), {"month": "x"}, headers={"HX-Request": "true"})
    run.refresh_from_db()
    assert (run.state, run.result, run.file_name) == ("done", {"orders": 4}, "Month-end tally_2026-10.xlsx")
    with default_storage.open(run.file.name) as stream:
        book = openpyxl.load_workbook(stream)
    people, shops, left = (list(sheet.values) for sheet in book)
    assert people[1] == ("李娜", "云杉旗舰店", 2, 200)
    assert shops[1][:3] == ("云杉旗舰店", 6, 600)
    assert [row[0] for row in left[1:]] == [october[name].number for name in ("other shop", "here", "late", "in time")]
    assert left[1][3] == "still here"
    assert (htmx.status_code, "work-started" in htmx["HX-Trigger"]) == (204, True)


def test_parts_of_a_day_count_as_days():
    month = asked_month("2026-10", at=at("2026-11-07 00:00") - timedelta(seconds=1))
    assert month.days_left == 2
