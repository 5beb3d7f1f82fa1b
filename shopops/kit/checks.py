"""System checks of the installation: bad environment variables, folders, missing libraries."""

from __future__ import annotations

import ctypes.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 -- Django's names

from shopops.kit.environment import Environment

PDF_LIBRARIES = ("pango-1.0", "pangoft2-1.0")


@register()
def check_environment(**_options: Any) -> Sequence[CheckMessage]:
    """Name every environment variable that cannot be used."""
    environment: Environment = settings.ENVIRONMENT
    hint = "docs/operations.md lists every variable with its meaning."
    return [Error(str(problem), hint=hint, id="shopops.E001") for problem in environment.problems]


@register()
def check_folders(**_options: Any) -> Sequence[CheckMessage]:
    """Name the folders that must be writable and are not."""
    environment: Environment = settings.ENVIRONMENT
    wanted = {"SHOPOPS_DATA": environment.data, "SHOPOPS_MEDIA": environment.media_root}
    return [
        Error(f"{variable}: {str(folder)!r} cannot be written", id="shopops.E002")
        for variable, folder in wanted.items()
        if not _writable(folder)
    ]


@register()
def check_static_files(**_options: Any) -> Sequence[CheckMessage]:
    """Say when the collected files are to be served and have not been collected."""
    environment: Environment = settings.ENVIRONMENT
    manifest = environment.static_root / "staticfiles.json"
    if environment.serve_static_from_source or manifest.is_file():
        return []
    text = f"SHOPOPS_STATIC: {str(environment.static_root)!r} holds no collected files; pages would fail"
    return [Warning(text, hint="Run manage.py collectstatic.", id="shopops.W001")]


@register()
def check_pdf_libraries(**_options: Any) -> Sequence[CheckMessage]:
    """Say when PDF pages cannot be made on this machine."""
    missing = [name for name in PDF_LIBRARIES if ctypes.util.find_library(name) is None]
    if not missing:
        return []
    hint = "On Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    return [Warning(f"PDF pages need {', '.join(missing)}, which is not installed", hint=hint, id="shopops.W002")]


def _writable(folder: Path) -> bool:
    """Say whether a folder can be written, or made where it is missing."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)
