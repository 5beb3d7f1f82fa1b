"""``./dev demo``: the whole shop on one machine, watched until ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tools.dev.children import Child, stop_all, tend
from tools.dev.installing import line_to_run
from tools.dev.places import FRUGAL, ROOT, data_folder, project_environment, python, say
from tools.dev.services import Services, read_note, start_services, take_ownership, write_note

HOST = "127.0.0.1"
PATIENCE_WITH_OTHERS = 15.0  # seconds to wait for a short ./dev manage to end
LOOK_EVERY = 0.2
COMPLAIN_AFTER = 30.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEMO_DATA = ("postgres", "valkey", "media", "log")


class StopAskedError(BaseException):
    """Ctrl-C or a polite kill. Not an ordinary error, so that nothing swallows it."""


def demo(words: Sequence[str]) -> int:
    """Start everything, say READY, and keep it running until asked to stop."""
    options = _options(words)
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_taken_port(options.port, folder)
    owner = take_ownership(folder, patience=PATIENCE_WITH_OTHERS)
    if owner is None:
        raise SystemExit(
            f"Another ./dev command runs on the data in {folder}. Stop it, or set SHOPOPS_DATA to another folder."
        )
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_stop)
    children: list[Child] = []
    services: list[Services] = []
    with owner:
        try:
            if options.fresh:
                _begin_anew(folder)
            _run(options, folder, services, children)
        except StopAskedError:
            say("\nStopping ...")
        finally:
            (folder / "run.json").unlink(missing_ok=True)
            stop_all(children)
            for started in services:
                started.stop()
            say("Stopped. The data stays; the next start goes on with it.")
    return 0


def _run(options: argparse.Namespace, folder: Path, services: list[Services], children: list[Child]) -> NoReturn:
    say("Starting the database and the queue ...")
    started = start_services(folder, purpose="demo")
    services.append(started)
    write_note(folder, {"env": dict(started.env)})  # from here on ./dev manage may use them
    env = {**FRUGAL, **os.environ, **project_environment(log_level="INFO"), **started.env}
    logins = _prepare(env, options.orders)
    children += _programs(options.port, env, folder)
    for child in children:
        child.start()
    write_note(folder, {"env": dict(started.env), "url": f"http://{HOST}:{options.port}"})
    _watch([*started.children, *children], options.port, logins)


def _watch(children: Sequence[Child], port: int, logins: str) -> NoReturn:
    """Restart what ends, and say READY once when everything answers."""
    began, ready, complained = time.monotonic(), False, 0.0
    while True:
        now = time.monotonic()
        tend(children, now=now)
        if not ready:
            missing = _what_is_missing(port)
            if not missing:
                ready = True
                _say_ready(port, logins)
            elif now - began > COMPLAIN_AFTER and now - complained > COMPLAIN_AFTER:
                complained = now
                say(f"Not ready yet: {missing}")
        time.sleep(LOOK_EVERY)


def _say_ready(port: int, logins: str) -> None:
    print(f"READY http://{HOST}:{port}", flush=True)
    if logins:
        print(logins, flush=True)
    if missing := os.environ.get("SHOPOPS_MISSING_PACKAGES", "").split():
        say(f"\nPDF pages need system packages that are missing. Run this line:\n\n  {line_to_run(missing)}")
    say("\nCtrl-C stops everything.")


def _what_is_missing(port: int) -> str:
    """Ask /healthz; give an empty string when all is well, else what is not."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        text = answer.read(1000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"the web server does not answer ({error})"
    finally:
        connection.close()
    return "" if answer.status == HTTPStatus.OK else f"/healthz says {answer.status} {text}"


def _programs(port: int, env: Mapping[str, str], folder: Path) -> list[Child]:
    web = ["-m", "gunicorn", "shopops.wsgi:application", "--bind", f"{HOST}:{port}", "--worker-class", "gthread"]
    web += ["--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5", "--no-control-socket"]
    commands = {
        "web": [*web, "--access-logfile", "-"],
        "worker": ["manage.py", "worker"],
        "scheduler": ["manage.py", "scheduler"],
    }
    return [
        Child(name, [str(python()), *command], env, folder / "log" / f"{name}.log", ROOT)
        for name, command in commands.items()
    ]


def _prepare(env: Mapping[str, str], orders: int | None) -> str:
    """Bring the database up to date and fill an empty one; give the lines with the logins."""
    command = [str(python()), "-m", "tools.dev.prepare", *([] if orders is None else [str(orders)])]
    process = subprocess.Popen(command, env=dict(env), cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    try:
        answer, _nothing = process.communicate()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        raise SystemExit("The database could not be made ready; the reason stands above.")
    logins: str = json.loads(answer.decode().splitlines()[-1])["logins"]
    return logins


def _begin_anew(folder: Path) -> None:
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise SystemExit(
            "--fresh removes the demo's own data only. With DATABASE_URL or REDIS_URL set, empty yours by hand."
        )
    for name in DEMO_DATA:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder / name)


def _refuse_taken_port(port: int, folder: Path) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            problem = f"Ports below 1024 are for root. Take another: ./dev demo --port {port + 8000}"
        except OSError:
            problem = f"Port {port} is taken by another program. Take another: ./dev demo --port {port + 1}"
        else:
            return
    url = read_note(folder).get("url")
    raise SystemExit(f"The demo runs already: {url}" if url == f"http://{HOST}:{port}" else problem)


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev demo", description="Start the demo shop with everything it needs.")
    parser.add_argument("--port", type=_port, default=8000, help="port of the web server (8000)")
    parser.add_argument("--orders", type=int, help="orders of the demo shop, when it is made (5000)")
    parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and begin anew")
    return parser.parse_args(words)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:  # noqa: PLR2004
        return int(text)
    message = "must be a number from 1 to 65535"
    raise argparse.ArgumentTypeError(message)


def _raise_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in STOP_SIGNALS:  # once is enough: what follows must not be cut short
        signal.signal(number, _ignore)
    raise StopAskedError


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Hear nothing. Unlike SIG_IGN this does not upset Python when a signal is on its way."""
