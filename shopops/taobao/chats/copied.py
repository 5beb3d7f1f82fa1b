"""Text copied out of the chat window, in each of the ways it comes out, with the window's ornaments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets.texts import encoding_of
from shopops.taobao.chats.lines import (
    CHUNK,
    Chunk,
    Line,
    Report,
    Speaker,
    Voices,
    clean_nick,
    clean_text,
    is_noise,
    is_notice,
    time_of,
)
from shopops.taobao.values import Unreadable

HEADER = ("昵称", "时间", "内容")
LONGEST_LINE = 65_536
MOST_PENDING = 5000
MOST_LINES_OF_A_MESSAGE = 400
_TIME = r"\d{4}\s?(?:[-/.]|年)\s?\d{1,2}\s?(?:[-/.]|月)\s?\d{1,2}日?[ \tT]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
ONLY_TIME = re.compile(rf"[(（]?({_TIME})[)）]?")
ARROW = re.compile(rf"(.{{1,60}}?)\s*(?:-->|->|→|——>)\s*(.{{1,60}}?)\s*[(（]?({_TIME})[)）]?[:：]?")
IN_BRACKETS = re.compile(rf"[\[【]([^\]】]{{1,60}})[\]】]\s*({_TIME})[:：]?")
JOINED = re.compile(rf"([^\s，。？！,?!][^，。？！?!]{{0,59}}?)\s*[(（]?({_TIME})[)）]?[:：]?")
SPEAKS_OF_TIME = ("时间", "日期", "于", "在", "是", "到", "前", "后", "至", "为", "从", "：", ":")


def looks_copied(start: str) -> bool:
    """Say whether a text begins like one copied out of the chat window."""
    lines = [line.strip("\ufeff \t\r") for line in start.split("\n")[:60]]
    return not _has_columns(lines) and any(_header(line) or ONLY_TIME.fullmatch(line) for line in lines)


def _has_columns(lines: list[str]) -> bool:
    """Say whether the first two lines have the same three or more cells: a table, though its rows may end in a time."""
    first = [line for line in lines if line][:2]
    cells = [{line.count(mark) for line in first} for mark in ",\t;|"]
    return len(first) > 1 and any(len(counts) == 1 and counts.pop() > 1 for counts in cells)


@dataclass
class _Copied:
    """What is known while the lines go by."""

    label: str
    voices: Voices
    report: Report
    buyer: str = ""
    heard: set[str] = field(default_factory=set)
    ours_heard: bool = False
    pending: list[Line] = field(default_factory=list)
    done: list[Line] = field(default_factory=list)
    head: tuple[int, str, str, str] | None = None
    """Row, who, to whom, when, of the message being read."""
    body: list[tuple[int, str]] = field(default_factory=list)
    last_at: str = ""

    def read(self, row: int, line: str) -> None:
        """Take the next line."""
        if not line or is_noise(line):
            return
        if head := _header(line):
            self.begin(row, *head)
        elif match := ONLY_TIME.fullmatch(line):
            if self.body:
                place, name = self.body.pop()
                self.begin(place, name, "", match[1])
            else:
                self.report.reject(self.label, HEADER, ["", line, ""], _("Nobody is named before this time."), row=row)
        elif is_notice(line):
            self.finish()
            self.notice(row, line)
        elif len(self.body) < MOST_LINES_OF_A_MESSAGE:
            self.body.append((row, line))

    def begin(self, row: int, name: str, to: str, at: str) -> None:
        """Begin a message."""
        self.finish()
        self.head = (row, clean_nick(name), clean_nick(to), at)

    def finish(self) -> None:
        """End the message being read."""
        head, body = self.head, self.body
        self.head, self.body = None, []
        if head is None:
            for row, line in body:
                self.report.reject(self.label, HEADER, ["", "", line], _("This belongs to no message."), row=row)
            return
        row, name, to, clock = head
        text = clean_text("\n".join(line for _row, line in body))
        if not text:
            return
        try:
            at = time_of("", clock)
        except Unreadable as error:
            self.report.reject(self.label, HEADER, [name, clock, text], error.message, row=row, column="时间")
            return
        self.last_at = at
        self.say(Line("", row, name, at, text, "", ""), to)

    def say(self, line: Line, to: str) -> None:
        """Find out whose conversation a message belongs to."""
        speaker = self.voices.speaker(line.name)
        if speaker in {Speaker.AGENT, Speaker.ROBOT}:
            self.ours_heard = True
            if to:
                self.turn_to(to, line.row)
        elif speaker is None:
            if to or line.name == self.buyer:
                self.turn_to(line.name, line.row)
            else:
                self.hear(line.name, line.row)
        if self.buyer:
            self.done.append(line._replace(buyer=self.buyer))
        else:
            self.pending.append(line)
            if len(self.pending) > MOST_PENDING:
                raise _nobody()

    def hear(self, name: str, row: int) -> None:
        """Somebody speaks who is none of ours.

        :raises Refused: if it is the second, and nobody of ours was heard: then either may be the buyer.
        """
        self.heard.add(name)
        if len(self.heard) > 1 and not self.ours_heard:
            words = _(
                "Nobody can tell which of %(names)s is the buyer: none is one of our sub-accounts. Enter the "
                "sub-account first, then import again."
            )
            raise Refused(sentence(words, names=", ".join(sorted(self.heard)[:4])))
        if self.buyer and name != self.buyer and len(self.heard) <= MOST_PENDING:
            self.report.complain(self.label, row, "", sentence(_("Another buyer begins: %(name)s."), name=name))
        self.turn_to(name, row)

    def turn_to(self, name: str, _row: int) -> None:
        """From here on the buyer is somebody else."""
        if self.pending:
            self.done += [line._replace(buyer=name) for line in self.pending]
            self.pending = []
        self.buyer = name

    def notice(self, row: int, text: str) -> None:
        """Keep a line of the platform: it has no time of its own, but that of the message before it."""
        if self.last_at:
            self.say(Line("", row, "", self.last_at, text, "", ""), "")

    def taken(self) -> list[Line]:
        """Return what is complete."""
        done, self.done = self.done, []
        return done


def read_copied(path: Path, *, name: str, voices: Voices, report: Report) -> Iterator[Chunk]:
    """Yield the messages of a copied text. Whose conversation it is follows from who is none of ours.

    :raises Refused: if nobody can tell who is the buyer.
    """
    state = _Copied(name, voices, report)
    stem = clean_nick(Path(name).stem)
    unreadable = 0
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        row = 0
        while line := file.readline(LONGEST_LINE):
            row += 1
            unreadable += line.count("\ufffd")
            state.read(row, line.strip("\ufeff \t\r\n\u3000"))
            if len(state.done) >= CHUNK:
                yield Chunk(name, state.taken())
    state.finish()
    if state.pending:
        if voices.speaker(stem) is not None:
            raise _nobody()
        report.complain(name, 0, "", sentence(_("No buyer speaks in it; taken for one with %(name)s."), name=stem))
        state.turn_to(stem, 0)
    if unreadable:
        report.complain(name, 0, "", sentence(_("%(count)s characters cannot be read."), count=unreadable))
    yield Chunk(name, state.taken())


def _header(line: str) -> tuple[str, str, str] | None:
    """Return who, to whom and when, if a line is the head of a message."""
    if len(line) > 160 or not any(character.isdigit() for character in line[-10:]):  # noqa: PLR2004 -- two nicks and a time
        return None
    if match := ARROW.fullmatch(line):
        return match[1], match[2], match[3]
    if match := IN_BRACKETS.fullmatch(line):
        return match[1], "", match[2]
    if (match := JOINED.fullmatch(line)) and not match[1].endswith(SPEAKS_OF_TIME) and not ONLY_TIME.fullmatch(line):
        return match[1], "", match[2]
    return None


def _nobody() -> Refused:
    return Refused(_("No buyer speaks in this text. Copy the conversation with the buyer's lines."))
