"""What went wrong in the agent's day: replies for offers, follow-ups and their sheets, problems buyers reported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Left, Length, Trim, TruncDay
from django.utils.translation import gettext_lazy as _

from catalog.models import Campaign
from service.models import AutoReply, Feedback, FollowUp
from service.states import FeedbackState, FollowUpKind, FollowUpResult, FollowUpState
from shopops.kit.clock import SHANGHAI
from shopops.kit.detectors import Address, FoundRows, Question, detector, found
from staff.models import Event

_QUOTED = 80
"""So much of a text stands in the evidence."""


def _later(moment: Combinable, span: timedelta) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(moment + Value(span), output_field=DateTimeField())


def _passes_in(window: Any, name: str) -> Q:
    """Return the condition that a limit became past in the window; exactly at its start it had before."""
    return Q(**{f"{name}__gt": window.start, f"{name}__lte": window.end})


def _holder_at(limit: str, subject_type: str, verb: str, now: str) -> Coalesce:
    """Return who had a thing when its limit passed: who first passed it on after that, else who has it."""
    passed = (
        Event.objects.filter(subject_type=subject_type, subject_id=OuterRef("pk"), verb=verb, at__gt=OuterRef(limit))
        .order_by("at")
        .annotate(before=Cast(KT("changes__holder_key__0"), BigIntegerField()))
        .values("before")[:1]
    )
    return Coalesce(Subquery(passed), F(now), output_field=BigIntegerField())


@detector("service.stale_offer_reply", label=_("Automatic replies of offers: missing or left"))
def stale_offer_reply(question: Question) -> FoundRows:
    """Find offers that run without an automatic reply, and replies still there after their offer (CS-056).

    A reply is there in time when it is registered within `hours` of the beginning of the offer, or of its being
    planned where that came later. It is taken down in time within `days` of the end. Who answers for the reply of the
    offer is charged, or who planned it; for one left, whoever is in charge of it.
    """
    hours = timedelta(hours=float(question.parameters.get("hours", 1)))
    days = timedelta(days=int(question.parameters.get("days", 1)))
    missing = (
        Campaign.objects.filter(is_cancelled=False)
        .annotate(limit=_later(Greatest("starts_at", "made_at"), hours), who=Coalesce("reply_owner_id", "made_by_id"))
        .filter(_passes_in(question.window, "limit"), ends_at__gt=F("limit"), who__isnull=False)
        .filter(~Exists(AutoReply.objects.filter(campaign=OuterRef("pk"), added_at__lte=OuterRef("limit"))))
    )
    left = AutoReply.objects.annotate(limit=_later(Least("expires_at", "campaign__ends_at"), days)).filter(
        _passes_in(question.window, "limit"), Q(removed_at=None) | Q(removed_at__gt=F("limit"))
    )
    return FoundRows(
        "catalog.Campaign",
        found(
            missing,
            label="name",
            employee="who",
            at="limit",
            facts={"offer": "offer", "starts_at": "starts_at", "ends_at": "ends_at", "deadline": "limit"},
            address=Address("service:campaign", "pk"),
        ),
    ) + FoundRows(
        "service.AutoReply",
        found(
            left,
            label=Left("text", _QUOTED),
            employee="owner_id",
            at="limit",
            facts={
                "offer": "campaign__name",
                "said": Left("text", _QUOTED),
                "ends_at": Least("expires_at", "campaign__ends_at"),
                "deadline": "limit",
                "removed_at": "removed_at",
            },
            address=Address("service:auto_reply", "pk"),
        ),
    )


def _not_done_by(question: Question, days: int) -> QuerySet[Any]:
    """Return the follow-ups of consultations not done `days` days after the day of the consultation.

    They are planned for the end of the next day: the first of these days.
    """
    span = timedelta(days=days - 1)
    window = question.window
    return (
        FollowUp.objects.filter(
            kind=FollowUpKind.NEXT_DAY, due_at__gt=window.start - span, due_at__lte=window.end - span
        )
        .exclude(state=FollowUpState.DROPPED)
        .annotate(limit=_later(F("due_at"), span))
        .filter(Q(done_at=None) | Q(done_at__gt=F("limit")))
        .annotate(who=_holder_at("limit", "service.FollowUp", "service.follow_up_passed", "agent_id"))
    )


_SHEET_FACTS: dict[str, str | Combinable] = {
    "buyer": "buyer__nick",
    "asked": Left("reason", _QUOTED),
    "planned_at": "planned_at",
    "deadline": "limit",
    "done_at": "done_at",
}
_FOLLOW_UP = Address("service:follow_up", "pk")


@detector("service.late_follow_up", label=_("Follow-ups of consultations against the day they are due"))
def late_follow_up(question: Question) -> FoundRows:
    """Find consultations not followed up within `days` days (CS-065, CS-066).

    Who had the follow-up when its time passed answers, whoever got it at a handover later.
    """
    late = _not_done_by(question, int(question.parameters.get("days", 1)))
    return FoundRows(
        "service.FollowUp",
        found(late, label="buyer__nick", employee="who", at="limit", facts=_SHEET_FACTS, address=_FOLLOW_UP),
    )


@detector("service.missing_follow_up_sheet", label=_("Follow-up sheets: never made, too short, copied"))
def missing_follow_up_sheet(question: Question) -> FoundRows:
    """Find follow-ups without a sheet `days` days after the consultation, and sloppy sheets (CS-067).

    A sheet is sloppy with fewer than `characters` characters, or when its author filed the same words for `copies`
    buyers or more that day. A buyer who was not reached wants no words.
    """
    characters = int(question.parameters.get("characters", 12))
    copies = int(question.parameters.get("copies", 3))
    never = _not_done_by(question, int(question.parameters.get("days", 2)))
    same = (
        FollowUp.objects.filter(
            done_by=OuterRef("done_by"),
            sheet=OuterRef("sheet"),
            done_at__gte=OuterRef("day"),
            done_at__lt=_later(OuterRef("day"), timedelta(days=1)),
        )
        .exclude(result=FollowUpResult.NO_ANSWER)
        .order_by()
        .values("sheet")
        .annotate(n=Count("pk"))
        .values("n")
    )
    sloppy = (
        FollowUp.objects.filter(_passes_in(question.window, "done_at"))
        .exclude(result=FollowUpResult.NO_ANSWER)
        .annotate(day=TruncDay("done_at", tzinfo=SHANGHAI), length=Length(Trim("sheet")))
        .annotate(same=Coalesce(Subquery(same), Value(0)))
        .filter(Q(length__lt=characters) | Q(same__gte=copies))
    )
    return FoundRows(
        "service.FollowUp",
        found(never, label="buyer__nick", employee="who", at="limit", facts=_SHEET_FACTS, address=_FOLLOW_UP),
        found(
            sloppy,
            label="buyer__nick",
            employee="done_by_id",
            at="done_at",
            facts={
                "buyer": "buyer__nick",
                "done_at": "done_at",
                "sheet": Left("sheet", _QUOTED),
                "characters": "length",
                "copies": "same",
            },
            address=_FOLLOW_UP,
        ),
    )


@detector("service.feedback_unhandled", label=_("Problems buyers reported, against their hours"))
def feedback_unhandled(question: Question) -> FoundRows:
    """Find reported problems neither dealt with nor passed on within `hours` (CS-072).

    Whoever noted a problem has these hours to deal with it or pass it on; whoever has it now has them from when it
    came to them.
    """
    hours = timedelta(hours=float(question.parameters.get("hours", 24)))
    window = question.window
    noted = (
        Feedback.objects.filter(noted_at__gt=window.start - hours, noted_at__lte=window.end - hours)
        .annotate(limit=_later(F("noted_at"), hours))
        .filter(Q(handled_at=None) | Q(handled_at__gt=F("limit")))
        .filter(Q(passed_on_at=None) | Q(passed_on_at__gt=F("limit")))
    )
    passed_on = (
        Feedback.objects.filter(
            passed_on_at__isnull=False, holder_since__gt=window.start - hours, holder_since__lte=window.end - hours
        )
        .annotate(limit=_later(F("holder_since"), hours))
        .filter(Q(state=FeedbackState.PASSED_ON) | Q(handled_at__gt=F("limit")))
    )
    facts: dict[str, str | Combinable] = {
        "buyer": "buyer__nick",
        "text": Left("text", _QUOTED),
        "noted_at": "noted_at",
        "deadline": "limit",
        "passed_on_at": "passed_on_at",
        "handled_at": "handled_at",
    }
    address = Address("service:feedback", "pk")
    return FoundRows(
        "service.Feedback",
        found(noted, label=Left("text", _QUOTED), employee="noted_by_id", at="limit", facts=facts, address=address),
        found(passed_on, label=Left("text", _QUOTED), employee="holder_id", at="limit", facts=facts, address=address),
    )
