"""Chat records as they come out of the seller's chat tool: exported, copied, or kept in a spreadsheet of one's own.

    for chunk in read_chats(path, name="千牛聊天记录_2026-11-20.zip", voices=voices, report=report):
        for line in chunk.lines: …

Nothing is loaded whole: a chunk is some thousand lines. What a file is follows from its bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.spreadsheets.guards import FOREIGN, MARKUP, OLE, ZIPS
from shopops.kit.spreadsheets.texts import encoding_of
from shopops.taobao.chats.copied import looks_copied, read_copied
from shopops.taobao.chats.exported import read_archive, read_json
from shopops.taobao.chats.lines import Chunk, Line, Report, Speaker, Voices
from shopops.taobao.chats.tables import FIELDS, columns_of, read_table

__all__ = [
    "FIELDS",
    "Chunk",
    "Line",
    "Report",
    "Speaker",
    "Voices",
    "columns_of",
    "form_of",
    "looks_copied",
    "read_chats",
    "start_of",
]

START = 4096
MOST_OF_A_WORKBOOK = 192 * 2**20
"""Bytes unpacked; a workbook is held whole in memory, at a quarter more than that. CSV is read by pieces."""


def form_of(path: Path) -> str:
    """Return "zip" (an archive that is no workbook), "json", "table" (a workbook) or "text".

    :raises Refused: if the file is empty or something else altogether.
    """
    with path.open("rb") as file:
        start = file.read(START)
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Refused(_("The file is empty."))
    if start.startswith(OLE):
        return "table"
    if start.startswith(ZIPS):
        return "table" if _is_workbook(path) else "zip"
    if any(start.startswith(signature) for signature, _name in FOREIGN) or MARKUP.match(start):
        raise Refused(_("This is neither a chat record nor a spreadsheet."))
    text = start_of(path).lstrip("\ufeff \t\r\n")
    return "json" if text.startswith("{") or (text.startswith("[") and text[1:].lstrip().startswith("{")) else "text"


def start_of(path: Path) -> str:
    """Return the first characters of a text, whatever its encoding."""
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        return file.read(START)


def read_chats(
    path: Path, *, name: str, voices: Voices, report: Report, mapping: dict[str, str] | None = None
) -> Iterator[Chunk]:
    """Yield the lines of a file in chunks, in the order of the file.

    :param voices: who is one of ours, and who a robot.
    :param report: told what is wrong, and where.
    :param mapping: field → header, where somebody has said which column of a spreadsheet holds what.
    :raises Refused: if the file is damaged, hostile or no chat record.
    """
    form = form_of(path)
    if form == "zip":
        yield from read_archive(path, name=name, report=report)
    elif form == "json":
        yield from read_json(path, name=name, report=report)
    elif form == "text" and not mapping and looks_copied(start_of(path)):
        yield from read_copied(path, name=name, voices=voices, report=report)
    else:
        yield from read_table(path, name=name, report=report, mapping=mapping)


def _is_workbook(path: Path) -> bool:
    """Say whether a packed file is a workbook.

    :raises Refused: if it is damaged, or a workbook too big to be held as a whole, as workbooks are.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except Exception as error:  # hostile bytes: the library promises no list of errors
        raise Refused(_("The archive is damaged or was not downloaded completely. Download it again.")) from error
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        return False
    if sum(part.file_size for part in parts) > MOST_OF_A_WORKBOOK:
        raise Refused(
            _("The workbook is too big to be read as a whole. Save it as CSV, or export fewer days at a time.")
        )
    return True
