"""Make the daily report of a day and write its files into a folder."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shopops.kit.clock import now, shop_day
from shopops.kit.refusals import Refused
from staff.exports.daily_report import KEPT_LANGUAGE, kept_file, make_daily_report, render_both
from staff.management.commands.tally import a_day

LANGUAGES = ("zh-hans", "en")


class Command(BaseCommand):
    """Make a daily report."""

    help = "Freeze the figures of a day in a snapshot and write it as .xlsx and PDF; both are kept in the system too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=a_day, help="YYYY-MM-DD; yesterday when nothing is given")
        parser.add_argument("--out", type=Path, help="folder to write the two files into; they are kept in any case")
        parser.add_argument("--language", choices=LANGUAGES, default=KEPT_LANGUAGE, help="of the files written")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = now()
        day = options["day"] or shop_day(at) - timedelta(days=1)
        try:
            snapshot = make_daily_report(day, at=at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        files: list[str] = []
        folder: Path | None = options["out"]
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            anew = options["language"] != KEPT_LANGUAGE
            rendered = render_both(snapshot, language=options["language"]) if anew else {}
            for kind in ("xlsx", "pdf"):
                path = folder / f"{snapshot.number}.{kind}"
                path.write_bytes(rendered[kind] if anew else kept_file(snapshot, kind))
                files.append(str(path))
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "day": day.isoformat(),
                        "snapshot": snapshot.number,
                        "version": snapshot.version,
                        "digest": snapshot.digest,
                        "files": files,
                    }
                )
            )
        else:
            self.stdout.write("\n".join([f"{snapshot.number} {snapshot.digest}", *files]))
