"""Made-up chat files, in each of the ways the seller's chat tool gives them out."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from service.imports import Upload, import_files
from service.models import FileImport
from service.states import FileKind
from tests.factories.staff import NOON

Said = tuple[str, str, str]
"""Who, when (`2026-11-20 09:00:05`), what."""


def exported(user: str, chats: Iterable[Said], **more: Any) -> dict[str, Any]:
    """Return a customer's record as the exporter writes it."""
    rows = [{"date": at[:10], "time": at[11:], "sender": who, "text": text, "imgUrl": ""} for who, at, text in chats]
    return {"user": user, "exportTime": "2026-11-20 12:00:00", "count": len(rows), "chats": rows, **more}


def archive(*customers: dict[str, Any], broken: bytes | None = None) -> bytes:
    """Return the exporter's zip: one JSON a customer."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for number, customer in enumerate(customers):
            file.writestr(f"{number}_{customer['user']}.json", json.dumps(customer, ensure_ascii=False))
        if broken is not None:
            file.writestr("broken.json", broken)
    return stream.getvalue()


def as_json(*customers: dict[str, Any]) -> bytes:
    """Return a JSON file of one customer, or of a list of them."""
    told = customers[0] if len(customers) == 1 else list(customers)
    return json.dumps(told, ensure_ascii=False).encode()


def import_bytes(
    *contents: bytes,
    names: Sequence[str] = (),
    kind: FileKind = FileKind.CHATS,
    at: datetime = NOON,
    **how: Any,
) -> FileImport:
    """Import files of these contents."""
    with tempfile.TemporaryDirectory() as folder:
        uploads = []
        for place, content in enumerate(contents):
            path = Path(folder) / str(place)
            path.write_bytes(content)
            uploads.append(Upload(path, names[place] if names else f"file{place}"))
        return import_files(uploads, kind=kind, at=at, **{"by": None, **how})


def complained(batch: FileImport) -> list[str]:
    """Return the texts of the complaints."""
    return [one["text"] for one in batch.complaints]
