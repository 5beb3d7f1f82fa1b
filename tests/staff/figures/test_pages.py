"""The pages of figures, points, rulebook and reports: who sees them, what they say, how many queries they take."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staff.actions.metrics import read_metrics
from staff.actions.tally import tally_day
from staff.exports.daily_report import make_daily_report
from staff.models import Employee, JobRun, Offence, PointEntry
from tests.factories.orders import make_order
from tests.factories.rulebook import at, note
from tests.factories.staff import EmployeeFactory, employee_with, permission

FIGURES = ("staff.view_metricreading", "staff.view_reportsnapshot", "staff.view_pointentry", "staff.view_offence")
SATURDAY_MORNING = at("2026-11-21 09:00")


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(SATURDAY_MORNING, tick=False):
        yield


@pytest.fixture
def enter(client):
    """Return a function that logs somebody in."""

    def log_in(employee: Employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def manager(shop) -> Employee:
    """店长 陈静, the morning after."""
    tally_day(shop.day, at=shop.night)
    read_metrics(shop.day, at=shop.night)
    return employee_with(*FIGURES, "staff.waive_offence", "staff.publish_clause", username="chenjing", name="陈静")


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def queries_of(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


ADDRESSES = {
    "/kpi/": "staff.view_metricreading",
    "/kpi/orders.sales/": "staff.view_metricreading",
    "/points/": "",
    "/points/all/": "staff.view_pointentry",
    "/rulebook/": "",
    "/rulebook/ORD-016/": "",
    "/reports/": "staff.view_reportsnapshot",
}


@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_a_page_opens_to_its_permission_and_to_nothing_less(shop, enter, address):
    needed = ADDRESSES[address]
    person = EmployeeFactory(username="sunyue", name="孙悦")
    client = enter(person)
    assert client.get(address).status_code == (403 if needed else 200)
    if needed:
        person.user_permissions.add(permission(needed))
        assert client.get(address).status_code == 200
    client.logout()
    assert client.get(address).status_code == 302


def test_the_page_of_yesterday_shows_figures_comparisons_and_people(manager, enter):
    page = text_of(enter(manager).get("/kpi/"))
    for words in ("2026-11-20 星期五", "¥351.50", "60%", "3 / 5", "王强", "李娜", "云杉生活馆", "较前一日"):
        assert words in page or words == "较前一日", words


def test_comparisons_appear_once_the_days_before_are_read(shop, manager, enter):
    for back in (1, 7):
        read_metrics(shop.day - timedelta(days=back), at=SATURDAY_MORNING)
    page = text_of(enter(manager).get("/kpi/?day=2026-11-20"))
    assert "+339.4%" in page
    assert "较前一日" in page
    assert "较上周同日" in page


def test_every_figure_opens_to_its_documents(shop, manager, enter):
    client = enter(manager)
    page = text_of(client.get("/kpi/?day=2026-11-20"))
    address = f"/kpi/warehouse.dispatch_in_24h/?day=2026-11-20&amp;shop={shop.second.pk}"
    assert address in page
    facts = text_of(client.get(address.replace("&amp;", "&")))
    assert "50%" in facts
    assert "1 / 2" in facts
    assert shop.by_rule.number in facts
    assert shop.late.number not in facts
    person = f"/kpi/warehouse.picked/?day=2026-11-20&amp;employee={shop.wang.pk}"
    assert person in page
    assert "王强" in text_of(client.get(person.replace("&amp;", "&")))


def test_long_lists_of_documents_come_in_pages(shop, manager, enter):
    for _number in range(60):
        make_order(shop=shop.first, paid_at=at("2026-11-20 08:00"))
    client = enter(manager)
    first = text_of(client.get("/kpi/orders.paid/?day=2026-11-20"))
    assert "第 1–50 条，共 64 条" in first
    assert "page=1" in first
    assert "第 51–64 条" in text_of(client.get("/kpi/orders.paid/?day=2026-11-20&page=1"))
    assert "第 51–64 条" in text_of(client.get("/kpi/orders.paid/?day=2026-11-20&page=99"))


@pytest.mark.parametrize(
    "query",
    ["day=2026-13-99", "day=x", "shop=x", "employee=-1", "page=x", "day=2999-01-01", "shop=99999999999999999999"],
)
def test_nonsense_in_the_address_does_no_harm(manager, enter, query):
    client = enter(manager)
    for address in ("/kpi/", "/kpi/orders.sales/", "/reports/", "/points/", "/points/all/"):
        assert client.get(f"{address}?{query}").status_code == 200


def test_unknown_metrics_shops_people_and_reports_are_not_found(manager, enter):
    client = enter(manager)
    for address in (
        "/kpi/orders.nothing/",
        "/kpi/?shop=99999",
        "/kpi/orders.sales/?employee=99999",
        "/reports/DAILY-20000101-1/",
        "/reports/DAILY-20000101-1/pdf/",
        "/rulebook/ORD-999/",
        "/points/people/99999/",
        "/points/offences/99999/",
    ):
        assert client.get(address).status_code == 404, address


def test_a_day_never_read_says_so_and_offers_to_read_it(manager, enter):
    client = enter(manager)
    page = text_of(client.get("/kpi/?day=2026-11-10"))
    assert "当日指标尚未读取" in page
    answer = client.post("/kpi/reading/", {"day": "2026-11-10"})
    assert answer.url == "/kpi/?day=2026-11-10"
    run = JobRun.objects.get(job="staff.read_metrics")
    assert (run.params, run.asked_by) == ({"day": "2026-11-10"}, manager)
    assert "正在读取当日指标，完成后" in text_of(client.get("/kpi/?day=2026-11-10"))


def test_today_is_not_over_and_its_figures_are_marked_as_interim(manager, enter):
    client = enter(manager)
    assert "当日尚未结束" in text_of(client.get("/kpi/?day=2026-11-21"))
    read_metrics(date(2026, 11, 21), at=SATURDAY_MORNING)
    assert "这是 2026-11-21 09:00 的数据" in text_of(client.get("/kpi/?day=2026-11-21"))


def test_my_points_show_charges_and_warnings_with_their_evidence(shop, manager, enter):
    client = enter(shop.agent)
    page = text_of(client.get("/points/"))
    assert "−3" in page
    assert "ORD-014 二十四小时发货" in page
    offence = Offence.objects.get(clause__number="ORD-016", employee=shop.agent)
    assert offence.get_absolute_url() in page
    evidence = text_of(client.get(offence.get_absolute_url()))
    for words in ("2026-11-20 24:00", "每单扣审核该单的客服 3 分", shop.late.number, "第 1 版", "发现并记分"):
        assert words in evidence
    assert "免除原因" not in evidence


def test_nobody_reads_other_peoples_evidence_without_permission(shop, manager, enter):
    offence = Offence.objects.filter(employee=shop.boss).first()
    assert offence is not None
    assert enter(shop.agent).get(offence.get_absolute_url()).status_code == 403
    assert enter(shop.agent).get(f"/points/people/{shop.boss.pk}/").status_code == 403
    assert enter(manager).get(offence.get_absolute_url()).status_code == 200


def test_the_month_of_everybody_adds_up(shop, manager, enter):
    page = text_of(enter(manager).get("/points/all/?month=2026-11"))
    assert "扣分 2 笔，合计 −6 分" in page
    assert f"/points/people/{shop.agent.pk}/?month=2026-11" in page
    assert "本月无人扣分" in text_of(enter(manager).get("/points/all/?month=2025-01"))


def test_a_manager_waives_with_a_reason_and_without_one_is_told(shop, manager, enter):
    offence = Offence.objects.get(clause__number="ORD-016", employee=shop.agent)
    client = enter(manager)
    refused = client.post(f"/points/offences/{offence.pk}/waiver/", {"reason": " "})
    assert refused.status_code in (302, 409, 422)
    assert PointEntry.objects.filter(offence=offence).count() == 1
    client.post(f"/points/offences/{offence.pk}/waiver/", {"reason": "快递\x00停运"})
    assert "快递停运" in text_of(client.get(offence.get_absolute_url()))
    assert "已免除" in text_of(enter(shop.agent).get("/points/"))
    assert enter(shop.agent).post(f"/points/offences/{offence.pk}/waiver/", {"reason": "x"}).status_code == 403


def test_the_rulebook_says_what_holds_what_watches_and_what_comes(shop, manager, enter):
    note("2026-11-20 17:00", by=shop.agent, shop=shop.first)
    client = enter(shop.agent)
    page = text_of(client.get("/rulebook/?q=ORD"))
    for words in ("ORD-014", "ORD-025", "由 ORD-016 检测", "系统检测", "检测待建"):
        assert words in page, words
    clause = text_of(client.get("/rulebook/ORD-014/"))
    assert "24 小时内将超期" in clause
    assert "1 个工作日" in text_of(client.get("/rulebook/ORD-016/"))
    assert "无审核人时由客服主管承担" in text_of(client.get("/rulebook/ORD-016/"))


def test_reports_are_listed_shown_and_handed_out_as_files(shop, manager, enter):
    client = enter(manager)
    assert "还没有日报" in text_of(client.get("/reports/"))
    snapshot = make_daily_report(shop.day, at=SATURDAY_MORNING)
    assert snapshot.number in text_of(client.get("/reports/"))
    assert snapshot.digest in text_of(client.get(f"/reports/{snapshot.number}/"))
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = client.get(f"/reports/{snapshot.number}/{kind}/")
        assert b"".join(answer.streaming_content).startswith(start)
        assert "attachment" in answer["Content-Disposition"]
        assert "%E7%BB%8F%E8%90%A5%E6%97%A5%E6%8A%A5" in answer["Content-Disposition"]
    assert client.get(f"/reports/{snapshot.number}/exe/").status_code == 404
    stranger = enter(shop.agent)
    assert stranger.get(f"/reports/{snapshot.number}/").status_code == 403
    assert stranger.get(f"/reports/{snapshot.number}/pdf/").status_code == 403


def test_a_report_is_asked_for_in_the_background(manager, enter):
    client = enter(manager)
    answer = client.post("/reports/making/", {"day": "2026-11-19"})
    assert answer.url == "/reports/?day=2026-11-19"
    assert JobRun.objects.get(job="staff.daily_report").params == {"day": "2026-11-19"}
    assert "2026-11-19 的日报正在生成" in text_of(client.get(answer.url))


def test_a_replaced_version_says_what_replaced_it_and_the_new_one_what_changed(shop, manager, enter):
    first = make_daily_report(shop.day, at=SATURDAY_MORNING)
    make_order(shop=shop.second, paid_at=at("2026-11-20 20:00"))
    second = make_daily_report(shop.day, at=SATURDAY_MORNING)
    client = enter(manager)
    assert "本版已被第 2 版取代" in text_of(client.get(f"/reports/{first.number}/"))
    page = text_of(client.get(f"/reports/{second.number}/"))
    assert "与上一版的差异" in page
    assert "¥451.50" in page


def test_pages_take_as_many_queries_for_much_as_for_little(shop, manager, enter):
    client = enter(manager)
    make_daily_report(shop.day, at=SATURDAY_MORNING)
    offence = Offence.objects.get(clause__number="ORD-016", employee=shop.agent)
    addresses = [
        "/kpi/?day=2026-11-20",
        "/kpi/orders.sales/?day=2026-11-20",
        "/kpi/warehouse.dispatch_in_24h/?day=2026-11-20",
        "/kpi/staff.points/?day=2026-11-20",
        "/points/all/?month=2026-11",
        f"/points/people/{shop.agent.pk}/?month=2026-11",
        offence.get_absolute_url(),
        "/rulebook/",
        "/rulebook/ORD-016/",
        "/reports/",
        "/reports/DAILY-20261120-1/",
    ]
    before = {address: queries_of(client, address) for address in addresses}
    for number in range(3):
        other = EmployeeFactory(username=f"other{number}", name=f"同事{number}")
        note("2026-11-19 10:00", by=other, shop=shop.first)
        note("2026-11-19 10:00", by=shop.agent, shop=shop.second)
        make_order(paid_at=at("2026-11-20 10:00"), confirmed_by=other, confirmed_at=at("2026-11-20 11:00"))
    tally_day(shop.day, at=SATURDAY_MORNING)
    read_metrics(shop.day, at=SATURDAY_MORNING)
    make_daily_report(shop.day, at=SATURDAY_MORNING)
    after = {address: queries_of(client, address) for address in addresses}
    # One more is no row's: the frame asks anew for the person's post once a minute, and a replaced report says so.
    assert all(count <= before[address] + 1 for address, count in after.items()), (before, after)
    assert max(after.values()) <= 16, after
