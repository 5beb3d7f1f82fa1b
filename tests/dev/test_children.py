"""The supervisor: what it starts ends with it, and what ends is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.dev import children
from tools.dev.children import Child, describe_end, stop_all, tend
from tools.dev.places import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part of it is Linux")


def sleeper(tmp_path: Path, *, code: str = "import time; time.sleep(60)") -> Child:
    return Child("sleeper", [sys.executable, "-c", code], dict(os.environ), tmp_path / "log" / "sleeper.log", tmp_path)


def wait_until(true, seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_killed_child_is_started_again_after_a_pause(tmp_path):
    child = sleeper(tmp_path)
    child.start()
    try:
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: not child.alive)
        tend([child], now=100.0)
        assert not child.alive
        tend([child], now=100.1)
        assert not child.alive, "it is not started before the pause is over"
        tend([child], now=101.0)
        assert child.alive
        assert child.process.pid != first
    finally:
        stop_all([child])


def test_the_pause_doubles_while_a_child_keeps_ending_and_is_short_again_once_it_stays(tmp_path, monkeypatch):
    child = sleeper(tmp_path, code="pass")
    now, pauses = 1000.0, []
    for _round in range(9):
        child.start()
        child.process.wait()
        tend([child], now=now)
        pauses.append(child.due - now)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    steady = sleeper(tmp_path)
    steady.pause = 30.0
    steady.start()
    try:
        tend([steady], now=time.monotonic() + children.STEADY_AFTER + 1)
        assert steady.pause == children.FIRST_PAUSE
    finally:
        stop_all([steady])


def test_a_child_that_does_not_want_to_stop_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "PATIENCE", 0.2)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    child = sleeper(tmp_path, code=code)
    child.start()
    assert wait_until(lambda: "on" in child.last_lines())
    stop_all([child])
    assert describe_end(child.process.returncode) == "killed by SIGKILL"


def test_a_killed_supervisor_leaves_no_orphan(tmp_path):
    program = f"""
import os, sys, time
from pathlib import Path
from tools.dev.children import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ),
              Path({str(tmp_path)!r}) / "sleeper.log", Path("/"))
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        pid = int(supervisor.stdout.readline())
        assert not is_gone(pid)
        supervisor.kill()
    assert wait_until(lambda: is_gone(pid)), "the child outlived the supervisor"


def test_the_log_is_put_aside_when_it_has_grown(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "LOG_LIMIT", 10)
    child = sleeper(tmp_path, code="print('hello hello hello')")
    for _round in range(2):
        child.start()
        child.process.wait()
    assert child.log.with_suffix(".log.old").read_text() == "hello hello hello\n"
    assert child.last_lines() == "hello hello hello"


@pytest.mark.parametrize(
    ("code", "words"), [(None, "never started"), (3, "exit code 3"), (-9, "killed by SIGKILL"), (-99, "exit code -99")]
)
def test_the_end_of_a_child_is_told_in_words(code, words):
    assert describe_end(code) == words
