"""Questions about carriers."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from warehouse.models import Carrier


def carriers_in_use() -> QuerySet[Carrier]:
    """Return the carriers a parcel can be given to."""
    return Carrier.objects.filter(is_active=True).order_by("name")


def fits_pattern(carrier: Carrier, waybill: str) -> bool:
    """Say whether a number looks like one of this carrier's; without a pattern every number does.

    Only the pattern of the carrier that was chosen is asked: a random number fits half of all patterns.
    """
    if not carrier.number_pattern:
        return True
    try:
        return re.fullmatch(carrier.number_pattern, waybill) is not None
    except re.error:
        return True
