"""Do background work until told to stop. Run as many as the machine bears."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from shopops.kit.worker import WORKER_TTL


class Command(BaseCommand):
    """The worker."""

    help = "Do background work: first what people wait for (high), then the rest (default)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to end when nothing is left to do."""
        parser.add_argument("--burst", action="store_true", help="end when the queues are empty")

    def handle(self, *_args: Any, burst: bool, **_options: Any) -> None:
        """Work."""
        call_command(
            "rqworker",
            "high",
            "default",
            worker_class="shopops.kit.worker.TiedWorker",
            worker_ttl=WORKER_TTL,
            burst=burst,
        )
