"""Sheets and the regular report of complaints: the same figures on the page and on paper (CS-032…CS-035)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from service.models import Complaint
from service.queries.analysis import Analysis
from shopops.kit.charts import Point, Series, compact, horizontal_bars, percent, plain, trend
from shopops.kit.masking import mask_nick, mask_phone
from shopops.kit.pdf import render_pdf
from staff.models import Employee
from staff.policy import COMPANY_NAME


def complaint_sheet_pdf(complaint: Complaint, *, form: str) -> bytes:
    """Make a sheet of a complaint on A4.

    :param form: `register` for the register sheet (CS-032), `evaluation` for the customer evaluation sheet (CS-033).
    """
    context = {
        "complaint": complaint,
        "nick": mask_nick(complaint.buyer.nick),
        "phone": mask_phone(complaint.buyer.phone),
        "company": COMPANY_NAME(),
        "grades": range(5, 0, -1),
    }
    template = "evaluation_sheet" if form == "evaluation" else "register_sheet"
    return render_pdf(render_to_string(f"service/paper/{template}.html", context))


def complaint_report_pdf(found: Analysis, *, by: Employee | None, at: datetime) -> bytes:
    """Make the regular report on complaints for the head of the department (CS-034)."""
    context = {
        "analysis": found,
        "figures": figures_of(found),
        "charts": charts_of(found, paper=True),
        "company": COMPANY_NAME(),
        "by": by,
        "at": at,
    }
    return render_pdf(render_to_string("service/paper/complaint_report.html", context))


def charts_of(found: Analysis, *, paper: bool = False) -> dict[str, SafeString]:
    """Return the drawings of an analysis; each bar of a cause leads to its complaints."""
    complaints = reverse("service:complaints")
    span = {"received_from": found.first.isoformat(), "received_to": found.last.isoformat(), "tab": "all"}

    def bars(
        title: str, rows: list[tuple[str, int]], links: list[str] | None = None, tone: str = "accent"
    ) -> SafeString:
        points = [
            Point(name, count, href=(links[place] if links and not paper else ""))
            for place, (name, count) in enumerate(rows)
        ]
        return horizontal_bars(
            points, title=title, name=_("Complaints"), show=plain, tone=tone, width=420, table=bool(links), paper=paper
        )

    months = trend(
        [Point(f"{month:%Y-%m}", count * 1000 / orders if orders else None) for month, count, orders in found.months],
        title=_("Complaints by month"),
        name=_("per 1,000 orders"),
        bars=Series(_("Complaints"), [count for _month, count, _orders in found.months]),
        show=lambda value: f"{value:.1f}",
        axis=compact,
        size=(720, 240),
        paper=paper,
    )
    return {
        "months": months,
        "causes": bars(
            _("By cause"),
            [(label, count) for _key, label, count in found.causes],
            [f"{complaints}?{urlencode({**span, 'cause': key})}" for key, _label, _count in found.causes],
        ),
        "units": bars(_("By department"), found.units, tone="calm"),
        "goods": bars(_("By goods"), found.goods, tone="calm"),
        "bands": bars(
            _("Hours to the answer"), [(band_said(*band), count) for band, count in found.bands], tone="good"
        ),
        "ratings": bars(
            _("How content afterwards"), [(f"{grade}", count) for grade, count in found.ratings], tone="good"
        ),
    }


def band_said(low: int, high: int | None) -> str:
    """Return a band of hours in words."""
    if high is None:
        return _("over %(hours)s h") % {"hours": low}
    return f"{low}–{high} h"


def figures_of(found: Analysis) -> list[tuple[str, str, str]]:
    """Return the figures over the charts: label, value, note."""
    return [
        (
            _("Complaints taken in"),
            str(found.received),
            _("%(n)s open") % {"n": found.is_open},
        ),
        (
            _("per 1,000 orders"),
            "–" if found.rate is None else f"{found.rate:.1f}",
            _("%(orders)s orders") % {"orders": f"{found.orders:,}"},
        ),
        (
            _("Answered in time"),
            "–" if found.in_time is None else percent(found.in_time),
            _("%(late)s late") % {"late": found.late},
        ),
        (_("Hours to the answer"), "–" if found.hours is None else f"{found.hours:.1f}", _("on average")),
        (
            _("How content afterwards"),
            "–" if found.content is None else f"{float(found.content):.1f} / 5",
            _("%(rated)s evaluation sheets") % {"rated": found.rated},
        ),
    ]
