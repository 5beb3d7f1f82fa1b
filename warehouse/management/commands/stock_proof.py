"""Prove that balances, ledger and reservations agree."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from warehouse.queries.proof import prove_stock


class Command(BaseCommand):
    help = "Prove that every balance equals its ledger and every reserved piece has its row; exit 1 if not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how to answer."""
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prove it."""
        proof = prove_stock()
        if options["json"]:
            self.stdout.write(json.dumps(proof.as_json(), ensure_ascii=False))
        else:
            for word, found in (("ledger", proof.ledger_differences), ("reserved", proof.reservation_differences)):
                for one in found:
                    self.stdout.write(f"{word}: {one.warehouse} {one.sku} keeps {one.kept}, proved {one.proved}")
            self.stdout.write(f"{proof.balances} balances, {'all right' if proof.ok else 'NOT all right'}")
        if not proof.ok:
            raise CommandError("the stock does not add up", returncode=1)
