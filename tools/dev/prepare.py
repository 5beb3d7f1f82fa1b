"""Inside Django, once per start of the demo: migrate, load what every shop has, fill an empty one, tell the logins.

One process does all of it, because starting Django five times would take longer than the work. Progress goes to
standard error; the last line of standard output is ``{"logins": "..."}``.
"""

from __future__ import annotations

import io
import json
import sys

import django
from django.apps import apps
from django.core.management import call_command

from tools.dev.places import say


def main(orders: int | None = None) -> None:
    """Make the database ready, with so many orders when the shop is empty."""
    django.setup()
    say("Bringing the database up to date ...")
    call_command("migrate", interactive=False, verbosity=0)
    say("Loading posts, shifts, rulebook, indicators and carriers ...")
    for command in (
        "setup_roles",
        "load_shifts",
        "load_checklist",
        "load_levels",
        "load_rulebook",
        "load_kpis",
        "load_appraisal",
        "load_carriers",
    ):
        call_command(command, stdout=io.StringIO())
    if _is_empty():
        say("Making the demo shop (once) ...")
        call_command("make_demo_shop", stdout=sys.stderr, **({} if orders is None else {"orders": orders}))
    logins = io.StringIO()
    call_command("demo_logins", stdout=logins)
    print(json.dumps({"logins": logins.getvalue().strip()}))


def _is_empty() -> bool:
    """Say whether the shop has no order yet."""
    return not apps.get_model("orders", "Order").objects.exists()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
