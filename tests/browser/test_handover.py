"""A shift handed over in a real browser: one note for the rest, accepted item by item, what is left goes up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from shopops.kit.clock import now
from shopops.kit.holdings import HOLDINGS, Held, Holding
from staff.actions.handovers import pass_overdue
from staff.models import Employee, Handover
from staff.states import HandoverState, ItemState
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """Open things of people, as a department would keep them; the tenth is due first."""

    def __init__(self) -> None:
        self.owner: dict[int, int] = {}

    def mine(self, employee: int, at: object) -> list[Held]:
        due = now() + timedelta(hours=20)
        return [
            Held(number, f"买家 {number}", "", due - timedelta(hours=18 if number == 10 else 0, minutes=number))
            for number, who in self.owner.items()
            if who == employee
        ]

    def pass_on(self, ids, receiver, *, by, at):
        for number in ids:
            self.owner[number] = receiver.pk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Let this desk be the only one that holds anything."""
    desk = Desk()
    monkeypatch.setattr(HOLDINGS, "_things", {"try.desk": Holding("try.desk", "买家", desk.mine, desk.pass_on)})
    return desk


@pytest.fixture
def cast(db) -> dict[str, Employee]:
    """Everybody of the demo shop."""
    people = make_cast(at=now() - timedelta(days=20))
    return {name: Employee.objects.get(pk=one.pk) for name, one in people.items()}


@pytest.fixture
def become(visit, watched: Page):
    """Open an address as somebody; the page of whoever was there before asks nothing any more."""

    def open_page(address: str, employee: Employee, **how: str) -> Page:
        watched.goto("about:blank")
        page: Page = visit(address, employee, **how)
        return page

    return open_page


def test_thirty_things_go_over_in_a_minute_and_what_is_not_accepted_goes_to_the_leader(become, faults, cast, desk):
    desk.owner = dict.fromkeys(range(1, 31), cast["lina"].pk)
    page = become("/handovers/", cast["lina"])
    page.get_by_role("button", name="交班").click()
    page.wait_for_url("**/handovers/*/")
    handover = Handover.objects.get()
    expect(page.locator(".items > li")).to_have_count(30)
    assert faults(page) == []
    exception = page.locator(".items > li").filter(has_text="买家 3").first
    exception.locator("button[value=kept]").click()
    expect(page.locator(".items button[value=kept].is-primary")).to_have_count(1)
    page.locator("[name=receiver]").select_option(str(cast["sunyue"].pk))
    page.locator("[name=rest]").fill("答应今晚回复，请接着跟进")
    page.locator("form[action$='/offer/'] button[type=submit]").click()
    expect(page.get_by_text("孙悦 不在班")).to_be_visible()
    assert handover.items.filter(state=ItemState.OFFERED).count() == 29

    page = become(handover.get_absolute_url(), cast["sunyue"])
    expect(page.get_by_text("最先到期：")).to_contain_text("买家 10")
    first = page.locator(".items > li").first
    expect(first).to_contain_text("买家 10")
    first.locator("form[action$='/acceptance/'] button").click()
    expect(page.locator(".items > li").first.locator(".pill")).to_have_class("pill is-good")
    assert desk.owner[10] == cast["sunyue"].pk
    assert faults(page) == []

    pass_overdue(at=now() + timedelta(hours=1))
    assert desk.owner[11] == cast["hejie"].pk
    page = become(handover.get_absolute_url(), cast["hejie"], width="phone", language="en")
    assert faults(page) == []
    page.locator("form[action$='/acceptance/'] button").first.click()
    expect(page.locator("h1 .pill")).to_have_class("pill is-good")
    handover.refresh_from_db()
    assert handover.state == HandoverState.CLOSED
