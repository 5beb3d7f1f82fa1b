"""Repeated and unfounded complaints, what the analysis counts and opens to, and the regular reports kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from service.actions.complaint_reports import read_complaint_report, report_on_complaints
from service.actions.complaints import (
    handle_complaint,
    investigate_complaint,
    receive_complaint,
    register_complaint,
    withdraw_complaint,
)
from service.exports.complaints import charts_of, complaint_report_pdf, complaint_sheet_pdf, figures_of
from service.models import Complaint, ComplaintReport
from service.queries.analysis import analyse, analysis_of
from service.queries.complaint_reports import next_span, report_due
from service.states import Cause, Severity, Verdict
from service.worklists.complaints import reports_to_make, reports_to_read
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.models import Employee, Notification
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_complaint, a_handled_complaint
from tests.factories.orders import make_order
from tests.factories.staff import NOON, EmployeeFactory, OrgUnitFactory, ShopFactory, make_cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = shop_day(NOON)


@pytest.fixture
def lina() -> Employee:
    return EmployeeFactory(username="lina", name="李娜")


@pytest.fixture
def chenjing() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静", is_superuser=True)


@pytest.fixture
def desk(client: Client, chenjing: Employee) -> Client:
    client.force_login(chenjing, backend="django.contrib.auth.backends.ModelBackend")
    return client


def registered(by: Employee, **values) -> Complaint:
    complaint = a_complaint(by, **values)
    register_complaint(complaint, by=by, at=NOON)
    return complaint


def test_a_complaint_of_the_same_order_that_is_worked_on_is_not_taken_in_twice(lina):
    buyer, order, shop = a_buyer("tb_zhangmin"), make_order(), ShopFactory()
    said = {"shop": shop, "text": "少发一件", "order": order, "apologised": True, "by": lina, "at": NOON}
    first = receive_complaint(buyer, **said)
    with pytest.raises(Refused, match=first.number):
        receive_complaint(buyer, **said)
    again = receive_complaint(buyer, **said, again=True)
    assert again.repeats == first
    assert again.level == 1


def test_a_repeated_complaint_names_the_one_before_unless_it_was_long_ago(lina):
    first = a_complaint(lina, at=NOON - 40 * DAY)
    assert a_complaint(lina, at=NOON - 5 * DAY).repeats is None
    assert a_complaint(lina, at=NOON).repeats.received_at == NOON - 5 * DAY
    withdraw_complaint(first, reason="误会", by=lina, at=NOON)
    assert a_complaint(lina, buyer=a_buyer("别人")).repeats is None


def test_an_unfounded_complaint_is_blamed_on_nobody_and_not_counted_by_cause(lina):
    complaint = registered(lina)
    found = {"event": "买家看错尺码表", "verdict": Verdict.UNFOUNDED, "cause": Cause.BUYER, "by": lina, "at": NOON}
    with pytest.raises(Refused):
        investigate_complaint(complaint, culprit=lina, **found)
    investigate_complaint(complaint, **found)
    a_handled_complaint(lina, buyer=a_buyer("别人"))
    analysis = analyse(TODAY, TODAY, at=NOON)
    assert (analysis.received, analysis.judged, analysis.founded, analysis.found_share) == (2, 2, 1, 0.5)
    assert [key for key, _n in analysis.causes] == [Cause.PACKING]


@pytest.mark.parametrize(("severity", "who"), [("minor", "hejie"), ("grave", "hejie"), ("severe", "chenjing")])
def test_the_report_goes_to_who_it_has_gone_up_to(severity, who):
    cast = make_cast(at=NOON - 20 * DAY)
    complaint = registered(cast["lina"], severity=severity)
    investigate_complaint(complaint, event="漏发", cause=Cause.PICKING, by=cast["lina"], at=NOON)
    handle_complaint(complaint, opinion="补发", by=cast["lina"], at=NOON)
    assert complaint.reported_to == cast[who]


@pytest.mark.parametrize("key", ["causes", "units", "goods", "bands", "severities", "verdicts"])
def test_each_bar_of_the_analysis_opens_to_as_many_complaints_as_it_says(desk, lina, key):
    order = make_order()
    packing = OrgUnitFactory(code="packing", name="打包组")
    for nick in ("甲", "乙"):
        complaint = registered(lina, buyer=a_buyer(nick), order=order, severity=Severity.GRAVE)
        investigate_complaint(complaint, event="漏发", cause=Cause.PACKING, unit=packing, by=lina, at=NOON)
    withdraw_complaint(complaint, reason="误会", by=lina, at=NOON)
    a_handled_complaint(lina, buyer=a_buyer("丙"))
    found = analyse(TODAY, TODAY, at=NOON)
    drawn = str(charts_of(found)[key])
    counts = [n for *_key, n in getattr(found, key) if n]
    links = [part.split('"')[0].replace("&amp;", "&") for part in drawn.split('href="')[1:]]
    pages = list(dict.fromkeys(links))
    assert len(pages) == len(counts)
    for page, count in zip(pages, counts, strict=True):
        assert desk.get(page).content.decode().count("data-row=") == count


def test_figures_over_the_charts_open_to_their_complaints(desk, lina):
    a_handled_complaint(lina)
    for figure in figures_of(analyse(TODAY, TODAY, at=NOON)):
        for url in filter(None, (figure.url, figure.note_url)):
            assert desk.get(url).status_code == 200


def test_a_report_keeps_its_figures_and_is_read_once_by_whom_it_is_addressed_to(lina, chenjing):
    a_handled_complaint(lina, at=NOON - DAY)
    report = report_on_complaints(
        TODAY - 30 * DAY, TODAY, findings="打包问题", proposals="加检查灯", to=chenjing, by=lina, at=NOON
    )
    a_handled_complaint(lina, buyer=a_buyer("别人"), at=NOON - DAY)
    kept = analysis_of(ComplaintReport.objects.get().rows)
    assert (kept.received, kept.first, kept.last) == (1, TODAY - 30 * DAY, TODAY)
    assert kept == analysis_of(report.rows)
    assert Notification.objects.filter(employee=chenjing, url=report.get_absolute_url()).exists()
    with pytest.raises(Refused):
        read_complaint_report(report, by=lina, at=NOON)
    read_complaint_report(report, answer="同意", by=chenjing, at=NOON)
    with pytest.raises(Refused):
        read_complaint_report(report, by=chenjing, at=NOON)
    assert complaint_report_pdf(report).startswith(b"%PDF")


def test_nobody_reports_to_themselves_nor_without_words_nor_on_days_to_come(lina, chenjing):
    for asked in (
        {"first": TODAY, "last": TODAY, "findings": "无", "to": lina},
        {"first": TODAY, "last": TODAY, "findings": " ", "to": chenjing},
        {"first": TODAY, "last": TODAY - DAY, "findings": "无", "to": chenjing},
        {"first": TODAY + DAY, "last": TODAY + DAY, "findings": "无", "to": chenjing},
    ):
        with pytest.raises(Refused):
            report_on_complaints(asked.pop("first"), asked.pop("last"), **asked, by=lina, at=NOON)


def test_the_next_report_is_due_a_month_after_the_last(lina, chenjing):
    assert report_due() is None
    a_complaint(lina, at=NOON - 31 * DAY)
    assert reports_to_make(lina.pk, NOON).count == 1
    report_on_complaints(TODAY - 31 * DAY, TODAY - DAY, findings="无", to=chenjing, by=lina, at=NOON)
    assert reports_to_make(lina.pk, NOON).count == 0
    assert reports_to_read(chenjing.pk, NOON).count == 1
    assert next_span(TODAY) == (TODAY, TODAY)
    assert report_due() == TODAY + 29 * DAY


@pytest.mark.parametrize("form", ["register", "evaluation"])
def test_the_sheets_print(lina, form):
    assert complaint_sheet_pdf(a_handled_complaint(lina), form=form).startswith(b"%PDF")


def test_pages_of_reports_open_and_say_what_is_wrong(desk, chenjing, lina):
    a_handled_complaint(chenjing)
    assert desk.get("/service/complaints/reports/").status_code == 200
    assert desk.get("/service/complaints/reports/new/?first=x&last=2026-13-40").status_code == 200
    posted = {"first": "2026-11-01", "last": "2026-11-31", "findings": "", "to": "x\0"}
    assert desk.post("/service/complaints/reports/new/", posted).status_code == 200
    assert not ComplaintReport.objects.exists()
    posted = {"first": str(TODAY), "last": str(TODAY), "findings": "打包问题", "to": lina.pk}
    assert desk.post("/service/complaints/reports/new/", posted).status_code == 302
    report = ComplaintReport.objects.get()
    assert desk.get(report.get_absolute_url()).status_code == 200
    assert desk.post(f"{report.get_absolute_url()}reading/", {}).status_code == 302
    assert desk.get("/service/complaints/report/TB999/").status_code == 404
