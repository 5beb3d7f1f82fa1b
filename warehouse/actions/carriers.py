"""Carriers: those the platform knows, loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shopops.taobao.carriers import carriers
from staff.actions.events import record_many
from warehouse.actions.stock import ensure_warehouse
from warehouse.models import Carrier

OWN_CODES = {"极兔速递": "JTSD", "京东快递": "JD"}
"""Codes of ours for carriers whose code on the platform nobody has published."""
USUAL = frozenset({"SF", "ZTO", "YTO", "STO", "YUNDA", "JTSD", "JD", "EMS", "POSTB", "DBKD"})
"""In use from the start; the others are there to be switched on."""


@dataclass(frozen=True)
class Loaded:
    """What was there and what is new."""

    new: int
    kept: int
    warehouse: str


@transaction.atomic
def load_carriers(*, at: datetime) -> Loaded:
    """Make the main warehouse and the platform's carriers where they are missing; what managers changed stays."""
    have = set(Carrier.objects.values_list("code", flat=True))
    names = set(Carrier.objects.values_list("name", flat=True))
    new = []
    known = 0
    for one in carriers():
        code = one.code or OWN_CODES.get(one.name, "")
        if not code or code in have or one.name in names:
            known += bool(code)
            continue
        pattern = one.numbers.pattern if one.numbers else ""
        new.append(Carrier(code=code, name=one.name, number_pattern=pattern, is_active=code in USUAL))
    Carrier.objects.bulk_create(new)
    record_many("warehouse.carrier_added", ((one, None) for one in new), by=None, at=at)
    return Loaded(new=len(new), kept=known, warehouse=ensure_warehouse().name)
