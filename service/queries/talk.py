"""A conversation as its page and the desk show it: what was said when, how fast we answered, who the buyer is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Model, QuerySet, TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Order
from orders.queries.listed import TONES as ORDER_TONES
from orders.states import OrderState
from service.models import Consultation, Conversation, Feedback, FollowUp, Inspection, Message, Promise, Turn
from service.queries.clocks import Limits, limits
from service.states import FeedbackState, FollowUpState, MessageKind, PromiseState, Sender, TurnExclusion
from shopops.kit.clock import SHANGHAI, shop_day
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.spans import span_said

MOST_MESSAGES = 400
"""Shown at once; earlier ones on demand."""
MOST_ORDERS = 6
_SIDES = {Sender.BUYER: "buyer", Sender.AGENT: "agent", Sender.ROBOT: "robot", Sender.SYSTEM: "system"}


@dataclass(frozen=True)
class OrderShown:
    """An order of the buyer; `name` tells a part that was split off from the rest."""

    pk: int
    number: str
    name: str
    state: str
    tone: str
    goods: str
    placed_at: datetime
    total: Any
    waybill: str
    carrier: str


@dataclass
class Talk:
    """Everything the page of a conversation shows besides the conversation itself. Bubbles are rows of `bubble.html`.

    :ivar blacklisted: why the buyer is on the blacklist; empty for one who is not.
    """

    bubbles: list[Row]
    more: int
    orders: list[OrderShown]
    blacklisted: str = ""
    work: list[Note] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


class Note(NamedTuple):
    """Something kept beside the conversation: a consultation, promise, follow-up, feedback or inspection."""

    label: str
    text: str
    url: str
    at: datetime
    state: str
    tone: str


def read_talk(conversation: Conversation, *, at: datetime, whole: bool = False) -> Talk:
    """Return what the page of a conversation shows; five queries however long it is."""
    found = Message.objects.filter(conversation=conversation).order_by("-at", "-pk")
    columns = ("pk", "sender", "nick", "employee__name", "at", "kind", "text")
    rows = list(found.values_list(*columns)[: None if whole else MOST_MESSAGES])
    rows.reverse()
    told = conversation.buyer_messages + conversation.agent_messages + conversation.robot_messages
    work, blacklisted = _beside(conversation, at)
    return Talk(
        bubbles=_bubbles(rows, _turns(conversation, at), limits(conversation.opened_at)),
        more=max(told - len(rows), 0) if len(rows) >= MOST_MESSAGES and not whole else 0,
        orders=orders_of(conversation.buyer.nick, conversation.order_number),
        blacklisted=blacklisted,
        work=work,
        links=new_links(conversation),
    )


def _turns(conversation: Conversation, at: datetime) -> tuple[dict[int, Any], dict[int, Any]]:
    """Return turns by their answer, and by their question where nobody has answered."""
    answered, open_turns = {}, {}
    columns = ("question_id", "answer_id", "seconds", "is_first", "excluded", "runs_from")
    for question, answer, seconds, is_first, excluded, runs_from in Turn.objects.filter(
        conversation=conversation
    ).values_list(*columns):
        if answer is not None:
            answered[answer] = (seconds, is_first, excluded)
        else:
            open_turns[question] = (int((at - runs_from).total_seconds()), is_first, excluded)
    return answered, open_turns


def _bubbles(rows: Iterable[tuple[Any, ...]], turns: tuple[dict[int, Any], dict[int, Any]], limit: Limits) -> list[Row]:
    answered, open_turns = turns
    excluded = {value: str(label) for value, label in TurnExclusion.choices}
    kinds = {MessageKind.IMAGE: _("picture"), MessageKind.CARD: _("card")}
    bubbles: list[Row] = []
    before = None
    for key, sender, nick, employee, moment, kind, text in rows:
        local = moment.astimezone(SHANGHAI)
        one: Row = {
            "key": key,
            "side": _SIDES[sender],
            "who": (employee or nick or (_("The robot") if sender == Sender.ROBOT else ""))
            if sender != Sender.SYSTEM
            else "",
            "is_robot": sender == Sender.ROBOT,
            "at": f"{local:%H:%M:%S}",
            "text": text,
            "kind": kinds.get(kind, ""),
            "day": "",
        }
        if local.date() != before:
            before = local.date()
            one["day"] = f"{before:%Y-%m-%d}"
        if turn := answered.get(key):
            _add_speed(one, turn, excluded, limit)
        elif turn := open_turns.get(key):
            one["speed"], one["why"] = _("no answer yet"), _not_counted(turn[2], excluded)
            one["tone"] = "plain" if turn[2] else "danger"
        bubbles.append(one)
    return bubbles


def _not_counted(why: str, excluded: dict[str, str]) -> str:
    return _("not counted: %(why)s") % {"why": excluded.get(why, "")} if why else ""


def _add_speed(one: Row, turn: tuple[int | None, bool, str], excluded: dict[str, str], limit: Limits) -> None:
    seconds, is_first, why = turn
    if seconds is not None:
        said = span_said(seconds)
        one["speed"] = _("first reply after %(span)s") % {"span": said} if is_first else said
    one["why"] = _not_counted(why, excluded)
    if why:
        one["tone"] = "plain"
    elif seconds is not None:
        is_late = seconds > (limit.soon if is_first else limit.late)
        one["tone"] = "danger" if is_late else "warn" if seconds > limit.soon else "good"


def orders_of(nick: str, number: str = "") -> list[OrderShown]:
    """Return the buyer's latest orders, the one the conversation is about first; one query."""
    found = _orders(Order.objects.filter(buyer_nick=nick).order_by("-placed_at", "-pk")[:MOST_ORDERS])
    return sorted(found, key=lambda order: order.number != number) if number else found


def orders_numbered(number: str) -> list[OrderShown]:
    """Return the order of a number, and what was split off from it; one query."""
    return _orders(Order.objects.filter(number=number).order_by("part")[:MOST_ORDERS])


def _orders(rows: QuerySet[Order]) -> list[OrderShown]:
    columns = ("pk", "number", "part", "state", "summary", "placed_at", "total", "waybill", "carrier__name")
    return [
        OrderShown(
            pk,
            number,
            number if part == 1 else f"{number}-{part}",
            str(OrderState(state).label),
            ORDER_TONES[OrderState(state)],
            summary,
            placed_at,
            total,
            waybill,
            carrier or "",
        )
        for pk, number, part, state, summary, placed_at, total, waybill, carrier in rows.values_list(*columns)
    ]


_BESIDE = """
SELECT 'consultation', id, problem, logged_at, '' FROM service_consultation WHERE conversation_id = %(talk)s
UNION ALL SELECT 'follow_up', due.id, due.reason, due.due_at, due.state
    FROM service_followup due JOIN service_consultation logged ON logged.id = due.consultation_id
    WHERE logged.conversation_id = %(talk)s
UNION ALL SELECT 'promise', id, text, due_at, state FROM service_promise WHERE conversation_id = %(talk)s
UNION ALL SELECT 'feedback', id, text, noted_at, state FROM service_feedback WHERE conversation_id = %(talk)s
UNION ALL SELECT 'inspection', id, note, drawn_at, '' FROM service_inspection WHERE conversation_id = %(talk)s
UNION ALL SELECT 'blacklisting', id, reason, listed_at, '' FROM service_blacklisting
    WHERE buyer_id = %(buyer)s AND lifted_at IS NULL AND (until IS NULL OR until >= %(today)s)
ORDER BY 4 DESC, 2 DESC
"""
_STATES: dict[str, tuple[type[TextChoices], set[str]]] = {
    "follow_up": (FollowUpState, {FollowUpState.DUE}),
    "promise": (PromiseState, {PromiseState.OPEN}),
    "feedback": (FeedbackState, {FeedbackState.OPEN, FeedbackState.PASSED_ON}),
}
"""The states of what is kept beside a conversation, and those in which something is still to be done."""
_KINDS: dict[str, type[Model]] = {
    "consultation": Consultation,
    "follow_up": FollowUp,
    "promise": Promise,
    "feedback": Feedback,
    "inspection": Inspection,
}


def _beside(conversation: Conversation, at: datetime) -> tuple[list[Note], str]:
    """Return what is kept beside a conversation, newest first, and why the buyer is on the blacklist; one query."""
    values: dict[str, Any] = {"talk": conversation.pk, "buyer": conversation.buyer_id, "today": shop_day(at)}
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, values)
        rows = cursor.fetchall()
    notes = [_note(*row) for row in rows if row[0] in _KINDS]
    return notes, next((text for kind, _key, text, *_rest in rows if kind == "blacklisting"), "")


def _note(kind: str, key: int, text: str, at: datetime, state: str) -> Note:
    states, still_open = _STATES.get(kind, (None, set()))
    label, url = str(_KINDS[kind]._meta.verbose_name), reverse(f"service:{kind}", args=[key])
    return Note(
        label, text, url, at, str(states(state).label) if states else "", "warn" if state in still_open else "plain"
    )


def new_links(conversation: Conversation) -> dict[str, str]:
    """Return where an after-sale case, a complaint and the buyer's page are opened, and a problem is raised."""
    about = f"?buyer={conversation.buyer_id}&conversation={conversation.pk}"
    if conversation.order_number:
        about += f"&order={conversation.order_number}"
    here = reverse("service:conversation", args=[conversation.pk])
    subject = {"url": here, "about": _("Conversation with %(buyer)s") % {"buyer": mask_nick(conversation.buyer.nick)}}
    return {
        "after_sale": reverse("service:after_sale_new") + about,
        "complaint": reverse("service:complaint_new") + about,
        "buyer": reverse("service:buyer", args=[conversation.buyer_id]),
        "problem": f"{reverse('staff:problem_new')}?{urlencode(subject)}",
    }
