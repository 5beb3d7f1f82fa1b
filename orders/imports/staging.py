"""Staging: the rows of a report as they were read, in a temporary table PostgreSQL can work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from django.db import connection, transaction

from shopops.taobao.casting import Value
from shopops.taobao.chunks import Chunk, copy_column
from shopops.taobao.columns import ADDRESS_PARTS, FIELDS, Form, ReportKind
from shopops.taobao.extras import extra_texts
from shopops.taobao.reports import Report

TYPES = {Form.MONEY: "numeric", Form.TIME: "timestamptz", Form.COUNT: "integer", Form.PIECES: "integer"}
NOT_STAGED = frozenset({"address", "changed_address"})
"""Their parts are."""
KEPT_BY_NAME = {
    "payment_number": "支付单号",
    "memo_tag": "备注标签",
    "settled_amount": "打款商家金额",
    "virtual_number_until": "虚拟号过期时间",
    "shipping_method": "运送方式",
    "close_reason": "订单关闭原因",
    "package": "套餐信息",
}
"""Fields no column of ours keeps → the name they have in `extra`."""
SAYS_NOTHING = {"shipping_method": {"快递"}, "settled_amount": {"0.00", "0"}}
WORKED_WITH = frozenset({"close_reason"})
"""Kept by name, and staged too."""


@dataclass
class Stage:
    """The staged rows of one report."""

    table: str
    file: str
    kind: ReportKind
    present: frozenset[str]
    """Fields the file has; the others are empty in every row and say nothing about an order."""
    fields: tuple[str, ...]
    rows: int = 0
    shop_names: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    """Field → its header in the file, for complaints."""

    def has(self, *names: str) -> bool:
        """Say whether the file has one of these fields."""
        return not self.present.isdisjoint(names)


def types_of(kind: ReportKind) -> dict[str, str]:
    """Return the columns of the staging table of such a report, with their types."""
    columns = {known.name: TYPES.get(known.form, "text") for known in FIELDS[kind] if known.name not in NOT_STAGED}
    if kind is ReportKind.ORDERS:
        columns |= dict.fromkeys(ADDRESS_PARTS, "text")
    return columns


def stage_of(report: Report, number: int) -> Stage:
    """Return the plan of a report's staging table, the `number`-th of the upload."""
    types = types_of(report.kind)
    fields = tuple(
        name for name in types if name in report.present and (name not in KEPT_BY_NAME or name in WORKED_WITH)
    )
    headers = {name: report.header_of(name) for name in types}
    return Stage(f"import_stage_{number}", report.name, report.kind, report.present, fields, headers=headers)


def make_table(cursor: Any, table: str, kind: ReportKind) -> None:
    """Make an empty staging table for a kind of report."""
    columns = ", ".join(
        f"{name} {type_}" + (" NOT NULL DEFAULT ''" if type_ == "text" else "")
        for name, type_ in types_of(kind).items()
    )
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(
        f"CREATE TEMPORARY TABLE {table} (row integer, digest uuid, extra jsonb NOT NULL DEFAULT '{{}}', {columns})"
    )


def fill_table(cursor: Any, stage: Stage, texts: Iterable[bytes]) -> None:
    """Make a report's staging table and copy the texts into it as they come.

    In a transaction of its own, so that a file refused half way leaves the connection usable.
    """
    with transaction.atomic():
        make_table(cursor, stage.table, stage.kind)
        with cursor.copy(f"COPY {stage.table} (row, digest, extra, {', '.join(stage.fields)}) FROM STDIN") as copy:
            for text in texts:
                copy.write(text)


def drop_stages(stages: Sequence[Stage]) -> None:
    """Remove staging tables."""
    with connection.cursor() as cursor:
        for stage in stages:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{stage.table}")


def staged_text(stage: Stage, chunk: Chunk) -> bytes:
    """Return a chunk in COPY's text format: row, digest of the row, extra, and the fields the file has."""
    if not len(chunk):
        return b""
    columns = [copy_column(whole_extra(stage, chunk)), *(copy_column(chunk.column(name)) for name in stage.fields)]
    lines = list(map("\t".join, zip(*columns, strict=True)))
    salt = ",".join(sorted(stage.present))
    start = md5(salt.encode(), usedforsecurity=False)
    digests = []
    for line in lines:
        digest = start.copy()
        digest.update(line.encode())
        digests.append(digest.hexdigest())
    rows = zip(map(str, chunk.numbers), digests, lines, strict=True)
    return ("\n".join(map("\t".join, rows)) + "\n").encode()


def whole_extra(stage: Stage, chunk: Chunk) -> list[Value]:
    """Return the JSON of the columns without a field, with the fields that no column of ours keeps."""
    names: list[str] = []
    columns: list[list[str]] = []
    for name, label in KEPT_BY_NAME.items():
        if name in stage.present and name in chunk.fields:
            nothing = SAYS_NOTHING.get(name, set())
            column = [value if value and value not in nothing else "" for value in chunk.column(name)]
            if any(column):
                names.append(label)
                columns.append(column)
    extra = chunk.column("extra")
    if not names:
        return extra
    more = extra_texts(names, columns, len(chunk))
    return [
        one if two == "{}" else two if one == "{}" else f"{(one or '{}')[:-1]}, {two[1:]}"
        for one, two in zip(extra, more, strict=True)
    ]
