"""Behind ``./dev``: take the words, make sure of the environment, do the work inside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tools.dev import commands, installing
from tools.dev.places import ROOT, VENV, python, say

HELP = """\
Usage: ./dev COMMAND

  demo [--port N] [--fresh]   start the demo shop with everything it needs; ctrl-C stops it
                              (--orders N: how large it is when it is made)
  test [pytest's arguments]   set up what is missing and run the tests, in a real Chromium too
                              (all of them on every processor; chosen ones in one process)
  lint                        check style, types, imports, templates, migrations and translations
  manage COMMAND ...          run a management command, with the demo's database and queue
  shell                       Python with the models at hand
  bench [NAME] [--json]       measure speed against a raw floor
  screenshots                 make the pictures of the README and the tour anew
  lock                        write requirements/*.txt anew from pyproject.toml (needs uv)
  help                        these lines

Data lies under .data, or $SHOPOPS_DATA. With DATABASE_URL and REDIS_URL set, no database or queue is started.
"""


def main(words: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    name, *rest = words or ["help"]
    if name in {"help", "-h", "--help"}:
        print(HELP)
        return 0
    command = commands.COMMANDS.get(name)
    if command is None:
        say(f"There is no command {name!r}.\n\n{HELP}")
        return 2
    if not _inside():
        missing = installing.ensure_system_packages()
        installing.ensure_environment()
        os.environ["SHOPOPS_MISSING_PACKAGES"] = " ".join(missing)
        os.execv(python(), [str(python()), "-m", "tools.dev", *words])  # noqa: S606 - our own interpreter
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return command(rest)


def _inside() -> bool:
    """Say whether this is the project's own interpreter, set up a moment ago."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV) and "SHOPOPS_MISSING_PACKAGES" in os.environ


if __name__ == "__main__":
    os.chdir(ROOT)
    raise SystemExit(main(sys.argv[1:]))
