"""A conversation as its page and the desk show it: what was said when, how fast we answered, who the buyer is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from orders.models import Order
from orders.queries.listed import TONES as ORDER_TONES
from orders.states import OrderState
from service.models import (
    Blacklisting,
    Consultation,
    Conversation,
    Feedback,
    FollowUp,
    Inspection,
    Message,
    Promise,
    Turn,
)
from service.queries.clocks import Limits, limits, span_said
from service.states import FeedbackState, FollowUpState, MessageKind, PromiseState, Sender, TurnExclusion
from shopops.kit.clock import SHANGHAI, shop_day

MOST_MESSAGES = 400
"""Shown at once; earlier ones on demand."""
MOST_ORDERS = 6
_SIDES = {Sender.BUYER: "buyer", Sender.AGENT: "agent", Sender.ROBOT: "robot", Sender.SYSTEM: "system"}


@dataclass(slots=True)
class Bubble:
    """A message as it is drawn; `day` is set on the first of each day, `speed` beside what answered a question."""

    side: str
    who: str
    at: str
    text: str
    kind: str = ""
    day: date | None = None
    speed: str = ""
    tone: str = ""
    why: str = ""


@dataclass(frozen=True)
class OrderShown:
    """An order of the buyer."""

    pk: int
    number: str
    state: str
    tone: str
    goods: str
    placed_at: datetime
    total: Any
    waybill: str


@dataclass
class Talk:
    """Everything the page of a conversation shows besides the conversation itself."""

    bubbles: list[Bubble]
    more: int
    orders: list[OrderShown]
    blacklisted: Blacklisting | None
    work: list[Note] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Something kept beside the conversation: a consultation, promise, follow-up, feedback or inspection."""

    label: str
    text: str
    url: str
    at: datetime
    state: str
    tone: str


def read_talk(conversation: Conversation, *, at: datetime, whole: bool = False) -> Talk:
    """Return what the page of a conversation shows; twelve queries however long it is."""
    found = Message.objects.filter(conversation=conversation).order_by("-at", "-pk")
    columns = ("pk", "sender", "nick", "employee__name", "at", "kind", "text")
    rows = list(found.values_list(*columns)[: None if whole else MOST_MESSAGES])
    rows.reverse()
    told = conversation.buyer_messages + conversation.agent_messages + conversation.robot_messages
    return Talk(
        bubbles=_bubbles(rows, _turns(conversation, at), limits(conversation.opened_at)),
        more=max(told - len(rows), 0) if len(rows) >= MOST_MESSAGES and not whole else 0,
        orders=orders_of(conversation.buyer.nick, conversation.order_number),
        blacklisted=blacklisting_of(conversation.buyer_id, at),
        work=_work(conversation),
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


def _bubbles(
    rows: Iterable[tuple[Any, ...]], turns: tuple[dict[int, Any], dict[int, Any]], limit: Limits
) -> list[Bubble]:
    answered, open_turns = turns
    excluded = {value: str(label) for value, label in TurnExclusion.choices}
    kinds = {MessageKind.IMAGE: _("picture"), MessageKind.CARD: _("card"), MessageKind.NOTICE: ""}
    bubbles, before = [], None
    for key, sender, nick, employee, moment, kind, text in rows:
        local = moment.astimezone(SHANGHAI)
        one = Bubble(
            side=_SIDES[sender],
            who=employee or nick or (_("The robot") if sender == Sender.ROBOT else ""),
            at=f"{local:%H:%M:%S}",
            text=text,
            kind=kinds.get(kind, "") if kind != MessageKind.TEXT else "",
        )
        if local.date() != before:
            one.day = before = local.date()
        if turn := answered.get(key):
            _add_speed(one, turn, excluded, limit)
        elif turn := open_turns.get(key):
            one.speed, one.why = _("no answer yet"), excluded.get(turn[2], "") if turn[2] else ""
            one.tone = "plain" if turn[2] else "danger"
        bubbles.append(one)
    return bubbles


def _add_speed(one: Bubble, turn: tuple[int | None, bool, str], excluded: dict[str, str], limit: Limits) -> None:
    seconds, is_first, why = turn
    if seconds is not None:
        said = span_said(seconds)
        one.speed = _("first reply after %(span)s") % {"span": said} if is_first else said
    one.why = excluded.get(why, "") if why else ""
    if why:
        one.tone = "plain"
    elif seconds is not None:
        is_late = seconds > (limit.soon if is_first else limit.late)
        one.tone = "danger" if is_late else "warn" if seconds > limit.soon else "good"


def orders_of(nick: str, number: str = "") -> list[OrderShown]:
    """Return the buyer's latest orders, the one the conversation is about first; one query."""
    rows = Order.objects.filter(buyer_nick=nick).order_by("-placed_at", "-pk")
    columns = ("pk", "number", "part", "state", "summary", "placed_at", "total", "waybill")
    found = [
        OrderShown(
            pk,
            one if part == 1 else f"{one}-{part}",
            str(OrderState(state).label),
            ORDER_TONES[OrderState(state)],
            summary,
            placed_at,
            total,
            waybill,
        )
        for pk, one, part, state, summary, placed_at, total, waybill in rows.values_list(*columns)[:MOST_ORDERS]
    ]
    return sorted(found, key=lambda order: order.number != number) if number else found


def blacklisting_of(buyer_id: int, at: datetime) -> Blacklisting | None:
    """Return the entry of the blacklist that holds for a buyer now, or None."""
    holds = Q(until=None) | Q(until__gte=shop_day(at))
    return Blacklisting.objects.filter(holds, buyer_id=buyer_id, lifted_at=None).first()


def _work(conversation: Conversation) -> list[Note]:
    """Return what is kept beside a conversation, newest first; five queries."""
    notes = [
        Note(str(one._meta.verbose_name), one.problem, one.get_absolute_url(), one.logged_at, "", "plain")
        for one in Consultation.objects.filter(conversation=conversation)
    ]
    notes += [
        _note(one, one.reason, one.due_at, FollowUpState(one.state) == FollowUpState.DUE)
        for one in FollowUp.objects.filter(consultation__conversation=conversation)
    ]
    notes += [
        _note(one, one.text, one.due_at, one.state == PromiseState.OPEN)
        for one in Promise.objects.filter(conversation=conversation)
    ]
    notes += [
        _note(one, one.text, one.noted_at, one.state != FeedbackState.HANDLED)
        for one in Feedback.objects.filter(conversation=conversation)
    ]
    notes += [
        Note(str(one._meta.verbose_name), one.note, _page("service:inspection", one.pk), one.drawn_at, "", "plain")
        for one in Inspection.objects.filter(conversation=conversation)
    ]
    return sorted(notes, key=lambda note: note.at, reverse=True)


def _note(one: FollowUp | Promise | Feedback, text: str, at: datetime, is_open: bool) -> Note:
    label = str(one._meta.verbose_name)
    return Note(label, text, one.get_absolute_url(), at, one.get_state_display(), "warn" if is_open else "plain")


def _page(name: str, *args: Any) -> str:
    """Return an address, or nothing while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def new_links(conversation: Conversation) -> dict[str, str]:
    """Return where an after-sale case, a complaint and the buyer's page are opened, as far as these pages exist."""
    links = {}
    about = f"?buyer={conversation.buyer_id}&conversation={conversation.pk}"
    if conversation.order_number:
        about += f"&order={conversation.order_number}"
    for key, name in (("after_sale", "service:after_sale_new"), ("complaint", "service:complaint_new")):
        if address := _page(name):
            links[key] = address + about
    if address := _page("service:buyer", conversation.buyer_id):
        links["buyer"] = address
    return links
