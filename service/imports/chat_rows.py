"""Lines of chats as rows of the staging table: who speaks, and what tells equal messages apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import md5
from typing import Any

from django.utils.translation import gettext_lazy as _

from service.imports.running import Run
from service.policy import cutting as policy
from service.states import MessageKind
from shopops.kit.clock import SHANGHAI
from shopops.kit.sentences import sentence
from shopops.taobao.chats import Chunk, Speaker, Voices, read_chats
from shopops.taobao.chats.lines import taker_of
from staff.models import Shop, SubAccount

STAGE = "chat_stage"
COLUMNS = (
    "buyer text, sender smallint, nick text, at timestamptz, kind smallint, text text, digest uuid, shop text,"
    " takes boolean"
)
SLACK = timedelta(hours=1)
"""Clocks of two machines may differ by so much; what is later lies in the future."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
HEADER = ("buyer", "sender", "time", "text")


@dataclass
class Met:
    """What was met while the lines went by."""

    rows: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Nick of ours nobody is behind → how many messages."""
    first_at: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Such a nick → file and row where it stands first."""
    may_repeat: bool = False
    """The same message may stand in the files twice."""


def voices_now() -> Voices:
    """Return who is one of ours and who a robot, as people have told so far."""
    return Voices(
        agents=frozenset(SubAccount.objects.values_list("nick", flat=True)),
        shops=frozenset(Shop.objects.values_list("name", flat=True)),
        robots=tuple(policy.ROBOT_NAMES().split()),
    )


def staged_texts(run: Run, met: Met, voices: Voices, mapping: dict[str, str]) -> Iterator[bytes]:
    """Yield the rows of all files in COPY's text format, some thousand at a time. Asks the database nothing."""
    shops = set(voices.shops)
    limit = (run.at.astimezone(SHANGHAI) + SLACK).strftime("%Y-%m-%d %H:%M:%S+08")
    seen: set[str] = set()
    done = 0
    for upload in run.uploads:
        size = upload.path.stat().st_size
        rows, guess = 0, max(size // 60, 1)
        for part in read_chats(upload.path, name=upload.name, voices=voices, report=run, mapping=mapping or None):
            text = _staged(part, run, met, voices, shops, limit, seen)
            rows += len(part.lines)
            run.step(done + int(size * min(rows / guess, 0.99)), run.size * 2, upload.name)
            if text:
                yield text
        done += size
    for nick, count in sorted(met.unknown.items()):
        file, row = met.first_at[nick]
        words = _("Nobody is behind the sub-account %(nick)s (%(count)s messages). They are kept; say who it is.")
        run.complain(file, row, "", sentence(words, nick=nick, count=count))


def _staged(  # noqa: C901, PLR0912, PLR0915 -- the inner loop: a call a message would cost a fifth of the import
    part: Chunk, run: Run, met: Met, voices: Voices, shops: set[str], limit: str, seen: set[str]
) -> bytes:
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
    if not met.may_repeat and not buyers.isdisjoint(seen):
        met.may_repeat = True
    seen |= buyers
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
                met.may_repeat = True
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
            if name not in agents:
                met.unknown[name] += 1
                met.first_at.setdefault(name, (part.file, row))
        elif speaker != 1:
            taker = taker_of(said)
            if taker is not None:
                speaker, nick, takes = 4, taker, "t"
            if speaker == 4:  # noqa: PLR2004 -- the system
                kind = MessageKind.NOTICE
        text = said
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
    met.rows += len(rows)
    return "".join(rows).encode("utf-8", "replace")


def _plain(nick: str) -> str:
    """Return a nick that needs no escape."""
    return nick.translate(_ESCAPES) if "\\" in nick or not nick.isprintable() else nick


def copy_lines(cursor: Any, texts: Iterable[bytes]) -> None:
    """Make the staging table and copy the rows into it as they come."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{STAGE}")
    cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ({COLUMNS}) ON COMMIT DROP")
    with cursor.copy(f"COPY {STAGE} FROM STDIN") as copy:
        for text in texts:
            copy.write(text)
