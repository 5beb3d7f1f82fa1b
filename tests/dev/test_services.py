"""Services of ./dev: shared by commands that run at once, gone when the last one ends, data kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from redis import Redis

from tools.dev.chromium import FONTS, browser_environment, find_chromium
from tools.dev.places import ROOT, own_folder, project_environment, run_folder
from tools.dev.pytest_services import QUEUES, queue_of_worker
from tools.dev.services import read_note, shared_services, start_services, take_ownership


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def rows(url: str, statement: str):
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_services_start_from_nothing_keep_their_data_and_serve_two_commands_at_once(tmp_path):
    folder = tmp_path / "a folder whose name is far too long for the path of a socket" / ("x" * 60)
    with shared_services(folder) as env:
        with psycopg.connect(env["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT lower('ÀÉ') AS text")
        with Redis.from_url(env["REDIS_URL"]) as client:
            client.set("kept", "queue")
        with shared_services(folder) as second:
            assert dict(second) == dict(env), "the second command uses what runs"
        assert rows(env["DATABASE_URL"], "SELECT 1") == [(1,)], "the end of the second does not stop the first"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(env["DATABASE_URL"])
    with shared_services(folder) as env:
        assert rows(env["DATABASE_URL"], "SELECT text FROM kept") == [("àé",)]
        with Redis.from_url(env["REDIS_URL"]) as client:
            assert client.get("kept") == b"queue"


def test_services_that_were_killed_come_back_with_their_data(tmp_path):
    services = start_services(tmp_path / "data", purpose="bench")
    try:
        with psycopg.connect(services.env["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        for child in services.children:
            os.kill(child.process.pid, signal.SIGKILL)
    finally:
        services.stop()
    again = start_services(tmp_path / "data", purpose="bench")
    try:
        assert rows(again.env["DATABASE_URL"], "SELECT answer FROM kept") == [(42,)]
    finally:
        again.stop()


def test_servers_that_outlived_their_supervisor_are_stopped_before_new_ones_start(tmp_path, monkeypatch):
    """The kernel ends them on Linux; elsewhere nobody does."""
    monkeypatch.setattr("tools.dev.children.end_with_parent", lambda _number: None)
    left = start_services(tmp_path / "data", purpose="demo")
    again = start_services(tmp_path / "data", purpose="demo")
    try:
        for child in left.children:
            assert child.process.wait(30) == 0
        assert all(child.alive for child in again.children)
    finally:
        again.stop()


def test_servers_that_are_named_are_used_and_none_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/shop")
    monkeypatch.setenv("REDIS_URL", "redis://queue.example/0")
    services = start_services(tmp_path / "data", purpose="demo")
    assert services.children == []
    assert services.env == {"DATABASE_URL": "postgresql://db.example/shop", "REDIS_URL": "redis://queue.example/0"}
    assert not (tmp_path / "data").exists()
    with shared_services(tmp_path / "data") as env:
        assert dict(env) == {}


def test_only_the_server_that_is_not_named_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/shop")
    services = start_services(tmp_path / "data", purpose="test")
    try:
        assert [child.name for child in services.children] == ["Valkey"]
        with Redis.from_url(services.env["REDIS_URL"]) as client:
            assert client.ping()
    finally:
        services.stop()


@pytest.mark.parametrize("place", ["redis://:word@queue.example:6379/{}", "unix:///run/valkey.sock?db={}"])
@pytest.mark.parametrize("number", [0, 2, 15])
def test_each_of_sixteen_workers_has_a_queue_of_its_own_on_a_server_with_sixteen(place, number):
    own = {queue_of_worker(place.format(number), worker) for worker in range(QUEUES)}
    assert own == {place.format(other) for other in range(16)}
    assert queue_of_worker(place.format(number), 0) == place.format(number)
    assert queue_of_worker(place.format(2), 1) == place.format(10)


def test_more_workers_than_queues_are_refused():
    with pytest.raises(pytest.UsageError, match="no more than 16"):
        queue_of_worker("redis://queue.example/0", QUEUES)


def test_the_ownership_of_a_data_folder_ends_with_its_holder(tmp_path):
    program = f"""
import time
from pathlib import Path
from tools.dev.services import take_ownership
held = take_ownership(Path({str(tmp_path)!r}))
print(held is not None, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "True\n"
        assert take_ownership(tmp_path) is None
        holder.kill()
    with take_ownership(tmp_path, patience=30) as held:
        assert held


def test_a_note_that_is_damaged_or_missing_is_no_note(tmp_path):
    assert read_note(tmp_path) == {}
    (tmp_path / "run.json").write_text("{half", encoding="utf-8")
    assert read_note(tmp_path) == {}


def test_a_folder_that_somebody_else_made_first_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(SystemExit, match="belongs to somebody else"):
        own_folder(tmp_path / "link")
    assert len(os.fsencode(run_folder(tmp_path / ("long" * 50)) / "pg" / ".s.PGSQL.5432")) < 104


def test_variables_that_are_set_win_over_those_of_the_project(monkeypatch):
    monkeypatch.setenv("SHOPOPS_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("SHOPOPS_HTTPS", "")
    env = project_environment()
    assert (env["SHOPOPS_LOG_LEVEL"], env["SHOPOPS_HTTPS"]) == ("DEBUG", "off")


def test_the_browser_sees_only_the_bundled_fonts(tmp_path):
    env = browser_environment(tmp_path)
    listed = subprocess.run(["fc-list"], env={**os.environ, **env}, capture_output=True, text=True, check=True).stdout
    assert listed
    assert all(line.startswith(str(FONTS)) for line in listed.splitlines())


def test_a_chosen_chromium_is_taken_at_its_word(monkeypatch):
    monkeypatch.setenv("SHOP_CHROMIUM", "/opt/chromium/chrome")
    assert find_chromium() == "/opt/chromium/chrome"


def test_a_stub_that_asks_for_snap_is_no_chromium(monkeypatch, tmp_path):
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho 'run: snap install chromium'\n", encoding="utf-8")
    stub.chmod(0o755)
    monkeypatch.delenv("SHOP_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    assert find_chromium() != str(stub)


def test_a_pause_between_commands_is_short(tmp_path):
    """A warm start must leave most of its ten seconds to Django."""
    start_services(tmp_path / "data", purpose="demo").stop()
    began = time.monotonic()
    start_services(tmp_path / "data", purpose="demo").stop()
    assert time.monotonic() - began < 8
