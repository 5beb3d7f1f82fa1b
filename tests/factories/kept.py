"""What many tests begin with: made by the real actions once in a process, and put back as rows from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db import connection, transaction

from staff.models import Employee
from tests.database import rows_in, written_tables

Makes = Callable[..., dict[str, Employee] | None]


def made_once(make: Makes) -> Makes:
    """Decorate what makes people or plain rows in an empty database, with keyword arguments only.

    In a database that is not empty the real thing runs each time: it mends and adds to what is there. The numbers of
    rows that are put back are never given again, because sequences go on whatever is rolled back or deleted.
    """
    kept: dict[object, tuple[Mapping[str, bytes], dict[str, int] | None]] = {}

    @wraps(make)
    def make_or_put_back(**words: Any) -> dict[str, Employee] | None:
        key = tuple(sorted(words.items()))
        if key in kept and not rows_in(kept[key][0]):
            rows, numbers = kept[key]
            _put_back(rows)
            if numbers is None:
                return None
            people = Employee.objects.select_related("unit").in_bulk(numbers.values())
            return {name: people[number] for name, number in numbers.items()}
        was_empty = not written_tables()
        made = make(**words)
        if was_empty:
            kept[key] = _rows(), {name: one.pk for name, one in made.items()} if made else None
        return made

    return make_or_put_back


def _rows() -> dict[str, bytes]:
    found = {}
    with connection.cursor() as cursor:
        for table in written_tables():
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                found[table] = b"".join(copy)
    return found


def _put_back(rows: Mapping[str, bytes]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # references are checked at the end of it
        for table, lines in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(lines)
