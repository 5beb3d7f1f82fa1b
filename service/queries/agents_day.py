"""Consultations, follow-ups, promises, feedback and calls as their lists show them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from service.models import Consultation, Feedback, FollowUp, PhoneCall, Promise
from service.states import (
    CallDirection,
    Channel,
    ConsultTopic,
    FeedbackState,
    FollowUpKind,
    FollowUpResult,
    FollowUpState,
    PromiseState,
)
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_phone
from shopops.kit.spans import span_said

FEEDBACK_WITHIN = timedelta(hours=24)
"""Until then reported problems are shown as due; what a miss costs, and when, stands in the rulebook (CS-072)."""
FOLLOW_UP_TONES = {FollowUpState.DUE: "warn", FollowUpState.DONE: "good", FollowUpState.DROPPED: "plain"}
PROMISE_TONES = {
    PromiseState.OPEN: "warn",
    PromiseState.KEPT: "good",
    PromiseState.BROKEN: "danger",
    PromiseState.DROPPED: "plain",
}
FEEDBACK_TONES = {FeedbackState.OPEN: "warn", FeedbackState.PASSED_ON: "info", FeedbackState.HANDLED: "good"}


def listed_consultations(_reader: Reader) -> QuerySet[Consultation]:
    """Return the consultation log."""
    return Consultation.objects.all()


def listed_follow_ups(_reader: Reader) -> QuerySet[FollowUp]:
    """Return the follow-ups."""
    return FollowUp.objects.all()


def listed_promises(_reader: Reader) -> QuerySet[Promise]:
    """Return the promises."""
    return Promise.objects.all()


def listed_feedback(_reader: Reader) -> QuerySet[Feedback]:
    """Return what buyers reported."""
    return Feedback.objects.all()


def listed_calls(_reader: Reader) -> QuerySet[PhoneCall]:
    """Return the telephone calls."""
    return PhoneCall.objects.all()


def of_buyer(text: str) -> Q:
    """Return the condition for the search boxes of these lists: the buyer's nick begins so."""
    return Q(buyer__nick__startswith=text.strip())


def add_consultation_words(rows: list[Row], _reader: Reader) -> None:
    """Put the topic in words on the rows; no query."""
    topics = {topic: str(ConsultTopic(topic).label) for topic in ConsultTopic.values}
    states = {state: str(FollowUpState(state).label) for state in FollowUpState.values}
    for row in rows:
        row["topic_label"] = topics[row["topic"]]
        row["follow_up_label"] = states.get(row["follow_up__state"] or "", "")
        row["follow_up_tone"] = FOLLOW_UP_TONES.get(row["follow_up__state"], "plain")


def add_follow_up_words(rows: list[Row], reader: Reader) -> None:
    """Put kind, state, result and lateness on the rows; no query."""
    kinds = {kind: str(FollowUpKind(kind).label) for kind in FollowUpKind.values}
    states = {state: str(FollowUpState(state).label) for state in FollowUpState.values}
    results = {result: str(FollowUpResult(result).label) for result in FollowUpResult.values}
    for row in rows:
        row["kind_label"], row["state_label"] = kinds[row["kind"]], states[row["state"]]
        row["tone"] = FOLLOW_UP_TONES[row["state"]]
        row["result_label"] = results.get(row["result"], "")
        row["is_due"] = row["state"] == FollowUpState.DUE
        row["was_late"] = row["done_at"] is not None and row["done_at"] > row["due_at"]
        row["edge"] = "danger" if row["is_due"] and row["due_at"] <= reader.at else ""


def add_promise_words(rows: list[Row], reader: Reader) -> None:
    """Put state and lateness on the rows; no query."""
    states = {state: str(PromiseState(state).label) for state in PromiseState.values}
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]], PROMISE_TONES[row["state"]]
        row["is_open"] = row["state"] == PromiseState.OPEN
        row["was_late"] = row["ended_at"] is not None and row["ended_at"] > row["due_at"]
        row["edge"] = "danger" if row["is_open"] and row["due_at"] <= reader.at else ""


def add_feedback_words(rows: list[Row], reader: Reader) -> None:
    """Put state and how long it is with somebody on the rows; no query."""
    states = {state: str(FeedbackState(state).label) for state in FeedbackState.values}
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]], FEEDBACK_TONES[row["state"]]
        row["is_open"] = row["state"] != FeedbackState.HANDLED
        held = reader.at - row["holder_since"]
        row["held"] = span_said(int(held.total_seconds())) if row["is_open"] else ""
        row["edge"] = "danger" if row["is_open"] and held >= FEEDBACK_WITHIN else ""


def add_call_words(rows: list[Row], _reader: Reader) -> None:
    """Put direction and seconds in words on the rows, the number hidden; no query."""
    directions = {one: str(CallDirection(one).label) for one in CallDirection.values}
    for row in rows:
        row["direction_label"] = directions[row["direction"]]
        row["phone_shown"] = mask_phone(row["phone"]) if row["phone"] else ""
        row["rang"] = span_said(row["ring_seconds"]) if row["ring_seconds"] is not None else ""
        late = row["direction"] == CallDirection.IN and (row["ring_seconds"] or 0) > 10  # noqa: PLR2004 -- CS-059
        row["edge"] = "danger" if late or not row["is_answered"] else ""


def channel_labels() -> dict[str, str]:
    """Return the ways to reach a buyer in words."""
    return {channel: str(Channel(channel).label) for channel in Channel.values}
