"""The radar in a real browser: 李娜 sees a warning, mends it in time, and misses another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shopops.kit.clock import now, shop_day
from staff.actions.radar import sweep
from staff.actions.rulebook import load_rulebook
from staff.actions.tally import tally_day
from staff.models import Employee, MetricReading
from staff.queries.settings import forget_values
from tests.factories.staff import make_cast
from tests.factories.warehouse import some_shop
from warehouse.actions.stock import ensure_warehouse
from warehouse.models import DispatchNote
from warehouse.states import NoteState

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = [("desk", "zh-hans"), ("phone", "en")]


@pytest.fixture
def cast(transactional_db) -> dict[str, Employee]:
    people = make_cast(at=now())
    load_rulebook(at=now() - timedelta(days=400))
    return {login: Employee.objects.get(pk=one.pk) for login, one in people.items()}


def note(by, number, *, left):
    """Return a note whose 24 hours end in `left`, and whose promise to the platform ends with them."""
    end = now() + left
    return DispatchNote.objects.create(
        number=number,
        shop=some_shop(),
        warehouse=ensure_warehouse(),
        order_numbers="2810012345678900001",
        state=NoteState.WAITING,
        receiver_name="张敏",
        summary="加厚羊羔绒外套",
        pieces=1,
        confirmed_at=end - timedelta(hours=24),
        confirmed_by=by,
        promised_at=end,
    )


def test_a_warning_is_seen_before_the_offence_and_counted_as_avoided_once_it_is_mended(visit, cast):
    lina = cast["lina"]
    one = note(lina, "FH261120000001", left=timedelta(hours=2, minutes=10, seconds=40))
    sweep(at=now())
    forget_values()  # the page knows of the sweep and does not look ahead by itself
    page = visit("/", lina)
    radar = page.locator("#radar")
    row = radar.locator("li", has_text="ORD-016")
    expect(row).to_contain_text("2 小时 10 分后")
    expect(row).to_contain_text("−3 分")
    row.get_by_role("link", name=re.compile("^处理")).click()
    page.wait_for_url(re.compile(one.number))

    one.state, one.shipped_at = NoteState.SHIPPED, now()
    one.save()
    page.goto(page.url.split("/warehouse/")[0])
    page.locator("#radar").get_by_role("button", name="立即检查").click()
    expect(page.locator("#radar")).to_contain_text("暂无即将违规的事项")
    expect(page.locator("#radar")).to_contain_text("本月已避免 2 项，折 3 分")


def test_what_nobody_mends_has_happened_after_the_tally(visit, cast):
    lina = cast["lina"]
    late = note(lina, "FH261120000002", left=timedelta(minutes=30))
    sweep(at=now())
    page = visit("/", lina)
    expect(page.locator("#radar")).to_contain_text(late.number)
    page.wait_for_load_state("networkidle")  # the page looks ahead by itself, and two sweeps at once are one

    over = now() + timedelta(days=1, hours=1)
    tally_day(shop_day(late.promised_at), at=over)
    sweep(at=over)
    page.goto(f"{page.url}radar/?tab=past")
    rows = page.locator("#list tbody tr", has_text="ORD-016")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("已发生")


def test_the_number_of_urgent_ones_stands_on_top_of_every_page(visit, cast):
    lina = cast["lina"]
    note(lina, "FH261120000003", left=timedelta(hours=1))
    sweep(at=now())
    page = visit("/notifications/", lina)
    expect(page.locator("#radar-count")).to_have_text("1")


@pytest.mark.parametrize(("width", "language"), BOTH)
def test_the_pages_of_the_radar_and_ones_own_page_have_no_faults(visit, faults, cast, width, language):
    lina, hejie = cast["lina"], cast["hejie"]
    for number in range(3):
        note(lina, f"FH26112000001{number}", left=timedelta(hours=1 + number))
    sweep(at=now())
    day = shop_day(now())
    for back in (1, 2, 3):
        for name, whole in (("orders.approved", None), ("warehouse.dispatch_in_24h", 9)):
            MetricReading.objects.create(
                metric=name,
                day=day - timedelta(days=back),
                employee=lina,
                numerator=7,
                denominator=whole,
                read_at=now(),
            )
    month = f"?month={day - timedelta(days=1):%Y-%m}"
    found = {}
    for address, person in (
        ("/", lina),
        ("/radar/", lina),
        ("/radar/?tab=team", hejie),
        (f"/me/{month}", lina),
        (f"/me/figures/orders.approved/{month}", lina),
        (f"/people/{lina.pk}/standing/{month}", hejie),
    ):
        page = visit(address, person, width=width, language=language)
        if trouble := faults(page):
            found[address] = trouble

    assert found == {}
