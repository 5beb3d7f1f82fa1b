"""The database and the queue, started when nobody named others, and shared by commands that run at the same time."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tools.dev.children import Child, stop_all, tend
from tools.dev.places import run_folder, say
from tools.dev.servers import DATABASE, postgres_child, postgres_url, valkey_child, valkey_url

START_SECONDS = 60.0  # crash recovery of a big database takes its time
LOOK_AGAIN = 0.05


@dataclass
class Services:
    """The servers one process started, and the variables with which others reach them."""

    env: Mapping[str, str]
    children: list[Child]
    run: Path | None = None  # where their sockets are; made anew at each start

    def stop(self) -> None:
        """Stop the servers; their data stays."""
        stop_all(self.children)
        if self.run:
            shutil.rmtree(self.run, ignore_errors=True)


def start_services(folder: Path, *, purpose: str) -> Services:
    """Start what ``DATABASE_URL`` and ``REDIS_URL`` do not name already, with the data in ``folder``.

    Returns when both answer; stops with a sentence and the end of the log when one does not.

    :param purpose: ``demo``, ``test`` or ``bench``; decides the servers' settings.
    """
    database_url = os.environ.get("DATABASE_URL", "").strip()
    redis_url = os.environ.get("REDIS_URL", "").strip()
    if database_url and redis_url:
        return Services({"DATABASE_URL": database_url, "REDIS_URL": redis_url}, [])
    children: list[Child] = []
    answers: list[tuple[Child, Callable[[], bool]]] = []
    folder.mkdir(parents=True, exist_ok=True)
    run = run_folder(folder)
    stop_leftovers(folder, run)
    if not database_url:
        server = postgres_child(folder / "postgres", run, purpose=purpose, log=folder / "log" / "postgres.log")
        database_url = postgres_url(run)
        children.append(server)
        answers.append((server, lambda: _database_answers(run)))
    if not redis_url:
        server = valkey_child(folder / "valkey", run, purpose=purpose, log=folder / "log" / "valkey.log")
        redis_url = valkey_url(run)
        children.append(server)
        answers.append((server, lambda: _queue_answers(redis_url)))
    services = Services({"DATABASE_URL": database_url, "REDIS_URL": redis_url}, children, run)
    try:
        for child in children:
            child.start()
        for child, answer in answers:
            _wait_for(child, answer)
    except BaseException:
        services.stop()
        raise
    return services


def stop_leftovers(folder: Path, run: Path) -> None:
    """Stop servers that outlived a supervisor killed hard, where the kernel does not do that for us (macOS).

    Whoever answers on our private sockets is such a server: the caller holds the lock of the data folder.
    """
    import redis  # noqa: PLC0415 - only the project's environment has it

    if (run / "valkey.sock").exists() and _queue_answers(valkey_url(run)):
        say("Stopping a queue that an earlier run left behind")
        with redis.Redis.from_url(valkey_url(run)) as client:
            client.shutdown()
    pid_file = folder / "postgres" / "postmaster.pid"
    if pid_file.exists() and _database_answers(run):
        say("Stopping a database that an earlier run left behind")
        pid = int(pid_file.read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGINT)
        while pid_file.exists() and _is_alive(pid):
            time.sleep(LOOK_AGAIN)


@contextlib.contextmanager
def shared_services(folder: Path) -> Iterator[Mapping[str, str]]:
    """Give the variables of the services of ``folder``: those that run already, or some started for now.

    Whoever started them waits at the end until nobody else uses them.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield {}
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users.lock").open("a") as users:
        owner = take_ownership(folder)
        if owner is None:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield _env_of_owner(folder)
            return
        with owner:
            services = start_services(folder, purpose="demo")
            write_note(folder, {"env": dict(services.env)})
            try:
                yield services.env
            finally:
                _wait_until_unused(users)
                (folder / "run.json").unlink(missing_ok=True)
                services.stop()


def take_ownership(folder: Path, *, patience: float = 0.0) -> IO[str] | None:
    """Take the lock of the process that runs the services of ``folder``; None when another one holds it.

    The lock goes with the open file, so that it is free again however its holder ends.
    """
    lock = (folder / "owner.lock").open("a")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(LOOK_AGAIN)
                continue
            lock.close()
            return None
        return lock


def write_note(folder: Path, note: Mapping[str, Any]) -> None:
    """Say in ``run.json`` what runs, for other commands."""
    draft = folder / "run.json.new"
    draft.write_text(json.dumps({"pid": os.getpid(), **note}), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(folder / "run.json")


def read_note(folder: Path) -> dict[str, Any]:
    """Read what another command wrote with :func:`write_note`; empty when there is nothing."""
    try:
        note: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note


def _env_of_owner(folder: Path) -> Mapping[str, str]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        note = read_note(folder)
        if note and _is_alive(note["pid"]):
            env: dict[str, str] = note["env"]
            return env
        time.sleep(LOOK_AGAIN)
    raise SystemExit(f"Another ./dev command holds {folder} but its services do not come up; see {folder / 'log'}.")


def _wait_until_unused(users: IO[str]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Other ./dev commands still use the services; waiting for them")
        fcntl.flock(users, fcntl.LOCK_EX)


def _wait_for(child: Child, answers: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if not child.alive and child.due is None and child.pause > 1:
            raise SystemExit(f"{child.name} does not start. The end of {child.log}:\n\n{child.last_lines()}")
        if time.monotonic() > deadline:
            raise SystemExit(f"{child.name} does not answer after {START_SECONDS:.0f} s; see {child.log}.")
        tend([child], now=time.monotonic())
        time.sleep(LOOK_AGAIN)


def _database_answers(run: Path) -> bool:
    """Say whether the server takes connections; makes our database on the way, when it is new."""
    import psycopg  # noqa: PLC0415 - only the project's environment has it
    from psycopg import errors  # noqa: PLC0415

    try:
        url = postgres_url(run, database="postgres")
        known = contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation)
        with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection, known:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _queue_answers(url: str) -> bool:
    import redis  # noqa: PLC0415 - only the project's environment has it

    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:  # not there yet, or still loading its data
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
