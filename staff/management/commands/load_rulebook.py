"""Bring the clauses of the rulebook files into the database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now
from staff.actions.rulebook import load_rulebook


class Command(BaseCommand):
    """Load the rulebook."""

    help = (
        "Load the regulations and clauses of staff/data/rulebook/. Running it again changes only what the files say "
        "differently; what people published stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = load_rulebook(at=now())
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(", ".join(f"{number} {word}" for word, number in counts.items()))
