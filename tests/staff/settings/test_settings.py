"""Settings: changed with bounds, followed at once, remembered who did it."""

from __future__ import annotations

import pytest

from shopops.kit.policy import SETTINGS
from shopops.kit.refusals import Refused
from staff.actions.settings import change_setting, restore_setting
from staff.models import Event, SettingValue
from staff.policy import FILE_DAYS, OFFICE_HOURS
from staff.queries.settings import (
    forget_values,
    history_of_setting,
    recent_changes,
    shown_setting,
    shown_settings,
)
from tests.factories.staff import NOON, EmployeeFactory, employee_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def chenjing():
    return EmployeeFactory(username="chenjing", name="陈静")


@pytest.fixture
def page(client):
    client.force_login(employee_with("staff.view_settingvalue", "staff.change_settingvalue", name="陈静"))
    return client


def test_a_changed_setting_is_in_force_and_leaves_an_event(chenjing, django_capture_on_commit_callbacks):
    assert FILE_DAYS() == 30
    with django_capture_on_commit_callbacks(execute=True):
        change_setting("staff.file_days", " 14 ", by=chenjing, at=NOON)

    assert FILE_DAYS() == 14
    event = Event.objects.get()
    assert (event.verb, event.by, event.changes) == ("staff.setting_changed", chenjing, {"value": ["30", "14"]})


@pytest.mark.parametrize("text", ["0", "366", "", "viele", "1.5", "NaN", "9" * 600])
def test_what_does_not_fit_is_refused_with_the_bounds(chenjing, text):
    with pytest.raises(Refused) as refusal:
        change_setting("staff.file_days", text, by=chenjing, at=NOON)

    assert "1 至 365" in str(refusal.value)
    assert not SettingValue.objects.exists()


def test_an_amount_that_is_not_a_number_is_refused(chenjing):
    for text in ("NaN", "Infinity", "-1"):
        with pytest.raises(Refused):
            change_setting("orders.approve_limit", text, by=chenjing, at=NOON)


def test_the_same_value_again_changes_nothing(chenjing):
    change_setting("staff.file_days", "30", by=chenjing, at=NOON)
    change_setting("staff.file_days", "14", by=chenjing, at=NOON)
    change_setting("staff.file_days", "14", by=chenjing, at=NOON)

    assert Event.objects.count() == 1


def test_office_hours_must_be_spans_in_order(chenjing):
    for text in ("9-18", "18:00-09:00", "13:00-18:00 09:00-12:00", "09:00-12:00 11:00-18:00"):
        with pytest.raises(Refused):
            change_setting(OFFICE_HOURS.name, text, by=chenjing, at=NOON)
    change_setting(OFFICE_HOURS.name, "08:30-12:00 13:00-24:00", by=chenjing, at=NOON)


def test_a_restored_setting_follows_its_default_and_keeps_its_history(chenjing):
    change_setting("staff.file_days", "14", by=chenjing, at=NOON)
    restore_setting("staff.file_days", by=chenjing, at=NOON)
    forget_values()

    assert FILE_DAYS() == 30
    lines = history_of_setting(FILE_DAYS)
    assert [line.what for line in lines] == ["恢复默认值", "修改设置"]
    assert [(one.before, one.after) for line in lines for one in line.changes] == [
        ("14 天", "30 天"),
        ("30 天", "14 天"),
    ]


def test_a_kept_value_that_no_longer_fits_gives_way_to_the_default():
    SettingValue.objects.create(name="staff.file_days", value="9999", changed_at=NOON)
    forget_values()

    assert FILE_DAYS() == 30
    assert shown_setting("staff.file_days").value == 30


def test_every_declared_setting_is_on_the_page_of_its_department():
    shown = {one.name for _department, group in shown_settings() for one in group}

    assert shown == set(SETTINGS)


def test_the_page_takes_a_constant_number_of_queries(chenjing, django_assert_num_queries):
    change_setting("staff.file_days", "14", by=chenjing, at=NOON)
    change_setting("staff.notice_days", "30", by=chenjing, at=NOON)
    with django_assert_num_queries(1):
        list(shown_settings())
    with django_assert_num_queries(1):
        assert len(recent_changes()) == 2


def test_a_manager_changes_a_setting_on_its_page(page):
    answer = page.post("/settings/staff.file_days/value/", {"value": "21"}, follow=True)

    assert answer.status_code == 200
    assert "21 天" in answer.content.decode()
    assert SettingValue.objects.get(name="staff.file_days").value == "21"


def test_a_bad_value_comes_back_with_the_sentence_and_what_was_typed(page):
    answer = page.post("/settings/staff.file_days/value/", {"value": "4000"})

    assert answer.status_code == 422
    assert "1 至 365" in answer.content.decode()
    assert 'value="4000"' in answer.content.decode()


def test_a_switch_is_posted_as_a_tick(page):
    page.post("/settings/orders.price_to_finance/value/", {})
    assert SettingValue.objects.get(name="orders.price_to_finance").value == "false"
    page.post("/settings/orders.price_to_finance/value/", {"value": "true"})
    assert SettingValue.objects.get(name="orders.price_to_finance").value == "true"


def test_odd_posts_never_break_the_page(page):
    for value in ("\x00", "<b>", "9" * 5000, "１４"):
        assert page.post("/settings/staff.file_days/value/", {"value": value}).status_code in {302, 422}
    assert page.post("/settings/staff.nothing/value/", {"value": "1"}).status_code == 404
    assert page.get("/settings/staff.nothing/").status_code == 404


def test_who_may_only_look_gets_no_form(client):
    client.force_login(employee_with("staff.view_settingvalue"))

    assert "<form class" not in client.get("/settings/staff.file_days/").content.decode().split("<main")[1]
    assert client.post("/settings/staff.file_days/value/", {"value": "2"}).status_code == 403
