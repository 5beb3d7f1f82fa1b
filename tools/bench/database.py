"""A database for the measurements alone, beside the given one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def own_database() -> Iterator[str]:
    """Make `bench_<name>` beside the database of DATABASE_URL, point DATABASE_URL at it, and remove it afterwards.

    :raises SystemExit: if DATABASE_URL is not set.
    """
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        raise SystemExit("Set DATABASE_URL, or run ./dev bench, which starts a server of its own.")
    name = f"bench_{name_of(given)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ["DATABASE_URL"] = beside(given, name)
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        os.environ["DATABASE_URL"] = given
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def copied_database() -> Iterator[str]:
    """Copy the database of the bench as it stands; give the copy's address, and remove it afterwards."""
    from django.db import connection as ours

    given = os.environ["DATABASE_URL"]
    source, name = name_of(given), f"{name_of(given)}_copy"
    ours.close()  # a database can only be copied while nobody is connected to it
    maintenance = beside(given, "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        )
    try:
        yield beside(given, name)
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def fresh_database() -> Iterator[None]:
    """Let one bench work on a copy of the migrated, empty database, so that none meets what another has left."""
    from django.db import connection

    given, name = os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
    with copied_database() as copy:
        os.environ["DATABASE_URL"], connection.settings_dict["NAME"] = copy, name_of(copy)
        try:
            yield
        finally:
            connection.close()
            os.environ["DATABASE_URL"], connection.settings_dict["NAME"] = given, name


def name_of(url: str) -> str:
    """Return the name of the database in an address."""
    return urlsplit(url).path.removeprefix("/")


def beside(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"
