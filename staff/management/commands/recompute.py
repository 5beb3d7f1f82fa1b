"""Tally past days anew and compare with the books, without writing anything."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shopops.kit.clock import now, shop_day
from shopops.kit.refusals import Refused
from staff.actions.trials import recompute
from staff.management.commands.tally import a_day
from staff.queries.people import names_of


class Command(BaseCommand):
    """Prove that the books follow from the facts."""

    help = "Tally days anew by the rulebook as it was and show where the books say otherwise; nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=a_day, help="YYYY-MM-DD; yesterday when nothing is given")
        parser.add_argument("--to", dest="last", type=a_day, help="last of several days")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        moment = now()
        yesterday = shop_day(moment) - timedelta(days=1)
        first = options["first"] or options["last"] or yesterday
        last = options["last"] or max(first, yesterday)
        try:
            result = recompute(first, last, at=moment)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        names = names_of(case.employee_id for case in result.differences)
        rows = [
            {
                "clause": case.clause.number,
                "day": case.day.isoformat(),
                "employee": case.employee_id,
                "name": names[case.employee_id],
                "subject": case.subject_label,
                "was": str(case.was),
                "will": str(case.will),
                "was_fund": str(case.was_fund),
                "will_fund": str(case.will_fund),
            }
            for case in result.differences
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"entries": result.entries, "differences": rows}, ensure_ascii=False))
            return
        self.stdout.write(f"{first} – {last}: {result.entries} charges, {len(rows)} differ from the books")
        for row in rows:
            self.stdout.write("  {day}  {clause}  {name}  {subject}: {was} → {will}".format(**row))
