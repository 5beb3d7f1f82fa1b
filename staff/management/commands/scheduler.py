"""Start what is due, all day long. Run exactly one; a second one does nothing."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from shopops.cron import CLOCKWORK
from shopops.kit.clock import now
from staff.actions.jobs import revive_lost_jobs
from staff.actions.schedule import forget_old_rounds, start_due_jobs

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """The scheduler."""

    help = "Start scheduled work when it is due, and work that the queue lost."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pace, and whether one round is enough."""
        parser.add_argument("--seconds", type=float, default=20.0, help="pause between two looks at the clock")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *_args: Any, seconds: float, once: bool, **_options: Any) -> None:
        """Look at the clock until told to stop."""
        stopped = threading.Event()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            stopped.set()

        if not once:
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
        while True:
            try:
                for run in start_due_jobs(CLOCKWORK, at=now()):
                    log.info("started", job=run.job, period=run.period)
                revive_lost_jobs(at=now())
                forget_old_rounds(at=now())
            except DatabaseError as error:
                log.warning("database is away", error=str(error).strip())
                connection.close()
                if once:
                    raise
            if once or stopped.wait(seconds):
                return
            close_old_connections()
