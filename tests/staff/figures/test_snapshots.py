"""One snapshot, three renderers: versions, digests, and the same figures on page, sheet and paper."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pypdf import PdfReader

from orders.models import Order
from shopops.kit.jobs import JOBS
from shopops.kit.metrics import METRICS
from shopops.kit.refusals import Refused
from staff.actions.reports import ask_for, take_daily_snapshot
from staff.actions.tally import tally_day
from staff.exports.daily_report import kept_file, make_daily_report, render_both
from staff.exports.report import Report, changed_since
from staff.models import JobRun, Notification, ReportSnapshot
from staff.states import JobState
from tests.factories.rulebook import at
from tests.factories.staff import employee_with

MORNING = at("2026-11-21 08:00")


@pytest.fixture
def charged(shop):
    """The shop after the night."""
    tally_day(shop.day, at=shop.night)
    return shop


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def cells_of(xlsx: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(BytesIO(xlsx))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_unchanged_figures_give_the_snapshot_there_is(charged):
    first = take_daily_snapshot(charged.day, at=MORNING)
    again = take_daily_snapshot(charged.day, at=MORNING + timedelta(hours=5))
    assert (first.number, first.version) == ("DAILY-20261120-1", 1)
    assert again.pk == first.pk


def test_changed_figures_give_the_next_version_and_say_what_changed(charged):
    first = take_daily_snapshot(charged.day, at=MORNING)
    Order.objects.filter(shop=charged.second, paid_at__isnull=False).update(refund=Decimal(50))
    second = take_daily_snapshot(charged.day, at=MORNING + timedelta(days=1))
    assert (second.number, second.version) == ("DAILY-20261120-2", 2)
    assert first.digest != second.digest
    changed = {one.label: (one.before, one.after) for one in changed_since(first, second)}
    assert changed["退款率"] == ("5.69%", "14.22%")
    assert changed["各店数据"] == ("", "有变化")
    assert take_daily_snapshot(charged.day, at=MORNING + timedelta(days=2)).pk == second.pk


def test_a_snapshot_of_a_day_that_is_not_over_says_so_and_is_followed_by_a_whole_one(charged):
    evening = take_daily_snapshot(charged.day, at=at("2026-11-20 23:59:59"))
    assert not Report(evening).is_over
    assert "当日未结束" in Report(evening).subtitle
    whole = take_daily_snapshot(charged.day, at=MORNING)
    assert (whole.version, Report(whole).is_over) == (2, True)


def test_a_day_that_has_not_begun_has_no_report(charged):
    with pytest.raises(Refused):
        take_daily_snapshot(date(2026, 11, 22), at=MORNING)


def test_the_rows_alone_give_the_digest(charged):
    import hashlib

    snapshot = ReportSnapshot.objects.get(pk=take_daily_snapshot(charged.day, at=MORNING).pk)
    plain = json.dumps(snapshot.rows, sort_keys=True, ensure_ascii=False)
    assert hashlib.sha256(plain.encode()).hexdigest() == snapshot.digest


def test_both_files_are_kept_once_and_yesterdays_first_report_is_told(charged):
    reader = employee_with("staff.view_reportsnapshot", username="chenjing", name="陈静")
    snapshot = make_daily_report(charged.day, at=MORNING)
    names = (snapshot.xlsx.name, snapshot.pdf.name)
    assert names[0].endswith("DAILY-20261120-1.xlsx")
    again = make_daily_report(charged.day, at=MORNING + timedelta(minutes=5))
    assert (again.xlsx.name, again.pdf.name) == names
    news = Notification.objects.get(kind="report")
    assert (news.employee, news.url) == (reader, "/reports/DAILY-20261120-1/")


def test_a_report_that_catches_up_is_silent(charged):
    employee_with("staff.view_reportsnapshot", username="chenjing", name="陈静")
    make_daily_report(charged.day, at=MORNING + timedelta(days=3))
    assert not Notification.objects.filter(kind="report").exists()


def test_sheet_and_paper_say_what_the_page_says(charged, client):
    reader = employee_with("staff.view_reportsnapshot", username="chenjing", name="陈静")
    snapshot = make_daily_report(charged.day, at=MORNING)
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/reports/{snapshot.number}/").content.decode()
    paper = words_of(kept_file(snapshot, "pdf"))
    sheets = cells_of(kept_file(snapshot, "xlsx"))
    shown = dict(re.findall(r"<h3[^>]*><span[^>]*>.*?</span>([^<]+)</h3><strong>([^<]+)</strong>", page))
    assert shown["支付金额"] == "¥351.50"
    assert shown["24 小时发货率"] == "60%"
    assert shown["积分"] == "−6"
    squeezed = paper.replace(" ", "").replace("\n", "")
    rows = {row[0]: row for row in sheets["经营日报"]}
    for figure in snapshot.rows["figures"]["headlines"]:
        label = str(METRICS[figure["metric"]].label)
        assert label.replace(" ", "") in squeezed
        assert shown[label].replace(" ", "") in squeezed
        value = rows[label][1]
        assert value == (None if figure["value"] is None else pytest.approx(float(figure["value"])))
    for words in (snapshot.number, snapshot.digest, "李娜", "王强", charged.late.number):
        assert words in page
        assert words in paper
        assert any(words in str(cell) for rows in sheets.values() for row in rows for cell in row)


def test_the_sheet_has_native_charts_formats_and_print_set_up(charged):
    snapshot = make_daily_report(charged.day, at=MORNING)
    book = openpyxl.load_workbook(BytesIO(kept_file(snapshot, "xlsx")))
    assert book.sheetnames == ["经营日报", "近 30 天", "人员", "积分", "指标口径"]
    first, days = book.worksheets[:2]
    assert len(first._charts) == 1
    assert len(days._charts) == 1
    assert first["B5"].number_format == "¥#,##0.00"
    assert days.max_row >= 34
    assert days["A34"].value.date() == charged.day
    assert days["B34"].value == 351.5
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert snapshot.number in sheet.oddFooter.left.text
        assert sheet.column_dimensions["A"].width >= 12
    points = book["积分"]
    total = next(row for row in points.iter_rows() if row[0].value == "合计")
    assert str(total[4].value).startswith("=SUM(")


def test_names_that_look_like_formulas_stay_text(charged):
    charged.agent.name = "=1+1"
    charged.agent.save()
    rendered = render_both(take_daily_snapshot(charged.day, at=MORNING), language="zh-hans")
    book = openpyxl.load_workbook(BytesIO(rendered["xlsx"]))
    found = [cell for row in book["人员"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in found] == ["s"]


def test_the_paper_uses_the_bundled_font_alone(charged):
    snapshot = make_daily_report(charged.day, at=MORNING)
    fonts = set()
    for page in PdfReader(BytesIO(kept_file(snapshot, "pdf"))).pages:
        fonts |= {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Noto-Sans-SC" in font for font in fonts)


def test_both_files_come_in_english_too(charged):
    rendered = render_both(take_daily_snapshot(charged.day, at=MORNING), language="en")
    assert "Daily report" in words_of(rendered["pdf"])
    assert "Late dispatch" in words_of(rendered["pdf"])
    assert "Thirty days" in cells_of(rendered["xlsx"])


def test_an_empty_day_makes_a_report_too(db):
    with translation.override("zh-hans"):
        snapshot = make_daily_report(date(2026, 11, 20), at=MORNING)
    assert "当日没有扣分" in words_of(kept_file(snapshot, "pdf")).replace(" ", "")


def test_hundreds_of_cases_are_cut_and_counted(charged):
    snapshot = take_daily_snapshot(charged.day, at=MORNING)
    snapshot.rows["offences"][0]["count"] += 300
    assert Report(snapshot).cases_left == "另有 300 笔未列出"


def test_the_command_writes_both_files_and_names_them(charged, tmp_path, capsys):
    call_command("daily_report", "--day", "2026-11-20", "--out", str(tmp_path / "new"), "--json")
    printed = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert printed["snapshot"] == "DAILY-20261120-1"
    assert [path.rpartition("/")[2] for path in printed["files"]] == ["DAILY-20261120-1.xlsx", "DAILY-20261120-1.pdf"]
    assert all((tmp_path / "new").joinpath(path.rpartition("/")[2]).stat().st_size > 5000 for path in printed["files"])
    call_command("daily_report", "--day", "2026-11-20", "--out", str(tmp_path), "--language", "en")
    assert "Daily report" in words_of((tmp_path / "DAILY-20261120-1.pdf").read_bytes())
    with pytest.raises(CommandError):
        call_command("daily_report", "--day", "2999-01-01")


def test_the_job_leads_to_the_report(charged):
    run = JobRun.objects.create(job="staff.daily_report", params={"day": "2026-11-20"}, asked_at=MORNING)

    class Still:
        run_id, asked_by_id, started_at = run.pk, None, MORNING

    result = JOBS["staff.daily_report"].function(Still(), day="2026-11-20")
    snapshot = ReportSnapshot.objects.get()
    assert result == {"day": "2026-11-20", "number": snapshot.number, "url": f"/reports/{snapshot.number}/"}
    assert snapshot.job_run == run


def test_asking_twice_gives_the_run_that_is_under_way(charged):
    boss = charged.boss
    first = ask_for("staff.daily_report", charged.day, by=boss, at=MORNING)
    assert ask_for("staff.daily_report", charged.day, by=boss, at=MORNING) == first
    JobRun.objects.update(state=JobState.DONE)
    assert ask_for("staff.daily_report", charged.day, by=boss, at=MORNING) != first
    with pytest.raises(Refused):
        ask_for("staff.daily_report", date(2026, 11, 22), by=boss, at=MORNING)
