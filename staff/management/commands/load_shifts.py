"""Make the shifts that rosters start from."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now
from staff.actions.shifts import load_shifts


class Command(BaseCommand):
    """Load shifts and patterns."""

    help = "Make the shifts that are missing, and the roster patterns where there are none; what people changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        made = load_shifts(at=now())
        if options["json"]:
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write(", ".join(f"{number} {word}" for word, number in made.items()))
