"""Imports of files that were uploaded and kept: what the worker does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from orders.actions.imports import forget_uploads
from orders.actions.screening import screen_orders
from orders.imports import Upload, run_import
from orders.imports.loading import Step
from orders.models import ImportBatch
from orders.queries.imports import count_to_screen, orders_to_screen
from orders.states import IMPORT_MOVES, ImportState
from shopops.kit.moves import move


def import_stored(batch: ImportBatch, *, at: datetime, step: Step) -> ImportBatch:
    """Import the kept files of a log, screen the orders, and forget the files (those of a rehearsal stay a while).

    Run again after an interruption it begins anew, or goes on with the screening.
    """
    uploads = [
        Upload(Path(default_storage.path(one["stored"])), one["name"]) for one in batch.files if one.get("stored")
    ]
    if batch.state in {ImportState.WAITING, ImportState.READING}:
        if len(uploads) < len(batch.files) or not all(upload.path.is_file() for upload in uploads):
            sentence = _("The uploaded files are not there any more. Upload them again.")
            if batch.state == ImportState.WAITING:
                move(batch, ImportState.READING, moves=IMPORT_MOVES)
            move(batch, ImportState.REFUSED, moves=IMPORT_MOVES, sentence=sentence, finished_at=at)
            return batch
        run_import(batch, uploads, at=at, step=step)
    if batch.state == ImportState.DONE:
        _screen(batch, at=at, step=step)
    if batch.state in {ImportState.DONE, ImportState.REFUSED}:
        forget_uploads(batch)
    return batch


def _screen(batch: ImportBatch, *, at: datetime, step: Step) -> None:
    """Match goods, find what is wrong, run the rules; some thousand orders at a time."""
    words, done, total = _("Checking the orders"), 0, count_to_screen(batch)
    for ids in orders_to_screen(batch):
        step(done, total, words)
        screen_orders(ids, at=at)
        done += len(ids)
    step(done, total, words)
