"""Make the organisation, posts and roles of the register where they are missing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.clock import now
from staff.actions.roles import set_up_roles


class Command(BaseCommand):
    """Set up the organisation."""

    help = "Make the units, posts and roles of the register; what managers changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to bring everything back, and how to answer."""
        parser.add_argument(
            "--reset", action="store_true", help="bring names, duties and permissions back to the files"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        result = set_up_roles(at=now(), reset=options["reset"])
        for name in result.unknown:
            self.stderr.write(f"no department declares the permission {name}")
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False))
            return
        for what, counts in (("units", result.units), ("posts", result.posts)):
            self.stdout.write(f"{what}: {counts['new']} new, {counts['kept']} kept, {counts['reset']} brought back")
        self.stdout.write(f"permissions: {result.granted} granted, {result.taken} taken")
