"""Background work: what can be run, and how it tells how far it is. Staff keeps the runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise


class Progress(Protocol):
    """What a job is given to report with."""

    run_id: int
    asked_by_id: int | None
    started_at: datetime

    def step(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is; cheap to call often."""

    def keep_file(self, path: Path, name: str) -> None:
        """Hand over a file for the person who asked; the job page offers it for download as `name`."""


Work = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Job:
    """Something that runs in the background.

    The function takes `progress` first and then only plain values by keyword; it returns a small dict for the job
    page (`{"url": …}` becomes a link) or None. It must be idempotent: it may be run again after a crash.

    :param tells_failure: whether who asked for it is told by a notification when it failed: for long work, whose page
        nobody keeps open.
    """

    name: str
    label: str | _StrPromise
    function: Work
    queue: Literal["high", "default"] = "default"
    tells_failure: bool = False


JOBS: Registry[Job] = Registry("job")


def job(
    name: str,
    *,
    label: str | _StrPromise,
    queue: Literal["high", "default"] = "default",
    tells_failure: bool = False,
) -> Callable[[Work], Work]:
    """Register a function as a job."""

    def register(function: Work) -> Work:
        JOBS.add(name, Job(name, label, function, queue, tells_failure))
        return function

    return register
