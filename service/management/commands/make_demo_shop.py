"""Fill an empty system with a believable shop."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from service.actions.demo.shop import make_demo_shop
from shopops.kit.clock import SHANGHAI, now
from shopops.kit.refusals import Refused


class Command(BaseCommand):
    """Make the demo shop."""

    help = (
        "Make a demo shop: people, goods, stock, orders, parcels, offences, figures. The same seed gives the same shop."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=5000, help="how many orders (5000)")
        parser.add_argument("--days", type=int, default=60, help="over how many days up to now (60)")
        parser.add_argument("--seed", type=int, default=20, help="another seed, another shop (20)")
        parser.add_argument(
            "--at", type=datetime.fromisoformat, help="the moment the shop is seen at; now if not given"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["orders"] < 1 or options["days"] < 1:
            raise CommandError("--orders and --days must be at least 1")
        at = options["at"].replace(tzinfo=SHANGHAI) if options["at"] else now()
        started = time.monotonic()
        say = (lambda _line: None) if options["json"] else self.stdout.write
        try:
            made = make_demo_shop(orders=options["orders"], days=options["days"], seed=options["seed"], at=at, say=say)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(made.as_dict() | {"seconds": round(time.monotonic() - started, 1)}))
        else:
            self.stdout.write(f"done in {time.monotonic() - started:.1f} s")
