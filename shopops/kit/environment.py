"""The environment variables of an installation, read into typed values.

Standard library only: the settings import this module, so nothing of Django may be needed yet. A bad value never
raises here. It becomes a :class:`Problem`, which the system check ``shopops.E001`` prints and which
:meth:`Environment.refuse_problems` turns into an exit with one readable sentence per variable; the field itself then
holds a value with which nothing can be reached by mistake. Values that may hold a password are never repeated.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

#: Every variable read here, with the words of the table in docs/operations.md.
VARIABLES: Mapping[str, str] = {
    "DATABASE_URL": "PostgreSQL to use: postgresql://user:password@host:5432/name, or a socket folder as host",
    "REDIS_URL": "Valkey or Redis to use: redis://host:6379/0, rediss://, or unix:///path/to.sock?db=0",
    "SHOPOPS_DATA": "folder for the secret key and, unless set apart, the media files",
    "SHOPOPS_MEDIA": "folder for uploaded and produced files",
    "SHOPOPS_STATIC": "folder that collectstatic fills and the web server serves",
    "SHOPOPS_STATIC_FROM_SOURCE": "on serves CSS, scripts and fonts from the source tree; for development and the demo",
    "SHOPOPS_SECRET_KEY": "key that signs sessions; made and kept in the data folder when not set",
    "SHOPOPS_DEBUG": "on shows tracebacks in the browser; never in production",
    "SHOPOPS_ALLOWED_HOSTS": "host names that are answered, separated by commas",
    "SHOPOPS_CSRF_TRUSTED_ORIGINS": "origins such as https://shop.example that may post, separated by commas",
    "SHOPOPS_HTTPS": "on sends cookies over HTTPS only, and browsers stay with it; off only inside a trusted network",
    "SHOPOPS_HTTPS_REDIRECT": "on sends who comes over plain HTTP to HTTPS; as SHOPOPS_HTTPS behind a proxy",
    "SHOPOPS_HSTS": "which names browsers only ask over HTTPS: host, subdomains, preload, or off",
    "SHOPOPS_PROXY_COUNT": "number of reverse proxies in front, 0 to 5; their X-Forwarded headers are believed",
    "SHOPOPS_LOG_LEVEL": "DEBUG, INFO, WARNING, ERROR or CRITICAL",
    "SHOPOPS_LOG_FORMAT": "json (one object a line) or console (coloured, for people)",
}

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("json", "console")
HSTS = ("host", "subdomains", "preload", "off")
SECRET_KEY_LENGTH = 50
MOST_PROXIES = 5

#: Seconds to wait for a database connection before the page says that the database is away.
CONNECT_TIMEOUT = 5

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_HOST = re.compile(r"\*|\.?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_UNREACHABLE_DATABASE = "postgresql:///no-database?host=/nonexistent/DATABASE_URL-is-not-usable"
_UNREACHABLE_REDIS = "unix:///nonexistent/REDIS_URL-is-not-usable?db=0"


class BadValueError(ValueError):
    """An environment variable holds something that cannot be used; the text says what is wanted instead."""


class UnusableEnvironmentError(Exception):
    """At least one variable cannot be used; the text has a line for each."""


@dataclass(frozen=True)
class Problem:
    """One variable that cannot be used, and why, in a sentence for the operator."""

    variable: str
    text: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.text}"


@dataclass(frozen=True)
class Environment:
    """Everything the settings take from outside. Lists and folders are ready to use."""

    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    https_only: bool
    https_redirect: bool
    hsts: str
    proxy_count: int
    database_url: str
    redis_url: str
    data: Path
    media_root: Path
    static_root: Path
    serve_static_from_source: bool
    log_level: str
    log_format: str
    problems: tuple[Problem, ...] = ()

    def refuse_problems(self) -> None:
        """Stop a server that would run with a value nobody meant.

        Called where Django runs no system checks (wsgi). An ordinary exception, because gunicorn gives up on one, while
        it would start a worker that merely exits again and again.

        :raises UnusableEnvironmentError: with one line per problem.
        """
        if self.problems:
            lines = "\n".join(f"  {problem}" for problem in self.problems)
            raise UnusableEnvironmentError(f"ShopOps does not start, because its environment is not usable:\n{lines}")


def database_from_url(url: str) -> dict[str, Any]:
    """Turn a PostgreSQL URL into an entry of Django's ``DATABASES``.

    Hosts may be names, addresses or socket folders (``postgresql:///name?host=/run/postgresql`` or
    ``postgresql://user@%2Frun%2Fpostgresql/name``). Other query parameters go to the driver (``sslmode`` ...).

    :raises BadValueError: with what is wrong, never with the URL itself.
    """
    parts = _split(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadValueError(f"the scheme must be postgresql://, not {parts.scheme or 'nothing'}://")
    options: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT}
    options.update(_query(parts))
    host = str(options.pop("host", "") or unquote(_host(parts)))
    port = str(options.pop("port", "") or _port(parts))
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise BadValueError("the name of the database is missing, as in postgresql://user@host/shopops")
    try:
        options["connect_timeout"] = int(options["connect_timeout"])
    except ValueError:
        raise BadValueError("connect_timeout must be a whole number of seconds") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": str(options.pop("user", "") or unquote(parts.username or "")),
        "PASSWORD": str(options.pop("password", "") or unquote(parts.password or "")),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def redis_url(url: str) -> str:
    """Give back a URL that redis-py and RQ accept for a Valkey or Redis server.

    ``valkey://`` is read as ``redis://``, ``valkeys://`` as ``rediss://``, and ``redis+socket://`` and
    ``valkey+unix://`` as ``unix://``. The database number is always present in what comes back.

    :raises BadValueError: with what is wrong, never with the URL itself.
    """
    parts = _split(url)
    schemes = {
        "redis": "redis",
        "valkey": "redis",
        "rediss": "rediss",
        "valkeys": "rediss",
        "unix": "unix",
        "redis+socket": "unix",
        "redis+unix": "unix",
        "valkey+unix": "unix",
    }
    scheme = schemes.get(parts.scheme)
    if scheme is None:
        raise BadValueError(f"the scheme must be redis://, rediss:// or unix://, not {parts.scheme or 'nothing'}://")
    query = _query(parts)
    if scheme == "unix":
        if not parts.path.startswith("/"):
            raise BadValueError("the path of the socket must be absolute, as in unix:///run/valkey.sock?db=0")
        query["db"] = _redis_number(query.get("db", "0"))
        return f"unix://{_authority(parts)}{parts.path}?{urlencode(query)}"
    if not parts.hostname:
        raise BadValueError("the host is missing, as in redis://127.0.0.1:6379/0")
    _port(parts)
    number = _redis_number(parts.path.removeprefix("/") or query.pop("db", "") or "0")
    rest = f"?{urlencode(query)}" if query else ""
    return f"{scheme}://{parts.netloc}/{number}{rest}"


def read_environment(environ: Mapping[str, str] | None = None, *, base: Path | None = None) -> Environment:
    """Read every variable of :data:`VARIABLES`; bad and missing ones are listed in ``problems``.

    :param environ: the variables; those of the process when not given.
    :param base: the folder of the project, under which ``.data`` and ``staticfiles`` lie by default.
    """
    reader = _Reader(os.environ if environ is None else environ)
    base = Path(__file__).resolve().parents[2] if base is None else base
    debug = reader.switch("SHOPOPS_DEBUG", default=False)
    data = reader.folder("SHOPOPS_DATA", default=base / ".data")
    https_only, proxies = reader.switch("SHOPOPS_HTTPS", default=not debug), reader.proxies()
    return Environment(
        debug=debug,
        secret_key=reader.secret_key(data),
        allowed_hosts=reader.hosts(),
        csrf_trusted_origins=reader.origins(),
        https_only=https_only,
        https_redirect=reader.switch("SHOPOPS_HTTPS_REDIRECT", default=https_only and proxies > 0),
        hsts=reader.word("SHOPOPS_HSTS", HSTS, default="host" if https_only else "off"),
        proxy_count=proxies,
        database_url=reader.database(),
        redis_url=reader.redis(),
        data=data,
        media_root=reader.folder("SHOPOPS_MEDIA", default=data / "media"),
        static_root=reader.folder("SHOPOPS_STATIC", default=base / "staticfiles"),
        serve_static_from_source=reader.switch("SHOPOPS_STATIC_FROM_SOURCE", default=debug),
        log_level=reader.word("SHOPOPS_LOG_LEVEL", LOG_LEVELS, default="INFO"),
        log_format=reader.word("SHOPOPS_LOG_FORMAT", LOG_FORMATS, default="console" if debug else "json"),
        problems=tuple(reader.problems),
    )


def kept_secret_key(data: Path) -> str:
    """Give the secret key kept in the data folder, made on the first call and readable by its owner only.

    Two processes that start at once end with the same key.

    :raises OSError: when the folder cannot be written.
    """
    path = data / "secret_key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    data.mkdir(parents=True, exist_ok=True)
    draft = data / f".secret_key-{os.getpid()}-{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(draft, path)  # fails when another process was faster: its key is then the one that counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


class _Reader:
    """Reads one variable after the other and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[Problem] = []

    def text(self, variable: str) -> str:
        return self.environ.get(variable, "").strip()

    def complain(self, variable: str, text: str) -> None:
        self.problems.append(Problem(variable, text))

    def switch(self, variable: str, *, default: bool) -> bool:
        value = self.text(variable).lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        if value:
            self.complain(variable, f"must be on or off, not {value!r}")
        return default

    def word(self, variable: str, words: tuple[str, ...], *, default: str) -> str:
        value = self.text(variable)
        for word in words:
            if value.lower() == word.lower():
                return word
        if value:
            self.complain(variable, f"must be one of {', '.join(words)}, not {value!r}")
        return default

    def folder(self, variable: str, *, default: Path) -> Path:
        value = self.text(variable)
        if not value:
            return default
        path = Path(value).expanduser()
        if not path.is_absolute():
            self.complain(variable, f"must be an absolute path, not {value!r}")
            return default
        if path.exists() and not path.is_dir():
            self.complain(variable, f"{value!r} is not a folder")
            return default
        return path

    def hosts(self) -> list[str]:
        variable = "SHOPOPS_ALLOWED_HOSTS"
        good: list[str] = []
        for value in _listed(self.text(variable) or "localhost,127.0.0.1,[::1]"):
            if _HOST.fullmatch(value):
                good.append(value)
            else:
                self.complain(
                    variable,
                    f"{value!r} is not a host name; give names without scheme, port or path",
                )
        return good

    def origins(self) -> list[str]:
        variable = "SHOPOPS_CSRF_TRUSTED_ORIGINS"
        good: list[str] = []
        for value in _listed(self.text(variable)):
            try:
                parts = _split(value)
                whole = parts.scheme in {"http", "https"} and parts.hostname and not parts.path and not parts.query
                _port(parts)
            except BadValueError:
                whole = False
            if whole:
                good.append(value)
            else:
                self.complain(variable, f"{value!r} is not an origin such as https://shop.example")
        return good

    def proxies(self) -> int:
        variable = "SHOPOPS_PROXY_COUNT"
        value = self.text(variable) or "0"
        if value.isascii() and value.isdigit() and int(value) <= MOST_PROXIES:
            return int(value)
        self.complain(variable, f"must be a number from 0 to {MOST_PROXIES}, not {value!r}")
        return 0

    def database(self) -> str:
        return self.service("DATABASE_URL", database_from_url, "PostgreSQL", or_else=_UNREACHABLE_DATABASE)

    def redis(self) -> str:
        address = self.service("REDIS_URL", redis_url, "Valkey or Redis", or_else=_UNREACHABLE_REDIS)
        return redis_url(address)

    def service(self, variable: str, check: Callable[[str], object], server: str, *, or_else: str) -> str:
        value = self.text(variable)
        if not value:
            self.complain(variable, f"is not set; start through ./dev, or name the {server} server to use")
            return or_else
        try:
            check(value)
        except BadValueError as bad:
            self.complain(variable, str(bad))
            return or_else
        return value

    def secret_key(self, data: Path) -> str:
        variable = "SHOPOPS_SECRET_KEY"
        value = self.text(variable)
        if value:
            if len(value) < SECRET_KEY_LENGTH:
                self.complain(
                    variable,
                    f"is too short; give at least {SECRET_KEY_LENGTH} random characters",
                )
            return value
        try:
            return kept_secret_key(data)
        except OSError as error:
            self.complain(
                variable,
                f"is not set, and none can be kept in the data folder {str(data)!r}: {error.strerror}",
            )
            return secrets.token_urlsafe(48)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError:
        raise BadValueError("is not a URL") from None


def _query(parts: SplitResult) -> dict[str, str]:
    return dict(parse_qsl(parts.query, keep_blank_values=True))


def _host(parts: SplitResult) -> str:
    """Give the host as it was written; ``SplitResult.hostname`` would put a socket folder into small letters."""
    place = parts.netloc.rpartition("@")[2]
    return place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0]


def _port(parts: SplitResult) -> str:
    try:
        return str(parts.port or "")
    except ValueError:
        raise BadValueError("the port must be a number from 1 to 65535") from None


def _authority(parts: SplitResult) -> str:
    return f"{parts.netloc}" if "@" in parts.netloc else ""


def _redis_number(value: str) -> str:
    if value.isascii() and value.isdigit():
        return value
    raise BadValueError("the database must be a number, as in redis://127.0.0.1:6379/0")


def _listed(value: str) -> list[str]:
    return [item for item in (part.strip() for part in value.split(",")) if item]
