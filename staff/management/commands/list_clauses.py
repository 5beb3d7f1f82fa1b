"""List the clauses of the rulebook with their price and what watches them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now, shop_day
from staff.queries.clauses import COMING, ClauseShown, clauses_in_words


class Command(BaseCommand):
    """List the clauses as they hold today."""

    help = (
        "List the clauses as they hold today. The detector of a clause that people report is null; that of a clause "
        "another one is watched for is the other's; one still to come has the name it will have, and the clause stands "
        "in to_come."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        shown = [one for one in clauses_in_words(on=shop_day(now())).values() if one.clause.dropped_on is None]
        if options["json"]:
            to_come = [one.clause.number for one in shown if one.watch.kind == COMING]
            self.stdout.write(json.dumps({"clauses": [_plain(one) for one in shown], "to_come": to_come}))
            return
        for one in shown:
            version = f"v{one.version.version}" if one.version else ""
            watch = one.watch.name or "people"
            mark = " (to come)" if one.watch.kind == COMING else ""
            self.stdout.write(
                f"{one.clause.number:<9} {one.clause.kind:<9} {one.price:>8}  {version:<4} {watch}{mark}  {one.title}"
            )


def _plain(shown: ClauseShown) -> dict[str, Any]:
    version = shown.version
    return {
        "id": shown.clause.number,
        "kind": shown.clause.kind,
        "points": _number(version.points) if version else 0,
        "detector": shown.watch.name or None,
        "version": version.version if version else None,
        "valid_from": version.valid_from.isoformat() if version else None,
    }


def _number(points: Decimal) -> int | float:
    """Return points as a number of JSON; they have at most two decimals."""
    return int(points) if points == int(points) else float(points)
