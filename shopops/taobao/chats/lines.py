"""A line of a chat, who says it, and what is left of a text once noise is gone."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.utils.translation import gettext_lazy as _

from shopops.kit.sentences import sentence
from shopops.taobao.complaints import quoted
from shopops.taobao.values import Unreadable, is_day, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

CHUNK = 4000
LONGEST_NICK = 100
LONGEST_TEXT = 20_000
SYSTEM_NAMES = frozenset({"系统", "系统消息", "系统提示", "平台通知", "千牛", "system"})
NOISE = frozenset({"已读", "未读", "发送中", "已送达", "送达", "发送失败", "重新发送", "对方正在输入", "查看更多消息"})
RECALL = re.compile(r".{0,60}撤回了一条消息.{0,10}")
TRANSFER = re.compile(
    r"(?:由\s*(?P<giver>.{1,60}?)\s*)?(?:转交|转接)(?:给|到|至)\s*(?P<taker>[^\s，,。]{1,60})\s*[，,。]?.{0,60}"
)
NOTICE = re.compile(r"当前用户来自.*|原因[:：]\s*【.*】.*|.{0,40}离线留言自动分配.*|会话已(?:结束|关闭).*")
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d")
HOUR_MINUTE = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d")


class Speaker(IntEnum):
    """Who says a line."""

    BUYER = 1
    AGENT = 2
    ROBOT = 3
    SYSTEM = 4


class Line(NamedTuple):
    """One message as a file has it."""

    buyer: str
    row: int
    """Line or row of the file, number of the message in an export."""
    name: str
    """Who says it, as the file names them; empty for the system."""
    at: str
    """`2026-11-20 09:00:05+08`."""
    text: str
    image: str
    shop: str


class Chunk(NamedTuple):
    """Consecutive lines of one file, or of one part of an archive."""

    file: str
    lines: Sequence[tuple[str, int, str, str, str, str, str]]
    """As `Line`; plain tuples where there are many."""


class Report(Protocol):
    """Where readers put what is wrong."""

    def complain(
        self, file: str, row: int, column: str, text: str | _StrPromise, *, refused: bool = False, more: int = 0
    ) -> None:
        """Note what is wrong; row 0 is the whole file."""

    def reject(
        self,
        file: str,
        header: Sequence[str],
        cells: Sequence[str],
        reason: str | _StrPromise,
        *,
        row: int,
        column: str = "",
    ) -> None:
        """Leave a row out."""


@dataclass
class Voices:
    """Who is one of ours: sub-accounts with somebody behind them, names of shops; and how robots are called."""

    agents: Collection[str] = ()
    shops: Collection[str] = ()
    robots: Sequence[str] = ()
    _known: dict[str, Speaker] = field(default_factory=dict)

    def speaker(self, name: str) -> Speaker | None:
        """Return who somebody is by the name alone; None for one who may be a buyer."""
        if name in self._known:
            return self._known[name]
        found = self._look(name)
        if found is not None:
            self._known[name] = found
        return found

    def _look(self, name: str) -> Speaker | None:
        if not name or name.casefold() in SYSTEM_NAMES:
            return Speaker.SYSTEM
        if name in self.agents:
            return Speaker.AGENT
        if any(robot in name for robot in self.robots):
            return Speaker.ROBOT
        if ":" in name or name in self.shops:
            return Speaker.AGENT
        return None


@lru_cache(maxsize=65_536)
def clean_nick(name: str) -> str:
    """Return a nick as it is kept: without blanks around it, the prefix of the old tool, and full-width colons."""
    name = name.strip(" \t\r\n\u3000\u00a0\ufeff\u200b").removeprefix("cntaobao").replace("：", ":")
    return name.replace("\0", "")[:LONGEST_NICK]


def clean_text(text: str) -> str:
    """Return a text a database keeps: no NUL, no half characters, no blanks at the ends, of bearable length."""
    text = text.replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def time_of(day: str, clock: str) -> str:
    """Return a moment as `2026-11-20 09:00:05+08` from its day and its time, or from one text with both.

    :raises Unreadable: if it is none, or a day without a time.
    """
    if len(day) == 10 and len(clock) == 8 and CLOCK.fullmatch(clock) and day[4] == "-" and is_day(day):  # noqa: PLR2004
        return f"{day} {clock}+08"
    whole = f"{day} {clock}".strip()
    if not re.search(r"\d[:：时点]\s*\d|\d{14}|^\d{5}\.\d", whole):
        raise Unreadable(sentence(_("“%(value)s” is not a time"), value=quoted(whole)))
    found = moment(whole.replace("：", ":"))
    if found is None:
        raise Unreadable(_("The time is missing."))
    return found


def taker_of(text: str) -> str | None:
    """Return to whom the platform's own line says the conversation went; None where it says nothing of that."""
    if "转交" not in text and "转接" not in text:
        return None
    match = TRANSFER.fullmatch(text.strip())
    return clean_nick(match["taker"].strip('【】[]“”"')) if match else None


def is_notice(text: str) -> bool:
    """Say whether a line without a sender is one of the platform's own that tells something."""
    return bool(NOTICE.fullmatch(text)) or taker_of(text) is not None


def is_noise(text: str) -> bool:
    """Say whether a line is an ornament of the chat window."""
    return text in NOISE or ("撤回" in text and bool(RECALL.fullmatch(text)))
