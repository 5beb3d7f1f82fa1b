"""What went wrong in conversations: answers that came late, days that were not finished."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Left
from django.utils.translation import gettext_lazy as _

from service.models import Conversation, PhoneCall, Turn
from service.states import CallDirection, Channel, ConversationState, TurnExclusion
from shopops.kit.clock import SHANGHAI, Window, shop_day, start_of_day
from shopops.kit.detectors import Address, FoundRows, Question, as_text, detector, found
from shopops.kit.workdays import WorkCalendar
from staff.queries.calendar import work_calendar
from staff.queries.rulebook import holder_of

_DAY = timedelta(days=1)
_INDEXED_SECONDS = 30
"""The index of slow first replies holds those above; a clause may ask for less, and is answered without it."""
_CONVERSATION = Address("service:conversation", "conversation_id")


@detector("service.slow_first_reply", label=_("First replies in chat, and telephones, against their seconds"))
def slow_first_reply(question: Question) -> FoundRows:
    """Find first replies and telephones that came too late (CS-057, CS-059, CS-060).

    Whoever answered is charged for a late reply; for one that never came, who was responsible for the conversation.
    The clock of a turn runs inside the duty of that person only; exactly at the limit is in time.
    """
    ring = int(question.parameters.get("ring_seconds", 10))
    late = FoundRows("service.PhoneCall", _calls(question.window, ring))
    if not question.parameters.get("first_reply_too", True):
        return late
    seconds = int(question.parameters.get("first_seconds", 45))
    turns = _late_turns(question.window, seconds).filter(is_first=True)
    if seconds >= _INDEXED_SECONDS:
        turns = turns.filter(Q(seconds__gt=_INDEXED_SECONDS) | Q(answered_at=None))
    return late + FoundRows("service.Message", _turn_findings(turns, seconds))


@detector("service.slow_reply", label=_("Every reply in chat against the minutes of the rule"))
def slow_reply(question: Question) -> FoundRows:
    """Find replies after the first that took longer than the time set for an answer (CS-058)."""
    seconds = 60 * int(question.parameters.get("minutes", 3))
    turns = _late_turns(question.window, seconds).filter(is_first=False)
    return FoundRows("service.Message", _turn_findings(turns, seconds))


@detector(
    "service.day_not_closed", label=_("Conversations unfinished at the end of a shift, messages of the night at noon")
)
def day_not_closed(question: Question) -> FoundRows:
    """Find conversations not finished in time, and those of the night without an annotation (CS-051, CS-053).

    Those of the day are due when the duty of their agent ends. Those of the night are due at `time` of the
    `working_days`-th working day from the one their messages count for. Whoever has the conversation answers; where
    nobody has, the holder of the post in `fallback_post`.
    """
    parameters = question.parameters
    fallback = holder_of(str(parameters.get("fallback_post", "")), on=shop_day(question.window.start))
    conversations = Conversation.objects.filter(channel__in=(Channel.CHAT, Channel.MESSAGE))
    if fallback is None:
        conversations = conversations.filter(agent__isnull=False)
    employee = Coalesce(F("agent_id"), Value(fallback.pk)) if fallback else F("agent_id")
    by_day = conversations.filter(
        is_night=False, due_at__gt=question.window.start, due_at__lte=question.window.end
    ).filter(_left_open("due_at", annotated=bool(parameters.get("annotate_all"))))
    queries = [_day_findings(by_day, "due_at", employee)]
    calendar = work_calendar()
    days = int(parameters.get("working_days", 1))
    clock = time.fromisoformat(str(parameters.get("time", "12:00")))
    day = shop_day(question.window.start)
    while start_of_day(day) < question.window.end:
        limit = datetime.combine(day, clock, tzinfo=SHANGHAI)
        if calendar.is_working_day(day) and question.window.start < limit <= question.window.end:
            due = conversations.filter(_of_the_night(day, clock, days, calendar), _left_open(limit, annotated=True))
            queries.append(_day_findings(due, limit, employee))
        day += _DAY
    return FoundRows("service.Conversation", *queries)


def _late_turns(window: Window, seconds: int) -> QuerySet[Turn]:
    """Return the turns whose limit passed inside the window without an answer."""
    limit = timedelta(seconds=seconds)
    return Turn.objects.filter(
        Q(answered_at=None) | Q(seconds__gt=seconds),
        employee__isnull=False,
        excluded=TurnExclusion.NONE,
        runs_from__gt=window.start - limit,
        runs_from__lte=window.end - limit,
    ).exclude(
        answered_at=None, conversation__state=ConversationState.CLOSED, conversation__closed_at__lte=F("runs_from")
    )


def _turn_findings(turns: QuerySet[Turn], seconds: int) -> QuerySet[Any, tuple[Any, ...]]:
    """Turn late turns into findings, each about the buyer's message: that stays when sessions are cut anew."""
    return found(
        turns,
        subject="question_id",
        label=Concat(Value("#"), as_text("conversation_id")),
        employee="employee_id",
        at=F("runs_from") + Value(timedelta(seconds=seconds)),
        facts={
            "question": Left("question__text", 80),
            "asked_at": "asked_at",
            "clock_from": "runs_from",
            "answer": Left("answer__text", 80),
            "answered_at": "answered_at",
            "seconds": "seconds",
            "limit_seconds": Value(seconds),
        },
        address=_CONVERSATION,
    )


def _calls(window: Window, seconds: int) -> QuerySet[Any, tuple[Any, ...]]:
    """Return incoming calls that rang longer than allowed, or that nobody answered."""
    limit = timedelta(seconds=seconds)
    calls = PhoneCall.objects.filter(
        Q(ring_seconds__gt=seconds) | Q(is_answered=False),
        direction=CallDirection.IN,
        rang_at__gt=window.start - limit,
        rang_at__lte=window.end - limit,
    )
    return found(
        calls,
        label=Concat(Value("#"), as_text("pk")),
        employee="employee_id",
        at=F("rang_at") + Value(limit),
        facts={
            "rang_at": "rang_at",
            "seconds": "ring_seconds",
            "limit_seconds": Value(seconds),
            "unanswered": Case(When(is_answered=False, then=Value(1)), default=Value(0), output_field=IntegerField()),
        },
        address=Address("service:call", "pk"),
    )


def _unanswered(limit: str | datetime) -> Exists:
    """Return the condition that a question of the conversation had no answer of a person at `limit`."""
    then = OuterRef(limit) if isinstance(limit, str) else Value(limit, output_field=DateTimeField())
    turns = Turn.objects.filter(
        Q(answered_at=None) | Q(answered_at__gt=then), conversation=OuterRef("pk"), asked_at__lt=then
    )
    return Exists(turns.exclude(excluded=TurnExclusion.THANKS))


def _left_open(limit: str | datetime, *, annotated: bool) -> Q:
    """Return the condition that a conversation was not finished at `limit`, a moment or the column of one.

    :param annotated: one without an annotation is not finished either.
    """
    then = F(limit) if isinstance(limit, str) else limit
    left = Q(_unanswered(limit)) & ~Q(closed_at__isnull=False, closed_at__lte=then)
    return left | Q(annotated_at=None) | Q(annotated_at__gt=then) if annotated else left


def _of_the_night(day: date, clock: time, working_days: int, calendar: WorkCalendar) -> Q:
    """Return the condition that a conversation of the night is due at `clock` of working day `day`."""
    last = day
    for _number in range(working_days - 1):
        last = calendar.previous_working_day(last)
    before = calendar.previous_working_day(last)
    this = datetime.combine(last, clock, tzinfo=SHANGHAI)
    that = datetime.combine(before, clock, tzinfo=SHANGHAI)
    in_time = Q(report_day__gt=before, report_day__lte=last, opened_at__lt=this)
    too_late_for_before = Q(report_day=before, opened_at__gte=that)
    return Q(is_night=True) & (in_time | too_late_for_before)


def _day_findings(
    conversations: QuerySet[Conversation], limit: str | datetime, employee: Combinable
) -> QuerySet[Any, tuple[Any, ...]]:
    """Turn conversations not finished at `limit` into findings, with the evidence."""
    then = F(limit) if isinstance(limit, str) else Value(limit, output_field=DateTimeField())
    return found(
        conversations,
        label=Concat(Value("#"), as_text("pk")),
        employee=employee,
        at=then,
        facts={
            "opened_at": "opened_at",
            "deadline": then,
            "unanswered": Case(When(_unanswered(limit), then=Value(1)), default=Value(0), output_field=IntegerField()),
            "annotated_at": "annotated_at",
            "question": Left("preview", 80),
        },
        address=Address("service:conversation", "pk"),
    )
