"""Import files of traces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from warehouse.imports.traces import TraceImport, import_traces


class Command(BaseCommand):
    help = "Import traces of parcels: JSON, or spreadsheets with waybill, time and text. Exit 1 if a file is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files, and how to answer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *_args: Any, files: list[Path], **options: Any) -> None:
        """Import them one after the other."""
        result = TraceImport()
        refusals = []
        for path in files:
            try:
                import_traces(path, name=path.name, by=None, at=now(), into=result)
            except FileNotFoundError as error:
                raise CommandError(f"there is no file {path}") from error
            except Refused as refusal:
                refusals.append({"file": path.name, "text": str(refusal)})
                self.stderr.write(f"{path.name}: {refusal}")
        found = result.as_json()
        if options["json"]:
            self.stdout.write(json.dumps({**found, "files_refused": refusals}, ensure_ascii=False))
        else:
            for complaint in found["complaints"]:
                self.stderr.write("{file} {row}: {text}".format(**complaint))
            self.stdout.write(
                f"{found['nodes']['new']} new steps, {found['nodes']['known']} known; "
                f"{found['parcels']['touched']} parcels, {found['unknown']['count']} unknown waybills"
            )
        if refusals:
            raise CommandError("not every file could be imported", returncode=1)
