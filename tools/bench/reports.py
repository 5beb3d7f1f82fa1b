"""The daily report of a big company: PDF against bare WeasyPrint, spreadsheet against bare openpyxl."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from tools.bench.registry import Result, bench, median_ratio

DAY = date(2026, 11, 20)
PEOPLE, OFFENCES, CASES = 300, 300, 200
PDF_GOAL, SHEET_GOAL = 1.3, 1.3
BARE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><style>
@font-face {{ font-family: "Noto Sans SC"; src: url("/static/fonts/NotoSansSC-Regular.ttf"); }}
@font-face {{ font-family: "Noto Sans SC"; font-weight: 700; src: url("/static/fonts/NotoSansSC-Bold.ttf"); }}
@page {{ size: A4; margin: 16mm 14mm 18mm; }}
html {{ font: 9.5pt/1.5 "Noto Sans SC"; }}
table {{ width: 100%; border-collapse: collapse; }}
td {{ padding: 1.6mm; border-bottom: .4pt solid #ddd; }}
</style></head><body><h1>经营日报</h1>{tables}</body></html>"""


@bench("reports")
def reports(rounds: int) -> Iterable[Result]:
    """Print a report of 300 people, 300 lines of points and 200 cases, and write it as a spreadsheet."""
    from pypdf import PdfReader

    from shopops.kit.pdf import render_pdf
    from staff.exports.report import Report
    from staff.exports.report_paper import daily_paper
    from staff.exports.report_sheets import daily_workbook

    report = Report(big_snapshot())
    tables = rows_of(report)
    bare = BARE.format(tables="".join(html_table(rows) for rows in tables))
    pages = [len(PdfReader(BytesIO(pdf)).pages) for pdf in (daily_paper(report), render_pdf(bare))]
    times = work_in_turn(rounds, lambda: daily_paper(report), lambda: render_pdf(bare))
    per_page = [[one / count for one in many] for many, count in zip(times, pages, strict=True)]
    yield Result(
        name="daily report as PDF: time a page against bare WeasyPrint",
        ours=min(per_page[0]),
        anchor=min(per_page[1]),
        ratio=median_ratio(per_page[0], per_page[1]),
        goal=PDF_GOAL,
        better="less",
        unit="CPU s/page",
        note=f"{pages[0]} pages with charts against {pages[1]} of the same rows without",
    )
    sheets = work_in_turn(rounds, lambda: daily_workbook(report), lambda: bare_workbook(tables))
    yield Result(
        name="daily report as spreadsheet: time against bare openpyxl with the same cells",
        ours=min(sheets[0]),
        anchor=min(sheets[1]),
        ratio=median_ratio(sheets[0], sheets[1]),
        goal=SHEET_GOAL,
        better="less",
        unit="CPU s",
        note="charts, widths, formats and print set-up included",
    )


def work_in_turn(rounds: int, *contestants: Callable[[], object]) -> list[list[float]]:
    """Take the processor time of each contestant once a round, so that others on the machine do not count."""
    times: list[list[float]] = [[] for _one in contestants]
    for number in range(rounds):
        for place in range(len(contestants)):
            who = (place + number) % len(contestants)
            gc.collect()
            start = time.process_time()
            contestants[who]()
            times[who].append(time.process_time() - start)
    return times


def big_snapshot() -> Any:
    """Return a snapshot, not kept, of a company of three hundred."""
    from shopops.kit.clock import start_of_day
    from staff.models import ReportSnapshot
    from staff.queries.kpi import BY_PERSON, HEADLINES, TREND_DAYS

    trend = [str(18_000 + 37 * number % 4_000) for number in range(TREND_DAYS)]
    figures = [
        {
            "metric": name,
            "version": 1,
            "numerator": "18478.95",
            "denominator": None,
            "value": "0.9231" if name.endswith(("share", "24h")) else "18478.95",
            "yesterday": "17000",
            "last_week": "19000",
            "trend": ["0.93"] * TREND_DAYS if name.endswith(("share", "24h")) else trend,
        }
        for name in HEADLINES
    ]
    people = [
        {
            "employee": number,
            "name": f"员工{number}",
            "figures": {name: str(1 + number * 7 % 90) for name in BY_PERSON},
        }
        for number in range(PEOPLE)
    ]
    offences = [
        {
            "clause": "ORD-016",
            "title": "未按时发货",
            "title_en": "Late dispatch",
            "employee": number,
            "name": f"员工{number}",
            "count": 2,
            "waived": 0,
            "points": "-6.00",
        }
        for number in range(OFFENCES)
    ]
    cases = [
        {
            "clause": "ORD-016",
            "subject": f"FH261120{number:06}",
            "orders": f"28100123456789{number:05}",
            "goods": "304不锈钢保温杯 ×1",
            "deadline": start_of_day(DAY).isoformat(),
            "shipped_at": None,
            "name": f"员工{number}",
            "points": "-3.00",
        }
        for number in range(CASES)
    ]
    days = [(DAY - timedelta(days=back)).isoformat() for back in range(TREND_DAYS - 1, -1, -1)]
    return ReportSnapshot(
        number="DAILY-20261120-1",
        kind="daily",
        day=DAY,
        version=1,
        digest="0" * 64,
        made_at=start_of_day(DAY + timedelta(days=1)),
        rows={
            "figures": {
                "day": days[-1],
                "shop": None,
                "days": days,
                "headlines": figures,
                "shops": [],
                "people": people,
            },
            "offences": offences,
            "cases": cases,
            "is_over": True,
        },
    )


def rows_of(report: Any) -> list[list[list[Any]]]:
    """Return the rows of the report's tables, without anything around them."""
    from staff.exports.figures import person_rows, trends

    values = trends(report.figures)
    return [
        [[row.name, *(cell.number for cell in row.cells)] for row in person_rows(report.figures["people"])],
        [[row["clause"], row["title"], row["name"], row["count"], Decimal(row["points"])] for row in report.offences],
        [
            [case[name] for name in ("clause", "subject", "orders", "deadline_text", "shipped_text", "name", "goods")]
            for case in report.cases
        ],
        [[day, *(values[name][index] for name in values)] for index, day in enumerate(report.figures["days"])],
    ]


def html_table(rows: list[list[Any]]) -> str:
    """Return a plain table."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{body}</table>"


def bare_workbook(tables: list[list[list[Any]]]) -> bytes:
    """Write the rows cell by cell with openpyxl, a font and a number format each, and nothing else."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    font = Font(name="Microsoft YaHei", size=10)
    for rows in tables:
        sheet = book.create_sheet()
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values, start=1):
                cell = sheet.cell(row, column, value.isoformat() if isinstance(value, datetime) else value)
                cell.font = font
                cell.number_format = "#,##0.00"
    target = BytesIO()
    book.save(target)
    return target.getvalue()
