"""Where things lie: the project, its environment, its data, its sockets; and how messages reach the person."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.txt"
FONTS = ROOT / "shopops" / "static" / "fonts"

#: Socket paths may have 107 bytes, and TMPDIR is long on some systems.
SHORT_TEMPORARY = Path("/tmp")  # noqa: S108 - folders in it are made private and checked by own_folder

PRIVATE = 0o700

#: The C library gives memory of big pages back at once instead of keeping it for each thread: some 6 MiB a web worker.
FRUGAL = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


def say(text: str) -> None:
    """Print one line for the person; standard output stays free for what a command answers."""
    print(text, file=sys.stderr, flush=True)


def python() -> Path:
    """Give the interpreter of the project's environment."""
    return VENV / "bin" / "python"


def data_folder() -> Path:
    """Give the folder of the demo's data: ``$SHOPOPS_DATA`` or ``.data`` in the project."""
    chosen = os.environ.get("SHOPOPS_DATA", "").strip()
    return Path(chosen).expanduser().absolute() if chosen else ROOT / ".data"


def run_folder(data: Path) -> Path:
    """Give the short private folder for the sockets that belong to a data folder, made when missing."""
    digest = hashlib.sha256(f"{os.getuid()}:{data}".encode()).hexdigest()[:12]
    return own_folder(SHORT_TEMPORARY / f"shopops-{digest}", mode=0o711)


def own_folder(path: Path, *, mode: int = PRIVATE, uid: int | None = None, gid: int = -1) -> Path:
    """Make a folder that only ``uid`` (ourselves by default) can write, or check that it is one.

    Stops with a sentence when somebody else made it first, which matters in a shared temporary folder.
    """
    uid = os.getuid() if uid is None else uid
    try:
        path.mkdir(parents=True, mode=PRIVATE)
    except FileExistsError:
        pass
    except OSError as error:
        raise SystemExit(f"Cannot make the folder {path}: {error.strerror}.") from None
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in {uid, os.getuid()}:
        raise SystemExit(f"{path} belongs to somebody else. Remove it and try again.")
    if facts.st_uid != uid:
        os.chown(path, uid, gid)
    if stat.S_IMODE(facts.st_mode) != mode:
        path.chmod(mode)
    return path


def project_environment(*, log_level: str = "WARNING") -> dict[str, str]:
    """Give the variables of a project that runs from its source on one machine; those that are set win."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "shopops.settings",
        "PYTHONUNBUFFERED": "1",
        "SHOPOPS_DATA": str(data_folder()),
        "SHOPOPS_HTTPS": "off",
        "SHOPOPS_STATIC_FROM_SOURCE": "on",
        "SHOPOPS_LOG_FORMAT": "console",
        "SHOPOPS_LOG_LEVEL": log_level,
    }
    return {name: os.environ.get(name) or value for name, value in defaults.items()}
