"""Conversations for tests: messages written as lines, and cut as an import cuts them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from service.actions.buyers import ensure_buyers
from service.actions.cutting import begin_cutting, closing_condition, closing_pattern, cut_conversations, cut_messages
from service.models import Conversation, Message
from service.states import MessageKind, Sender
from shopops.kit.clock import SHANGHAI
from staff.models import Employee, Shop, SubAccount
from tests.factories.staff import NOON, EmployeeFactory, ShopFactory

Line = tuple[str, str, str]
"""Who ("buyer", "robot", "system" or the nick of a sub-account), when ("09:00:05", or with the day before it), text."""
TODAY = date(2026, 11, 20)
LINES: tuple[Line, ...] = (
    ("buyer", "09:00:05", "在吗，这款现在有货吗"),
    ("云杉:小娜", "09:00:25", "亲，在的，有货的哦"),
)


def a_sub_account(nick: str = "云杉:小娜", employee: Employee | None = None) -> SubAccount:
    """Return a sub-account of the platform with the employee behind it; 李娜 where nobody is named."""
    known = SubAccount.objects.filter(nick=nick).first()
    if known and employee in {None, known.employee}:
        return known
    if known:
        known.delete()
    return SubAccount.objects.create(nick=nick, employee=employee or EmployeeFactory(username="lina"))


def a_conversation(
    *,
    nick: str = "小溪流水",
    day: date = TODAY,
    lines: Iterable[Line] = LINES,
    shop: Shop | None = None,
    at: datetime = NOON,
) -> Conversation:
    """Write what was said and cut it; return the conversation of the last line.

    Times are of `day` on the shop's clock; `2026-11-21 08:00:00` names another day. A sub-account nobody has made
    belongs to 李娜; one ending in `?` stays unknown to the shop.
    """
    buyer = ensure_buyers([nick], at=at)[nick]
    shop = shop or Shop.objects.order_by("pk").first() or ShopFactory()
    rows = []
    seen: dict[tuple[str, str, str], int] = {}
    for who, clock, text in lines:
        seen[who, clock, text] = seen.get((who, clock, text), 0) + 1
        rows.append(_row(nick, who, moment(day, clock), text, seen[who, clock, text]))
    with transaction.atomic(), connection.cursor() as cursor:
        begin_cutting(cursor)
        for sender, name, employee_id, said_at, text, digest in rows:
            cursor.execute(
                f"""
                INSERT INTO cut_message
                SELECT nextval(pg_get_serial_sequence('service_message', 'id')), %(shop)s, %(buyer)s, %(sender)s,
                    %(nick)s, %(employee)s, %(at)s, %(kind)s, %(text)s, %(digest)s, NULL,
                    {closing_condition("%(sender)s", "%(text)s")}
                WHERE NOT EXISTS (SELECT 1 FROM service_message WHERE buyer_id = %(buyer)s AND digest = %(digest)s)
                """,
                {
                    "shop": shop.pk,
                    "buyer": buyer.pk,
                    "sender": sender,
                    "nick": name,
                    "employee": employee_id,
                    "at": said_at,
                    "kind": MessageKind.NOTICE if sender == Sender.SYSTEM else MessageKind.TEXT,
                    "text": text,
                    "digest": digest,
                    "closing": closing_pattern(),
                },
            )
        cut_messages(cursor, at=at)
    cut_conversations([buyer.pk], at=at)
    last = Message.objects.filter(buyer=buyer, digest=rows[-1][-1]).get()
    return Conversation.objects.get(pk=last.conversation_id)


def moment(day: date, clock: str) -> datetime:
    """Return a moment on the shop's clock; `clock` may name another day before it."""
    text = clock if " " in clock else f"{day.isoformat()} {clock}"
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _row(
    buyer: str, who: str, said_at: datetime, text: str, time: int
) -> tuple[Sender, str, int | None, datetime, str, UUID]:
    digest = UUID(hashlib.md5(f"{buyer}|{said_at}|{who}|{text}|{time}".encode(), usedforsecurity=False).hexdigest())
    others = {"buyer": Sender.BUYER, "robot": Sender.ROBOT, "system": Sender.SYSTEM}
    if who in others:
        return others[who], buyer if who == "buyer" else "", None, said_at, text, digest
    employee = None if who.endswith("?") else a_sub_account(who).employee_id
    return Sender.AGENT, who, employee, said_at, text, digest
