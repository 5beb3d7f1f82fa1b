"""Chats kept in a spreadsheet of one's own: one row a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import cell_text, open_spreadsheet
from shopops.kit.spreadsheets.sheets import Sheet
from shopops.taobao.chats.lines import Chunk, Line, Report, clean_nick, clean_text, time_of
from shopops.taobao.values import Unreadable

HEAD_ROWS = 10
FIELDS: dict[str, tuple[str, ...]] = {
    "buyer": ("买家昵称", "买家旺旺", "买家", "顾客昵称", "顾客", "客户昵称", "客户", "会员名", "买家会员名", "buyer"),
    "sender": ("发送者", "发送方", "发送人", "发言人", "发言者", "发送人昵称", "说话人", "sender"),
    "time": ("时间", "发送时间", "消息时间", "聊天时间", "发言时间", "time"),
    "text": ("内容", "消息内容", "聊天内容", "发言内容", "消息", "text"),
    "shop": ("店铺", "店铺名称", "shop"),
    "kind": ("消息类型", "类型", "kind"),
}
NEEDED = ("buyer", "sender", "time", "text")
A_BUYER = frozenset({"买家", "顾客", "客户", "会员", "buyer", "customer"})
PICTURES = frozenset({"图片", "image", "picture", "img"})


def columns_of(header: Sequence[str], mapping: dict[str, str] | None = None) -> dict[str, int]:
    """Return field → place of its column in a header; only those it has."""
    places = {name: place for place, name in reversed(list(enumerate(header))) if name}
    if mapping:
        return {field: places[name] for field, name in mapping.items() if name in places}
    return {
        field: next(places[name] for name in names if name in places)
        for field, names in FIELDS.items()
        if any(name in places for name in names)
    }


def read_table(path: Path, *, name: str, report: Report, mapping: dict[str, str] | None = None) -> Iterator[Chunk]:
    """Yield the messages of a spreadsheet.

    :raises Refused: if no sheet has the four columns that are needed.
    """
    found = False
    for sheet in open_spreadsheet(path, name=name):
        head = [[cell_text(cell).strip() for cell in row] for row in sheet.head(HEAD_ROWS)]
        for place, row in enumerate(head):
            columns = columns_of(row, mapping)
            if all(field in columns for field in NEEDED):
                found = True
                yield from _rows(sheet, name, row, columns, place + 1, report)
                break
    if not found:
        raise Refused(
            _("No sheet has columns for the buyer, the sender, the time and the text. Say which column holds what.")
        )


def _rows(
    sheet: Sheet, name: str, header: list[str], columns: dict[str, int], header_row: int, report: Report
) -> Iterator[Chunk]:
    for batch in sheet.batches():
        lines: list[Line] = []
        for row, raw in enumerate(batch.rows, batch.first):
            if row <= header_row:
                continue
            cells = [cell_text(cell) for cell in raw]
            if any(cells) and (line := _line(cells, row, name, header, columns, report)):
                lines.append(line)
        yield Chunk(name, lines)
    if sheet.notes.unreadable_bytes:
        words = _("%(count)s characters cannot be read.")
        report.complain(name, 0, "", sentence(words, count=sheet.notes.unreadable_bytes))


def _line(
    cells: list[str], row: int, name: str, header: list[str], columns: dict[str, int], report: Report
) -> Line | None:
    """Return the message of a row; None for one that cannot be read."""
    told = {field: cells[place].strip() if place < len(cells) else "" for field, place in columns.items()}
    buyer, sender, text = clean_nick(told["buyer"]), clean_nick(told["sender"]), clean_text(told["text"])
    for field, value in (("buyer", buyer), ("text", text)):
        if not value:
            report.reject(name, header, cells, _("This is empty."), row=row, column=header[columns[field]])
            return None
    try:
        at = time_of("", told["time"])
    except Unreadable as error:
        report.reject(name, header, cells, error.message, row=row, column=header[columns["time"]])
        return None
    if sender.casefold() in A_BUYER:
        sender = buyer
    image = text if told.get("kind", "").casefold() in PICTURES else ""
    return Line(buyer, row, sender, at, "" if image else text, image, told.get("shop", ""))
