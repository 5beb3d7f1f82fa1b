"""With whom something was at a moment, as the trail tells: passed on later, it is still theirs then."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from service.models import Message
from service.states import Sender
from staff.models import Duty, Event
from staff.states import DutyState

CONVERSATION = "service.Conversation"
CONVERSATION_PASSED = (
    "service.conversation_passed",
    "service.conversation_taken",
    "service.conversation_escalated",
)
"""What says in `holder_key` who had a conversation and who has it from then on."""

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def holder_key(place: int) -> Cast:
    """Return whom the trail names when something was passed on: 0 who had it, 1 who has it from then on."""
    return Cast(KT(f"changes__holder_key__{place}"), BigIntegerField())


def holder_at(limit: str, subject_type: str, verb: str, now: str) -> Coalesce:
    """Return who had a thing when its limit passed: who first passed it on after that, else who has it."""
    passed = _passes(subject_type, (verb,)).filter(at__gt=OuterRef(limit)).order_by("at", "pk")
    return Coalesce(Subquery(passed.values(key=holder_key(0))[:1]), F(now), output_field=BigIntegerField())


def _passes(subject_type: str, verbs: tuple[str, ...]) -> QuerySet[Event]:
    return Event.objects.filter(subject_type=subject_type, subject_id=OuterRef("pk"), verb__in=verbs)


def agent_at(limit: str | datetime, fallback: int | None) -> Combinable:
    """Return whose a conversation was at a limit, a moment or the column of one.

    That is who was passed it or wrote in it last by then; else who passed it on later. Where it was nobody's by then,
    it is of whoever has it now if they were on duty then, or nobody was; else of `fallback`: who answers the next
    morning does not answer for the evening before.
    """
    then = OuterRef(limit) if isinstance(limit, str) else Value(limit, output_field=DateTimeField())
    passes = _passes(CONVERSATION, CONVERSATION_PASSED)
    until, after = passes.filter(at__lte=then).order_by("-at", "-pk"), passes.filter(at__gt=then).order_by("at", "pk")
    wrote = Message.objects.filter(
        conversation=OuterRef("pk"), at__lte=then, sender__in=(Sender.AGENT, Sender.SYSTEM), employee__isnull=False
    ).order_by("-at", "-pk")
    duties = Duty.objects.filter(state=DutyState.PLANNED, starts_at__lt=then, ends_at__gte=then)
    was_there = Exists(duties.filter(employee=OuterRef("agent"))) | ~Exists(
        duties.filter(employee__sub_accounts__isnull=False)
    )
    now = Case(
        When(Q(was_there) | Q(agent=None), then=F("agent_id")),
        default=F("agent_id") if fallback is None else Value(fallback),
        output_field=BigIntegerField(),
    )
    passed_at = Coalesce(Subquery(until.values("at")[:1]), Value(_NEVER))
    wrote_at = Coalesce(Subquery(wrote.values("at")[:1]), Value(_NEVER))
    then_with = Case(
        When(GreaterThanOrEqual(passed_at, wrote_at), then=Subquery(until.values(key=holder_key(1))[:1])),
        default=Subquery(wrote.values("employee")[:1]),
        output_field=BigIntegerField(),
    )
    known: list[Combinable] = [then_with, Subquery(after.values(key=holder_key(0))[:1]), now]
    if fallback is not None:
        known.append(Value(fallback))
    return Coalesce(*known, output_field=BigIntegerField())
