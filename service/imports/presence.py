"""The status log of the chat tool: who was online, away or offline from when to when (CS-047…CS-050)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.imports.registry import HEAD_ROWS, Field, Peek, Upload, register_reader
from service.imports.running import Run
from service.states import FileKind
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import cell_text, open_spreadsheet
from shopops.taobao.chats.lines import clean_nick
from shopops.taobao.complaints import quoted
from shopops.taobao.values import Unreadable, moment, unwrapped
from staff.models import Presence, SubAccount
from staff.states import PresenceSource, PresenceStatus

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS: dict[str, tuple[str, ...]] = {
    "nick": ("旺旺昵称", "客服昵称", "客服", "子账号", "账号", "昵称", "agent", "nick"),
    "status": ("状态", "登录状态", "在线状态", "status"),
    "from": ("开始时间", "开始", "时间", "起始时间", "变更时间", "from", "time"),
    "to": ("结束时间", "结束", "截止时间", "to"),
}
NEEDED = ("nick", "status", "from")
STATUSES = {
    **dict.fromkeys(("在线", "上线", "登录", "恢复", "恢复接待", "1", "3", "online"), PresenceStatus.ONLINE),
    **dict.fromkeys(("离开", "挂起", "暂停", "暂停接待", "忙碌", "2", "5", "away", "busy"), PresenceStatus.AWAY),
    **dict.fromkeys(("离线", "下线", "退出", "隐身", "-1", "0", "offline"), PresenceStatus.OFFLINE),
    **dict.fromkeys(("无操作", "闲置", "idle"), PresenceStatus.IDLE),
}


@dataclass
class Span:
    """How an agent was from when on; until when is open where the log does not say."""

    employee_id: int
    status: PresenceStatus
    start: datetime
    end: datetime | None
    file: str
    row: int


def recognises(peek: Peek) -> bool:
    """Say whether a sheet is a status log."""
    return any(
        all(set(row) & set(COLUMNS[name]) for name in NEEDED) for sheet in peek.sheets for row in sheet[:HEAD_ROWS]
    )


def load_presence(run: Run) -> None:
    """Read the logs; what they say of an agent replaces what earlier logs said of the same time."""
    accounts = dict(SubAccount.objects.values_list("nick", "employee_id"))
    spans: list[Span] = []
    for number, upload in enumerate(run.uploads):
        run.step(number, len(run.uploads), upload.name)
        spans += _spans(run, upload, accounts)
    by_agent: dict[int, list[Span]] = {}
    for span in spans:
        by_agent.setdefault(span.employee_id, []).append(span)
    counts = {"rows": len(spans), "new": 0, "unchanged": 0, "removed": 0}
    for employee_id, mine in sorted(by_agent.items()):
        _replace(employee_id, _one_after_another(run, mine), counts)
    run.counts |= counts
    if spans and (counts["new"] or counts["removed"]):
        run.first_day = shop_day(min(span.start for span in spans))


def _spans(run: Run, upload: Upload, accounts: dict[str, int]) -> list[Span]:
    """Return the spans of a file.

    :raises Refused: if no sheet is a status log.
    """
    found: list[Span] = []
    is_log = False
    for sheet in open_spreadsheet(upload.path, name=upload.name):
        columns: dict[str, int] = {}
        header: list[str] = []
        for batch in sheet.batches():
            for row, raw in enumerate(batch.rows, batch.first):
                cells = [unwrapped(cell_text(cell)) for cell in raw]
                if not columns:
                    columns, header = (_columns(cells, run.mapping), cells) if row <= HEAD_ROWS else ({}, [])
                    continue
                if any(cells) and (span := _span(run, upload.name, row, header, cells, columns, accounts)):
                    found.append(span)
        is_log = is_log or bool(columns)
    if not is_log:
        raise Refused(
            sentence(_("%(name)s: no sheet has columns for the agent, the status and the time."), name=upload.name)
        )
    return found


def _columns(row: list[str], mapping: dict[str, str]) -> dict[str, int]:
    """Return where the columns are if a row is the header; empty if it is not."""
    places = {name: place for place, name in reversed(list(enumerate(row))) if name}
    names = {name: (mapping[name],) if name in mapping else guesses for name, guesses in COLUMNS.items()}
    found = {
        name: next(places[guess] for guess in guesses if guess in places)
        for name, guesses in names.items()
        if any(guess in places for guess in guesses)
    }
    return found if all(name in found for name in NEEDED) else {}


def _span(
    run: Run,
    file: str,
    row: int,
    header: list[str],
    cells: list[str],
    columns: dict[str, int],
    accounts: dict[str, int],
) -> Span | None:
    """Return the span of a row; None for one that is left out."""
    told = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
    try:
        return _read(run, file, row, told, accounts)
    except _Wrong as error:
        place = columns.get(error.field, 0)
        run.reject(file, header, cells, error.message, row=row, column=header[place])
    except Unreadable as error:
        run.reject(file, header, cells, error.message, row=row)
    return None


class _Wrong(Unreadable):
    """A row that cannot be taken because of one column."""

    def __init__(self, field: str, message: _StrPromise) -> None:
        super().__init__(message)
        self.field = field


def _read(run: Run, file: str, row: int, told: dict[str, str], accounts: dict[str, int]) -> Span:
    """Return the span of a row.

    :raises Unreadable: if it cannot be taken.
    """
    employee_id = accounts.get(clean_nick(told["nick"]))
    if employee_id is None:
        words = _("Nobody is behind the sub-account %(nick)s.")
        raise _Wrong("nick", sentence(words, nick=quoted(told["nick"])))
    status = STATUSES.get(told["status"].casefold())
    if status is None:
        raise _Wrong("status", sentence(_("“%(value)s” is no status"), value=quoted(told["status"])))
    start = _moment(told["from"])
    if start is None:
        raise _Wrong("from", _("The time is missing."))
    end = _moment(told.get("to", ""))
    if end is not None and end <= start:
        raise _Wrong("to", _("It ends before it begins."))
    if start > run.at:
        raise _Wrong("from", _("The time lies in the future."))
    return Span(employee_id, status, start, end, file, row)


def _moment(text: str) -> datetime | None:
    found = moment(text)
    return datetime.fromisoformat(found) if found else None


def _one_after_another(run: Run, spans: list[Span]) -> list[Span]:
    """Return an agent's spans in order: each ends where the next begins, if not before."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end is None, one.end or one.start, one.status)):
        last = kept[-1] if kept else None
        if last is not None and last.start == span.start:
            if (last.status, last.end) != (span.status, span.end):
                run.complain(span.file, span.row, "", _("Another row says something else of the same moment."))
            continue
        if last is not None and (last.end is None or last.end > span.start):
            if last.end is not None:
                run.complain(last.file, last.row, "", _("It goes on into the next row; cut there."))
            last.end = span.start
        kept.append(span)
    return kept


@transaction.atomic
def _replace(employee_id: int, spans: list[Span], counts: dict[str, int]) -> None:
    """Write an agent's spans in the place of what the logs said of that time before."""
    if not spans:
        return
    start, end = spans[0].start, spans[-1].end
    of_log = Presence.objects.select_for_update(of=("self",)).filter(
        employee_id=employee_id, source=PresenceSource.IMPORT
    )
    before = of_log.filter(Q(ends_at=None) | Q(ends_at__gt=start))
    if end is not None:
        before = before.filter(starts_at__lt=end)
    known = {(one.status, one.starts_at, one.ends_at): one for one in before}
    wanted: dict[tuple[Any, ...], Span] = {(one.status.value, one.start, one.end): one for one in spans}
    for key, one in known.items():
        if key in wanted:
            continue
        counts["removed"] += not _trim(one, start, end)
    new = [one for key, one in wanted.items() if key not in known]
    Presence.objects.bulk_create(
        [
            Presence(
                employee_id=employee_id,
                status=one.status,
                starts_at=one.start,
                ends_at=one.end,
                source=PresenceSource.IMPORT,
            )
            for one in new
        ]
    )
    counts["new"] += len(new)
    counts["unchanged"] += len(wanted) - len(new)


def _trim(one: Presence, start: datetime, end: datetime | None) -> bool:
    """Leave of a span what lies outside of `start` to `end`; False if nothing is left of it."""
    rest = one.ends_at
    goes_on = end is not None and (rest is None or rest > end)
    if one.starts_at < start:
        one.ends_at = start
        one.save(update_fields=["ends_at"])
        if goes_on and end is not None:
            Presence.objects.create(
                employee_id=one.employee_id, status=one.status, source=one.source, starts_at=end, ends_at=rest
            )
        return True
    if goes_on and end is not None:
        one.starts_at = end
        one.save(update_fields=["starts_at"])
        return True
    one.delete()
    return False


register_reader(
    FileKind.PRESENCE,
    recognises=recognises,
    load=load_presence,
    fields=(
        Field("nick", _("sub-account"), True, COLUMNS["nick"]),
        Field("status", _("status"), True, COLUMNS["status"]),
        Field("from", _("from"), True, COLUMNS["from"]),
        Field("to", _("to"), False, COLUMNS["to"]),
    ),
)
