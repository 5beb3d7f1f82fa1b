"""Whether the parts of the installation answer. Every question ends after a second or two, whatever is broken."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Worker

from staff.models import SettingValue

#: Under this name the scheduler keeps the moment of its last look at the clock.
LAST_RUN = "staff.scheduler_last_run"

WORKER_SILENT_AFTER = 60.0  # seconds; an idle worker is heard every 15, a busy one every 30
SCHEDULER_SILENT_AFTER = 120.0  # seconds; it looks at the clock every 20
CONNECT_SECONDS = 2  # the least the database driver takes
QUEUE_SECONDS = 1.0
STATEMENT_MILLISECONDS = 1000


@dataclass(frozen=True)
class Part:
    """One part of the installation: whether it works, and facts for the operator."""

    name: str
    up: bool
    facts: dict[str, Any] = field(default_factory=dict)


def parts(*, at: datetime) -> list[Part]:
    """Ask the database, the queue, the workers and the scheduler, and give what they said."""
    database, scheduler = _ask_database(at)
    queue, worker = _ask_queue(at)
    return [database, queue, worker, scheduler]


def _ask_database(at: datetime) -> tuple[Part, Part]:
    """Ask over a connection of its own: a kept one may hang for minutes when the server is gone."""
    began = time.monotonic()
    wanted = connection.get_connection_params()
    wanted.pop("cursor_factory", None)
    wanted["connect_timeout"] = CONNECT_SECONDS
    wanted["options"] = f"{wanted.get('options', '')} -c statement_timeout={STATEMENT_MILLISECONDS}".strip()
    question = f"SELECT changed_at FROM {SettingValue._meta.db_table} WHERE name = %s"  # noqa: S608 -- our own table
    try:
        with psycopg.connect(**wanted) as fresh:
            row = fresh.execute(question, [LAST_RUN]).fetchone()
    except psycopg.errors.UndefinedTable:
        reason = {"reason": "the tables are missing; run manage.py migrate"}
        return Part("database", up=False, facts=reason), Part("scheduler", up=False)
    except psycopg.Error as error:
        return Part("database", up=False, facts={"reason": _reason(error)}), Part(
            "scheduler", up=False, facts={"reason": "not known while the database is away"}
        )
    database = Part("database", up=True, facts={"milliseconds": round((time.monotonic() - began) * 1000)})
    return database, _heard("scheduler", "last_run_at", row[0] if row else None, SCHEDULER_SILENT_AFTER, at)


def _ask_queue(at: datetime) -> tuple[Part, Part]:
    url = str(settings.RQ_QUEUES["default"]["URL"])
    client = Redis.from_url(
        url, socket_timeout=QUEUE_SECONDS, socket_connect_timeout=QUEUE_SECONDS, retry=Retry(NoBackoff(), 0)
    )
    try:
        waiting = {name: client.llen(f"rq:queue:{name}") for name in settings.RQ_QUEUES}
        heard = [worker.last_heartbeat for worker in Worker.all(connection=client) if worker.last_heartbeat]
    except RedisError as error:
        reason = {"reason": "not known while the queue is away"}
        return Part("queue", up=False, facts={"reason": _reason(error)}), Part("worker", up=False, facts=reason)
    finally:
        client.close()
    moments = [moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in heard]
    worker = _heard("worker", "heartbeat_at", max(moments, default=None), WORKER_SILENT_AFTER, at)
    worker.facts["count"] = sum((at - moment).total_seconds() <= WORKER_SILENT_AFTER for moment in moments)
    return Part("queue", up=True, facts={"waiting": waiting}), worker


def _heard(name: str, key: str, moment: datetime | None, silent_after: float, at: datetime) -> Part:
    if moment is None:
        return Part(name, up=False, facts={key: None, "reason": "never heard of"})
    age = (at - moment).total_seconds()
    facts: dict[str, Any] = {key: moment.isoformat(timespec="seconds"), "seconds_ago": round(max(0.0, age), 1)}
    return Part(name, up=age <= silent_after, facts=facts)


def _reason(error: Exception) -> str:
    """Give the first line of an error, short enough for a probe's log and free of addresses' passwords."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
