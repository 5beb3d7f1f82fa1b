"""Inside Django, once per start of the demo: migrate, set up the posts, fill an empty shop, tell the logins.

One process does all of it, because starting Django five times would take longer than the work. Progress goes to
standard error; the last line of standard output is ``{"logins": "..."}``.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command, get_commands

from tools.dev.places import say


def main(orders: int | None = None) -> None:
    """Make the database ready, with so many orders when the shop is empty."""
    django.setup()
    _call("migrate", "Bringing the database up to date ...", interactive=False, verbosity=0)
    _call("setup_roles", "Setting up the posts ...")
    if _is_empty():
        _call("make_demo_shop", "Loading the demo shop (once) ...", **({} if orders is None else {"orders": orders}))
    logins = io.StringIO()
    if "demo_logins" in get_commands():
        call_command("demo_logins", stdout=logins)
    print(json.dumps({"logins": logins.getvalue().strip()}))


def _call(command: str, sentence: str, **options: Any) -> None:
    if command in get_commands():
        say(sentence)
        call_command(command, stdout=sys.stderr, **options)


def _is_empty() -> bool:
    """Say whether the shop has no order yet."""
    return not apps.get_model("orders", "Order").objects.exists()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
