"""Chats of the demo shop: written as an import writes them, and cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from orders.models import Order
from service.actions.buyers import ensure_buyers
from service.actions.cutting import begin_cutting, closing_condition, closing_pattern, cut_messages
from service.actions.demo.chat_words import GOODBYES, TALKS
from service.states import MessageKind, Sender
from shopops.kit.clock import shop_day, start_of_day
from staff.models import Duty, Employee, Shop, SubAccount
from staff.states import DutyState

BACK = 5
"""Days back on which buyers wrote."""
A_DAY = 36
"""Conversations a day."""
_MINUTE = timedelta(minutes=1)


class Said(NamedTuple):
    """One message, as it is cut."""

    shop: int
    buyer: str
    sender: Sender
    nick: str
    employee: int | None
    at: datetime
    text: str


def make_chats(agents: list[Employee], shop: Shop, *, at: datetime) -> None:
    """Let buyers write and agents answer on the last days; some buyers wait still."""
    random = Random(20261122)  # noqa: S311 -- made-up data wants repeatable chance
    nicks = _name_sub_accounts(agents, shop)
    _cut(list(_messages(agents, nicks, random, at)), at=at)


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
            yield from _talk(shop, buyer, number, begins, agent, nicks[agent.pk], random)
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


def _talk(
    shop: int, buyer: str, number: str, begins: datetime, agent: Employee, nick: str, random: Random
) -> Iterator[Said]:
    """Give a conversation: question and answer in turns; some answers are late, some never come."""
    moment = begins
    lines = random.choice(TALKS)
    if random.random() < 0.25:  # noqa: PLR2004 -- a robot greets one in four
        yield Said(shop, buyer, Sender.BUYER, buyer, None, moment, "在吗")
        yield Said(
            shop, buyer, Sender.ROBOT, f"{nick}:机器人", None, moment + timedelta(seconds=1), "您好，客服马上就到～"
        )
        moment += timedelta(seconds=4)
    for place, (question, answer) in enumerate(lines):
        yield Said(shop, buyer, Sender.BUYER, buyer, None, moment, question.format(order=number))
        if place == len(lines) - 1 and random.random() < 0.03:  # noqa: PLR2004
            return
        slow = random.random() < 0.12  # noqa: PLR2004
        moment += timedelta(seconds=random.randrange(50, 320) if slow else random.randrange(6, 40))
        yield Said(shop, buyer, Sender.AGENT, nick, agent.pk, moment, answer.format(order=number))
        moment += timedelta(seconds=random.randrange(15, 90))
    if random.random() < 0.6:  # noqa: PLR2004
        yield Said(shop, buyer, Sender.BUYER, buyer, None, moment, random.choice(GOODBYES))


def _waiting(
    shop: int, buyer: str, since: datetime, agent: Employee, nicks: dict[int, str], *, known: bool
) -> Iterator[Said]:
    """Give a conversation whose buyer waits since then; of a `known` one an agent answered before."""
    if known:
        yield Said(shop, buyer, Sender.BUYER, buyer, None, since - 3 * _MINUTE, "这件羽绒服还有 M 码吗")
        answered = since - 3 * _MINUTE + timedelta(seconds=25)
        yield Said(shop, buyer, Sender.AGENT, nicks[agent.pk], agent.pk, answered, "亲，M 码还有现货哦")
    yield Said(shop, buyer, Sender.BUYER, buyer, None, since, "那今天能发货吗，急用")


def _cut(said: list[Said], *, at: datetime) -> None:
    """Write the messages as an import does, and cut them."""
    buyers = {nick: buyer.pk for nick, buyer in ensure_buyers({one.buyer for one in said}, at=at).items()}
    closing = closing_condition("%(sender)s", "%(text)s")
    with connection.cursor() as cursor:
        begin_cutting(cursor)
        for place, one in enumerate(said):
            key = f"{place}|{one.buyer}|{one.at}|{one.text}"
            cursor.execute(
                "INSERT INTO cut_message SELECT nextval(pg_get_serial_sequence('service_message', 'id')), %(shop)s,"
                " %(buyer)s, %(sender)s, %(nick)s, %(employee)s, %(at)s, %(kind)s, %(text)s, %(digest)s, NULL, "
                + closing,
                {
                    "shop": one.shop,
                    "buyer": buyers[one.buyer.strip()[:100]],
                    "sender": one.sender,
                    "nick": one.nick,
                    "employee": one.employee,
                    "at": one.at,
                    "kind": MessageKind.TEXT,
                    "text": one.text,
                    "digest": UUID(hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()),
                    "closing": closing_pattern(),
                },
            )
        cut_messages(cursor, at=at)
