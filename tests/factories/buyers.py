"""Buyers for tests."""

from __future__ import annotations

from typing import Any

from service.actions.buyers import ensure_buyers
from service.models import Buyer
from tests.factories.staff import NOON


def a_buyer(nick: str = "小溪流水", **changes: Any) -> Buyer:
    """Return a buyer of that nick, with `changes` written to it."""
    buyer = ensure_buyers([nick], at=NOON)[nick]
    if changes:
        Buyer.objects.filter(pk=buyer.pk).update(**changes)
        buyer.refresh_from_db()
    return buyer
