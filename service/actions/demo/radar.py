"""What the radar of the demo shop sees, and what it saw: warnings heeded and warnings missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from shopops.kit.clock import shop_day, start_of_day
from staff.actions.radar import sweep
from staff.models import Clause, Offence, RadarSighting
from staff.queries.calendar import work_calendar
from staff.queries.rulebook import in_force
from staff.states import Outcome, Standing
from warehouse.models import DispatchNote

LATE = "ORD-016"
DAYS = 30
HEEDED, MISSED = 60, 25
_CLOSE = timedelta(hours=13)


def make_radar(*, at: datetime) -> int:
    """Write what was seen in the last weeks, then look ahead once for real; return how much is coming."""
    clause = Clause.objects.filter(number=LATE).first()
    version = in_force(shop_day(at)).filter(clause=clause).first() if clause else None
    if version is not None:
        RadarSighting.objects.bulk_create(
            [*_heeded(version.clause, version.points, at), *_missed(version.clause, at)], ignore_conflicts=True
        )
    return sweep(at=at).new


def _heeded(clause: Clause, points: Decimal, at: datetime) -> list[RadarSighting]:
    """Return warnings about parcels that left in the last hours before their time."""
    calendar = work_calendar()
    notes = DispatchNote.objects.filter(confirmed_by__isnull=False, shipped_at__gte=at - timedelta(days=DAYS))
    found: list[RadarSighting] = []
    for note in notes.order_by("-shipped_at", "pk").only("number", "confirmed_at", "confirmed_by", "shipped_at"):
        due = start_of_day(calendar.next_working_day(shop_day(note.confirmed_at)) + timedelta(days=1))
        if note.shipped_at is None or note.confirmed_by_id is None:
            continue
        if not timedelta(0) < due - note.shipped_at < _CLOSE:
            continue
        found.append(
            RadarSighting(
                clause=clause,
                employee_id=note.confirmed_by_id,
                subject_type="warehouse.DispatchNote",
                subject_id=note.pk,
                subject_label=note.number,
                url=reverse("warehouse:note", args=[note.number]),
                points=points,
                due_at=due,
                seen_at=note.confirmed_at,
                outcome=Outcome.AVOIDED,
                settled_at=note.shipped_at,
            )
        )
    return found[:HEEDED]


def _missed(clause: Clause, at: datetime) -> list[RadarSighting]:
    """Return warnings that became offences."""
    booked = Offence.objects.filter(
        clause=clause, day__gte=shop_day(at) - timedelta(days=DAYS), standing=Standing.CHARGED
    ).prefetch_related("entries")[:MISSED]
    return [
        RadarSighting(
            clause=clause,
            employee_id=one.employee_id,
            subject_type=one.subject_type,
            subject_id=one.subject_id,
            subject_label=one.subject_label,
            url=one.url,
            points=sum((entry.points for entry in one.entries.all()), Decimal(0)),
            due_at=one.happened_at,
            seen_at=one.happened_at - timedelta(hours=30),
            outcome=Outcome.HAPPENED,
            settled_at=one.found_at,
        )
        for one in booked
    ]
