"""Import order and item reports of the seller centre."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from orders.actions.screening import screen_orders
from orders.imports import Upload, import_orders
from orders.models import ImportBatch
from orders.queries.imports import orders_to_screen
from orders.states import ImportState
from shopops.kit.clock import now

SHOWN = 20
"""Complaints printed for people; all kept ones are in the JSON and on the page of the import."""


class Command(BaseCommand):
    help = (
        "Import order reports (订单报表) and item reports (宝贝报表) as downloaded from the seller centre: CSV, xlsx "
        "or xls, several at once, in any order. What was imported before is left as it is; changes on orders that "
        "were released already raise exceptions. Exit 0 when imported, 1 when the files were refused whole and "
        "nothing was written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files, the shop, and how to answer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--shop",
            default="",
            metavar="NAME",
            help="the shop all rows belong to; by default the one the file names, else the only or first one",
        )
        parser.add_argument("--rehearse", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument(
            "--json",
            action="store_true",
            help="print one JSON object as the last line: counts of orders and lines, complaints, number of the batch",
        )

    def handle(self, *_args: Any, files: list[Path], shop: str, rehearse: bool, **options: Any) -> None:
        """Import them, screen the new orders, and say what came of it."""
        at = now()
        missing = [path for path in files if not path.is_file()]
        if missing:
            raise CommandError(_("There is no file %(name)s.") % {"name": missing[0]})
        uploads = [Upload(path, path.name) for path in files]
        batch = import_orders(uploads, shop_name=shop.strip(), rehearse=rehearse, by=None, at=at)
        if batch.state == ImportState.DONE:
            for ids in orders_to_screen(batch):
                screen_orders(ids, at=at)
        self._tell(batch)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(batch), ensure_ascii=False))
        if batch.state == ImportState.REFUSED:
            raise CommandError(batch.sentence, returncode=1)

    def _tell(self, batch: ImportBatch) -> None:
        """Say it for people."""
        for one in batch.complaints[:SHOWN] if batch.state != ImportState.REFUSED else ():
            place = f"{one['file']} {one['row'] or ''} {one['column']}".strip()
            self.stderr.write(f"{place}: {one['text']}")
        if batch.complaint_count > SHOWN:
            self.stderr.write(_("… and %(count)s more") % {"count": batch.complaint_count - SHOWN})
        if batch.state == ImportState.REFUSED:
            return
        if batch.is_rehearsal:
            self.stdout.write(_("Rehearsal: nothing was written."))
        orders, lines = batch.counts["orders"], batch.counts["lines"]
        for name, counts in ((_("Orders"), orders), (_("Lines"), lines)):
            self.stdout.write(
                _("%(name)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(refused)s refused")
                % {"name": name, **counts}
            )


def as_json(batch: ImportBatch) -> dict[str, Any]:
    """Return what `--json` prints."""
    names = ("file", "row", "column", "text")
    return {
        **batch.counts,
        "complaints": [{name: one[name] for name in names} for one in batch.complaints],
        "complaint_count": batch.complaint_count,
        "state": batch.state,
        "batch": batch.pk,
    }
