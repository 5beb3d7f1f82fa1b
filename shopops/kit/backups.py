"""One file that holds a whole installation: the database and the uploaded and produced files.

A backup is a tar file: ``manifest.json`` first, then ``database.dump`` (PostgreSQL's custom format, compressed), then
``media/...``. Restoring is one database transaction: when it fails, what was there is still there.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from django.db import connection

from shopops.kit.postgres_programs import program_folders, version_of

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
MEDIA = "media"
LOCK_SECONDS = 10
_PIECE = 1024 * 1024


class BackupError(Exception):
    """A backup could not be written or restored; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    format: int
    made_at: str
    postgres: int
    database_sha256: str
    files: int
    migrations: Mapping[str, str]


def write_backup(target: Path, *, media: Path, at: datetime) -> Manifest:
    """Write the database and the files under ``media`` to ``target``, which must not exist yet.

    The file appears under its name only when it is whole, and only its owner can read it.

    :raises BackupError: when a program is missing or fails.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; backups are never written over")
    target.parent.mkdir(parents=True, exist_ok=True)
    program = _program("pg_dump", server=_server_version())
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        dump = Path(scratch) / DUMP
        _run([program, "--format=custom", "--no-owner", "--no-privileges", "--file", dump])
        files = list(_files_under(media))
        manifest = Manifest(
            format=FORMAT,
            made_at=at.isoformat(timespec="seconds"),
            postgres=_server_version(),
            database_sha256=_sha256(dump),
            files=len(files),
            migrations=_migrations(),
        )
        draft = Path(scratch) / "whole.tar"
        with _private(draft) as stream, tarfile.open(fileobj=stream, mode="w") as tar:
            _add_text(tar, MANIFEST, json.dumps(asdict(manifest), indent=1), at)
            tar.add(dump, DUMP)
            for path in files:
                tar.add(path, f"{MEDIA}/{path.relative_to(media).as_posix()}", recursive=False)
        draft.replace(target)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """Read what a backup says about itself.

    :raises BackupError: when the file is not one of our backups.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            first = tar.next()
            stream = tar.extractfile(first) if first and first.name == MANIFEST else None
            if stream is None:
                raise BackupError(f"{source} is not a backup of ShopOps")
            manifest = Manifest(**json.load(stream))
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        raise BackupError(f"{source} cannot be read as a backup: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{source} has format {manifest.format}; this version reads format {FORMAT}")
    return manifest


def restore_backup(source: Path, *, media: Path, replace: bool, at: datetime) -> Path | None:
    """Put the database and the files of a backup in the place of what is here.

    :param replace: without it the database and the media folder must be empty.
    :returns: the folder into which the former media files were moved, or None when there were none.
    :raises BackupError: when something stands in the way; then nothing has changed.
    """
    manifest = read_manifest(source)
    if not replace:
        _refuse_content(media)
    _refuse_newer(manifest)
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as scratch:
        dump, files = Path(scratch) / DUMP, Path(scratch) / MEDIA
        files.mkdir()
        _unpack(source, dump, files, manifest)
        kept = media.with_name(f"{media.name}.before-{at:%Y%m%d-%H%M%S-%f}")
        with _exchanged(media, files, kept):
            _replay(dump, server=_server_version())
    if any(kept.iterdir()):
        return kept
    kept.rmdir()
    return None


@contextlib.contextmanager
def _exchanged(folder: Path, new: Path, kept: Path) -> Iterator[None]:
    """Put ``new`` in the place of ``folder``, which is kept under another name; undone when the work inside fails."""
    folder.mkdir(exist_ok=True)
    folder.rename(kept)
    try:
        new.rename(folder)
        yield
    except BaseException:
        if folder.exists():
            folder.rename(new)
        kept.rename(folder)
        raise


def _replay(dump: Path, *, server: int) -> None:
    """Empty the schema and fill it from the dump in one transaction.

    The dump is turned into a script as a whole first: piped, half a script would be committed when its reader breaks.
    """
    restore, psql = _program("pg_restore", server=server), _program("psql", server=server)
    script = dump.with_suffix(".sql")
    begin = f"SET lock_timeout = '{LOCK_SECONDS}s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    try:
        _run([restore, "--no-owner", "--no-privileges", "--file", script, dump])
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
        _run([psql, *options, "--command", begin, "--file", script])
    except BackupError as error:
        reason = str(error)
        if "lock timeout" in reason:
            reason = "the database is in use; stop the web server, the workers and the scheduler first"
        raise BackupError(f"nothing was restored: {reason}") from error


def _unpack(source: Path, dump: Path, files: Path, manifest: Manifest) -> None:
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is None:
                    continue
                if member.name == DUMP:
                    _copy(stream, dump)
                elif (name := PurePosixPath(member.name)).parts[0] == MEDIA and ".." not in name.parts:
                    target = files.joinpath(*name.parts[1:])
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _copy(stream, target)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} is damaged: {error}") from error
    if not dump.exists() or _sha256(dump) != manifest.database_sha256:
        raise BackupError(f"{source} is damaged: the database in it is not the one that was backed up")
    found = sum(1 for _path in _files_under(files))
    if found != manifest.files:
        raise BackupError(f"{source} is damaged: it holds {found} files instead of {manifest.files}")


def _refuse_content(media: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()[0]
    if tables:
        raise BackupError("the database is not empty; give --replace to put the backup in its place")
    if media.exists() and any(media.iterdir()):
        raise BackupError(f"{media} is not empty; give --replace to move its files aside")


def _refuse_newer(manifest: Manifest) -> None:
    """Refuse a backup of a newer version: its tables would not fit this code, and there is no way back."""
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 -- loads every migration

    known = MigrationLoader(None).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest.migrations.items() if (app, name) not in known]
    if unknown:
        raise BackupError(f"the backup was made by a newer version (it has {', '.join(unknown)}); upgrade first")


def _migrations() -> Mapping[str, str]:
    """Give the newest migration of every app, for a restore to compare."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute("SELECT DISTINCT ON (app) app, name FROM django_migrations ORDER BY app, id DESC")
        return dict(cursor.fetchall())


def _server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10000


def _program(name: str, *, server: int) -> str:
    """Find a program of the server's own version; a newer one does as well, an older one refuses the server."""
    found = {version_of(folder / name): folder / name for folder in reversed(list(program_folders(name)))}
    if best := found.get(server) or found.get(max(found, default=0)):
        if version_of(best) >= server:
            return str(best)
        has = f"only version {version_of(best)} is here"
    else:
        has = "none is here"
    raise BackupError(
        f"the server is PostgreSQL {server} and needs {name} of that version, but {has}; "
        f"install postgresql-client-{server} or name its folder in PG_BIN"
    )


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, env=_connection_env(), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(done.stderr.decode(errors="replace").strip() or f"{command[0]} failed")


def _connection_env() -> dict[str, str]:
    """Give PostgreSQL's programs the connection of the settings; passwords do not stand on command lines."""
    wanted = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
    given = {variable: str(wanted[key]) for key, variable in names.items() if wanted.get(key)}
    return {**os.environ, "PGCLIENTENCODING": "UTF8", "PGCONNECT_TIMEOUT": "10", **given}


def _files_under(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(stream: IO[bytes], target: Path) -> None:
    with target.open("wb") as output:
        shutil.copyfileobj(stream, output, _PIECE)


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _add_text(tar: tarfile.TarFile, name: str, text: str, at: datetime) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(at.timestamp()), 0o600
    tar.addfile(member, io.BytesIO(content))
