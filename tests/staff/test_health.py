"""The probe: it tells what works, and answers soon whatever is broken."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from redis import Redis
from rq import Queue, Worker

from shopops.kit.clock import now
from staff.models import SettingValue
from staff.queries import health
from staff.views.health import healthz

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue_client(settings):
    client = Redis.from_url(settings.RQ_QUEUES["default"]["URL"])
    yield client
    client.close()


@pytest.fixture
def heard_worker(queue_client):
    worker = Worker([Queue("default", connection=queue_client)], connection=queue_client)
    worker.register_birth()
    yield worker
    worker.register_death()


@pytest.fixture
def looking_scheduler():
    SettingValue.objects.create(name=health.LAST_RUN, value="", changed_at=now())


@pytest.fixture
def silent_socket(tmp_path):
    """A server that takes connections and never says a word."""
    path = tmp_path / ".s.PGSQL.5432"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    yield path
    server.close()


def ask():
    answer = healthz(RequestFactory().get("/healthz"))
    return answer.status_code, json.loads(answer.content)


def test_all_is_well_when_every_part_answers(heard_worker, looking_scheduler):
    status, said = ask()
    assert (status, said["status"]) == (200, "ok")
    assert all(said[part]["up"] for part in ("database", "queue", "worker", "scheduler"))
    assert set(said["queue"]["waiting"]) == {"high", "default"}
    assert said["worker"]["count"] >= 1


def test_the_address_needs_no_login_and_is_not_cached(client, heard_worker, looking_scheduler):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_no_worker_and_no_scheduler_are_told(queue_client):
    for worker in Worker.all(connection=queue_client):
        worker.register_death()
    status, said = ask()
    assert status == 503
    assert said["database"]["up"]
    assert said["queue"]["up"]
    assert said["worker"] == {"up": False, "heartbeat_at": None, "reason": "never heard of", "count": 0}
    assert said["scheduler"]["up"] is False


def test_a_worker_that_has_gone_silent_does_not_count(queue_client, heard_worker):
    long_ago = (datetime.now(UTC) - timedelta(seconds=health.WORKER_SILENT_AFTER + 5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for worker in Worker.all(connection=queue_client):
        queue_client.hset(worker.key, "last_heartbeat", long_ago)
    _status, said = ask()
    assert said["worker"]["up"] is False
    assert said["worker"]["count"] == 0
    assert said["worker"]["seconds_ago"] > health.WORKER_SILENT_AFTER


def test_a_scheduler_that_stopped_looking_is_down():
    SettingValue.objects.create(name=health.LAST_RUN, value="", changed_at=now() - timedelta(minutes=3))
    _status, said = ask()
    assert said["scheduler"]["up"] is False
    assert 170 < said["scheduler"]["seconds_ago"] < 200


def test_the_probe_answers_while_the_database_is_away(monkeypatch, tmp_path, heard_worker):
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    status, said = ask()
    assert status == 503
    assert said["database"]["up"] is False
    assert "No such file" in said["database"]["reason"]
    assert said["scheduler"] == {"up": False, "reason": "not known while the database is away"}
    assert said["queue"]["up"]
    assert said["worker"]["up"]


def test_the_probe_answers_while_the_queue_is_away(settings, tmp_path, looking_scheduler):
    settings.RQ_QUEUES = {name: {"URL": f"unix://{tmp_path}/none.sock?db=0"} for name in ("high", "default")}
    status, said = ask()
    assert status == 503
    assert said["queue"]["up"] is False
    assert said["worker"] == {"up": False, "reason": "not known while the queue is away"}
    assert said["database"]["up"]
    assert said["scheduler"]["up"]


def test_the_probe_answers_soon_when_both_servers_hang(settings, monkeypatch, silent_socket):
    monkeypatch.setitem(connection.settings_dict, "HOST", str(silent_socket.parent))
    monkeypatch.setitem(connection.settings_dict, "PORT", "5432")
    settings.RQ_QUEUES = {name: {"URL": f"unix://{silent_socket}?db=0"} for name in ("high", "default")}
    began = time.monotonic()
    status, said = ask()
    assert time.monotonic() - began < 12  # on a busy machine; waiting in vain would take a minute and more
    assert status == 503
    assert not said["database"]["up"]
    assert not said["queue"]["up"]


def test_missing_tables_are_told_apart_from_a_missing_server(monkeypatch):
    monkeypatch.setattr(SettingValue._meta, "db_table", "no_such_table")
    status, said = ask()
    assert status == 503
    assert "migrate" in said["database"]["reason"]
