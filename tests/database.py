"""The database of the tests: migrated once, copied for every process, emptied of what a test really wrote.

Migrating takes ten seconds of a processor, copying a migrated database a tenth of one. So the migrations run when
they have changed, into a template that stays on the server (`test_shopops_<digest>`); every run, and every worker of
a run, begins with a fresh copy of it. `--create-db` makes the template anew.

Tests whose transactions end really leave rows behind. Django would empty every table and make the permissions again
after each of them; here only the tables that have rows are emptied, and the permissions stay unless a test changed
them.

What is rolled back stays in the files of the tables until they are vacuumed. PostgreSQL does that in the background,
and counts the rows at the same time: none, because they are in the transaction of a test. From then on it expects
none and joins in the slowest way (checking a permission took thirty milliseconds instead of one). So the background
leaves these tables alone, and they are vacuumed here, between tests.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import _get_all_permissions
from django.db import connection, connections, transaction
from django.test import TransactionTestCase

PATIENCE = 10.0  # seconds for what the last request of a test still does
LONGEST_NAME = 63
DIGITS = 12
TESTS_BETWEEN_VACUUMS = 20
WORTH_A_VACUUM = 256 * 1024  # bytes of a table


@contextmanager
def own_database(*, anew: bool) -> Iterator[None]:
    """Work in a copy of the migrated database; it is gone at the end.

    :param anew: run the migrations even when they have not changed.
    """
    home, name = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    with _one_at_a_time() as execute:
        template = _template(execute, anew=anew)
        execute(f'DROP DATABASE IF EXISTS "{name}"')  # fails when another run of the same name is at work in it
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _go_to(name)
    try:
        with patch.object(TransactionTestCase, "_fixture_teardown", _emptier()):
            yield
    finally:
        _go_to(home)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _go_to(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def _one_at_a_time() -> Iterator[Callable[[str], Any]]:
    """Give the means to make databases, to one of the processes that want the same template."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"tests of {connection.settings_dict['NAME']}"])
        yield cursor.execute  # the lock goes with the connection


def _template(execute: Callable[[str], Any], *, anew: bool) -> str:
    """Give the name of the migrated database, made when it is missing; older ones of ours are removed."""
    stem = f"test_{connection.settings_dict['NAME']}"[: LONGEST_NAME - DIGITS - 1]
    wanted = f"{stem}_{_digest()}"
    rows = execute("SELECT datname FROM pg_database").fetchall()
    ours = {row[0] for row in rows if re.fullmatch(rf"{re.escape(stem)}_([0-9a-f]{{{DIGITS}}}|new)", row[0])}
    for name in ours - (set() if anew else {wanted}):
        execute(f'DROP DATABASE IF EXISTS "{name}"')
    if anew or wanted not in ours:
        _migrate(f"{stem}_new")
        execute(f'ALTER DATABASE "{stem}_new" RENAME TO "{wanted}"')
    return wanted


def _migrate(name: str) -> None:
    home, named = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)')
            cursor.execute("ANALYZE")
    finally:
        connection.settings_dict["TEST"]["NAME"] = named
        _go_to(home)


def _digest() -> str:
    """Sum up what a new database depends on: the migrations, the permissions that follow the models, this file."""
    found = hashlib.sha256(django.get_version().encode() + Path(__file__).read_bytes())
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path).glob("migrations/*.py")):
            found.update(path.name.encode() + path.read_bytes())
        for model in config.get_models():
            found.update(f"{model._meta.label} {_get_all_permissions(model._meta)}".encode())
    return found.hexdigest()[:DIGITS]


def vacuum_now_and_then() -> None:
    """Throw away what rolled back tests left in the files; to be called between tests, when no transaction is open."""
    if not _at_the_start or next(_tests) % TESTS_BETWEEN_VACUUMS:
        return
    values = connection.get_connection_params()
    values.pop("cursor_factory", None)
    values.pop("context", None)
    with psycopg.connect(**values, autocommit=True) as outside:
        wanted = "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > %s"
        if found := outside.execute(wanted, [_tables(), WORTH_A_VACUUM]).fetchall():
            outside.execute("VACUUM " + ", ".join(f'"{name}"' for (name,) in found))


def written_tables() -> list[str]:
    """Name the tables in which a test has written; permissions, which are there from the start, are left out."""
    return [name for name in rows_in(_tables()) if name not in _at_the_start]


def rows_in(tables: Iterable[str]) -> list[str]:
    """Name those of the tables that have rows."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in tables))
        return [name for (name,) in cursor.fetchall()]


@cache
def _tables() -> list[str]:
    return connection.introspection.django_table_names(include_views=False)


#: What is in a new database: table → a sum of its rows.
_at_the_start: dict[str, str] = {}
_tests = count(1)


def _emptier() -> Callable[[TransactionTestCase], None]:
    """Give a way to empty the database that leaves it as it is now, at the start."""
    whole_flush = TransactionTestCase._fixture_teardown
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        may_pass_triggers = bool(cursor.fetchone()[0])
    _at_the_start.clear()
    _at_the_start.update({name: _sum_of(name) for name in rows_in(_tables())})

    def empty(test: TransactionTestCase) -> None:
        ordinary = not test.reset_sequences and not test.serialized_rollback and test.available_apps is None
        _wait_for_others()
        if not (ordinary and may_pass_triggers) or any(_sum_of(name) != was for name, was in _at_the_start.items()):
            whole_flush(test)
            _at_the_start.update({name: _sum_of(name) for name in _at_the_start})
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # published versions refuse to be deleted
            for name in written_tables():
                cursor.execute(f'DELETE FROM "{name}"')

    return empty


def _sum_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(row::text, '|' ORDER BY row.id)) FROM \"{table}\" AS row")
        return str(cursor.fetchone()[0])


def _wait_for_others() -> None:
    """Wait until what the test began elsewhere has ended: a request that the browser no longer waits for, a thread."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.02)
