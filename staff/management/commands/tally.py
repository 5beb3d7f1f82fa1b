"""Apply the rulebook to what happened on a day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shopops.kit.clock import now, shop_day
from staff.actions.tally import Tally, tally_day


class Command(BaseCommand):
    """Tally one day or several."""

    help = "Find the offences of a day (or of days, --from … --to …) and book their points, each once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=a_day, help="YYYY-MM-DD; yesterday when nothing is given")
        parser.add_argument("--from", dest="first", type=a_day, help="first of several days")
        parser.add_argument("--to", dest="last", type=a_day, help="last of several days")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        moment = now()
        yesterday = shop_day(moment) - timedelta(days=1)
        first = options["first"] or options["day"] or options["last"] or yesterday
        last = options["last"] or options["day"] or first
        if last < first:
            raise CommandError(f"--to {last} is before --from {first}")
        if last > yesterday:
            raise CommandError(f"{last} is not over yet; the last day that can be tallied is {yesterday}")
        total = Tally()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            tally = tally_day(day, at=moment)
            total.new += tally.new
            total.unchanged += tally.unchanged
            for clause, count in tally.by_clause.items():
                total.by_clause[clause] += count
            if not options["json"]:
                self.stdout.write(f"{day}: {tally.new} new, {tally.unchanged} known before")
        if options["json"]:
            self.stdout.write(json.dumps(total.as_dict()))


def a_day(text: str) -> date:
    """Read a day of the command line.

    :raises ValueError: if it is none; argparse says so.
    """
    return date.fromisoformat(text)
