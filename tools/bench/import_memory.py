"""Import the files named and print the peak of this process's memory before and after, in bytes."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path


def peak() -> int:
    """Return the most bytes this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Import and measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
    import django

    django.setup()
    from django.db import connection

    from tools.bench.imports import our_import

    connection.ensure_connection()
    import orders.imports  # noqa: F401 -- the idle program has its modules loaded

    base = peak()
    our_import(*map(Path, sys.argv[1:]))
    print(json.dumps({"base": base, "peak": peak()}))


if __name__ == "__main__":
    main()
