"""Import the files named and print the peak of this process's memory before and after, in bytes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def held(line: str) -> int:
    """Return what the kernel says of this process: `VmRSS`, held now, or `VmHWM`, the most it has held.

    Not `getrusage`, whose peak begins with that of the process this one was started from.
    """
    for one in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if one.startswith(f"{line}:"):
            return int(one.split()[1]) * 1024
    raise LookupError(line)


def main() -> None:
    """Import and measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
    import django

    django.setup()
    from django.db import connection

    from tools.bench.imports import our_import

    connection.ensure_connection()
    import orders.imports  # noqa: F401 -- the idle program has its modules loaded

    base = held("VmRSS")
    our_import(*map(Path, sys.argv[1:]))
    print(json.dumps({"base": base, "peak": held("VmHWM")}))


if __name__ == "__main__":
    main()
