"""A few review rules, as a shop would have them."""

from __future__ import annotations

from datetime import datetime

from orders.models import ReviewRule

RULES: tuple[dict[str, object], ...] = ()


def make_rules(*, at: datetime) -> None:
    """Write the demo's review rules."""
    for position, rule in enumerate(RULES, start=1):
        ReviewRule.objects.create(position=position * 10, changed_at=at, **rule)
