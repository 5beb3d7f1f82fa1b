"""Load the platform's carriers and make the main warehouse."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now
from warehouse.actions.carriers import load_carriers


class Command(BaseCommand):
    help = "Make the main warehouse and the platform's carriers where they are missing; what managers changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how to answer."""
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load them."""
        loaded = load_carriers(at=now())
        if options["json"]:
            self.stdout.write(json.dumps(asdict(loaded), ensure_ascii=False))
        else:
            self.stdout.write(f"{loaded.new} new carriers, {loaded.kept} kept; main warehouse: {loaded.warehouse}")
