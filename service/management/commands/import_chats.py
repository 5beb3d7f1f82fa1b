"""Import chat records of customer service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from service.imports import Upload, import_files
from service.models import FileImport
from service.states import FileKind, FileState
from shopops.kit.clock import now
from staff.models import Shop

SHOWN = 20
"""Complaints printed for people; all kept ones are in the JSON and on the page of the import."""


class Command(BaseCommand):
    help = (
        "Import chat records: the exporter's zip or JSON, text copied out of the chat window, or a spreadsheet with "
        "columns for buyer, sender, time and text; several at once, in any order. Messages that are there already are "
        "left as they are. Exit 0 when imported, 1 when the files were refused whole and nothing was written."
    )

    stealth_options = ("at",)
    """When it is; only the demo shop says so, which makes up a past."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files, the shop, and how to answer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--shop", default="", metavar="NAME", help="the shop all conversations belong to")
        parser.add_argument("--rehearse", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument(
            "--json",
            action="store_true",
            help="print one JSON object as the last line: counts of messages and conversations, complaints, batch",
        )

    def handle(self, *_args: Any, files: list[Path], shop: str, rehearse: bool, **options: Any) -> None:
        """Import them, and say what came of it."""
        at = options.get("at") or now()
        missing = [path for path in files if not path.is_file()]
        if missing:
            raise CommandError(_("There is no file %(name)s.") % {"name": missing[0]})
        of = Shop.objects.filter(name=shop.strip()).first() if shop.strip() else None
        if shop.strip() and of is None:
            raise CommandError(_("There is no shop “%(name)s”.") % {"name": shop.strip()})
        uploads = [Upload(path, path.name) for path in files]
        batch = import_files(uploads, kind=FileKind.CHATS, shop=of, rehearse=rehearse, by=None, at=at)
        self._tell(batch)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(batch), ensure_ascii=False))
        if batch.state == FileState.REFUSED:
            raise CommandError(batch.sentence, returncode=1)

    def _tell(self, batch: FileImport) -> None:
        """Say it for people."""
        if batch.state == FileState.REFUSED:
            return
        for one in batch.complaints[:SHOWN]:
            place = f"{one['file']} {one['row'] or ''} {one['column']}".strip()
            self.stderr.write(f"{place}: {one['text']}")
        if batch.complaint_count > SHOWN:
            self.stderr.write(_("… and %(count)s more") % {"count": batch.complaint_count - SHOWN})
        if batch.is_rehearsal:
            self.stdout.write(_("Rehearsal: nothing was written."))
        self.stdout.write(
            _(
                "Messages: %(new)s new, %(unchanged)s unchanged, %(refused)s refused; "
                "conversations: %(conversations)s new, %(conversations_changed)s changed"
            )
            % batch.counts
        )


def as_json(batch: FileImport) -> dict[str, Any]:
    """Return what `--json` prints."""
    names = ("file", "row", "column", "text")
    counts = batch.counts
    return {
        "messages": {name: counts.get(name, 0) for name in ("new", "unchanged", "refused")},
        "conversations": {"new": counts.get("conversations", 0), "changed": counts.get("conversations_changed", 0)},
        "buyers": counts.get("buyers", 0),
        "turns": counts.get("turns", 0),
        "unknown_agents": counts.get("unknown_agents", {}),
        "complaints": [{name: one[name] for name in names} for one in batch.complaints],
        "complaint_count": batch.complaint_count,
        "state": batch.state,
        "batch": batch.pk,
    }
