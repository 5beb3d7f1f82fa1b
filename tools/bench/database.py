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
    parts = urlsplit(given)
    name = f"bench_{parts.path.removeprefix('/')}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    query = f"?{parts.query}" if parts.query else ""
    os.environ["DATABASE_URL"] = f"{parts.scheme}://{parts.netloc}/{name}{query}"
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        os.environ["DATABASE_URL"] = given
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
