"""Child processes that end with us: started, watched, restarted with back-off, stopped."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.dev.places import say

FIRST_PAUSE = 0.5  # seconds before a dead child is started again
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0  # seconds of life after which the pause is short again
PATIENCE = 10.0  # seconds between asking to stop and killing
LOG_LIMIT = 5 * 1024 * 1024

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """A program to keep running.

    ``ends_by`` is the signal the kernel sends when we are killed; ``stops_by`` is the one that asks it to stop.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    stops_by: signal.Signals = signal.SIGTERM
    ends_by: signal.Signals = signal.SIGKILL
    options: Mapping[str, Any] = field(default_factory=dict)  # for Popen: user, group, pass_fds ...
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float | None = None  # monotonic time of the next start, while it is down

    @property
    def alive(self) -> bool:
        """Say whether the program runs now."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the program with its output in the log, so that it ends when we do, however we end."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # ctrl-C reaches only us; we stop the others in order
                preexec_fn=end_with_parent(self.ends_by),  # noqa: PLW1509 - we have no threads
                **self.options,
            )
        self.started = time.monotonic()
        self.due = None

    def ask_to_stop(self) -> None:
        """Send the polite signal, when there is somebody to hear it."""
        if self.alive and self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stops_by)

    def last_lines(self, count: int = 20) -> str:
        """Give the end of the log, for messages."""
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
        except OSError:
            return ""


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Give what a child must run before its program so that the kernel ends it with us (Linux only)."""
    if _libc is None:
        return None
    parent = os.getpid()
    libc = _libc

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # we were killed in between
            os._exit(1)

    return ask_the_kernel


def stop_all(children: Sequence[Child]) -> None:
    """Ask all to stop at the same time, wait, and kill those that do not."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{child.name} does not stop; killing it")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def tend(children: Sequence[Child], *, now: float) -> None:
    """Start again whatever has ended, each after a pause that doubles while it keeps ending.

    :param now: monotonic seconds.
    """
    for child in children:
        if child.alive:
            if now - child.started > STEADY_AFTER:
                child.pause = FIRST_PAUSE
        elif child.due is None:
            code = child.process.returncode if child.process else None
            say(f"{child.name} ended ({describe_end(code)}); starting it again in {child.pause:g} s, see {child.log}")
            child.due = now + child.pause
            child.pause = min(child.pause * 2, LONGEST_PAUSE)
        elif now >= child.due:
            child.start()


def describe_end(code: int | None) -> str:
    """Put the return code of a process in words."""
    if code is None:
        return "never started"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
