"""./dev itself: what it says, what it refuses, and the whole of a demo from start to ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tools.dev import __main__, commands, installing
from tools.dev.places import ROOT


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "dev", *words], env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


def test_help_lists_every_command():
    said = run("help")
    assert said.returncode == 0
    for command in __main__.commands.COMMANDS:
        assert re.search(rf"^  {command}\b", said.stdout, re.MULTILINE), command


def test_an_unknown_command_is_refused_with_the_list():
    said = run("dmeo")
    assert said.returncode == 2
    assert "There is no command 'dmeo'" in said.stderr
    assert "demo [--port N]" in said.stderr


@pytest.mark.parametrize("words", [[], ["-q", "--maxfail=25"], ["-x", "-rA", "--durations=60"]])
def test_all_tests_are_shared_among_the_processors(words):
    assert commands.workers_for(words, processors=2) == ["-n", "2", "--dist", "loadgroup"]
    assert commands.workers_for(words, processors=64)[1] == str(commands.MOST_WORKERS)
    assert commands.workers_for(words, processors=1) == []


@pytest.mark.parametrize(
    "words", [["tests/kit"], ["-q", "-k", "radar"], ["--lf"], ["-n", "3"], ["--pdb"], ["-s"], ["--help"]]
)
def test_some_tests_run_in_one_process_and_so_does_what_talks_with_the_person(words):
    assert commands.workers_for(words, processors=8) == []


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(port):
    said = run("demo", "--port", port)
    assert said.returncode == 2
    assert "must be a number from 1 to 65535" in said.stderr or "expected one argument" in said.stderr


def test_a_taken_port_is_told_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = run("demo", "--port", str(port), SHOPOPS_DATA=str(tmp_path))
    assert said.returncode == 1
    assert f"Port {port} is taken by another program" in said.stderr
    assert not (tmp_path / "postgres").exists()


def test_the_demos_data_is_never_thrown_away_when_the_database_is_somebody_elses(tmp_path):
    said = run("demo", "--fresh", "--port", "18999", SHOPOPS_DATA=str(tmp_path), DATABASE_URL="postgresql://x/y")
    assert said.returncode == 1
    assert "empty yours by hand" in said.stderr


def test_the_locks_name_no_host_and_pin_every_package_by_hash():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(entries) > 30
        assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_hold_everything_that_pyproject_names():
    project = __import__("tomllib").loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"production.txt": project["dependencies"]}
    wanted["dev.txt"] = [
        *project["dependencies"],
        *(x for extra in project["optional-dependencies"].values() for x in extra),
    ]
    for name, requirements in wanted.items():
        locked = set(
            re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE)
        )
        named = {
            re.match(r"[A-Za-z0-9._-]+", one)[0].lower().replace("_", "-").replace(".", "-") for one in requirements
        }
        assert named <= locked, f"run ./dev lock: {named - locked}"


def test_what_cannot_be_installed_is_one_line_to_run(monkeypatch):
    monkeypatch.setattr(installing.ctypes.util, "find_library", lambda _name: None)
    monkeypatch.setattr(installing, "may_install", lambda: False)
    missing = installing.ensure_system_packages()
    assert missing[-3:] == ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
    line = installing.line_to_run(missing)
    assert "\n" not in line
    assert all(package in line for package in missing)


def test_file_names_are_meant_from_where_the_command_was_given(tmp_path):
    said = subprocess.run(
        [ROOT / "dev", "manage", "shell", "--no-imports", "-c", "import os; print(os.getcwd())"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == str(tmp_path)


@pytest.fixture
def demo(tmp_path):
    """A running demo on a free port with data of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "SHOPOPS_STATIC"}
    }
    env |= {"SHOPOPS_DATA": str(tmp_path / "data"), "SHOPOPS_LOG_LEVEL": "INFO"}
    out = (tmp_path / "out").open("w+b")
    process = subprocess.Popen(
        [ROOT / "dev", "demo", "--port", str(port), "--orders", "50"], env=env, stdout=out, stderr=subprocess.STDOUT
    )
    yield process, port, tmp_path / "out"
    if process.poll() is None:
        process.terminate()
        process.wait(60)
    out.close()


def wait_for(true, *, seconds: float, told: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert process.poll() is None, told.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, told.read_text(encoding="utf-8")
        time.sleep(0.1)


def health(port: int) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except OSError:
        return 0, {}
    finally:
        connection.close()


def children_of(pid: int) -> dict[str, int]:
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_bytes().decode()
        for word in ("bin/postgres", "valkey-server", "gunicorn", "manage.py\0worker", "manage.py\0scheduler"):
            if word in command:
                found[word] = int(child)
    return found


def test_a_demo_starts_says_ready_restarts_what_is_killed_and_stops_as_a_whole(demo):
    process, port, told = demo
    wait_for(
        lambda: f"READY http://127.0.0.1:{port}" in told.read_text(encoding="utf-8"),
        seconds=300,
        told=told,
        process=process,
    )
    assert health(port)[0] == 200
    parts = children_of(process.pid)
    assert len(parts) == 5

    for pid in parts.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(
        lambda: len(children_of(process.pid)) == 5 and health(port)[0] == 200, seconds=300, told=told, process=process
    )
    assert set(children_of(process.pid).values()).isdisjoint(parts.values())

    parts = children_of(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in parts.values())
    assert "Stopped. The data stays" in told.read_text(encoding="utf-8")
