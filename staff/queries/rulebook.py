"""The rulebook as it stood on a day, and who answers where nobody else does."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from shopops.kit.detectors import DETECTORS
from staff.models import ClauseVersion, Employee


def versions_in_force(day: date) -> QuerySet[ClauseVersion]:
    """Return the published versions valid on `day` that a detector of this installation watches."""
    return (
        ClauseVersion.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=day),
            published_at__isnull=False,
            valid_from__lte=day,
            clause__detector__in=list(DETECTORS),
        )
        .select_related("clause")
        .order_by("clause__number")
    )


def holder_of(register_id: str, *, on: date) -> Employee | None:
    """Return who held the post with that row of the register on `on`: the longest-serving, or None."""
    return (
        Employee.objects.filter(
            Q(appointments__until=None) | Q(appointments__until__gt=on),
            appointments__position__register_ids__contains=register_id,
            appointments__since__lte=on,
            is_active=True,
        )
        .order_by("appointments__since", "pk")
        .first()
    )
