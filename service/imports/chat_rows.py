"""Lines of chats as rows of the staging table: who speaks, and what tells equal messages apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import md5
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from service.imports.registry import Upload
from service.imports.running import Run
from service.policy import cutting as policy
from service.states import MessageKind
from shopops.kit.clock import SHANGHAI
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.taobao.chats import Chunk, Speaker, Voices, read_chats
from shopops.taobao.chats.lines import LONGEST_NICK, LONGEST_TEXT, taker_of
from staff.models import Shop, SubAccount

STAGE = "chat_stage"
COLUMNS = (
    "buyer text, sender smallint, nick text, at timestamptz, kind smallint, text text, digest uuid, shop text,"
    " takes boolean"
)
MOST_UNKNOWN = 1000
"""Nicks of ours nobody is behind that are told of."""
SLACK = timedelta(hours=1)
"""Clocks of two machines may differ by so much; what is later lies in the future."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
HEADER = ("buyer", "sender", "time", "text")
PORTION = 100_000
"""Messages written at once: what the database sorts and joins in memory, while the next are read."""
PORTION_SIZE = 32 * 2**20
"""Characters of their rows at most, but for a buyer who has more."""
BLOCK = 2**18
BLOCKS_AHEAD = 64
"""How many blocks the reading is ahead of the writing at most; together about a portion."""


@dataclass
class Met:
    """What was met while the lines went by."""

    rows: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Nick of ours nobody is behind → how many messages."""
    first_at: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Such a nick → file and row where it stands first."""


@dataclass
class Portion:
    """Some of the rows, which are written before the next are."""

    rows: int = 0
    size: int = 0
    file: str = ""
    done: int = 0
    """How many bytes of the files are read so far, about."""
    may_repeat: bool = False
    """The same message may stand in it twice."""
    last_buyer: str = ""
    buyers: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Say whether it holds so much that the database is better given it now."""
        return self.rows >= PORTION or self.size >= PORTION_SIZE


def voices_now() -> Voices:
    """Return who is one of ours and who a robot, as people have told so far."""
    return Voices(
        agents=frozenset(SubAccount.objects.values_list("nick", flat=True)),
        shops=frozenset(Shop.objects.values_list("name", flat=True)),
        robots=tuple(policy.ROBOT_NAMES().split()),
    )


def staged_texts(run: Run, met: Met, voices: Voices, mapping: dict[str, str]) -> Iterator[bytes | Portion]:
    """Yield the rows of all files in COPY's text format, and a `Portion` after each so many. Asks the database nothing.

    A portion ends where a new buyer begins, so that of files that tell one buyer after the other none is torn.
    """
    shops = set(voices.shops)
    limit = (run.at.astimezone(SHANGHAI) + SLACK).strftime("%Y-%m-%d %H:%M:%S+08")
    block: list[str] = []
    size = done = 0
    portion = Portion()
    for upload in run.uploads:
        bytes_of_file = upload.path.stat().st_size
        rows, guess = 0, max(bytes_of_file // 60, 1)
        for part in _read(upload, run, voices, mapping):
            if portion.is_full and part.lines and part.lines[0][0] != portion.last_buyer:
                yield "".join(block).encode("utf-8", "replace")
                yield portion
                block, size, portion = [], 0, Portion()
            text = _staged(part, run, met, voices, shops, limit, portion)
            block.append(text)
            size += len(text)
            rows += len(part.lines)
            portion.file, portion.done = upload.name, done + int(bytes_of_file * min(rows / guess, 0.99))
            if size > BLOCK:
                yield "".join(block).encode("utf-8", "replace")
                block, size = [], 0
        done += bytes_of_file
    for nick, count in sorted(met.unknown.items()):
        file, row = met.first_at[nick]
        words = _("Nobody is behind the sub-account %(nick)s (%(count)s messages). They are kept; say who it is.")
        run.complain(file, row, "", sentence(words, nick=nick, count=count))
    yield "".join(block).encode("utf-8", "replace")
    yield portion


def _read(upload: Upload, run: Run, voices: Voices, mapping: dict[str, str]) -> Iterator[Chunk]:
    """Yield what a file holds.

    :raises Refused: as the reader does, with the name of the file before the sentence.
    """
    try:
        yield from read_chats(upload.path, name=upload.name, voices=voices, report=run, mapping=mapping or None)
    except Refused as refusal:
        raise Refused(sentence(_("%(file)s: %(words)s"), file=upload.name, words=refusal.sentence)) from refusal


def _staged(  # noqa: C901, PLR0912, PLR0915 -- the inner loop: a call a message would cost a fifth of the import
    part: Chunk, run: Run, met: Met, voices: Voices, shops: set[str], limit: str, portion: Portion
) -> str:
    """Return the rows of a chunk.

    The n-th of several equal messages of one second differs from the first in its digest; one that stands elsewhere in
    the file again is the same, copied twice.
    """
    rows: list[str] = []
    add = rows.append
    agents = voices.agents
    last_buyer = last_at = ""
    here: Counter[tuple[str, str, str]] = Counter()
    known: dict[str, Speaker | None] = {}
    buyers = {line[0] for line in part.lines}
    if not portion.may_repeat and not buyers.isdisjoint(portion.buyers):
        portion.may_repeat = True
    portion.buyers |= buyers
    for buyer, row, name, at, said, image, shop in part.lines:
        if at > limit:
            words = _("The time lies in the future.")
            run.reject(part.file, HEADER, [buyer, name, at, said], words, row=row, column="time")
            continue
        if shop and shop not in shops:
            words = sentence(_("There is no shop “%(name)s”."), name=shop)
            run.reject(part.file, HEADER, [buyer, name, at, said], words, row=row, column="shop")
            continue
        if at != last_at:
            if at < last_at and buyer == last_buyer:
                portion.may_repeat = True
            here.clear()
        last_buyer, last_at = buyer, at
        if name == buyer:
            speaker: int = 1
        else:
            if name not in known:
                known[name] = voices.speaker(name)
            speaker = known[name] or 2
        kind: int = MessageKind.TEXT
        nick, takes = name, "f"
        if speaker == 2:  # noqa: PLR2004 -- an agent
            if name not in agents and (name in met.first_at or len(met.first_at) < MOST_UNKNOWN):
                met.unknown[name] += 1
                met.first_at.setdefault(name, (part.file, row))
        elif speaker != 1:
            taker = taker_of(said)
            if taker is not None:
                speaker, nick, takes = 4, taker, "t"
            if speaker == 4:  # noqa: PLR2004 -- the system
                kind = MessageKind.NOTICE
        text = said
        if len(said) >= LONGEST_TEXT or len(buyer) >= LONGEST_NICK:
            _too_long(part.file, row, said, run)
        if image:
            kind = MessageKind.IMAGE
            text = f"{said} {image}" if said else image
        key = (buyer, name, text)
        here[key] += 1
        digest = md5(
            f"{buyer}\x1f{at}\x1f{name}\x1f{text}\x1f{here[key]}".encode("utf-8", "replace"), usedforsecurity=False
        ).hexdigest()
        if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
            text = text.translate(_ESCAPES)
        add(f"{_plain(buyer)}\t{speaker}\t{_plain(nick)}\t{at}\t{kind}\t{text}\t{digest}\t{shop}\t{takes}\n")
    text = "".join(rows)
    met.rows += len(rows)
    portion.rows += len(rows)
    portion.size += len(text)
    portion.last_buyer = last_buyer
    return text


def _too_long(file: str, row: int, said: str, run: Run) -> None:
    """Say that a text or a nick is as long as what is kept of one, so that something may be missing."""
    if len(said) >= LONGEST_TEXT:
        words = _("The message is very long; its first %(most)s characters are kept.")
        run.complain(file, row, "text", sentence(words, most=LONGEST_TEXT))
    else:
        words = _("The nick is very long; its first %(most)s characters are kept.")
        run.complain(file, row, "buyer", sentence(words, most=LONGEST_NICK))


def _plain(nick: str) -> str:
    """Return a nick that needs no escape."""
    return nick.translate(_ESCAPES) if "\\" in nick or not nick.isprintable() else nick


def copy_portion(cursor: Any, texts: Iterator[bytes | Portion]) -> Portion | None:
    """Make the staging table and copy the rows of a portion into it as they come; None when there are no more."""
    first = next(texts, None)
    if first is None:
        return None
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{STAGE}")
    cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ({COLUMNS}) ON COMMIT DROP")
    with cursor.copy(f"COPY {STAGE} FROM STDIN") as copy:
        for text in chain([first], texts):
            if isinstance(text, Portion):
                return text
            copy.write(text)
    return None
