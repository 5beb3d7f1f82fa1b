"""The daily report from figures to files: one snapshot, one spreadsheet, one PDF, and who is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from staff.actions.events import notify
from staff.actions.reports import take_daily_snapshot
from staff.exports.report import Report
from staff.exports.report_paper import daily_paper
from staff.models import JobRun, ReportSnapshot
from staff.queries.people import people_who_may

MAY_READ = "staff.view_reportsnapshot"
KEPT_LANGUAGE = settings.LANGUAGE_CODE
"""The kept files are in the language of the house; the page of a report is in its reader's."""


def make_daily_report(day: date, *, at: datetime, job_run: JobRun | None = None) -> ReportSnapshot:
    """Freeze the day's figures and keep both files. A snapshot that has its files already is left as it is.

    Those who may read reports are told of yesterday's first one; a report that catches up or is made again is silent.

    :raises Refused: if the day has not begun, or no PDF can be made here.
    """
    snapshot = take_daily_snapshot(day, at=at, job_run=job_run)
    with translation.override(KEPT_LANGUAGE):
        report = Report(snapshot)
        if not snapshot.xlsx:
            _keep(snapshot, "xlsx", _workbook(report))
        if not snapshot.pdf:
            _keep(snapshot, "pdf", daily_paper(report))
            if snapshot.version == 1 and day == shop_day(at) - timedelta(days=1):
                _tell(snapshot, at=at)
    return snapshot


def render_both(snapshot: ReportSnapshot, *, language: str) -> dict[str, bytes]:
    """Return the spreadsheet (`xlsx`) and the PDF (`pdf`) of a snapshot, in a language."""
    with translation.override(language):
        report = Report(snapshot)
        return {"xlsx": _workbook(report), "pdf": daily_paper(report)}


def kept_file(snapshot: ReportSnapshot, kind: str) -> bytes:
    """Return one of the kept files, `xlsx` or `pdf`."""
    with getattr(snapshot, kind).open("rb") as stream:
        return bytes(stream.read())


def _keep(snapshot: ReportSnapshot, kind: str, content: bytes) -> None:
    """Keep one of the files, unless somebody else has kept it in the meantime."""
    with transaction.atomic():
        locked = ReportSnapshot.objects.select_for_update().get(pk=snapshot.pk)
        if not getattr(locked, kind):
            getattr(locked, kind).save(f"{locked.number}.{kind}", ContentFile(content), save=False)
            locked.language = KEPT_LANGUAGE
            locked.save(update_fields=[kind, "language"])
    snapshot.refresh_from_db(fields=[kind, "language"])


def _tell(snapshot: ReportSnapshot, *, at: datetime) -> None:
    notify(
        people_who_may(MAY_READ),
        "report",
        _("The daily report of %(day)s is ready."),
        at=at,
        url=reverse("staff:report", args=[snapshot.number]),
        day=snapshot.day.isoformat(),
    )


def _workbook(report: Report) -> bytes:
    from staff.exports.report_sheets import daily_workbook  # noqa: PLC0415 -- 10 MiB that web workers do without

    return daily_workbook(report)
