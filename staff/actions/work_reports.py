"""Reports people hand in by a deadline; the superior reads them (CS-016, DATA-019, STF-122)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee, WorkReport
from staff.queries.superiors import superiors_of
from staff.queries.work_reports import figures_of, report_url
from staff.states import WorkReportKind

READS = "staff.read_reports"
_WEEK = timedelta(days=7)


@transaction.atomic
def hand_in_report(
    kind: WorkReportKind, day: date, *, text: str, plan: str = "", by: Employee, at: datetime
) -> WorkReport:
    """Hand in a report with the figures as they are now, once a day or week.

    :param day: what it is about; of a week its Monday.
    :raises Refused: if it is of the future, nothing is said, a week has no plan, or it is there already.
    """
    if day > shop_day(at):
        raise Refused(_("This day is still to come."))
    if kind == WorkReportKind.WEEK and day.weekday():
        raise Refused(_("A week is named by its Monday."))
    if not text.strip():
        raise Refused(_("Write the report."))
    if kind == WorkReportKind.WEEK and not plan.strip():
        raise Refused(_("Write the plan of next week."))
    last = min(day + _WEEK - timedelta(days=1), shop_day(at)) if kind == WorkReportKind.WEEK else day
    try:
        with transaction.atomic():
            report = WorkReport.objects.create(
                kind=kind,
                employee=by,
                day=day,
                text=text.strip(),
                plan=plan.strip(),
                figures={"rows": [one.as_dict() for one in figures_of(by, day, last, at=at)]},
                handed_in_at=at,
            )
    except IntegrityError:
        raise Refused(_("This report is handed in already.")) from None
    record("staff.report_handed_in", report, by=by, at=at)
    superior = superiors_of([by])[by.pk]
    notify(
        [superior] if superior else [],
        "report",
        _("%(name)s handed in: %(report)s."),
        at=at,
        url=report_url(report),
        name=by.name,
        report=kind.label,
    )
    return report


@transaction.atomic
def read_report(report: WorkReport, *, remark: str = "", by: Employee, at: datetime) -> WorkReport:
    """Say that one has read a report of one's people, with a remark.

    :raises Refused: if it is one's own, one may not, or it was read.
    """
    locked = WorkReport.objects.select_for_update(of=("self",)).select_related("employee").get(pk=report.pk)
    if by.pk == locked.employee_id:
        raise Refused(_("Your superior reads it."))
    if not by.has_perm(READS):
        raise Refused(_("You may not read reports of others."))
    if locked.read_at is not None and not remark.strip():
        raise Refused(_("It was read already."))
    locked.read_by, locked.read_at, locked.remark = by, at, remark.strip()[:300]
    locked.save(update_fields=["read_by", "read_at", "remark"])
    record("staff.report_read", locked, by=by, at=at, reason=locked.remark)
    if locked.remark:
        notify(
            [locked.employee],
            "report",
            _("%(name)s on your report: %(remark)s"),
            at=at,
            url=report_url(locked),
            name=by.name,
            remark=locked.remark[:150],
        )
    return locked
