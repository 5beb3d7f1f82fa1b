"""What kind of file something is, by what is in it; its name proves nothing."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import IO

_HEAD = 1024
_TAIL = 2048
_MOST_TEXT = 4 * 1024 * 1024
_LEAST_TEXT = 0x20
_BLANKS = frozenset("\t\n\r\f")

CONTENT_TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    "mp4": "video/mp4",
}
PICTURES = frozenset({"png", "jpg", "webp"})


class DamagedFileError(ValueError):
    """A file that begins like a known kind but is not whole."""


def kind_of(stream: IO[bytes]) -> str:
    """Return `png`, `jpg`, `webp`, `pdf`, `xlsx`, `docx`, `txt` or `mp4`; empty for anything else.

    Reads the beginning, the end and, of archives, the list of contents; nothing is unpacked. The stream is left at
    its start.

    :raises DamagedFileError: if the file begins like one of these kinds and is cut off or broken.
    """
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    head = stream.read(_HEAD)
    try:
        for is_it, kind, is_whole in _KINDS:
            if is_it(head):
                if not is_whole(stream, head, size):
                    raise DamagedFileError(kind)
                return kind
        return _archive(stream) if head.startswith(b"PK\x03\x04") else _text(stream, head, size)
    finally:
        stream.seek(0)


def _tail(stream: IO[bytes], size: int) -> bytes:
    stream.seek(max(0, size - _TAIL))
    return stream.read(_TAIL)


def _whole_png(stream: IO[bytes], head: bytes, size: int) -> bool:
    return head[12:16] == b"IHDR" and b"IEND" in _tail(stream, size)


def _whole_jpg(stream: IO[bytes], _head: bytes, size: int) -> bool:
    """Walk the segments as far as the picture itself; phones put more behind its end."""
    place = 2
    while place + 4 <= size:
        stream.seek(place)
        mark, code, length = struct.unpack(">BBH", stream.read(4))
        if mark != 0xFF or length < 2:  # noqa: PLR2004 -- marks of the format
            return False
        if code == 0xDA:  # noqa: PLR2004
            return b"\xff\xd9" in _tail(stream, size)
        place += 2 + length
    return False


def _whole_webp(_stream: IO[bytes], head: bytes, size: int) -> bool:
    return len(head) > 12 and int.from_bytes(head[4:8], "little") + 8 <= size  # noqa: PLR2004 -- of the format


def _whole_pdf(stream: IO[bytes], _head: bytes, size: int) -> bool:
    return b"%%EOF" in _tail(stream, size)


def _whole_mp4(stream: IO[bytes], _head: bytes, size: int) -> bool:
    """Walk the boxes; the last one has to end with the file, or say that it does."""
    place, seen = 0, set[bytes]()
    while place + 8 <= size:
        stream.seek(place)
        length, name = struct.unpack(">I4s", stream.read(8))
        if length == 1:
            length = int.from_bytes(stream.read(8).rjust(8, b"\0"), "big")
        seen.add(name)
        if length == 0:
            place = size
            break
        if length < 8:  # noqa: PLR2004 -- its own head
            return False
        place += length
    return place == size and b"moov" in seen


_Begins = Callable[[bytes], bool]
_Whole = Callable[[IO[bytes], bytes, int], bool]
_KINDS: tuple[tuple[_Begins, str, _Whole], ...] = (
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), "png", _whole_png),
    (lambda head: head.startswith(b"\xff\xd8\xff"), "jpg", _whole_jpg),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", "webp", _whole_webp),
    (lambda head: head.startswith(b"%PDF-"), "pdf", _whole_pdf),
    (lambda head: head[4:8] == b"ftyp", "mp4", _whole_mp4),
)


def _archive(stream: IO[bytes]) -> str:
    """Return which office document an archive is; those with macros are none that is taken."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise DamagedFileError("archive") from error
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "docx" if "word/document.xml" in names else ""


def _text(stream: IO[bytes], head: bytes, size: int) -> str:
    """Return `txt` for text people can read, in UTF-8 or in GB 18030 as older programs write it."""
    if not head or size > _MOST_TEXT or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ""
    stream.seek(0)
    content = stream.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "txt" if all(ord(one) >= _LEAST_TEXT or one in _BLANKS for one in text) else ""
    return ""
