"""The trail as people read it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from staff.actions.events import notify, record, record_many
from staff.models import Event, Notification
from staff.queries.history import deeds_of, history_of
from staff.states import Platform
from tests.factories.staff import NOON, EmployeeFactory, ShopFactory, employee_with

pytestmark = pytest.mark.django_db


def test_a_line_says_who_did_what_with_what_was_before_and_after():
    shop, chenjing = ShopFactory(), EmployeeFactory(username="chenjing", name="陈静")
    changes = {"platform": (Platform.TAOBAO, Platform.TMALL), "is_open": (True, False)}
    record("staff.changed", shop, by=chenjing, at=NOON, changes=changes, reason="搬到天猫")

    line = history_of(shop)[0]

    assert (line.who, line.what, line.reason) == ("陈静", "修改", "搬到天猫")
    assert {(one.label, one.before, one.after) for one in line.changes} == {
        ("平台", "淘宝", "天猫"),
        ("营业中", "是", "否"),
    }
    with translation.override("en"):
        english = history_of(shop)[0]
        assert english.what == "changed the record"
        assert ("platform", "Tmall") in [(one.label, one.after) for one in english.changes]


def test_permissions_are_told_in_words():
    from tests.factories.staff import PositionFactory

    post = PositionFactory()
    changes = {"permissions": (["staff.view_event"], ["staff.open_admin", "staff.gone_since"])}
    record("staff.role_changed", post, by=None, at=NOON, changes=changes)

    change = history_of(post)[0].changes[0]
    assert (change.label, change.before, change.after) == ("权限", "查看事件", "进入管理后台 · staff.gone_since")


def test_two_documents_are_told_as_one_story_newest_first(django_assert_num_queries):
    shop, lina = ShopFactory(), EmployeeFactory()
    record("staff.added", shop, by=None, at=NOON)
    record("staff.changed", lina, by=lina, at=NOON + timedelta(minutes=1))
    record("staff.changed", shop, by=lina, at=NOON + timedelta(minutes=2))

    with django_assert_num_queries(1):
        lines = history_of(shop, lina)

    assert [line.subject for line in lines] == ["云杉旗舰店", "李娜", "云杉旗舰店"]
    assert lines[-1].who == "", "the system"
    assert len(deeds_of(lina)) == 2


def test_values_are_kept_as_text_that_people_read():
    shop, lina = ShopFactory(), EmployeeFactory()
    changes = {
        "k_sum": (None, Decimal("12.50")),
        "k_at": (NOON, NOON + timedelta(hours=1)),
        "k_tags": ([], ["急单", "赠品"]),
        "k_owner": (None, lina),
    }
    record("staff.changed", shop, by=None, at=NOON, changes=changes)

    shown = {one.label: (one.before, one.after) for one in history_of(shop)[0].changes}
    assert shown["k sum"] == ("", "12.50")
    assert shown["k tags"] == ("", "急单 · 赠品")
    assert shown["k owner"] == ("", "李娜")


def test_an_event_of_a_verb_or_a_table_that_is_gone_is_still_shown():
    Event.objects.create(
        verb="staff.levitated",
        subject_type="staff.Carpet",
        subject_id=1,
        subject_label="毯",
        at=NOON,
        changes={"height": [1, 2]},
    )
    from staff.queries.history import lines_of

    line = lines_of(Event.objects.all())[0]
    assert (line.what, line.changes[0].label, line.changes[0].after) == ("staff.levitated", "height", "2")


def test_events_of_many_things_are_written_in_one_statement(django_assert_num_queries):
    people = [EmployeeFactory() for _number in range(3)]
    with django_assert_num_queries(1):
        assert record_many("staff.changed", [(one, None) for one in people], by=None, at=NOON) == 3


def test_events_inside_a_batch_share_its_number():
    from uuid import uuid4

    from shopops.kit.batch import running_batch

    number, shop = uuid4(), ShopFactory()
    with running_batch(number):
        record("staff.changed", shop, by=None, at=NOON)
        record_many("staff.changed", [(shop, None)], by=None, at=NOON)
    record("staff.changed", shop, by=None, at=NOON)

    assert Event.objects.filter(batch=number).count() == 2


def test_a_notification_speaks_the_language_of_its_reader():
    lina = EmployeeFactory()
    text = gettext_lazy("Scheduled work failed: %(job)s, %(period)s.")
    notify([lina], "job_failed", text, at=NOON, job=gettext_lazy("Export"), period="2026-11-19")
    notify([lina], "plain", "包裹已签收 100%", at=NOON)

    told = {one.kind: one for one in Notification.objects.all()}
    assert told["job_failed"].sentence == "定时任务失败：导出，2026-11-19。"
    assert told["plain"].sentence == "包裹已签收 100%"
    with translation.override("en"):
        assert told["job_failed"].sentence == "Scheduled work failed: Export, 2026-11-19."


def test_the_trail_lists_filters_and_exports(client):
    chenjing = employee_with("staff.view_event", username="chenjing", name="陈静")
    shop = ShopFactory()
    record("staff.added", shop, by=chenjing, at=NOON)
    record("staff.removed", shop, by=chenjing, at=NOON)
    client.force_login(chenjing)

    assert "新增" in client.get("/trail/").content.decode()
    only = client.get("/trail/", {"verb": "staff.removed"}).content.decode()
    assert "云杉旗舰店" in only
    assert client.get("/trail/", {"q": "云杉"}).status_code == 200
    assert client.get("/trail/", {"by": "x", "on": "2026-13-01", "kind": "x"}).status_code == 200
