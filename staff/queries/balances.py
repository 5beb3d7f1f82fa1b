"""What an offence costs after everything that was booked for it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from staff.models import Offence, PointEntry


class Balance(NamedTuple):
    """Points (negative is a charge) and yuan into the fund that stand after all entries of an offence."""

    points: Decimal
    fund: Decimal

    def __bool__(self) -> bool:
        """Say whether anything is left."""
        return bool(self.points or self.fund)

    @property
    def is_charge(self) -> bool:
        """Say whether it costs the person something."""
        return self.points < 0 or self.fund > 0


def balance_of(offence: Offence) -> Balance:
    """Return what stands of an offence; one query."""
    sums = PointEntry.objects.filter(offence=offence).aggregate(points=Sum("points"), fund=Sum("fund"))
    return Balance(sums["points"] or Decimal(0), sums["fund"] or Decimal(0))
