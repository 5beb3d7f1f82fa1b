"""The platform's figures of agents, and the status log."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from service.models import AgentDay
from service.states import FileKind, FileState
from staff.models import Presence
from tests.factories.chat_files import complained, import_bytes
from tests.factories.conversations import a_sub_account, moment
from tests.factories.staff import ShopFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 19)
CLERKS = ["旺旺昵称", "旺旺分组", "咨询人数", "接待人数", "有效接待人数", "未回复人数", "旺旺回复率", "3分钟人工响应率"]
CLERKS += ["平均响应时长", "首次响应时长", "慢响应人数", "答问比"]


def sheet(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def clerk(nick: str, rate: Any = "99.71%", received: int = 78) -> list[Any]:
    return [nick, "售前", 80, received, 77, 1, rate, "97.5%", "23.5", "0:00:12", 2, "1.31"]


def load(*contents: bytes, name: str = "咨询接待分析_2026-11-19.xlsx", kind: FileKind = FileKind.AGENT_DAYS) -> Any:
    return import_bytes(*contents, names=[name] * len(contents), kind=kind)


@pytest.fixture(autouse=True)
def _shop() -> None:
    ShopFactory()
    a_sub_account()


def test_a_sheet_of_clerks_with_its_header_further_down():
    batch = load(
        sheet(["统计日期：2026-11-19"], [], CLERKS, clerk("云杉:小娜"), ["汇总值", "", 80, 78], ["平均值"], ["合计"])
    )

    one = AgentDay.objects.get()
    assert (one.day, one.nick, one.received, one.unanswered) == (DAY, "云杉:小娜", 78, 1)
    assert one.employee is not None
    assert (one.reply_rate, one.three_minute_rate) == (Decimal("0.9971"), Decimal("0.9750"))
    assert (one.average_seconds, one.first_seconds) == (Decimal("23.50"), Decimal("12.00"))
    assert batch.counts["new"] == 1


@pytest.mark.parametrize("rate", [0.9971, "99.71%", 99.71])
def test_rates_in_each_of_their_ways(rate: Any):
    load(sheet(CLERKS, clerk("云杉:小娜", rate)))

    assert AgentDay.objects.get().reply_rate == Decimal("0.9971")


def test_a_new_sheet_replaces_the_whole_day():
    load(sheet(CLERKS, clerk("云杉:小娜"), clerk("云杉:小白")))
    batch = load(sheet(CLERKS, clerk("云杉:小娜", received=79)))

    assert AgentDay.objects.get().received == 79
    assert (batch.counts["changed"], batch.counts["removed"]) == (1, 1)
    assert load(sheet(CLERKS, clerk("云杉:小娜", received=79))).counts["unchanged"] == 1


def test_a_sheet_of_the_shop_with_two_rows_of_headers():
    load(
        sheet(
            ["日期", "接待人数", "总", "", "邀请", ""],
            ["", "", "发出", "满意率", "发出", "满意率"],
            ["2026-11-18", "1,234", "100", "98%", "50", "97%"],
            ["2026-11-19", "-", "100", "98%", "50", "97%"],
        )
    )

    first, second = AgentDay.objects.order_by("day")
    assert (first.nick, first.received, second.received) == ("", 1234, None)
    assert first.raw["邀请-满意率"] == "97%"


def test_a_sheet_that_names_no_day_is_refused():
    batch = load(sheet(CLERKS, clerk("云杉:小娜")), name="绩效.xlsx")

    assert batch.state == FileState.REFUSED
    assert not AgentDay.objects.exists()


def test_senseless_figures_are_rejected_row_by_row():
    batch = load(sheet(CLERKS, clerk("云杉:小娜", "很高"), clerk("云杉:小白")))

    assert [one.nick for one in AgentDay.objects.all()] == ["云杉:小白"]
    assert batch.counts["refused"] == 1
    assert batch.rejected


LOG = ["旺旺昵称", "状态", "开始时间", "结束时间"]


def test_the_status_log_becomes_presence():
    rows = [
        ["云杉:小娜", "在线", "2026-11-19 08:00:00", "2026-11-19 12:00:00"],
        ["云杉:小娜", "挂起", "2026-11-19 12:00:00", "2026-11-19 12:30:00"],
        ["云杉:小娜", "飞行", "2026-11-19 12:30:00", ""],
        ["云杉:小白", "在线", "2026-11-19 08:00:00", ""],
    ]
    batch = load(sheet(LOG, *rows), name="状态.xlsx", kind=FileKind.PRESENCE)

    spans = list(Presence.objects.order_by("starts_at").values_list("status", "starts_at", "ends_at", "source"))
    assert spans == [
        ("online", moment(DAY, "08:00:00"), moment(DAY, "12:00:00"), "import"),
        ("away", moment(DAY, "12:00:00"), moment(DAY, "12:30:00"), "import"),
    ]
    assert batch.counts["refused"] == 2
    assert len(complained(batch)) == 2


def test_a_log_of_changes_only_ends_each_span_where_the_next_begins():
    changes = ["账号", "状态", "时间"]
    rows = [["云杉:小娜", "下线", "2026-11-19 17:00:00"], ["云杉:小娜", "上线", "2026-11-19 08:00:00"]]
    load(sheet(changes, *rows), name="log.xlsx", kind=FileKind.PRESENCE)
    again = load(sheet(changes, *rows), name="log.xlsx", kind=FileKind.PRESENCE)

    assert [(one.status, one.ends_at) for one in Presence.objects.order_by("starts_at")] == [
        ("online", moment(DAY, "17:00:00")),
        ("offline", None),
    ]
    assert again.counts["new"] == 0


def test_a_later_log_replaces_what_it_covers_and_trims_what_it_touches():
    load(
        sheet(LOG, ["云杉:小娜", "在线", "2026-11-19 08:00:00", "2026-11-19 17:00:00"]),
        name="a.xlsx",
        kind=FileKind.PRESENCE,
    )
    load(
        sheet(LOG, ["云杉:小娜", "离开", "2026-11-19 10:00:00", "2026-11-19 10:05:00"]),
        name="b.xlsx",
        kind=FileKind.PRESENCE,
    )

    assert [(one.status, one.starts_at.hour + 8) for one in Presence.objects.order_by("starts_at")] == [
        ("online", 8),
        ("away", 10),
        ("online", 10),
    ]
