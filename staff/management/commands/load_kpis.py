"""Bring the indicators of their files into the database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now
from staff.actions.kpi import load_kpis


class Command(BaseCommand):
    """Load the indicators."""

    help = "Load the indicators of staff/data/kpis; targets and posts that people changed stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = load_kpis(at=now())
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(", ".join(f"{number} {word}" for word, number in counts.items()))
