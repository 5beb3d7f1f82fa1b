"""Reports: one snapshot of the rows, from which page, spreadsheet and PDF are printed."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from staff.actions.metrics import read_metrics
from staff.models import JobRun, ReportSnapshot
from staff.queries.kpi import day_figures
from staff.queries.points import offence_rows

DAILY = "daily"
_LOCK = 726_004


@transaction.atomic
def take_daily_snapshot(day: date, *, at: datetime, job_run: JobRun | None = None) -> ReportSnapshot:
    """Read the day's figures and freeze them. Unchanged figures give the snapshot there is; others a new version."""
    read_metrics(day, at=at)
    rows = {"figures": day_figures(day), "offences": offence_rows(day)}
    return _freeze(DAILY, day, rows, at=at, job_run=job_run)


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
