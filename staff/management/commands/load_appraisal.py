"""Make the grades and the weights that appraisals start from."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now
from staff.actions.appraisal_setup import load_appraisal


class Command(BaseCommand):
    """Load grades and weights."""

    help = "Make the grades, and the weights of posts that have none; what people changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        made = load_appraisal(at=now())
        if options["json"]:
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write(", ".join(f"{number} {word}" for word, number in made.items()))
