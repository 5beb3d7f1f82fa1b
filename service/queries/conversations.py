"""Conversations as their list shows them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from orders.models import Order
from service.models import Buyer, Conversation
from service.queries.clocks import limits, tone_of
from service.states import Channel, ConversationState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.spans import span_said
from shopops.kit.templatetags.shown import due_tone, short_moment, time_left

TONES = {
    ConversationState.WAITING: "warn",
    ConversationState.OPEN: "info",
    ConversationState.ESCALATED: "danger",
    ConversationState.CLOSED: "plain",
}
OPEN = ~Q(state=ConversationState.CLOSED)
"""Written like the condition of the index on open conversations, which is small however many are closed."""
MOST_BUYERS = 200
_LONGEST_WORDS = 48


def listed_conversations(_reader: Reader) -> QuerySet[Conversation]:
    """Return the conversations; everybody who may read them may read all."""
    return Conversation.objects.all()


def matching_conversations(text: str) -> Q:
    """Return the condition for the search box: the buyer's nick begins so, or an order has exactly this number.

    Nothing is looked for in what was written: that would read every message.
    """
    word = text.strip()
    if not word:
        return Q()
    begins = Buyer.objects.filter(nick__startswith=word).order_by()  # all of “tb” would be long to sort
    buyers = set(begins.values_list("pk", flat=True)[:MOST_BUYERS])
    if word.isascii() and any(sign.isdigit() for sign in word):
        nicks = list(Order.objects.filter(number=word).exclude(buyer_nick="").values_list("buyer_nick", flat=True)[:10])
        buyers |= set(Buyer.objects.filter(nick__in=nicks).values_list("pk", flat=True)) if nicks else set()
    return Q(buyer_id__in=buyers) | ~Q(order_number="") & Q(order_number=word)


def shortened(words: str, most: int) -> str:
    """Return words cut to so many characters, as a list shows them."""
    return f"{words[: most - 1]}…" if len(words) > most else words


def add_conversation_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; one query for the limits, as far as they are not known."""
    states = {state: (str(ConversationState(state).label), TONES[ConversationState(state)]) for state in TONES}
    channels = {channel: str(Channel(channel).label) for channel in Channel.values}
    limit = limits(reader.at)
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]]
        row["channel_label"] = channels[row["channel"]]
        row["last"] = short_moment(row["last_at"])
        row["is_waiting"] = row["state"] == ConversationState.WAITING and row["waiting_since"] is not None
        row["waits"] = span_said(int((reader.at - row["waiting_since"]).total_seconds())) if row["is_waiting"] else ""
        row["words"] = shortened(row["preview"], _LONGEST_WORDS)
        row["edge"] = row["due"] = row["due_tone"] = ""
        if row["state"] != ConversationState.CLOSED:
            since = row["waiting_since"] if row["is_waiting"] else None
            row["edge"] = tone_of(since, row["due_at"], reader.at, limit)
            row["due"], row["due_tone"] = time_left(row["due_at"], reader.at), due_tone(row["due_at"], reader.at)
        first = row["first_reply_at"]
        row["first"] = span_said(int((first - row["opened_at"]).total_seconds())) if first else ""
