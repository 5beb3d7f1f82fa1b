"""Offences, cases and files of evidence, for tests."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from shopops.kit.clock import shop_day
from staff.actions.booking import book_case
from staff.models import Clause, ClauseVersion, Employee, Offence
from tests.factories.rulebook import at

_NUMBERS = count(1)
FOUND = "2026-11-16 09:00"
"""A Monday."""


def version_of(number: str) -> ClauseVersion:
    """Return the version of a clause that is in force."""
    return ClauseVersion.objects.select_related("clause").get(
        clause__number=number, published_at__isnull=False, valid_to=None
    )


def clause_of(number: str) -> Clause:
    """Return a clause."""
    return Clause.objects.get(number=number)


def charge(
    employee: Employee,
    number: str = "ORD-016",
    *,
    found: str | datetime = FOUND,
    by: Employee | None = None,
    **values: Any,
) -> Offence:
    """Return an offence booked at a moment, as the tally would book it."""
    moment = at(found) if isinstance(found, str) else found
    key = next(_NUMBERS)
    values.setdefault(
        "facts", {"orders": f"28100{key}", "goods": "加厚羊羔绒外套", "deadline": moment, "shipped_at": None}
    )
    return book_case(
        version_of(number),
        employee=employee,
        subject=("warehouse.DispatchNote", key, f"FH{key:06}"),
        happened_at=moment,
        day=shop_day(moment),
        by=by,
        at=moment,
        **values,
    )


def points_of(offence: Offence) -> Decimal:
    """Return what an offence costs after all its entries."""
    return sum((entry.points for entry in offence.entries.all()), Decimal(0))


def png(name: str = "聊天截图.png") -> SimpleUploadedFile:
    """Return a picture of one dot."""
    return SimpleUploadedFile(name, picture())


def picture() -> bytes:
    """Return the bytes of a PNG of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    head = (1).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive(*names: str) -> bytes:
    """Return a zip with these (empty) files in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as box:
        for name in names:
            box.writestr(name, "")
    return stream.getvalue()
