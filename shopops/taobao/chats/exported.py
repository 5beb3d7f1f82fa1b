"""The exporter's JSON: one object a customer, alone, in a list, or many in an archive."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets.guards import unpack
from shopops.kit.spreadsheets.texts import encoding_of
from shopops.taobao.chats.lines import CHUNK, Chunk, Report, clean_nick, clean_text, time_of
from shopops.taobao.complaints import quoted
from shopops.taobao.values import Unreadable

HEADER = ("date", "time", "sender", "text", "imgUrl")
MOST_PARTS = 200_000
MOST_UNPACKED = 2 * 2**30
MOST_OF_A_PART = 64 * 2**20
MOST_RATIO = 400
"""Text of chats packs ten to thirty times; what packs better is no chat."""
BLOCK = 2**20
LONGEST_OBJECT = 8 * 2**20
"""Characters of one customer inside a list, or of one message."""


def read_archive(path: Path, *, name: str, report: Report) -> Iterator[Chunk]:
    """Yield the lines of every customer's JSON in an archive; what else is in it is named and left out.

    :raises Refused: if it is damaged, protected, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except Exception as error:  # hostile bytes: the library promises no list of errors
        raise _damaged() from error
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > MOST_UNPACKED or whole > MOST_RATIO * max(path.stat().st_size, BLOCK):
        raise Refused(_("The archive would unpack to too much. Export fewer customers or days at a time."))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_("The archive is protected by a password. Pack it without one."))
    wanted: list[zipfile.ZipInfo] = []
    others: list[zipfile.ZipInfo] = []
    for part in parts:
        if not part.is_dir() and "__MACOSX" not in part.filename:
            (wanted if part.filename.lower().endswith(".json") else others).append(part)
    if not wanted:
        raise Refused(_("There is no JSON of chats in the archive."))
    for part in others:
        report.complain(f"{name}/{_shown(part)}", 0, "", _("No JSON of a customer; left out."))
    with path.open("rb") as file:
        for part in wanted:
            yield from _read_part(file, part, f"{name}/{_shown(part)}", report)


def _read_part(file: IO[bytes], part: zipfile.ZipInfo, label: str, report: Report) -> Iterator[Chunk]:
    if part.file_size > MOST_OF_A_PART:
        report.complain(label, 0, "", _("Too big for the record of one customer; left out."), refused=True)
        return
    try:
        content = b"".join(unpack(file, part))  # type: ignore[arg-type]  # a binary file is what it wants
    except Refused as refusal:
        raise _damaged() from refusal
    except Exception as error:  # hostile bytes
        raise _damaged() from error
    try:
        told = json.loads(_decoded(content))
    except (ValueError, RecursionError):
        report.complain(label, 0, "", _("This is no readable JSON; the customer is left out."), refused=True)
        return
    for customer in told if isinstance(told, list) else [told]:
        yield from _customer(customer, label, report)


def read_json(path: Path, *, name: str, report: Report) -> Iterator[Chunk]:
    """Yield the lines of a JSON file: one customer, or a list of them. Of a big file only a piece is in memory.

    :raises Refused: if it is no JSON of chats.
    """
    if path.stat().st_size <= LONGEST_OBJECT:
        try:
            told = json.loads(_decoded(path.read_bytes()))
        except (ValueError, RecursionError) as error:
            raise _torn(error, getattr(error, "lineno", 0)) from error
        for customer in told if isinstance(told, list) else [told]:
            yield from _customer(customer, name, report)
        return
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        text = _Text(file)
        try:
            if text.next() == "[":
                for customer in text.elements():
                    yield from _customer(customer, name, report)
            else:
                yield from _big_customer(text, name, report)
        except (ValueError, RecursionError) as error:
            raise _torn(error, text.line) from error


class _Text:
    """JSON read piece by piece: values are decoded one at a time, as soon as they are there as a whole."""

    def __init__(self, file: IO[str]) -> None:
        """Read from the beginning of `file`."""
        self._file, self._buffer, self._place, self._over = file, "", 0, False
        self._lines = 1
        self._decode: Callable[[str, int], tuple[Any, int]] = JSONDecoder().raw_decode

    @property
    def line(self) -> int:
        """Return in which line of the file what comes next stands."""
        return self._lines + self._buffer.count("\n", 0, self._place)

    def next(self) -> str:
        """Return the next character that is no blank, without taking it; empty at the end."""
        while True:
            while self._place < len(self._buffer):
                character = self._buffer[self._place]
                if character not in " \t\r\n\ufeff":
                    return character
                self._place += 1
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Take one of the wanted characters.

        :raises ValueError: if there is another.
        """
        if self.next() not in list(wanted):
            raise ValueError(self.next())
        self._place += 1

    def value(self) -> Any:
        """Take the next value.

        :raises ValueError: if there is none, or it is bigger than anything one customer says at once.
        """
        self.next()
        while True:
            try:
                found, end = self._decode(self._buffer, self._place)
            except JSONDecodeError:
                if len(self._buffer) - self._place > LONGEST_OBJECT or not self._more():
                    raise
                continue
            if end == len(self._buffer) and self._more():  # a number may go on
                continue
            self._place = end
            return found

    def elements(self) -> Iterator[Any]:
        """Take a list, value by value."""
        self.take("[")
        while self.next() != "]":
            yield self.value()
            if self.next() == ",":
                self.take(",")
            elif self.next() != "]":
                raise ValueError(self.next())
        self.take("]")

    def _more(self) -> bool:
        if self._over:
            return False
        block = self._file.read(BLOCK)
        self._over = not block
        self._lines += self._buffer.count("\n", 0, self._place)
        self._buffer = self._buffer[self._place :] + block
        self._place = 0
        return bool(block)


def _big_customer(text: _Text, name: str, report: Report) -> Iterator[Chunk]:
    """Yield the lines of one customer whose record is too big to be loaded whole."""
    facts: dict[str, Any] = {}
    text.take("{")
    while text.next() != "}":
        key = text.value()
        text.take(":")
        if key == "chats" and text.next() == "[":
            buyer = _buyer(facts.get("user"), name, report)
            chats: list[Any] = []
            first = 1
            for chat in text.elements():
                chats.append(chat)
                if len(chats) == CHUNK:
                    yield Chunk(name, _lines(buyer, chats, name, report, first=first))
                    first, chats = first + len(chats), []
            yield Chunk(name, _lines(buyer, chats, name, report, first=first))
        else:
            facts[str(key)] = text.value()
        if text.next() == ",":
            text.take(",")
    text.take("}")


def _customer(customer: Any, label: str, report: Report) -> Iterator[Chunk]:
    """Yield the lines of one customer."""
    chats = customer.get("chats") if isinstance(customer, dict) else None
    if not isinstance(chats, list):
        report.complain(label, 0, "", _("There are no “chats” in it; left out."), refused=True)
        return
    buyer = _buyer(customer.get("user"), label, report)
    count = customer.get("count")
    if isinstance(count, int) and count != len(chats):
        words = _("It says it holds %(said)s messages, and holds %(count)s.")
        report.complain(label, 0, "count", sentence(words, said=count, count=len(chats)))
    yield Chunk(label, _lines(buyer, chats, label, report))


def _buyer(user: Any, label: str, report: Report) -> str:
    """Return the customer's nick; where the record does not say it, the name of the file."""
    if isinstance(user, dict):
        user = user.get("nick") or user.get("name")
    if buyer := clean_nick(str(user or "")):
        return buyer
    stem = Path(label).stem
    report.complain(label, 0, "user", sentence(_("Nobody is named; taken for %(name)s."), name=stem))
    return clean_nick(stem)


def _lines(
    buyer: str, chats: list[Any], label: str, report: Report, *, first: int = 1
) -> list[tuple[str, int, str, str, str, str, str]]:
    """Return the messages of a customer; those that cannot be read are reported."""
    found = []
    for row, chat in enumerate(chats, first):
        try:
            name, text, image = chat["sender"] or "", chat.get("text") or "", chat.get("imgUrl") or ""
            at = time_of(chat["date"], chat["time"])
            if not text and not image:
                continue
            if name.__class__ is not str or text.__class__ is not str or image.__class__ is not str:
                name, text, image = str(name), str(text), str(image)
        except (KeyError, TypeError, AttributeError, Unreadable):
            _report(chat, row, label, report)
            if (line := _second_look(buyer, chat, row)) is not None:
                found.append(line)
            continue
        found.append((buyer, row, clean_nick(name), at, clean_text(text), image, ""))
    return found


def _second_look(buyer: str, chat: Any, row: int) -> tuple[str, int, str, str, str, str, str] | None:
    """Return a message whose values are no texts but can be read all the same."""
    try:
        text, image = str(chat.get("text") or ""), str(chat.get("imgUrl") or "")
        at = time_of(str(chat.get("date") or ""), str(chat.get("time") or ""))
    except (AttributeError, Unreadable):
        return None
    return (buyer, row, clean_nick(str(chat.get("sender") or "")), at, clean_text(text), image, "")


def _report(chat: Any, row: int, label: str, report: Report) -> None:
    """Say what is wrong with a message, if anything is that matters."""
    if not isinstance(chat, dict):
        report.reject(label, HEADER, [quoted(str(chat))], _("This is no message."), row=row)
        return
    try:
        time_of(str(chat.get("date") or ""), str(chat.get("time") or ""))
    except Unreadable as error:
        cells = [str(chat.get(key) or "") for key in HEADER]
        report.reject(label, HEADER, cells, error.message, row=row, column="time")


def _decoded(content: bytes) -> str:
    """Return the text of a JSON, whose encoding nobody says."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _shown(part: zipfile.ZipInfo) -> str:
    """Return the name of a part; programs of old write it in the encoding of their machine."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return part.filename


def _torn(error: Exception, line: int) -> Refused:
    """Return that a JSON cannot be read on from a line; what is nested too deeply has none."""
    if not line or isinstance(error, RecursionError):
        return Refused(_("The JSON is damaged or was not downloaded completely. Export it again."))
    words = _("The JSON is damaged or was not downloaded completely: it cannot be read from line %(line)s on.")
    return Refused(sentence(words, line=line))


def _damaged() -> Refused:
    return Refused(_("The archive is damaged or was not downloaded completely. Download it again."))
