"""How a running job tells how far it is, and that it lives."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog
from django.core.files import File
from django.db import DatabaseError, connection

from shopops.kit.clock import now
from staff.models import JobRun
from staff.states import JobState

log = structlog.get_logger(__name__)

BEAT_SECONDS = 2.0


class LostRun(Exception):  # noqa: N818 -- told to the job's own thread only, which ends quietly
    """The run was given to another worker because this one had not been heard of."""


class RowProgress:
    """Progress of a run, written into its row every two seconds by a thread with a connection of its own.

    So a job may spend a minute in one statement, or do everything in one transaction, and its bar still moves and
    nobody takes it for dead. `step` itself touches no database.
    """

    def __init__(self, run: JobRun) -> None:
        """Report on `run`, which has just been started."""
        self.run_id: int = run.pk
        self.asked_by_id = run.asked_by_id
        self.started_at: datetime = run.started_at or now()
        self._run = run
        self._done, self._total, self._note = 0, None if run.total is None else int(run.total), ""
        self._file: tuple[str, str] | None = None
        self._lost = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"run-{run.pk}", daemon=True)

    def __enter__(self) -> Self:
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating."""
        self._ended.set()
        self._thread.join()

    def step(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is.

        :raises LostRun: if somebody else does this work by now.
        """
        self._done = done
        if total is not None:
            self._total = total
        if note:
            self._note = note[:200]
        if self._lost:
            raise LostRun

    def keep_file(self, path: Path, name: str) -> None:
        """Keep a file for the person who asked."""
        with path.open("rb") as stream:
            self._run.file.save(f"{self.run_id}-{path.name}", File(stream), save=False)
        self._file = (str(self._run.file.name), name[:200])

    def so_far(self) -> dict[str, Any]:
        """Return the columns that say how far the work came."""
        values: dict[str, Any] = {"done": self._done, "total": self._total, "note": self._note}
        if self._file:
            values["file"], values["file_name"] = self._file
        return values

    def _beat(self) -> None:
        try:
            while not self._ended.wait(BEAT_SECONDS):
                try:
                    self._write()
                except DatabaseError as error:
                    log.warning("no sign of life could be written", run=self.run_id, error=str(error).strip())
                    connection.close()
        finally:
            connection.close()

    def _write(self) -> None:
        mine = JobRun.objects.filter(pk=self.run_id, attempts=self._run.attempts, state=JobState.RUNNING)
        if mine.update(done=self._done, total=self._total, note=self._note, heartbeat_at=now()):
            return
        attempts = JobRun.objects.filter(pk=self.run_id).values_list("attempts", flat=True).first()
        self._lost = attempts is not None and attempts != self._run.attempts
