"""Write the whole installation into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from shopops.kit.backups import BackupError, write_backup
from shopops.kit.clock import now


class Command(BaseCommand):
    """The backup."""

    help = "Write the database and all files into one file that manage.py restore reads."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to write."""
        parser.add_argument(
            "target", type=Path, help="a folder, in which the file is named after the moment, or the new file itself"
        )

    def handle(self, *_args: Any, target: Path, **_options: Any) -> None:
        """Write the backup and tell its name."""
        at = now()
        path = target / f"shopops-{localtime(at):%Y%m%d-%H%M%S}.tar" if target.is_dir() else target
        try:
            manifest = write_backup(path, media=Path(settings.MEDIA_ROOT), at=at)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        size = path.stat().st_size
        self.stdout.write(f"{path}: PostgreSQL {manifest.postgres}, {manifest.files} files, {size:,} bytes")
