"""Regular reports on complaints: made from the figures of a span, handed up, read and answered (CS-034, CS-035)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import ComplaintReport
from service.queries.analysis import analyse, kept_analysis
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee
from warehouse.actions.balances import next_ids


@transaction.atomic
def report_on_complaints(
    first: date, last: date, *, findings: str, proposals: str = "", to: Employee, by: Employee, at: datetime
) -> ComplaintReport:
    """Report on the complaints of a span to a superior; the figures are kept as they are now (CS-034).

    :raises Refused: if the span is none or lies ahead, nobody says what stands out, or it is handed to oneself.
    """
    if first > last or first > shop_day(at):
        raise Refused(_("Choose days that have begun, the first before the last."))
    if not findings.strip():
        raise Refused(_("Write down what stands out."))
    if to.pk == by.pk:
        raise Refused(_("Report to somebody else."))
    [key] = next_ids(ComplaintReport, 1)
    report = ComplaintReport.objects.create(
        pk=key,
        number=f"TB{shop_day(at):%y%m%d}{key:05}",
        first=first,
        last=last,
        rows=kept_analysis(analyse(first, last, at=at)),
        findings=findings.strip(),
        proposals=proposals.strip(),
        made_by=by,
        made_at=at,
        told=to,
    )
    report.refresh_from_db(fields=["rows"])
    record("service.complaints_reported", report, by=by, at=at, changes={"told": (None, to)}, reason=findings.strip())
    notify(
        [to],
        "service.complaint_report",
        _("%(name)s reports on the complaints from %(first)s to %(last)s."),
        at=at,
        url=report.get_absolute_url(),
        name=by.name,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return report


@transaction.atomic
def read_complaint_report(report: ComplaintReport, *, answer: str = "", by: Employee, at: datetime) -> None:
    """Note that the superior has read a report, with what they say to it (CS-034).

    :raises Refused: if somebody else reads it, or it is read already.
    """
    if by.pk != report.told_id:
        raise Refused(_("Only %(name)s, to whom it is addressed, notes it as read.") % {"name": report.told})
    written = ComplaintReport.objects.filter(pk=report.pk, read_at=None).update(read_at=at, answer=answer.strip())
    if not written:
        raise Refused(_("It has been read already."))
    report.read_at, report.answer = at, answer.strip()
    record("service.complaint_report_read", report, by=by, at=at, reason=answer.strip())
    notify(
        [report.made_by],
        "service.complaint_report",
        _("%(name)s has read your report %(number)s."),
        at=at,
        url=report.get_absolute_url(),
        name=by.name,
        number=report.number,
    )
