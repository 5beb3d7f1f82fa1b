"""Put in the lines of the checklist before work."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from service.actions.notebook import load_checklist


class Command(BaseCommand):
    """Load the checklist of pre-sale and after-sale agents (CS-010, CS-011)."""

    help = "Put in the lines of the checklist before work where there are none; what people changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        made = {"items": load_checklist()}
        self.stdout.write(json.dumps(made) if options["json"] else f"{made['items']} items")
