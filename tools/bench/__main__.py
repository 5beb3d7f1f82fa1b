"""Run the measurements: `python -m tools.bench [name …] [--json] [--rounds N]`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil

import tools.bench
from tools.bench.database import fresh_database, own_database
from tools.bench.registry import BENCHES, Result
from tools.dev.places import say

FRAME = {
    *("__main__", "database", "registry", "serving", "wsgi", "as_installed", "big_shop", "order_files"),
    *("plain_pages", "plain_radar", "plain_kpi"),
    *("import_export", "import_memory", "import_anchor"),
}


def main() -> int:
    """Run the benches asked for and print their results; 0 even where a goal is missed, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="part of a bench's name; all if none is given")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--list", action="store_true", help="only print the names")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each comparison (default 3)")
    asked = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
    for module in pkgutil.iter_modules(tools.bench.__path__):
        if module.name not in FRAME:
            importlib.import_module(f"tools.bench.{module.name}")
    chosen = [name for name in sorted(BENCHES) if not asked.names or any(word in name for word in asked.names)]
    if asked.list or not chosen:
        print("\n".join(sorted(BENCHES)))
        return 0 if asked.list else 2

    results: list[Result] = []
    from django.apps import apps

    if apps.ready:
        raise SystemExit(
            "A bench set Django up while it was imported: it would measure, and empty, the given database."
        )
    with own_database():
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        for name in chosen:
            say(f"\n== {name}")
            with fresh_database():
                for result in BENCHES[name](asked.rounds):
                    results.append(result)
                    say(line(result))
        connection.close()
    print("\n" + "\n".join(map(line, results)))
    if asked.json:
        print(json.dumps({"results": [result.as_json() for result in results]}))
    return 0


def line(result: Result) -> str:
    """Return a result as a line for people."""
    anchor = "" if result.anchor is None else f" against {result.anchor:.2f}"
    ratio = "" if result.ratio is None else f"  ratio {result.ratio:.3f}"
    verdict = "met   " if result.met else "MISSED"
    note = f"  ({result.note})" if result.note else ""
    return f"{verdict} {result.name:<44} {result.ours:.2f}{anchor} {result.unit}{ratio}  goal {result.goal_text}{note}"


if __name__ == "__main__":
    raise SystemExit(main())
