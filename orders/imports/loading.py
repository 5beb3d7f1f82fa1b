"""Bringing what is read into staging tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from orders.imports.reading import ReadAhead
from orders.imports.staging import Stage, fill_table
from shopops.taobao.columns import ReportKind

Step = Callable[[int, int, str], None]
WRITING_SHARE = 0.5
"""How much longer than the reading the progress bar is."""


@dataclass
class Loading:
    """The staged reports of an upload, and how far their reading is."""

    reading: ReadAhead
    step: Step | None
    size: int
    """Bytes of all files."""
    stages: list[Stage] = field(default_factory=list)

    def load(self, kind: ReportKind) -> None:
        """Stage all reports of a kind; a second call finds nothing more."""
        with connection.cursor() as cursor:
            for stage, texts in self.reading.stages(kind):
                self.stages.append(stage)
                fill_table(cursor, stage, self._told(texts, stage.file))

    def of(self, kind: ReportKind) -> list[Stage]:
        """Return the staged reports of a kind."""
        return [stage for stage in self.stages if stage.kind is kind]

    def say(self, words: str) -> None:
        """Say what is being done after the reading."""
        if self.step:
            self.step(self.size, self._whole, words)

    @property
    def _whole(self) -> int:
        return max(1, int(self.size * (1 + WRITING_SHARE)))

    def _told(self, texts: Iterator[bytes], name: str) -> Iterator[bytes]:
        for text in texts:
            yield text
            if self.step:
                self.step(self.reading.read, self._whole, name)
