"""Imports of the seller centre's order and item reports.

    batch = import_orders([Upload(path, "ExportOrderList….csv"), …], shop=None, rehearse=False, by=employee, at=now())

The files are read chunk by chunk into temporary tables (`reading`, `staging`). Then one transaction, set by set: the
shops (`shops`), the orders of each order report (`repeats`, `order_rows`), the lines of each item report (`owners`,
`line_rows`), what follows for orders that were released already (`consequences`), and the trail (`story`). A rehearsal
is the same transaction rolled back. `columns` says what fills which column.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.core.files import File
from django.db import DataError, OperationalError, connection, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.imports import line_rows, order_rows
from orders.imports.consequences import draw_consequences, troubled_stages
from orders.imports.loading import Loading, Step
from orders.imports.locks import lock_touched, warehouse_is_at_work
from orders.imports.owners import fill_from_lines, find_owners
from orders.imports.reading import Complaints, ReadAhead, RejectedRows, Upload, digest_of
from orders.imports.remarks import remark_left_alone, remark_made_from_lines, remark_repeats, remark_who_had_it
from orders.imports.repeats import merge_repeated_rows
from orders.imports.shops import settle_shops
from orders.imports.staging import drop_stages
from orders.imports.story import Tally, find_gaps, find_lineless, tell_story
from orders.models import ImportBatch
from orders.states import IMPORT_MOVES, ImportState
from shopops.kit.clock import now
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.taobao.columns import ReportKind
from staff.actions.events import record
from staff.models import Employee, Shop

__all__ = ["Upload", "import_orders", "run_import"]

_NAMESPACE = UUID("6f0e7c1e-4c0a-4f0e-9a53-0b8f7d7a5a10")
_LOCK = 726_010
MOST_ATTEMPTS = 3
DEADLOCK = "40P01"


def import_orders(
    uploads: Sequence[Upload],
    *,
    shop: Shop | None = None,
    shop_name: str = "",
    rehearse: bool = False,
    by: Employee | None,
    at: datetime,
    step: Step | None = None,
) -> ImportBatch:
    """Import order and item reports, given together in any order; return the log of it.

    Where a file is damaged or unknown, the upload is refused whole: nothing is written but the log, whose state is
    REFUSED and whose `sentence` says why. Rows that cannot be read are left out one by one.

    :param shop: the shop all rows belong to; otherwise the one each row names.
    :param shop_name: the same by name; the shop is made if there is none of that name.
    :param rehearse: say what would happen, and change nothing.
    :param step: told how far the work is, of how much, and what is being done.
    """
    batch = ImportBatch.objects.create(
        shop=shop,
        is_rehearsal=rehearse,
        started_by=by,
        started_at=at,
        files=[{"name": upload.name} for upload in uploads],
    )
    return run_import(batch, uploads, shop_name=shop_name, at=at, step=step)


def run_import(
    batch: ImportBatch, uploads: Sequence[Upload], *, shop_name: str = "", at: datetime, step: Step | None = None
) -> ImportBatch:
    """Do an import whose log is there already. One that was interrupted begins anew; a finished one is left alone."""
    if batch.state == ImportState.WAITING:
        move(batch, ImportState.READING, moves=IMPORT_MOVES)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        if batch.state != ImportState.READING:
            break
        try:
            _attempt(batch, uploads, shop_name, at, step)
        except OperationalError as error:
            if attempt == MOST_ATTEMPTS or getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
    return batch


def _attempt(batch: ImportBatch, uploads: Sequence[Upload], shop_name: str, at: datetime, step: Step | None) -> None:
    """Read and write once, and close the log."""
    with tempfile.TemporaryDirectory() as folder:
        rejected = RejectedRows(Path(folder) / "rejected.xlsx")
        reading = ReadAhead(uploads, rejected)
        loading = Loading(reading, step, sum(upload.path.stat().st_size for upload in uploads))
        try:
            with reading:
                loading.load(ReportKind.ORDERS)
                tally = _write(batch, loading, shop_name, at=at)
        except Refused as refusal:
            where = {
                "file": getattr(refusal, "file", ""),
                "row": 0,
                "column": "",
                "text": str(refusal),
                "refused": True,
            }
            _end(
                batch,
                ImportState.REFUSED,
                reading,
                sentence=str(refusal),
                counts=Tally().counts(),
                complaints=[where],
                complaint_count=1,
            )
            return
        finally:
            path = rejected.close()
            if not connection.needs_rollback:
                drop_stages(loading.stages)
        if path:
            with path.open("rb") as stream:
                batch.rejected.save(f"{batch.pk}-rejected.xlsx", File(stream), save=False)
        _end(
            batch,
            ImportState.REHEARSED if batch.is_rehearsal else ImportState.DONE,
            reading,
            counts=tally.counts(),
            complaints=reading.complaints.kept,
            complaint_count=reading.complaints.count,
            sample=tally.sample,
            rejected=batch.rejected.name or "",
            shop=batch.shop or Shop.objects.filter(name=shop_name).exclude(name="").first(),
        )


def _end(batch: ImportBatch, state: ImportState, reading: ReadAhead, **values: Any) -> None:
    """Write how an import ended. Of a file nobody came to look at, what was known before stays."""
    known = [{**one, "reports": [], "rows": 0} for one in batch.files]
    for place, facts in enumerate(reading.files):
        known[place] |= facts
    digest = digest_of(known) if len(reading.files) == len(known) else ""
    move(batch, state, moves=IMPORT_MOVES, files=known, digest=digest, finished_at=now(), **values)


def trail_of(batch: ImportBatch) -> UUID:
    """Return what the events of an import share."""
    return uuid5(_NAMESPACE, str(batch.pk))


def _write(batch: ImportBatch, loading: Loading, shop_name: str, *, at: datetime) -> Tally:
    """Write what was read, in one transaction; a rehearsal takes it back at the end.

    :raises Refused: if the files hold values no table keeps.
    """
    try:
        with transaction.atomic():
            tally = _write_all(batch, loading, shop_name, at=at)
            if batch.is_rehearsal:
                transaction.set_rollback(True)
            else:
                record(
                    "orders.imported",
                    batch,
                    by=batch.started_by,
                    at=at,
                    changes={name: (None, value) for name, value in tally.flat().items() if value},
                    batch=trail_of(batch),
                )
    except DataError as error:
        words = str(error).splitlines()[0] if str(error) else ""
        raise Refused(
            sentence(_("The files hold a value that no order can have (%(words)s). Nothing was imported."), words=words)
        ) from error
    return tally


def _write_all(batch: ImportBatch, loading: Loading, shop_name: str, *, at: datetime) -> Tally:
    """Write orders, lines, consequences and trail. The item reports are still being read when this begins."""
    tally = Tally()
    complaints = Complaints()
    by = batch.started_by
    any_shop = batch.shop is None and not shop_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # two imports at once would find the same rows new
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_changes, pg_temp.import_seen")
        cursor.execute("CREATE TEMPORARY TABLE import_changes (seq serial, order_id bigint, applied jsonb, held jsonb)")
        cursor.execute("CREATE TEMPORARY TABLE import_seen (order_id bigint)")
        orders = loading.of(ReportKind.ORDERS)
        names = {name for stage in orders for name in stage.shop_names}
        tally.new_shops = [shop.name for shop in settle_shops(names, chosen=batch.shop or shop_name, by=by, at=at)]
        if warehouse_is_at_work():
            loading.load(ReportKind.LINES)
            lock_touched(cursor, loading.stages)
        loading.say(_now("Writing the orders"))
        for stage in orders:
            count, first_ones = merge_repeated_rows(stage)
            remark_repeats(complaints, stage, count, first_ones)
            written = order_rows.write_orders(stage, batch_id=batch.pk, at=at, any_shop=any_shop)
            tally.add_orders(written)
            remark_left_alone(complaints, stage, written)
        loading.load(ReportKind.LINES)
        loading.say(_now("Writing the lines"))
        with_lines = 0
        for place, stage in enumerate(loading.of(ReportKind.LINES)):
            told, aside = find_owners(
                stage,
                batch_id=batch.pk,
                at=at,
                any_shop=any_shop,
                first=not place,
                all_new=bool(orders) and not tally.known,
            )
            tally.lines.unchanged += aside
            tally.known += aside
            tally.add_orders(told)
            remark_made_from_lines(complaints, stage, told)
            tally.add_lines(line_rows.write_lines(stage))
            fill_from_lines(cursor)
            with_lines += find_gaps(cursor, stage, orders, complaints)
            cursor.execute("INSERT INTO import_seen SELECT order_id FROM import_had WHERE NOT fresh")
            tally.known += cursor.rowcount
        line_rows.share_again(cursor)
        if with_lines < tally.new:
            find_lineless(cursor, batch, orders, complaints)
        tell_story(cursor, batch, tally, trail=trail_of(batch), by=by, at=at)
        tally.exceptions = draw_consequences(
            batch_id=batch.pk,
            trail=trail_of(batch),
            at=at,
            new=troubled_stages(loading.stages) if tally.new else False,
            changed=tally.touched > 0,
        )
    reading = loading.reading
    tally.refused = dict(reading.refused)
    reading.finish()
    remark_who_had_it(batch, reading.files, reading.complaints)
    reading.complaints.join(complaints)
    return tally
