"""The daily report on paper."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from shopops.kit.pdf import render_pdf
from staff.exports.figures import dispatch_chart, person_rows, sales_chart, shippers_chart, shop_rows, tiles
from staff.exports.report import Report


def report_context(report: Report, *, paper: bool) -> dict[str, Any]:
    """Return what the page and the paper show of a report."""
    figures = report.figures
    return {
        "report": report,
        "snapshot": report.snapshot,
        "snapshot_number": report.snapshot.number,
        "tiles": tiles(figures),
        "sales_chart": sales_chart(figures, paper=paper),
        "dispatch_chart": dispatch_chart(figures, paper=paper),
        "shippers_chart": shippers_chart(figures["people"], paper=paper),
        "shops": shop_rows(figures),
        "people": person_rows(figures["people"]),
    }


def daily_paper(report: Report) -> bytes:
    """Print a daily report as PDF. In jobs and commands only.

    :raises PdfUnavailable: if a system library is missing.
    """
    return render_pdf(render_to_string("staff/reports/paper.html", report_context(report, paper=True)))
