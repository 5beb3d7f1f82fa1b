"""Sheets and the regular report of complaints: the same figures on the page and on paper (CS-032…CS-035)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from service.models import Complaint, ComplaintReport
from service.queries.analysis import Analysis, analysis_of
from service.queries.complaints import OPEN, band_said
from service.states import Cause, Severity, Verdict
from shopops.kit.charts import Point, Series, compact, horizontal_bars, percent, plain, trend
from shopops.kit.masking import mask_nick, mask_phone
from shopops.kit.pdf import render_pdf
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


def complaint_report_pdf(report: ComplaintReport) -> bytes:
    """Make the regular report on complaints for the head of the department (CS-034): what it kept when it was made."""
    found = analysis_of(report.rows)
    context = {
        "report": report,
        "analysis": found,
        "figures": figures_of(found),
        "charts": charts_of(found, paper=True),
        "improvements": improvements_of(found),
        "company": COMPANY_NAME(),
    }
    return render_pdf(render_to_string("service/paper/complaint_report.html", context))


def improvements_of(found: Analysis) -> list[dict[str, str]]:
    """Return what is improved, with the causes in words."""
    return [{**one, "cause": str(Cause(one["cause"]).label) if one["cause"] else ""} for one in found.improvements]


def charts_of(found: Analysis, *, paper: bool = False) -> dict[str, SafeString]:
    """Return the drawings of an analysis; each bar leads to its complaints."""

    def bars(title: str, rows: Iterable[tuple[str, int, dict[str, str]]], tone: str = "accent") -> SafeString:
        points = [
            Point(name, count, href="" if paper or not count else complaints_of(found, **asked))
            for name, count, asked in rows
        ]
        return horizontal_bars(
            points, title=title, name=_("Complaints"), show=plain, tone=tone, width=420, table=not paper, paper=paper
        )

    months = trend(
        [Point(f"{month:%Y-%m}", count * 1000 / orders if orders else None) for month, count, orders in found.months],
        title=_("Complaints by month"),
        name=_("per 1,000 orders"),
        bars=Series(_("Complaints"), [count for _month, count, _orders in found.months]),
        show=lambda value: f"{value:.1f}",
        axis=compact,
        size=(720, 180) if paper else (720, 240),
        paper=paper,
    )
    named = get_language() == "en"
    return {
        "months": months,
        "causes": bars(
            _("By cause"),
            [(str(Cause(key).label), n, {"cause": key, "counted": "ours"}) for key, n in found.causes],
        ),
        "units": bars(
            _("By department"),
            [
                (english if named else name, n, {"unit": str(key), "counted": "ours"})
                for key, name, english, n in found.units
            ],
            "calm",
        ),
        "goods": bars(
            _("By goods"), [(name, n, {"goods": name, "counted": "ours"}) for name, n in found.goods], "calm"
        ),
        "bands": bars(
            _("Hours to the answer"),
            [(band_said(key), n, {"took": key, "counted": "stood"}) for key, n in found.bands],
            "good",
        ),
        "ratings": bars(
            _("How content afterwards"), [(str(grade), n, {"rating": str(grade)}) for grade, n in found.ratings], "good"
        ),
        "severities": bars(
            _("How grave"),
            [(str(Severity(key).label), n, {"severity": key, "counted": "stood"}) for key, n in found.severities],
        ),
        "verdicts": bars(
            _("What the investigation found"),
            [(str(Verdict(key).label), n, {"verdict": key, "counted": "stood"}) for key, n in found.verdicts],
            "calm",
        ),
    }


def complaints_of(found: Analysis, **asked: str) -> str:
    """Return the address of the list with the complaints behind a figure of an analysis."""
    span = {"tab": "all", "received_from": found.first.isoformat(), "received_to": found.last.isoformat()}
    return f"{reverse('service:complaints')}?{urlencode({**span, **asked})}"


class Figure(NamedTuple):
    """A figure over the charts; `url` leads to the complaints it counts."""

    label: str
    value: str
    note: str
    url: str = ""
    note_url: str = ""


def figures_of(found: Analysis) -> list[Figure]:
    """Return the figures over the charts."""
    share = found.found_share
    return [
        Figure(
            _("Complaints taken in"),
            str(found.received),
            _("%(n)s open") % {"n": found.is_open},
            complaints_of(found),
            complaints_of(found, state=OPEN[0]) + "".join(f"&state={state}" for state in OPEN[1:]),
        ),
        Figure(
            _("per 1,000 orders"),
            "–" if found.rate is None else f"{found.rate:.1f}",
            _("%(orders)s orders") % {"orders": f"{found.orders:,}"},
        ),
        Figure(
            _("Answered in time"),
            "–" if found.in_time is None else percent(found.in_time),
            _("%(late)s late") % {"late": found.late},
            note_url=complaints_of(found, late="yes"),
        ),
        Figure(_("Hours to the answer"), "–" if found.hours is None else f"{found.hours:.1f}", _("on average")),
        Figure(
            _("Founded"),
            "–" if share is None else percent(share),
            _("%(n)s investigated") % {"n": found.judged},
        ),
        Figure(
            _("Repeated"),
            str(found.repeated),
            _("of the same buyer"),
            complaints_of(found, repeated="yes"),
        ),
        Figure(
            _("How content afterwards"),
            "–" if found.content is None else f"{float(found.content):.1f} / 5",
            ngettext("%(n)s evaluation sheet", "%(n)s evaluation sheets", found.rated) % {"n": found.rated},
            note_url=complaints_of(found) + "".join(f"&rating={grade}" for grade in range(1, 6)),
        ),
    ]
