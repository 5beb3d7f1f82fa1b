"""Buyers: found by nick, made on first sight, kept by people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from service.models import Buyer


def ensure_buyers(nicks: Iterable[str], *, at: datetime) -> dict[str, Buyer]:
    """Return the buyers of these nicks by nick; those never seen before are made. Empty nicks are left out."""
    wanted = sorted({nick.strip()[:100] for nick in nicks} - {""})
    known = {buyer.nick: buyer for buyer in Buyer.objects.filter(nick__in=wanted)}
    if missing := [nick for nick in wanted if nick not in known]:
        Buyer.objects.bulk_create(
            [Buyer(nick=nick, first_seen_at=at) for nick in missing], ignore_conflicts=True, batch_size=5000
        )
        known |= {buyer.nick: buyer for buyer in Buyer.objects.filter(nick__in=missing)}
    return known
