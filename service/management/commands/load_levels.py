"""Make the VIP levels and groups that buyers are sorted into."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from service.actions.levels import load_levels
from shopops.kit.clock import now


class Command(BaseCommand):
    """Load VIP levels and groups."""

    help = "Make VIP levels and groups of buyers where there are none; what people changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        made = load_levels(at=now())
        if options["json"]:
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write(", ".join(f"{number} {word}" for word, number in made.items()))
