"""The platform's own daily figures of agents: one sheet of the whole shop, or one a clerk; a new file replaces the day.

The header stands within the first ten rows, sometimes in two of them; rows of totals and averages are left out. A sheet
of clerks may name its day nowhere but above the header or in the file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from service.imports.registry import HEAD_ROWS, Field, Peek, Upload, register_reader
from service.imports.running import Run
from service.models import AgentDay
from service.states import FileKind
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import cell_text, open_spreadsheet
from shopops.taobao.chats.lines import clean_nick
from shopops.taobao.complaints import quoted
from shopops.taobao.values import Unreadable, count, moment, money, unwrapped
from staff.models import Shop, SubAccount

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS: dict[str, tuple[str, ...]] = {
    "day": ("日期", "统计日期", "时间"),
    "nick": ("旺旺昵称", "客服昵称", "客服旺旺", "客服", "子账号"),
    "shop": ("店铺", "店铺名称"),
    "consulted": ("咨询人数",),
    "received": ("接待人数",),
    "answered": ("有效接待人数",),
    "unanswered": ("未回复人数",),
    "slow": ("慢响应人数",),
    "reply_rate": ("旺旺回复率", "回复率"),
    "three_minute_rate": ("3分钟人工响应率", "三分钟人工响应率", "3分钟响应率"),
    "first_seconds": ("首次响应时长", "首次响应时长(秒)", "首响时长"),
    "average_seconds": ("平均响应时长", "平均响应时长(秒)"),
    "answer_ratio": ("答问比",),
    "orders": ("订单量", "下单人数"),
    "buyers": ("销售人数",),
    "sales": ("销售额",),
    "refunds": ("成功退款金额",),
}
COUNTS = ("consulted", "received", "answered", "unanswered", "slow", "orders", "buyers")
RATES = ("reply_rate", "three_minute_rate")
SECONDS = ("first_seconds", "average_seconds")
MONEY = ("sales", "refunds")
FIGURES = tuple(name for name in COLUMNS if name not in {"day", "nick", "shop"})
TOTALS = re.compile(r"(?:汇总|总计|合计|平均|均值|小计|全部).{0,4}")
DAY = re.compile(r"(20\d{2})\s?[-/.年_]?\s?(\d{1,2})\s?[-/.月_]?\s?(\d{1,2})(?!\d)")
LENGTH = re.compile(
    r"(?:(\d+)\s*(?:小时|时|h))?\s*(?:(\d+)\s*(?:分钟|分|min|m))?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒|s)?)?", re.IGNORECASE
)
CLOCKED = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
ONE = Decimal(1)
_FOUR = Decimal("0.0001")


@dataclass
class _Table:
    """A sheet of figures: where its columns are, and which columns of rates are in per cent."""

    file: str
    header: list[str]
    columns: dict[str, int]
    day: date | None
    rows: list[tuple[int, list[str]]]
    in_percent: set[str] = field(default_factory=set)

    def cell(self, cells: list[str], name: str) -> str:
        """Return what a row has in the column of a field; empty where it has none."""
        place = self.columns.get(name)
        return unwrapped(cells[place]) if place is not None and place < len(cells) else ""


Key = tuple[int, date, str]


def recognises(peek: Peek) -> bool:
    """Say whether a sheet holds figures of agents."""
    for sheet in peek.sheets:
        for row in sheet[:HEAD_ROWS]:
            names = set(row)
            if names & set(COLUMNS["nick"]) and len(_figures(row)) >= 2:  # noqa: PLR2004 -- one may be chance
                return True
            if "日期" in names and names & {"咨询人数", "接待人数", "询单人数", "销售人数"}:
                return True
    return False


def load_agent_days(run: Run) -> None:
    """Read the files and replace the days they hold."""
    told: dict[Key, dict[str, Any]] = {}
    rows = 0
    shops = {shop.name: shop for shop in Shop.objects.order_by("pk")}
    accounts = {one.nick: one for one in SubAccount.objects.select_related("shop")}
    first = run.shop or next(iter(shops.values()), None)
    if first is None:
        raise Refused(_("There is no shop yet. Enter one first."))
    for number, upload in enumerate(run.uploads):
        run.step(number, len(run.uploads), upload.name)
        for table in _tables(upload, run.mapping):
            for row, cells in table.rows:
                key, values = _read(run, table, row, cells, first, shops, accounts)
                if key is None:
                    continue
                rows += 1
                known = told.setdefault(key, {"raw": {}})
                known["raw"] |= values.pop("raw")
                known |= values
    run.counts |= {"rows": rows, **_write(run, told, accounts)}


def _write(run: Run, told: dict[Key, dict[str, Any]], accounts: dict[str, SubAccount]) -> dict[str, int]:
    """Write the days: clerks that are not in the new sheet go; figures it has no column for stay."""
    days = {(shop, day, bool(nick)) for shop, day, nick in told}
    known = {
        (one.shop_id, one.day, one.nick): one
        for one in AgentDay.objects.filter(day__in={day for _shop, day, _clerk in days})
        if (one.shop_id, one.day, bool(one.nick)) in days
    }
    gone = [one.pk for key, one in known.items() if key not in told]
    AgentDay.objects.filter(pk__in=gone).delete()
    counts = {"new": 0, "changed": 0, "unchanged": 0, "removed": len(gone)}
    for key, values in told.items():
        shop, day, nick = key
        account = accounts.get(nick)
        employee = account.employee_id if account else None
        one = known.get(key)
        if one is None:
            AgentDay.objects.create(shop_id=shop, day=day, nick=nick, employee_id=employee, batch=run.batch, **values)
            counts["new"] += 1
            continue
        after = {**values, "raw": {**one.raw, **values["raw"]}, "employee_id": employee}
        if all(getattr(one, name) == value for name, value in after.items()):
            counts["unchanged"] += 1
            continue
        for name, value in after.items():
            setattr(one, name, value)
        one.batch = run.batch
        one.save()
        counts["changed"] += 1
    return counts


def _tables(upload: Upload, mapping: dict[str, str]) -> Iterator[_Table]:
    """Yield the sheets that hold figures.

    :raises Refused: if there is none, or a sheet of clerks names its day nowhere.
    """
    found = False
    for sheet in open_spreadsheet(upload.path, name=upload.name):
        rows = [
            (batch.first + place, [cell_text(cell).strip() for cell in row])
            for batch in sheet.batches()
            for place, row in enumerate(batch.rows)
        ]
        place = next((at for at, (_n, row) in enumerate(rows[:HEAD_ROWS]) if _is_header(row, mapping)), None)
        if place is None:
            continue
        found = True
        header, start = _whole_header(rows, place)
        columns = _columns(header, mapping)
        above = " ".join(cell for _n, row in rows[:place] for cell in row if cell)
        day = _day_in(above) or _day_in(upload.name)
        if "day" not in columns and day is None:
            words = _("%(name)s: which day the figures are of stands neither in it nor in its name.")
            raise Refused(sentence(words, name=upload.name))
        table = _Table(upload.name, header, columns, day, rows[start:])
        table.in_percent = {name for name in RATES if name in columns and _in_percent(table, columns[name])}
        yield table
    if not found:
        words = _(
            "%(name)s: no sheet has figures of agents; expected are 日期 or 旺旺昵称, and headers such as 接待人数."
        )
        raise Refused(sentence(words, name=upload.name))


def _is_header(row: list[str], mapping: dict[str, str]) -> bool:
    if mapping:
        return set(mapping.values()) <= set(row)
    columns = _columns(row, {})
    return ("nick" in columns or "day" in columns) and len(_figures(row)) >= 1


def _figures(row: list[str]) -> set[str]:
    """Return which figures a row has headers for."""
    names = set(row)
    return {field for field in FIGURES if names & set(COLUMNS[field])} | (names & {"询单人数", "总消息数", "客单价"})


def _columns(header: list[str], mapping: dict[str, str]) -> dict[str, int]:
    places = {name: place for place, name in reversed(list(enumerate(header))) if name}
    if mapping:
        return {one: places[name] for one, name in mapping.items() if name in places}
    return {
        one: next(places[name] for name in names if name in places)
        for one, names in COLUMNS.items()
        if any(name in places for name in names)
    }


def _whole_header(rows: list[tuple[int, list[str]]], place: int) -> tuple[list[str], int]:
    """Return the header with the row below it, where that only says more (总 / 发出), and where the figures begin."""
    header = rows[place][1]
    below = rows[place + 1][1] if place + 1 < len(rows) else []
    if not below or below[0] or not any(below) or any(re.search(r"\d{2}", cell) for cell in below):
        return header, place + 1
    whole, group = [], ""
    for number in range(max(len(header), len(below))):
        group = header[number] if number < len(header) and header[number] else group
        more = below[number] if number < len(below) else ""
        whole.append(f"{group}-{more}" if more else (header[number] if number < len(header) else ""))
    return whole, place + 2


def _in_percent(table: _Table, place: int) -> bool:
    """Say whether a column of rates is written as 99.71 without its sign: then some value is above one."""
    for _row, cells in table.rows:
        text = unwrapped(cells[place]) if place < len(cells) else ""
        if text and not text.endswith("%") and (number := _number(text)) is not None and number > ONE:
            return True
    return False


def _read(
    run: Run,
    table: _Table,
    row: int,
    cells: list[str],
    first: Shop,
    shops: dict[str, Shop],
    accounts: dict[str, SubAccount],
) -> tuple[Key | None, dict[str, Any]]:
    """Return whose figures a row holds and what they are; None for a total, an empty or an unreadable row."""
    lead = next((text for text in (unwrapped(one) for one in cells) if text), "")
    nick = clean_nick(table.cell(cells, "nick"))
    if not lead or TOTALS.fullmatch(lead) or TOTALS.fullmatch(nick):
        return None, {}
    named = table.cell(cells, "shop")
    try:
        day = _day_of_row(table, cells, nick)
        values: dict[str, Any] = {
            name: _value(name, table.cell(cells, name), in_percent=name in table.in_percent)
            for name in FIGURES
            if name in table.columns
        }
        shop = run.shop or _shop_named(named, shops)
    except Unreadable as error:
        run.reject(table.file, table.header, cells, error.message, row=row)
        return None, {}
    account = accounts.get(nick)
    if nick and account is None:
        run.complain(table.file, row, "", sentence(_("Nobody is behind the sub-account %(nick)s."), nick=nick))
    shop = shop or (account.shop if account else None) or first
    values["raw"] = {name: text for name, text in zip(table.header, cells, strict=False) if name and text}
    return (shop.pk, day, nick), values


def _day_of_row(table: _Table, cells: list[str], nick: str) -> date:
    """Return the day of a row.

    :raises Unreadable: if it has none, or a clerk's row has no clerk.
    """
    day = _day_of(table.cell(cells, "day")) if "day" in table.columns else table.day
    if day is None:
        raise Unreadable(_("The day is missing."))
    if "nick" in table.columns and not nick:
        raise Unreadable(_("The nick of the clerk is missing."))
    return day


def _shop_named(name: str, shops: dict[str, Shop]) -> Shop | None:
    """Return the shop a row names; None where it names none.

    :raises Unreadable: if there is no such shop.
    """
    if name and name not in shops:
        raise Unreadable(sentence(_("There is no shop “%(name)s”."), name=name))
    return shops.get(name)


def _value(name: str, text: str, *, in_percent: bool) -> Any:
    """Return a figure; None where the sheet says nothing.

    :raises Unreadable: if it is no such figure.
    """
    if not text:
        return None
    if name in COUNTS:
        whole = count(text)
        return None if whole is None else int(whole)
    if name in MONEY:
        amount = money(text)
        return None if amount is None else Decimal(amount)
    if name in SECONDS:
        return _seconds(text)
    number = _number(text.rstrip("%"))
    if number is None or number < 0 or number > 10_000:  # noqa: PLR2004 -- no rate
        raise Unreadable(sentence(_("“%(value)s” is no rate"), value=quoted(text)))
    if text.endswith("%") or in_percent:
        number /= 100
    return number.quantize(_FOUR)


def _seconds(text: str) -> Decimal:
    """Return a length in seconds: `12.5`, `1分20秒`, `00:01:20`."""
    match = CLOCKED.fullmatch(text) or LENGTH.fullmatch(text)
    if match is None or not any(match.groups()):
        raise Unreadable(sentence(_("“%(value)s” is no length of time"), value=quoted(text)))
    hours, minutes, seconds = match.groups()
    whole = Decimal(hours or 0) * 3600 + Decimal(minutes or 0) * 60 + Decimal(seconds or 0)
    return whole.quantize(Decimal("0.01"))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day_of(text: str) -> date | None:
    """Return the day of a cell."""
    if re.fullmatch(r"20\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = moment(text)
    return date.fromisoformat(found[:10]) if found else None


def _day_in(text: str) -> date | None:
    """Return the only or last day a text names."""
    for year, month, day in reversed(DAY.findall(text)):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


_LABELS: dict[str, str | _StrPromise] = {"day": _("day"), "nick": _("sub-account"), "shop": _("shop")}

register_reader(
    FileKind.AGENT_DAYS,
    recognises=recognises,
    load=load_agent_days,
    fields=tuple(
        Field(
            name,
            _LABELS[name] if name in _LABELS else AgentDay._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
            name in {"day", "nick"},
            guesses,
        )
        for name, guesses in COLUMNS.items()
    ),
)
