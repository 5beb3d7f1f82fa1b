"""Writing many rows of a model at once by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def copy_in(things: Sequence[M]) -> Sequence[M]:
    """Write new things of one model by COPY, giving each a primary key; several times faster than bulk_create.

    No signals, no events: for made-up data and other loads that bring their own trail.
    """
    if not things:
        return things
    model = type(things[0])
    give_keys(things)
    fields = model._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for thing in things:
            copy.write_row([field.get_db_prep_save(getattr(thing, field.attname), connection) for field in fields])
    return things


def copy_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows of plain values into the named columns by COPY, every other column at the default of its field.

    For batches in which the making of model instances would cost more than the writing.

    :param names: attribute names of the columns (`note_id`, not `note`); values as the driver takes them.
    """
    blank = model()
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    others = [field for field in by_name.values() if field.attname not in names and not field.primary_key]
    defaults = [field.get_db_prep_save(getattr(blank, field.attname), connection) for field in others]
    columns = [by_name[name].column or name for name in names] + [field.column or field.attname for field in others]
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([*row, *defaults])


def give_keys(things: Sequence[models.Model]) -> None:
    """Give each thing without one the next primary keys of its table."""
    bare = [thing for thing in things if thing.pk is None]
    if not bare:
        return
    table, column = type(bare[0])._meta.db_table, type(bare[0])._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, len(bare)]
        )
        for thing, (key,) in zip(bare, cursor.fetchall(), strict=True):
            thing.pk = key
