"""Bring back an installation from the file that backup wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from shopops.kit.backups import BackupError, read_manifest, restore_backup
from shopops.kit.clock import now


class Command(BaseCommand):
    """The restore."""

    help = "Put the database and files of a backup here. Refuses when there is something already, unless --replace."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether what is here may go."""
        parser.add_argument("source", type=Path, help="a file written by manage.py backup")
        parser.add_argument("--replace", action="store_true", help="throw away what the database holds now")
        parser.add_argument("--look", action="store_true", help="only tell what the backup holds")

    def handle(self, *_args: Any, source: Path, replace: bool, look: bool, **_options: Any) -> None:
        """Restore, and say what to do next."""
        try:
            manifest = read_manifest(source)
            self.stdout.write(f"Backup of {manifest.made_at}: PostgreSQL {manifest.postgres}, {manifest.files} files")
            if look:
                return
            kept = restore_backup(source, media=Path(settings.MEDIA_ROOT), replace=replace, at=now())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        finally:
            connection.close()  # its prepared statements and caches belong to the former tables
        if kept:
            self.stdout.write(f"The former files lie in {kept}; remove them when all is well.")
        self.stdout.write("Restored. Now run manage.py migrate, and start the services.")
