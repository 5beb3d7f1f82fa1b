"""Reports: one snapshot of the rows, from which page, spreadsheet and PDF are printed."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import day_window, shop_day
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.jobs import start_job
from staff.actions.metrics import read_metrics
from staff.models import Employee, JobRun, ReportSnapshot
from staff.queries.kpi import day_figures
from staff.queries.points import offence_cases, offence_rows
from staff.states import JobState

DAILY = "daily"
MOST_CASES = 200
_LOCK = 726_004


@transaction.atomic
def take_daily_snapshot(day: date, *, at: datetime, job_run: JobRun | None = None) -> ReportSnapshot:
    """Read the day's figures and freeze them. Unchanged figures give the snapshot there is; others a new version.

    Of a day that is not over the snapshot says so, and the same figures make a new version once it is.

    :raises Refused: if the day has not begun.
    """
    start, end = day_window(day)
    if at <= start:
        raise Refused(sentence(_("%(day)s has not begun; there is nothing to report yet."), day=day.isoformat()))
    read_metrics(day, at=at)
    rows = {
        "figures": day_figures(day),
        "offences": offence_rows(day),
        "cases": offence_cases(day, MOST_CASES),
        "is_over": at >= end,
    }
    return _freeze(DAILY, day, rows, at=at, job_run=job_run)


def ask_for(job: str, day: date, *, by: Employee, at: datetime) -> JobRun:
    """Start a job about a day in the background, or give the run of it that is under way.

    :raises Refused: if the day has not begun.
    """
    if day > shop_day(at):
        raise Refused(sentence(_("%(day)s has not begun; there is nothing to report yet."), day=day.isoformat()))
    under_way = JobRun.objects.filter(
        job=job, params={"day": day.isoformat()}, state__in=(JobState.QUEUED, JobState.RUNNING), asked_by=by
    )
    return under_way.first() or start_job(job, by=by, at=at, day=day.isoformat())


def _freeze(kind: str, day: date, rows: dict[str, Any], *, at: datetime, job_run: JobRun | None) -> ReportSnapshot:
    """Keep the rows under the next version of the report, unless the last one has the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plain = json.dumps(rows, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(plain.encode()).hexdigest()
    last = ReportSnapshot.objects.filter(kind=kind, day=day).order_by("-version").first()
    if last is not None and last.digest == digest:
        return last
    version = last.version + 1 if last else 1
    return ReportSnapshot.objects.create(
        number=f"{kind.upper()}-{day:%Y%m%d}-{version}",
        kind=kind,
        day=day,
        version=version,
        rows=json.loads(plain),
        digest=digest,
        made_at=at,
        job_run=job_run,
    )
