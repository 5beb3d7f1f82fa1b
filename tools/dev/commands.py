"""The commands of ``./dev`` other than the demo. Each takes its words and gives an exit code."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tools.dev import demo
from tools.dev.chromium import browser_environment, ensure_chromium
from tools.dev.installing import BROWSER_PACKAGES, ensure_system_packages, line_to_run
from tools.dev.places import ROOT, data_folder, project_environment, python, say
from tools.dev.services import read_note, shared_services, start_services, take_ownership

LOCKS: Mapping[str, Sequence[str]] = {"dev.txt": ["--all-extras"], "production.txt": []}
LINTED = ("shopops", "staff", "catalog", "warehouse", "orders", "service", "tools", "tests")
MOST_WORKERS = 4  # each has its own Chromium, some 800 MB together
#: Words after which pytest still runs every test.
EVERY_TEST = frozenset({"-q", "-qq", "-v", "-vv", "-x", "-l", "--exitfirst", "--create-db"})
EVERY_TEST_WITH = ("-r", "--maxfail=", "--durations=", "--tb=", "--color=", "--junit-xml=", "--hypothesis-seed=")


def test(words: Sequence[str]) -> int:
    """Run the tests; the pytest plugin starts their services. The whole suite is shared among the processors."""
    _refuse_missing_packages()
    env = {**os.environ, "SHOP_CHROMIUM": ensure_chromium()}
    return _run([str(python()), "-m", "pytest", *workers_for(words), *words], env)


def workers_for(words: Sequence[str], *, processors: int | None = None) -> list[str]:
    """Give pytest's words for a worker on each processor when it is to run every test; a few tests start sooner alone.

    Whatever chooses tests, or talks with the person, runs in one process; ``-n 2`` asks for workers all the same.
    """
    if processors is None:
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(processors, MOST_WORKERS)
    everything = all(word in EVERY_TEST or word.startswith(EVERY_TEST_WITH) for word in words)
    return ["-n", str(workers), "--dist", "loadgroup"] if everything and workers > 1 else []


def lint(_words: Sequence[str]) -> int:
    """Run every check, and say at the end which failed."""
    present = [folder for folder in LINTED if (ROOT / folder).is_dir()]
    with shared_services(data_folder()) as services:
        env = {**os.environ, **project_environment(), **services}
        steps = {
            "ruff check": ["ruff", "check", "."],
            "ruff format": ["ruff", "format", "--check", "."],
            "mypy": ["mypy", *(folder for folder in present if folder != "tests")],
            "import contracts": ["lint-imports"],
            "templates": ["djlint", "--quiet", "--lint", "templates"],
            "system checks": [str(python()), "manage.py", "check"],
            "migrations": [str(python()), "manage.py", "makemigrations", "--check", "--dry-run"],
            "translations": [str(python()), "-m", "tools.i18n", "check"],
        }
        failed = []
        for name, command in steps.items():
            say(f"== {name}")
            if _run(command, env):
                failed.append(name)
    say(f"\nlint: {len(steps) - len(failed)} of {len(steps)} checks passed")
    for name in failed:
        say(f"  failed: {name}")
    return 1 if failed else 0


def manage(words: Sequence[str]) -> int:
    """Run a management command with the demo's services."""
    with shared_services(data_folder()) as services:
        env = {**os.environ, **project_environment(), **services}
        called_from = os.environ.get("SHOPOPS_CALLED_FROM", ROOT)  # file names are meant from there
        return _run([str(python()), str(ROOT / "manage.py"), *words], env, cwd=called_from)


def shell(words: Sequence[str]) -> int:
    """Open Python with the models at hand."""
    return manage(["shell", *words])


def bench(words: Sequence[str]) -> int:
    """Measure, on a database of its own that keeps its promises to the disk."""
    folder = data_folder() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    owner = take_ownership(folder)
    if owner is None:
        raise SystemExit("Another ./dev bench is running; two at once would measure each other.")
    with owner:
        services = start_services(folder, purpose="bench")
        try:
            env = {**os.environ, **project_environment(), **services.env, "SHOPOPS_DATA": str(folder)}
            return _run([str(python()), "-m", "tools.bench", *words], env)
        finally:
            services.stop()


def screenshots(words: Sequence[str]) -> int:
    """Make the pictures anew from the running demo, or from one started for that, with the bundled fonts only."""
    _refuse_missing_packages()
    fonts = browser_environment(data_folder() / "fonts")
    env = {**os.environ, **project_environment(), **fonts, "SHOP_CHROMIUM": ensure_chromium()}
    program = [str(python()), "-m", "tools.screenshots", *words]
    if "--url" in words:
        return _run(program, env)
    with _demo_url() as url:
        return _run([*program, "--url", url], env)


@contextlib.contextmanager
def _demo_url() -> Iterator[str]:
    """Give the address of the running demo, or of one that runs until the work is done."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    owner = take_ownership(folder)
    if owner is None:
        url = read_note(folder).get("url")
        if not url:
            raise SystemExit("Another ./dev command is at work on the demo's data. Try again when it has ended.")
        yield url
        return
    owner.close()
    with socket.socket() as probe:
        probe.bind((demo.HOST, 0))
        port = probe.getsockname()[1]
    command = [str(python()), "-m", "tools.dev", "demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or not process.stdout.readline().startswith("READY"):
                raise SystemExit("The demo did not start; the reason stands above.")
            yield f"http://{demo.HOST}:{port}"
        finally:
            process.terminate()


def lock(_words: Sequence[str]) -> int:
    """Write the lock files: for every platform and Python, with hashes, without any index or host."""
    with tempfile.TemporaryDirectory() as scratch:
        uv = shutil.which("uv") or _fetched_uv(Path(scratch))
        for name, extras in LOCKS.items():
            options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", *extras]
            target = ["--custom-compile-command", "./dev lock", "--output-file", f"requirements/{name}"]
            if code := _run([uv, "pip", "compile", "--quiet", *options, *target, "pyproject.toml"], os.environ):
                return code
            if "://" in (ROOT / "requirements" / name).read_text(encoding="utf-8"):
                raise SystemExit(f"requirements/{name} names a host. Do not commit it.")
    return 0


def _run(command: Sequence[str], env: Mapping[str, str], *, cwd: str | Path = ROOT) -> int:
    """Run a program with our standard streams and give its exit code. Ctrl-C is its business, not ours."""
    try:
        process = subprocess.Popen(command, env=dict(env), cwd=cwd)
    except FileNotFoundError:
        say(f"{command[0]} is not installed in the environment")
        return 127
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, asked)


def _refuse_missing_packages() -> None:
    missing = os.environ.get("SHOPOPS_MISSING_PACKAGES", "").split() + ensure_system_packages(BROWSER_PACKAGES)
    if missing:
        raise SystemExit(
            f"This needs system packages that are missing. Run this line, then try again:\n\n  {line_to_run(missing)}"
        )


def _fetched_uv(scratch: Path) -> str:
    say("Fetching uv into a throw-away environment ...")
    venv.create(scratch / "venv", with_pip=True)
    program = scratch / "venv" / "bin"
    if _run([str(program / "pip"), "install", "--quiet", "uv"], os.environ):
        raise SystemExit("uv could not be installed.")
    return str(program / "uv")


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "demo": demo.demo,
    "test": test,
    "lint": lint,
    "manage": manage,
    "shell": shell,
    "bench": bench,
    "screenshots": screenshots,
    "lock": lock,
}
