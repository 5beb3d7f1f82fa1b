"""Chats of the demo shop: written as an import writes them, and cut."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import NamedTuple

from django.core.management import call_command
from django.db.models import Avg, Count, Q

from orders.models import Order
from service.actions.demo.chat_words import GOODBYES, TALKS
from service.models import AgentDay, FileImport, Turn
from service.states import FileKind, FileState
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from staff.models import Duty, Employee, Shop, SubAccount
from staff.states import DutyState

BACK = 10
"""Days back on which buyers wrote."""
A_DAY = 30
"""Conversations a day."""
ROBOT = "店小蜜"
STRANGER = "云杉:小新"
"""A sub-account nobody has named yet."""
_MINUTE = timedelta(minutes=1)


class Said(NamedTuple):
    """One message."""

    shop: int
    buyer: str
    nick: str
    at: datetime
    text: str


def make_chats(agents: list[Employee], shop: Shop, *, at: datetime) -> None:
    """Let buyers write and agents answer on the last days; some buyers wait still."""
    random = Random(20261122)  # noqa: S311 -- made-up data wants repeatable chance
    nicks = _name_sub_accounts(agents, shop)
    _import(list(_messages(agents, nicks, random, at)), at=at)
    _write_figures(at=at)


def _name_sub_accounts(agents: list[Employee], shop: Shop) -> dict[int, str]:
    """Return what each agent is called in the chat tool."""
    nicks = {}
    for agent in agents:
        known = SubAccount.objects.filter(employee=agent).order_by("pk").first()
        nicks[agent.pk] = (
            known
            or SubAccount.objects.create(
                nick=f"{shop.name}:{agent.name[-1:]}{agent.employee_number[-2:]}", employee=agent
            )
        ).nick
    return nicks


def _messages(agents: list[Employee], nicks: dict[int, str], random: Random, at: datetime) -> Iterator[Said]:
    """Give what was said: full days first, then today up to now, some buyers waiting."""
    orders = list(
        Order.objects.exclude(buyer_nick="")
        .order_by("-placed_at", "-pk")
        .values_list("shop_id", "buyer_nick", "number")[:400]
    )
    today = shop_day(at)
    on_duty = _duties(today)
    for back in range(BACK, -1, -1):
        day = today - timedelta(days=back)
        for place in range(A_DAY):
            shop, buyer, number = orders[(back * A_DAY + place) % len(orders)]
            begins = start_of_day(day) + timedelta(
                hours=9, minutes=random.randrange(0, 720), seconds=random.randrange(60)
            )
            if begins > at - timedelta(minutes=20):
                continue
            agent = _who(on_duty.get(day, []), begins, agents, random)
            yield from _talk(shop, buyer, number, begins, nicks[agent.pk], random)
        shop, buyer, number = orders[-20 - back]
        yield from _night(shop, buyer, start_of_day(day), agents[back % len(agents)], nicks, back, at)
    for place, waited in enumerate((18, 52, 125, 260, 1500, 5400)):
        shop, buyer, number = orders[-1 - place]
        yield from _waiting(shop, buyer, at - timedelta(seconds=waited), agents[place % 3], nicks, known=place % 2 == 0)


def _duties(today: date) -> dict[date, list[Duty]]:
    found: dict[date, list[Duty]] = {}
    rows = Duty.objects.filter(day__gt=today - timedelta(days=BACK + 1), day__lte=today, state=DutyState.PLANNED)
    for duty in rows.select_related("employee").order_by("starts_at", "pk"):
        found.setdefault(duty.day, []).append(duty)
    return found


def _who(duties: list[Duty], moment: datetime, agents: list[Employee], random: Random) -> Employee:
    """Return an agent who is on duty then, or any."""
    keys = {agent.pk for agent in agents}
    there = [one.employee for one in duties if one.starts_at <= moment < one.ends_at and one.employee_id in keys]
    return random.choice(there or agents)


def _talk(shop: int, buyer: str, number: str, begins: datetime, nick: str, random: Random) -> Iterator[Said]:
    """Give a conversation: question and answer in turns; some answers are late, some never come."""
    moment = begins
    lines = random.choice(TALKS)
    if random.random() < 0.25:  # noqa: PLR2004 -- a robot greets one in four
        yield Said(shop, buyer, buyer, moment, "在吗")
        yield Said(shop, buyer, ROBOT, moment + timedelta(seconds=1), "您好，客服马上就到～")
        moment += timedelta(seconds=4)
    for place, (question, answer) in enumerate(lines):
        yield Said(shop, buyer, buyer, moment, question.format(order=number))
        if place == len(lines) - 1 and random.random() < 0.03:  # noqa: PLR2004
            return
        slow = random.random() < 0.12  # noqa: PLR2004
        moment += timedelta(seconds=random.randrange(50, 320) if slow else random.randrange(6, 40))
        yield Said(shop, buyer, nick, moment, answer.format(order=number))
        moment += timedelta(seconds=random.randrange(15, 90))
    if random.random() < 0.6:  # noqa: PLR2004
        yield Said(shop, buyer, buyer, moment, random.choice(GOODBYES))


def _night(
    shop: int, buyer: str, midnight: datetime, agent: Employee, nicks: dict[int, str], back: int, at: datetime
) -> Iterator[Said]:
    """Give a message of the night: most are answered in the morning, one after noon, one never, one by a newcomer."""
    asked = midnight + timedelta(hours=2, minutes=7 * back + 3)
    answered = midnight + timedelta(hours=8, minutes=12 + back)
    if back == 4:  # noqa: PLR2004 -- too late
        answered = midnight + timedelta(hours=13, minutes=20)
    if asked > at or back == 6:  # noqa: PLR2004 -- never answered
        if asked <= at:
            yield Said(shop, buyer, buyer, asked, "半夜打扰了，请问衣服能机洗吗")
        return
    yield Said(shop, buyer, buyer, asked, "半夜打扰了，请问衣服能机洗吗")
    yield Said(shop, buyer, "系统", asked + timedelta(seconds=20), f"由 服务助手 转交给 {nicks[agent.pk]}")
    if answered <= at:
        nick = STRANGER if back == 2 else nicks[agent.pk]  # noqa: PLR2004
        yield Said(shop, buyer, nick, answered, "亲，早上好，建议装洗衣袋冷水轻柔洗哦")


def _waiting(
    shop: int, buyer: str, since: datetime, agent: Employee, nicks: dict[int, str], *, known: bool
) -> Iterator[Said]:
    """Give a conversation whose buyer waits since then; of a `known` one an agent answered before."""
    if known:
        yield Said(shop, buyer, buyer, since - 3 * _MINUTE, "这件羽绒服还有 M 码吗")
        answered = since - 3 * _MINUTE + timedelta(seconds=25)
        yield Said(shop, buyer, nicks[agent.pk], answered, "亲，M 码还有现货哦")
    yield Said(shop, buyer, buyer, since, "那今天能发货吗，急用")


def _import(said: list[Said], *, at: datetime) -> None:
    """Write the messages as the chat tool's exporter does, one archive a shop, and import them."""
    shops = dict(Shop.objects.values_list("pk", "name"))
    with tempfile.TemporaryDirectory() as folder:
        for shop in sorted({one.shop for one in said}):
            path = Path(folder) / f"千牛聊天记录_{shop_day(at):%Y-%m-%d}_{shop}.zip"
            _write_archive(path, [one for one in said if one.shop == shop])
            call_command("import_chats", path, shop=shops[shop], at=at, stdout=StringIO(), stderr=StringIO())


def _write_archive(path: Path, said: list[Said]) -> None:
    """Write one JSON a buyer."""
    talks: dict[str, list[dict[str, str]]] = {}
    for one in sorted(said, key=lambda each: each.at):
        clock = one.at.astimezone(SHANGHAI)
        talks.setdefault(one.buyer, []).append(
            {
                "date": f"{clock:%Y-%m-%d}",
                "time": f"{clock:%H:%M:%S}",
                "sender": one.nick,
                "text": one.text,
                "imgUrl": "",
            }
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for buyer, chats in talks.items():
            record = {"user": buyer, "exportTime": "", "count": len(chats), "chats": chats}
            archive.writestr(f"{buyer}.json", json.dumps(record, ensure_ascii=False))


def _write_figures(*, at: datetime) -> None:
    """Write the platform's daily figures of agents, which never are quite what one measures oneself."""
    rows = (
        Turn.objects.filter(employee__isnull=False, is_first=True, asked_at__lt=start_of_day(shop_day(at)))
        .values("employee_id", "conversation__shop_id", "report_day")
        .annotate(
            talks=Count("pk"),
            quick=Count("pk", filter=Q(seconds__lte=180)),
            open=Count("pk", filter=Q(answered_at=None)),
            first=Avg("seconds"),
        )
        .order_by("report_day", "employee_id", "conversation__shop_id")
    )
    nicks = dict(SubAccount.objects.values_list("employee_id", "nick"))
    batch = FileImport.objects.create(
        kind=FileKind.AGENT_DAYS,
        state=FileState.DONE,
        files=[{"name": "客服绩效_咨询接待分析.xlsx", "bytes": 18_432}],
        started_at=at - timedelta(hours=2),
        finished_at=at - timedelta(hours=2) + timedelta(seconds=1),
    )
    days = [
        AgentDay(
            shop_id=row["conversation__shop_id"],
            day=row["report_day"],
            nick=nicks[row["employee_id"]],
            employee_id=row["employee_id"],
            consulted=row["talks"] + row["talks"] // 6,
            received=row["talks"],
            answered=row["talks"] - row["open"],
            unanswered=row["open"],
            slow=row["talks"] - row["quick"],
            reply_rate=round(Decimal(row["talks"] - row["open"]) / row["talks"], 4),
            three_minute_rate=round(Decimal(row["quick"]) / row["talks"], 4),
            first_seconds=round(Decimal(row["first"] or 0), 2),
            average_seconds=round(Decimal(row["first"] or 0) * Decimal("1.15"), 2),
            batch=batch,
        )
        for row in rows
        if row["employee_id"] in nicks and row["report_day"] <= shop_day(at)
    ]
    AgentDay.objects.bulk_create(days)
    batch.counts = {"rows": len(days), "new": len(days), "refused": 0}
    batch.save(update_fields=["counts"])
