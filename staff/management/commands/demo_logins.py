"""Print who can log in to the demo shop."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from staff.actions.people import DEMO_PASSWORD, read_cast
from staff.models import Employee, Position


class Command(BaseCommand):
    """The cast of the demo shop."""

    help = "Print the demo logins: name, post, login name and the one password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how to answer."""
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a line for each of the cast who exists and still has the demo password."""
        cast = read_cast()
        people = Employee.objects.in_bulk([row["login"] for row in cast], field_name="username")
        posts = {post.code: post for post in Position.objects.all()}
        rows = [
            {"login": row["login"], "name": people[row["login"]].name, "post": posts[row["post"]].name}
            for row in cast
            if row["login"] in people and people[row["login"]].is_active
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"password": DEMO_PASSWORD, "logins": rows}, ensure_ascii=False))
            return
        if not rows:
            self.stdout.write("There are no demo people here. Make them with: manage.py make_demo_shop")
            return
        self.stdout.write(f"All passwords: {DEMO_PASSWORD}")
        for row in rows:
            self.stdout.write(f"  {row['login']:<14}{row['name']}\t{row['post']}")
