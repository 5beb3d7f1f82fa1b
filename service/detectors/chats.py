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
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Left
from django.utils.translation import gettext_lazy as _

from service.models import Conversation, PhoneCall, Turn
from service.queries.holders import CONVERSATION, CONVERSATION_PASSED, agent_at, holder_key
from service.states import CallDirection, Channel, ConversationState, TurnExclusion
from shopops.kit.clock import SHANGHAI, Window, shop_day, start_of_day
from shopops.kit.detectors import Address, FoundRows, Question, Rows, as_text, detector, found
from shopops.kit.workdays import WorkCalendar
from staff.models import Duty, Event
from staff.queries.calendar import work_calendar
from staff.queries.rulebook import holder_of
from staff.states import DutyState

_DAY = timedelta(days=1)
_INDEXED_SECONDS = 30
"""The index of slow first replies holds those above; a clause may ask for less, and is answered without it."""
_CONVERSATION = Address("service:conversation", "conversation_id")


def _passed() -> QuerySet[Event]:
    """Return what the trail says of conversations that were taken, passed on or taken to a superior."""
    return Event.objects.filter(subject_type=CONVERSATION, verb__in=CONVERSATION_PASSED)


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

    Those of the day are due when the duty of their agent ends; passed on before that, when the duty of whoever got
    them ends. Those of the night are due at `time` of the `working_days`-th working day from the one their messages
    count for. Who had the conversation when its time passed answers, whoever answered it later; where nobody had, the
    holder of the post in `fallback_post`.
    """
    parameters, window = question.parameters, question.window
    annotated = bool(parameters.get("annotate_all"))
    holder = holder_of(str(parameters.get("fallback_post", "")), on=shop_day(window.start))
    fallback = holder.pk if holder else None
    conversations = Conversation.objects.filter(channel__in=(Channel.CHAT, Channel.MESSAGE))
    if fallback is None:
        conversations = conversations.filter(agent__isnull=False)
    by_day = conversations.filter(is_night=False, due_at__gt=window.start, due_at__lte=window.end).filter(
        _left_open("due_at", annotated=annotated)
    )
    passed = _passed().filter(at__gt=window.start - _DAY, at__lte=window.end)
    few = set(passed.values_list("subject_id", flat=True))
    whose = agent_at("due_at", fallback)
    queries = [_day_findings(by_day.exclude(pk__in=few), "due_at", whose)]
    if few:
        queries += [
            _day_findings(by_day.filter(pk__in=few).exclude(_is_with_a_later_shift()), "due_at", whose),
            _left_by_receivers(question, passed, annotated=annotated),
        ]
    calendar = work_calendar()
    days = int(parameters.get("working_days", 1))
    clock = time.fromisoformat(str(parameters.get("time", "12:00")))
    day = shop_day(window.start)
    while start_of_day(day) < window.end:
        limit = datetime.combine(day, clock, tzinfo=SHANGHAI)
        if calendar.is_working_day(day) and window.start < limit <= window.end:
            due = conversations.filter(_of_the_night(day, clock, days, calendar), _left_open(limit, annotated=True))
            queries.append(_day_findings(due, limit, agent_at(limit, fallback)))
        day += _DAY
    return FoundRows("service.Conversation", *queries)


def _shift_of_receiver() -> Subquery:
    """Return when the duty ends in which somebody got a conversation; nothing where they had none then."""
    duties = Duty.objects.filter(
        employee=OuterRef("who"), state=DutyState.PLANNED, starts_at__lte=OuterRef("at"), ends_at__gt=OuterRef("at")
    )
    return Subquery(duties.order_by("-ends_at").values("ends_at")[:1])


def _is_with_a_later_shift() -> Exists:
    """Return the condition that a conversation was passed, before it was due, to somebody whose duty ends later."""
    passed = (
        _passed()
        .filter(subject_id=OuterRef("pk"), at__lte=OuterRef("due_at"), at__gt=OuterRef("due_at") - Value(_DAY))
        .annotate(who=holder_key(1))
    )
    return Exists(passed.annotate(shift_ends=_shift_of_receiver()).filter(shift_ends__gt=OuterRef("due_at")))


def _left_by_receivers(question: Question, passed: QuerySet[Event], *, annotated: bool) -> Rows:
    """Return the conversations unfinished when the duty ended of somebody they were passed to, if they kept them."""
    window = question.window
    again = _passed().filter(subject_id=OuterRef("subject_id"), pk__gt=OuterRef("pk"), at__lte=OuterRef("limit"))
    kept = (
        passed.annotate(who=holder_key(1))
        .annotate(limit=_shift_of_receiver())
        .filter(~Exists(again), limit__gt=window.start, limit__lte=window.end, who__isnull=False)
    )
    talk = Conversation.objects.filter(
        pk=OuterRef("subject_id"), is_night=False, channel__in=(Channel.CHAT, Channel.MESSAGE)
    )
    unanswered = Exists(_waiting("subject_id", OuterRef("limit")))
    closed = Exists(talk.filter(closed_at__lte=OuterRef("limit")))
    left = Q(unanswered) & ~Q(closed)
    if annotated:
        left |= ~Q(Exists(talk.filter(annotated_at__lte=OuterRef("limit"))))
    return found(
        kept.filter(Exists(talk.filter(due_at__lt=OuterRef("limit"))), left),
        subject="subject_id",
        label=Concat(Value("#"), as_text("subject_id")),
        employee="who",
        at="limit",
        facts={
            "opened_at": Subquery(talk.values("opened_at")[:1]),
            "held_since": "at",
            "deadline": "limit",
            "unanswered": Case(When(unanswered, then=Value(1)), default=Value(0), output_field=IntegerField()),
            "annotated_at": Subquery(talk.values("annotated_at")[:1]),
            "question": _first_waiting("subject_id", "limit"),
        },
        address=_at_message(
            Address("service:conversation", "subject_id").expression(), _first_waiting_key("subject_id", "limit")
        ),
    )


def _late_turns(window: Window, seconds: int) -> QuerySet[Turn]:
    """Return the turns whose limit passed inside the window without an answer, while their person was on duty.

    Where no roster is kept everybody is. A clock stops when the duty of its person ends: what is left then is a matter
    of the day that has to be finished.
    """
    limit = timedelta(seconds=seconds)
    duties = Duty.objects.filter(state=DutyState.PLANNED)
    passed = OuterRef("runs_from") + Value(limit)
    on_duty = duties.filter(employee=OuterRef("employee"), starts_at__lte=passed, ends_at__gte=passed)
    roster = duties.filter(
        employee__sub_accounts__isnull=False, starts_at__lte=OuterRef("runs_from"), ends_at__gt=OuterRef("runs_from")
    )
    return Turn.objects.filter(
        Exists(on_duty) | ~Exists(roster),
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
        address=_at_message(_CONVERSATION.expression(), as_text("question_id")),
    )


def _at_message(page: Combinable, message: Combinable) -> Combinable:
    """Return the address of a conversation, opened at a message."""
    return Concat(page, Value("?all=1#m"), message, output_field=TextField())


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


def _waiting(conversation: str, then: Any) -> QuerySet[Turn]:
    """Return the questions of a conversation, named by a column outside, that had no answer of a person then."""
    turns = Turn.objects.filter(
        Q(answered_at=None) | Q(answered_at__gt=then), conversation=OuterRef(conversation), asked_at__lt=then
    )
    return turns.exclude(excluded=TurnExclusion.THANKS)


def _unanswered(limit: str | datetime) -> Exists:
    """Return the condition that a question of the conversation had no answer of a person at `limit`."""
    then = OuterRef(limit) if isinstance(limit, str) else Value(limit, output_field=DateTimeField())
    return Exists(_waiting("pk", then))


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
            "question": _first_waiting("pk", limit),
        },
        address=_at_message(Address("service:conversation", "pk").expression(), _first_waiting_key("pk", limit)),
    )


def _waiting_first(conversation: str, limit: str | datetime) -> QuerySet[Turn]:
    """Return the questions that waited at a limit, the first one first."""
    then = OuterRef(limit) if isinstance(limit, str) else Value(limit, output_field=DateTimeField())
    return _waiting(conversation, then).order_by("asked_at", "pk")


def _first_waiting_key(conversation: str, limit: str | datetime) -> Coalesce:
    """Return the message of the question that waited first at a limit, as text; nothing where none did."""
    key = Subquery(_waiting_first(conversation, limit).values(key=as_text("question_id"))[:1])
    return Coalesce(key, Value(""), output_field=TextField())


def _first_waiting(conversation: str, limit: str | datetime) -> Coalesce:
    """Return the question that waited first at a limit; what was said last where none did."""
    asked = _waiting_first(conversation, limit)
    talk = Conversation.objects.filter(pk=OuterRef(conversation))
    return Coalesce(
        Subquery(asked.values(said=Left("question__text", 80))[:1]),
        Subquery(talk.values(said=Left("preview", 80))[:1]),
        output_field=TextField(),
    )
