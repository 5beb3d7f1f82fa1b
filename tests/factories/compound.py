"""Old .xls workbooks, byte by byte: no library writes them any more."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return an OLE compound file; each stream is filled up to 4096 bytes, so that no mini stream is needed."""
    entries = [directory_entry("Root Entry", kind=5, child=1 if streams else FREE, start=END, size=0)]
    sectors: list[bytes] = []
    chain: list[int] = []
    names = list(streams)
    for number, name in enumerate(names, start=1):
        data = streams[name].ljust(4096, b"\0")
        data += b"\0" * (-len(data) % SECTOR)
        start, count = len(sectors), len(data) // SECTOR
        sectors.extend(data[at : at + SECTOR] for at in range(0, len(data), SECTOR))
        chain.extend([*range(start + 1, start + count), END])
        right = number + 1 if number < len(names) else FREE
        entries.append(directory_entry(name, kind=2, child=FREE, start=start, size=len(data), right=right))
    directory = b"".join(entries)
    directory += directory_entry("", kind=0, child=FREE, start=0, size=0) * (-len(entries) % 4)
    directory_start, count = len(sectors), len(directory) // SECTOR
    sectors.extend(directory[at : at + SECTOR] for at in range(0, len(directory), SECTOR))
    chain.extend([*range(directory_start + 1, directory_start + count), END])
    table_start = len(sectors)
    table_sectors = (len(chain) + 1) // 127 + 1
    chain.extend([TABLE] * table_sectors)
    chain.extend([FREE] * (-len(chain) % 128))
    table = struct.pack(f"<{len(chain)}I", *chain)
    sectors.extend(table[at : at + SECTOR] for at in range(0, len(table), SECTOR))
    places = [table_start + number for number in range(table_sectors)]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, table_sectors, directory_start, 0, 4096, END, 0, END, 0)
        + struct.pack("<109I", *(places + [FREE] * (109 - len(places))))
    )
    return header + b"".join(sectors)


def directory_entry(name: str, *, kind: int, child: int, start: int, size: int, right: int = FREE) -> bytes:
    """Return one directory entry of 128 bytes."""
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, right, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )


def record(kind: int, data: bytes) -> bytes:
    """Return one BIFF record."""
    return struct.pack("<HH", kind, len(data)) + data


def xls_file(
    rows: Sequence[Sequence[str | float]], *, sheet: str = "Sheet1", password: bool = False, corner: int = 0
) -> bytes:
    """Return an Excel 97 workbook of one sheet.

    :param corner: row and column (from 0) of one more cell, for a sheet that claims to be vast.
    """
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    if password:
        start += record(0x002F, struct.pack("<HHH", 1, 1, 1) + b"\0" * 48)
    name = sheet.encode("utf-16-le")
    bound = struct.pack("<BBBB", 0, 0, len(sheet), 1) + name
    place = len(start) + 4 + 4 + len(bound) + 4
    book = start + record(0x0085, struct.pack("<I", place) + bound) + record(0x000A, b"")
    cells = b""
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                cells += record(0x0204, struct.pack("<HHHHB", number, column, 0, len(value), 1) + text)
            else:
                cells += record(0x0203, struct.pack("<HHHd", number, column, 0, value))
    if corner:
        cells += record(0x0203, struct.pack("<HHHd", corner, corner, 0, 1.0))
    page = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + record(0x000A, b"")
    return compound_file({"Workbook": book + page})
