"""Environment variables: typed values, and a readable sentence for each that cannot be used."""

from __future__ import annotations

import contextlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.environment import (
    VARIABLES,
    BadValueError,
    UnusableEnvironmentError,
    database_from_url,
    kept_secret_key,
    read_environment,
    redis_url,
)

GOOD = {
    "DATABASE_URL": "postgresql://shop@db.example:5432/shopops",
    "REDIS_URL": "redis://queue.example:6379/3",
    "SHOPOPS_SECRET_KEY": "k" * 60,
}


def test_a_database_url_becomes_an_entry_of_the_settings():
    entry = database_from_url("postgresql://shop:p%40ss%2F@db.example:5433/shop%20ops?sslmode=require")
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop ops",
        "USER": "shop",
        "PASSWORD": "p@ss/",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": 5, "sslmode": "require"},
    }


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop@/shopops?host=/run/PG",
        "postgres://shop@%2Frun%2FPG/shopops",
        "postgresql://shop@/shopops?host=%2Frun%2FPG",
    ],
)
def test_a_socket_folder_may_be_the_host_of_a_database(url):
    entry = database_from_url(url)
    assert (entry["HOST"], entry["NAME"], entry["USER"]) == ("/run/PG", "shopops", "shop")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://root@host/x", "must be postgresql://"),
        ("shopops", "must be postgresql://"),
        ("postgresql://shop@host/", "name of the database is missing"),
        ("postgresql://shop@host:99999/x", "port must be a number"),
        ("postgresql://shop@host:abc/x", "port must be a number"),
        ("postgresql://[::1/x", "not a URL"),
        ("postgresql://host/x?connect_timeout=soon", "connect_timeout must be"),
    ],
)
def test_a_bad_database_url_is_refused_with_a_reason_and_without_its_password(url, words):
    with pytest.raises(BadValueError, match=words) as caught:
        database_from_url(url)
    assert "root" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("redis://localhost:6390/1", "redis://localhost:6390/1"),
        ("redis://:secret@localhost", "redis://:secret@localhost/0"),
        ("valkey://localhost:6379", "redis://localhost:6379/0"),
        ("rediss://u:p@host:1/2?ssl_cert_reqs=required", "rediss://u:p@host:1/2?ssl_cert_reqs=required"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock?db=0"),
        ("valkey+unix:///run/valkey.sock?db=7", "unix:///run/valkey.sock?db=7"),
        ("redis+socket://:pw@/run/v.sock?db=1", "unix://:pw@/run/v.sock?db=1"),
    ],
)
def test_the_ways_to_name_a_queue_become_one_that_the_client_accepts(url, accepted):
    from redis import Redis

    assert redis_url(url) == accepted
    with Redis.from_url(accepted) as client:
        assert client.connection_pool.connection_kwargs["db"] == int(
            accepted.partition("?")[0][-1] if "unix" not in accepted else accepted[-1]
        )


@pytest.mark.parametrize(
    "url", ["amqp://host/0", "redis://host:6379/one", "redis:///0", "unix://run?db=x", "redis://h:x/0"]
)
def test_a_bad_queue_url_is_refused(url):
    with pytest.raises(BadValueError):
        redis_url(url)


@given(st.text() | st.text().map("postgresql://{}".format) | st.text().map("redis://{}".format))
def test_no_text_whatever_upsets_the_reading_of_urls(text):
    for read in (database_from_url, redis_url):
        with contextlib.suppress(BadValueError):
            assert read(text)


def test_a_good_environment_has_no_problems_and_safe_defaults(tmp_path):
    environment = read_environment({**GOOD, "SHOPOPS_DATA": str(tmp_path)}, base=tmp_path)
    assert environment.problems == ()
    assert (environment.debug, environment.https_only, environment.serve_static_from_source) == (False, True, False)
    assert environment.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert (environment.log_format, environment.log_level, environment.proxy_count) == ("json", "INFO", 0)
    assert environment.media_root == tmp_path / "media"
    environment.refuse_problems()


def test_plain_http_is_redirected_only_behind_a_proxy_that_tells_the_scheme(tmp_path):
    here = {**GOOD, "SHOPOPS_DATA": str(tmp_path)}
    bare = read_environment(here, base=tmp_path)
    behind = read_environment({**here, "SHOPOPS_PROXY_COUNT": "1"}, base=tmp_path)
    inside = read_environment({**here, "SHOPOPS_PROXY_COUNT": "1", "SHOPOPS_HTTPS": "off"}, base=tmp_path)
    assert (bare.https_redirect, bare.hsts) == (False, "host")
    assert (behind.https_redirect, behind.hsts) == (True, "host")
    assert (inside.https_redirect, inside.hsts) == (False, "off")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DATABASE_URL", "", "is not set"),
        ("DATABASE_URL", "oracle://x/y", "must be postgresql://"),
        ("REDIS_URL", "", "is not set"),
        ("REDIS_URL", "http://x", "must be redis://"),
        ("SHOPOPS_DATA", "relative/folder", "absolute path"),
        ("SHOPOPS_MEDIA", "/etc/passwd", "is not a folder"),
        ("SHOPOPS_STATIC", "static", "absolute path"),
        ("SHOPOPS_STATIC_FROM_SOURCE", "perhaps", "on or off"),
        ("SHOPOPS_SECRET_KEY", "short", "too short"),
        ("SHOPOPS_DEBUG", "maybe", "on or off"),
        ("SHOPOPS_HSTS", "everywhere", "must be one of host, subdomains, preload, off"),
        ("SHOPOPS_HTTPS_REDIRECT", "maybe", "on or off"),
        ("SHOPOPS_ALLOWED_HOSTS", "shop.example, http://shop.example", "not a host name"),
        ("SHOPOPS_CSRF_TRUSTED_ORIGINS", "shop.example", "not an origin"),
        ("SHOPOPS_CSRF_TRUSTED_ORIGINS", "https://shop.example/login", "not an origin"),
        ("SHOPOPS_HTTPS", "ja", "on or off"),
        ("SHOPOPS_PROXY_COUNT", "99", "from 0 to 5"),
        ("SHOPOPS_LOG_LEVEL", "LOUD", "one of DEBUG"),
        ("SHOPOPS_LOG_FORMAT", "xml", "one of json"),
    ],
)
def test_every_variable_that_cannot_be_used_is_named_with_what_is_wanted(tmp_path, variable, value, words):
    environment = read_environment({**GOOD, "SHOPOPS_DATA": str(tmp_path), variable: value}, base=tmp_path)
    assert [problem.variable for problem in environment.problems] == [variable]
    assert words in str(environment.problems[0])
    with pytest.raises(UnusableEnvironmentError, match=variable):
        environment.refuse_problems()


def test_a_bad_database_url_reaches_no_other_database(tmp_path):
    environment = read_environment({"SHOPOPS_DATA": str(tmp_path)}, base=tmp_path)
    assert database_from_url(environment.database_url)["HOST"].startswith("/nonexistent/")
    assert environment.redis_url.startswith("unix:///nonexistent/")


def test_the_secret_key_is_made_once_kept_and_private(tmp_path):
    data = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _number: kept_secret_key(data), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret_key"]


def test_every_variable_stands_in_the_papers_for_operators():
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    for variable, meaning in VARIABLES.items():
        assert f"| `{variable}` |" in page, variable
        assert meaning, variable
