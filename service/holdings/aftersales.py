"""After-sale cases somebody still has in hand at the end of a shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from service.actions.aftersales import pass_after_sale
from service.models import AfterSale
from service.queries.aftersales import OPEN
from shopops.kit.holdings import HOLDINGS, Held, Holding
from staff.models import Employee

MOST = 500


def after_sales(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the open cases of somebody, the one the platform decides next first."""
    rows = AfterSale.objects.filter(OPEN, holder=employee).order_by(F("times_out_at").asc(nulls_last=True), "pk")
    for one in rows[:MOST]:
        yield Held(one.pk, f"{one.number} · {one.get_kind_display()}", one.get_absolute_url(), one.times_out_at)


@transaction.atomic
def hand_over_after_sales(ids: Sequence[int], receiver: Employee, *, by: Employee, at: datetime) -> None:
    """Pass on the cases that are still open and not with the receiver already."""
    for case in AfterSale.objects.filter(OPEN, pk__in=ids).exclude(holder=receiver).order_by("pk"):
        pass_after_sale(case, receiver, by=by, at=at)


_HOLDING = Holding("service.after_sales", _("After-sale cases"), after_sales, hand_over_after_sales)
HOLDINGS.add(_HOLDING.name, _HOLDING)
