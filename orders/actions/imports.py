"""Imports asked for by people: keep the files, start the work, forget them; take over what was held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from orders.actions.addresses import Receiver, edit_address
from orders.actions.locking import take_one
from orders.actions.screening import screen_orders
from orders.models import ImportBatch, Order
from orders.states import ImportState, OrderState
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.models import Employee, Shop

JOB = "orders.import_orders"
MOST_FILES = 40
LONGEST_NAME = 150
KEPT_FOR = timedelta(days=7)
"""How long the files of a rehearsal, or of work that never ended, are kept."""
BEFORE_THE_END = (OrderState.UNPAID, OrderState.REVIEW, OrderState.HELD, OrderState.FINANCE, OrderState.APPROVED)


@transaction.atomic
def start_import(
    files: Sequence[File[bytes]], *, shop: Shop | None = None, rehearse: bool = False, by: Employee, at: datetime
) -> ImportBatch:
    """Keep uploaded files and import them in the background; return the log, which tells how far it is.

    :raises Refused: if there are no files, or too many or too big ones.
    """
    if not files:
        raise Refused(_("Choose at least one file."))
    if len(files) > MOST_FILES:
        raise Refused(sentence(_("Import at most %(most)s files at once."), most=MOST_FILES))
    if sum(file.size or 0 for file in files) > settings.UPLOAD_MOST_BYTES:
        most = settings.UPLOAD_MOST_BYTES // 2**20
        raise Refused(sentence(_("The files are too big: at most %(most)s MB together."), most=most))
    forget_old_uploads(at=at)
    batch = ImportBatch.objects.create(shop=shop, is_rehearsal=rehearse, started_by=by, started_at=at)
    for place, file in enumerate(files):
        stored = default_storage.save(f"imports/uploads/{batch.pk}-{place}", file)
        batch.files.append({"name": shown_name(file.name), "stored": stored, "bytes": file.size})
    return _start(batch, by=by, at=at)


@transaction.atomic
def import_for_real(rehearsal: ImportBatch, *, by: Employee, at: datetime) -> ImportBatch:
    """Import the files of a rehearsal, which are still kept; return the log of that.

    :raises Refused: if it was no rehearsal, or the files are gone.
    """
    rehearsal = ImportBatch.objects.select_for_update(of=("self",)).get(pk=rehearsal.pk)
    if rehearsal.state != ImportState.REHEARSED or not all(one.get("stored") for one in rehearsal.files):
        raise Refused(_("The files of this rehearsal are not kept any more. Upload them again."))
    batch = ImportBatch.objects.create(shop=rehearsal.shop, started_by=by, started_at=at)
    batch.files = [{name: one[name] for name in ("name", "stored", "bytes")} for one in rehearsal.files]
    rehearsal.files = [{**one, "stored": ""} for one in rehearsal.files]
    rehearsal.save(update_fields=["files"])
    return _start(batch, by=by, at=at)


def forget_uploads(batch: ImportBatch) -> None:
    """Delete the uploaded files of an import that is over; what was refused stays in its log."""
    names = [one["stored"] for one in batch.files if one.get("stored")]
    if names:
        batch.files = [{name: value for name, value in one.items() if name != "stored"} for one in batch.files]
        batch.save(update_fields=["files"])
        for name in names:
            default_storage.delete(name)


def forget_old_uploads(*, at: datetime) -> None:
    """Delete the files of rehearsals nobody has imported for a week."""
    old = ImportBatch.objects.filter(started_at__lt=at - KEPT_FOR, files__0__has_key="stored")
    for batch in old.exclude(state__in=(ImportState.WAITING, ImportState.READING)):
        forget_uploads(batch)


@transaction.atomic
def take_platform_values(order: Order, *, by: Employee, at: datetime, names: Iterable[str] | None = None) -> Order:
    """Take over what the platform says where an import has held it back, or somebody had corrected it.

    :param names: only these columns; all by default.
    :raises Refused: if there is nothing to take over, or the order has left already.
    """
    taken = take_one(order, BEFORE_THE_END)
    said: dict[str, Any] = dict(taken.platform_values or {})
    wanted = [name for name in said if name != "lines" and (names is None or name in names)]
    if not wanted:
        raise Refused(_("The platform says nothing else."))
    receiver = {column.name: getattr(taken, column.name) for column in fields(Receiver)}
    moved = {name: str(said[name]) for name in wanted if name in receiver}
    if any(receiver[name] != value for name, value in moved.items()):
        edit_address(taken, Receiver(**receiver | moved), reason=str(_("as the platform says")), by=by, at=at)
        taken.refresh_from_db()
    changes = {}
    for name in wanted:
        value = said.pop(name)
        if name in moved:
            continue
        before = getattr(taken, name)
        changes[name] = (before, Decimal(str(value)) if isinstance(before, Decimal) else value)
        setattr(taken, name, changes[name][1])
    taken.platform_values = said or None
    taken.save(update_fields=[*changes, "platform_values"])
    if changes:
        record("orders.platform_values_taken", taken, by=by, at=at, changes=changes)
        screen_orders([taken.pk], at=at)
    order.refresh_from_db()
    return order


def shown_name(name: str | None) -> str:
    """Return a file's name as people gave it, without anything that is no part of a name."""
    plain = (name or "").replace("\\", "/").rpartition("/")[2]
    cleaned = "".join(character for character in plain if character.isprintable()).strip()
    return cleaned[-LONGEST_NAME:] or get_valid_filename("file")


def _start(batch: ImportBatch, *, by: Employee, at: datetime) -> ImportBatch:
    """Start the work of a log."""
    batch.job_run = start_job(JOB, by=by, at=at, batch_id=batch.pk)
    batch.save(update_fields=["files", "job_run"])
    return batch
