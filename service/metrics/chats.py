"""What is measured of conversations each day, by definitions of our own: how many, how fast, how many led to a sale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import by_person
from orders.models import Order
from service.models import Conversation, Turn
from service.queries.reply_limits import first_seconds, slow_seconds
from service.states import Channel, TurnExclusion
from shopops.kit.clock import SHANGHAI
from shopops.kit.metrics import METRICS, Fact, FactRows, ListFacts, Metric, Reading

Limit = Callable[[date], int]


def conversations_of(day: date) -> QuerySet[Conversation]:
    """Return the conversations that count for a day (CS-052) in which a buyer wrote."""
    return Conversation.objects.filter(report_day=day, buyer_messages__gt=0)


def turns_of(day: date) -> QuerySet[Turn]:
    """Return the turns that count for a day: whoever answered them, inside duty, closing thanks left out."""
    return Turn.objects.filter(report_day=day, excluded=TurnExclusion.NONE, employee__isnull=False)


def first_turns_of(day: date) -> QuerySet[Turn]:
    """Return the first turns of conversations that count for a day."""
    return turns_of(day).filter(is_first=True)


def answered_of(day: date) -> QuerySet[Turn]:
    """Return the turns of a day that were answered."""
    return turns_of(day).filter(answered_at__isnull=False)


def asked_of(day: date) -> QuerySet[Conversation]:
    """Return the conversations of a day in which somebody served, marked whether the buyer paid the same day."""
    paid = Order.objects.filter(
        buyer_nick=OuterRef("buyer__nick"),
        part=1,
        paid_at__gte=OuterRef("opened_at"),
        paid_at__lt=OuterRef("day_end"),
    )
    end = Func(
        F("opened_at"),
        template="date_trunc('day', %(expressions)s + interval '1 day', 'Asia/Shanghai')",
        output_field=DateTimeField(),
    )
    served = conversations_of(day).filter(agent__isnull=False, channel=Channel.CHAT)
    return served.annotate(day_end=end).annotate(bought=Exists(paid))


def within(limit: Limit, turns: Callable[[date], QuerySet[Turn]]) -> Callable[[date], list[Reading]]:
    """Return a reader of the share of turns answered within the seconds that hold on the day."""

    def read(day: date) -> list[Reading]:
        share = Count("pk", filter=Q(seconds__lte=limit(day)))
        return list(by_person(turns, share, "employee_id", Count("pk"))(day))

    return read


def turn_facts(turns: Callable[[date], QuerySet[Turn]], *, limit: Limit | None = None) -> ListFacts:
    """Return a function that lists turns, the slowest first; each tells its seconds, or whether it met the limit."""

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        most = limit(day) if limit else 0

        def show(conversation: int, asked: Any, question: str, seconds: int | None) -> Fact:
            words = f"{asked.astimezone(SHANGHAI):%H:%M:%S} {question[:40]}"
            late = limit is not None and (seconds is None or seconds > most)
            waited = _("%(count)s s") % {"count": seconds} if seconds is not None else _("nobody answered")
            return Fact(
                f"#{conversation}",
                reverse("service:conversation", args=[conversation]),
                words,
                None if limit else seconds,
                tag=waited if limit else "",
                tone="danger" if late else "good",
            )

        found = turns(day)
        if shop_id:
            found = found.filter(conversation__shop_id=shop_id)
        if employee_id:
            found = found.filter(employee_id=employee_id)
        rows = found.order_by(F("seconds").desc(nulls_first=True), "pk")
        return FactRows(rows.values_list("conversation_id", "asked_at", "question__text", "seconds"), show)

    return facts


def conversation_facts(
    conversations: Callable[[date], QuerySet[Any]], *, mark: str = "", amount: str = ""
) -> ListFacts:
    """Return a function that lists conversations.

    :param mark: the column that says whether each met the figure.
    :param amount: the column each adds to the figure; without one each counts as one.
    """

    def show(pk: int, opened: Any, preview: str, told: Any) -> Fact:
        return Fact(
            f"#{pk}",
            reverse("service:conversation", args=[pk]),
            f"{opened.astimezone(SHANGHAI):%H:%M} {preview[:60]}",
            told if amount else None,
            tag=(_("bought that day") if told else _("did not buy")) if mark else "",
            tone="good" if mark and told else "",
        )

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        found = conversations(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id:
            found = found.filter(agent_id=employee_id)
        columns = ("pk", "opened_at", "preview", mark or amount or "pk")
        return FactRows(found.order_by("opened_at", "pk").values_list(*columns), show)

    return facts


def unanswered_of(day: date) -> QuerySet[Conversation]:
    """Return the conversations of a day that no person has answered; closing thanks and the robot's do not count."""
    waiting = Turn.objects.filter(conversation=OuterRef("pk"), answered_at=None).exclude(excluded=TurnExclusion.THANKS)
    return conversations_of(day).filter(Exists(waiting))


for metric in (
    Metric(
        "service.conversations",
        _("Conversations"),
        _("Conversations in which a buyer wrote; those opened from 18:00 on count for the next working day."),
        "count",
        "neither",
        by_person(conversations_of, Count("pk"), "agent_id"),
        conversation_facts(conversations_of),
        answers="team",
        register_ids=("CS-001", "CS-052"),
    ),
    Metric(
        "service.first_reply_in_time",
        _("First replies in time"),
        _(
            "Of the first questions of conversations, the share a person answered within the seconds of CS-057 (45). "
            "The clock runs inside the duty of whoever answered; robots do not answer; a question nobody answered is "
            "a miss."
        ),
        "share",
        "more",
        within(first_seconds, first_turns_of),
        turn_facts(first_turns_of, limit=first_seconds),
        answers="team",
        register_ids=("CS-057",),
    ),
    Metric(
        "service.first_reply_seconds",
        _("Seconds to the first reply"),
        _("From the first question to the first answer of a person, on average, inside duty."),
        "seconds",
        "less",
        by_person(lambda day: answered_of(day).filter(is_first=True), Sum("seconds"), "employee_id", Count("pk")),
        turn_facts(lambda day: answered_of(day).filter(is_first=True)),
        answers="team",
        register_ids=("CS-057",),
    ),
    Metric(
        "service.reply_seconds",
        _("Seconds to a reply"),
        _("From a question to the answer of a person, on average of all turns; closing thanks are no questions."),
        "seconds",
        "less",
        by_person(answered_of, Sum("seconds"), "employee_id", Count("pk")),
        turn_facts(answered_of),
        answers="team",
        register_ids=("CS-058",),
    ),
    Metric(
        "service.replies_in_minutes",
        _("Replies within three minutes"),
        _("Of all questions, the share a person answered within the minutes of CS-058 (3)."),
        "share",
        "more",
        within(slow_seconds, turns_of),
        turn_facts(turns_of, limit=slow_seconds),
        answers="team",
        register_ids=("CS-058",),
    ),
    Metric(
        "service.unanswered",
        _("Conversations not answered"),
        _("Conversations with a question no person has answered yet. None is to be missed."),
        "count",
        "less",
        by_person(unanswered_of, Count("pk"), "agent_id"),
        conversation_facts(unanswered_of),
        answers="team",
        register_ids=("CS-063",),
    ),
    Metric(
        "service.answer_ratio",
        _("Answers to questions"),
        _("Messages of agents for each message of buyers; the platform calls it 答问比."),
        "share",
        "more",
        by_person(conversations_of, Sum("agent_messages"), "agent_id", Sum("buyer_messages")),
        conversation_facts(conversations_of, amount="agent_messages"),
        answers="team",
        register_ids=("CS-058",),
    ),
    Metric(
        "service.closing_rate",
        _("Closing rate"),
        _("Of the conversations somebody served, the share whose buyer paid for an order later the same day."),
        "share",
        "more",
        by_person(asked_of, Count("pk", filter=Q(bought=True)), "agent_id", Count("pk")),
        conversation_facts(asked_of, mark="bought"),
        answers="team",
        register_ids=("STF-211", "CS-012"),
    ),
):
    METRICS.add(metric.name, metric)
