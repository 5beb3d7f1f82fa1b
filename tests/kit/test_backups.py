"""Backup and restore: what comes back is what was there, and a failed restore changes nothing."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shopops.kit import backups
from shopops.kit.backups import BackupError, read_manifest, restore_backup, write_backup
from shopops.kit.clock import now
from staff.models import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def media(tmp_path, settings):
    folder = tmp_path / "media"
    (folder / "jobs" / "2026").mkdir(parents=True)
    (folder / "jobs" / "2026" / "日报.xlsx").write_bytes(b"\x00report" * 1000)
    (folder / "empty.txt").touch()
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def shop():
    return Shop.objects.create(name="雅集旗舰店")


@pytest.fixture
def written(tmp_path, media, shop):
    target = tmp_path / "backups" / "shop.tar"
    write_backup(target, media=media, at=now())
    return target


@pytest.fixture
def spare_database(written):
    """Leave the test database for an empty one, and come back at the end."""
    home = connection.settings_dict["NAME"]
    spare = f"{home}_spare"  # databases belong to the whole server, on which other tests run too
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{spare}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{spare}" TEMPLATE template0')
    connection.close()
    connection.settings_dict["NAME"] = spare
    yield spare
    connection.close()
    connection.settings_dict["NAME"] = home
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{spare}" WITH (FORCE)')


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tampered(written: Path, change) -> Path:
    """Write the backup anew with `change(name, content)` in the place of each content."""
    target = written.with_name("tampered.tar")
    with tarfile.open(written) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                part = written.with_name("part")
                part.write_bytes(content)
                with part.open("rb") as stream:
                    new.addfile(member, stream)
    return target


def test_what_was_backed_up_comes_back_in_an_empty_installation(written, spare_database, media, tmp_path):
    before = files_of(media)
    elsewhere = tmp_path / "other" / "media"
    assert restore_backup(written, media=elsewhere, replace=False, at=now()) is None
    assert Shop.objects.get().name == "雅集旗舰店"
    assert files_of(elsewhere) == before
    Shop.objects.create(name="the sequences go on where they were")
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_a_backup_is_private_and_says_what_it_holds(written):
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    manifest = read_manifest(written)
    assert manifest.files == 2
    assert manifest.postgres >= 14
    assert "staff" in manifest.migrations
    assert sorted(path.name for path in written.parent.iterdir()) == ["shop.tar"], "nothing else is left behind"


def test_a_backup_is_never_written_over(written, media):
    with pytest.raises(BackupError, match="never written over"):
        write_backup(written, media=media, at=now())


def test_a_restore_refuses_what_is_not_empty(written, spare_database, media, tmp_path):
    with pytest.raises(BackupError, match="is not empty; give --replace to move"):
        restore_backup(written, media=media, replace=False, at=now())
    restore_backup(written, media=tmp_path / "fresh", replace=False, at=now())
    with pytest.raises(BackupError, match="the database is not empty"):
        restore_backup(written, media=tmp_path / "fresher", replace=False, at=now())


def test_replacing_moves_the_former_files_aside(written, spare_database, media):
    restore_backup(written, media=media, replace=True, at=now())
    Shop.objects.create(name="opened after the backup")
    (media / "later.txt").write_text("written after the backup", encoding="utf-8")
    kept = restore_backup(written, media=media, replace=True, at=now())
    assert [shop.name for shop in Shop.objects.all()] == ["雅集旗舰店"]
    assert "later.txt" not in files_of(media)
    assert (kept / "later.txt").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda name, content: content[:-20] if name == "database.dump" else content, "not the one that was backed up"),
        (lambda name, content: None if name == "database.dump" else content, "not the one that was backed up"),
        (lambda name, content: None if name.endswith("empty.txt") else content, "1 files instead of 2"),
        (lambda name, content: None if name == "manifest.json" else content, "not a backup"),
        (lambda name, content: b"[1]" if name == "manifest.json" else content, "cannot be read"),
        (lambda name, content: content.replace(b'"format": 1', b'"format": 9'), "format 9"),
        (lambda name, content: content.replace(b'"staff": "', b'"staff": "9999_'), "newer version"),
    ],
)
def test_a_backup_that_cannot_be_trusted_changes_nothing(written, shop, media, change, words):
    before = files_of(media)
    with pytest.raises(BackupError, match=words):
        restore_backup(tampered(written, change), media=media, replace=True, at=now())
    assert Shop.objects.get() == shop
    assert files_of(media) == before
    assert sorted(path.name for path in media.parent.iterdir()) == ["backups", "media"], "nothing is left behind"


def test_a_restore_that_fails_half_way_leaves_the_database_as_it_was(written, shop, media, monkeypatch):
    """The dump is cut after its checksum was taken, as by a disk that fills up."""
    whole = backups._replay

    def cut(dump, *, server):
        dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
        whole(dump, server=server)

    monkeypatch.setattr(backups, "_replay", cut)
    with pytest.raises(BackupError, match="nothing was restored"):
        restore_backup(written, media=media, replace=True, at=now())
    connection.close()
    assert Shop.objects.get() == shop


def test_a_restore_says_so_when_somebody_still_uses_the_database(written, shop, media, monkeypatch):
    import psycopg

    monkeypatch.setattr(backups, "LOCK_SECONDS", 1)
    with psycopg.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k != "cursor_factory"}
    ) as busy:
        busy.execute("SELECT count(*) FROM staff_shop")
        with pytest.raises(BackupError, match="stop the web server"):
            restore_backup(written, media=media, replace=True, at=now())
    assert Shop.objects.get() == shop


def test_a_path_in_a_backup_cannot_lead_out_of_the_media_folder(written, spare_database, tmp_path):
    target = written.with_name("sly.tar")
    with tarfile.open(written) as old, tarfile.open(target, "w") as new:
        for member in old:
            if member.name.endswith("empty.txt"):
                member.name = "media/../../escaped.txt"
            new.addfile(member, old.extractfile(member))
    with pytest.raises(BackupError, match="1 files instead of 2"):
        restore_backup(target, media=tmp_path / "m" / "media", replace=False, at=now())
    assert not list(tmp_path.rglob("escaped.txt"))


def test_the_commands_tell_what_they_did(tmp_path, media, shop, capsys):
    folder = tmp_path / "nightly"
    folder.mkdir()
    call_command("backup", folder)
    (written,) = folder.glob("shopops-*.tar")
    call_command("restore", written, look=True)
    told = capsys.readouterr().out
    assert f"{written}: PostgreSQL" in told
    assert "2 files" in told
    with pytest.raises(CommandError, match="the database is not empty"):
        call_command("restore", written)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("restore", tmp_path / "none.tar")


def test_an_older_pg_dump_is_refused_with_the_package_to_install(monkeypatch, tmp_path, media):
    monkeypatch.setattr(backups, "version_of", lambda _program: 9)
    with pytest.raises(BackupError, match=r"install postgresql-client-\d+ or name its folder in PG_BIN"):
        write_backup(tmp_path / "x.tar", media=media, at=now())
    monkeypatch.setattr(backups, "program_folders", lambda *_names: iter(()))
    with pytest.raises(BackupError, match="but none is here"):
        write_backup(tmp_path / "x.tar", media=media, at=now())
