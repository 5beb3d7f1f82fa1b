"""Apply the rulebook to what happened on a day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shopops.kit.clock import now, shop_day
from shopops.kit.refusals import Refused
from staff.actions.tally import Tally, tally_day
from staff.actions.trials import run_shadows


class Command(BaseCommand):
    """Tally one day or several."""

    help = (
        "Find the offences of a day (or of days, --from … --to …) and book their points, each once. "
        "Of today only what has passed already counts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=a_day, help="YYYY-MM-DD; yesterday when nothing is given")
        parser.add_argument("--from", dest="first", type=a_day, help="first of several days")
        parser.add_argument("--to", dest="last", type=a_day, help="last of several days")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        moment = now()
        yesterday = shop_day(moment) - timedelta(days=1)
        first = options["day"] or options["first"] or options["last"] or yesterday
        last = options["day"] or options["last"] or max(first, yesterday)
        if last < first:
            raise CommandError(f"--to {last} is before --from {first}")
        total = Tally()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            try:
                tally = tally_day(day, at=moment)
                run_shadows(day, at=moment)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            total.add(tally)
            if not options["json"]:
                self.stdout.write(f"{day}: {tally.new} new, {tally.unchanged} known before")
        if options["json"]:
            self.stdout.write(json.dumps(total.as_dict()))


def a_day(text: str) -> date:
    """Read a day of the command line.

    :raises ValueError: if it is none; argparse says so.
    """
    return date.fromisoformat(text)
