"""What went wrong in the agent's day: replies for offers, follow-ups and their sheets, problems buyers reported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least, Left, Length, Trim, TruncDay
from django.utils.translation import gettext_lazy as _

from catalog.models import Campaign
from service.models import AutoReply, Complaint, Feedback, FollowUp
from service.policy.complaints import COMPLAINT_REVISIT_DAYS
from service.queries.holders import holder_at, holder_key
from service.states import FollowUpKind, FollowUpResult, FollowUpState
from shopops.kit.clock import SHANGHAI
from shopops.kit.detectors import Address, FoundRows, Question, Rows, detector, found
from staff.models import Employee, Event

_QUOTED = 80
"""So much of a text stands in the evidence."""


def _later(moment: Combinable, span: timedelta) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(moment + Value(span), output_field=DateTimeField())


def _passes_in(window: Any, name: str) -> Q:
    """Return the condition that a limit became past in the window; exactly at its start it had before."""
    return Q(**{f"{name}__gt": window.start, f"{name}__lte": window.end})


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


_FOLLOW_UP = Address("service:follow_up", "pk")
_COMPLAINT = Address("service:complaint", "number")


def _not_done(question: Question, *, after_consultation: timedelta, after_plan: timedelta) -> list[Rows]:
    """Return the follow-ups whose limit passed in the window before they were done, and the visits after complaints.

    Those of consultations are planned for the end of the next day, others for the moment somebody chose, those after
    complaints for some days after the complaint was filed. Who had one when its limit passed answers.

    :param after_consultation: from the plan to the limit, of follow-ups of consultations.
    :param after_plan: the same of all others, which count only where the version says so.
    """
    mine = Q(kind=FollowUpKind.NEXT_DAY)
    rows = [_follow_ups_not_done(question, mine, after_consultation)]
    if question.parameters.get("planned_too"):
        rows += [_follow_ups_not_done(question, ~mine, after_plan), _complaints_not_visited(question, after_plan)]
    return rows


def _follow_ups_not_done(question: Question, which: Q, span: timedelta) -> Rows:
    window = question.window
    late = (
        FollowUp.objects.filter(which, due_at__gt=window.start - span, due_at__lte=window.end - span)
        .exclude(state=FollowUpState.DROPPED)
        .annotate(limit=_later(F("due_at"), span))
        .filter(Q(done_at=None) | Q(done_at__gt=F("limit")))
    )
    return found(
        late,
        label="buyer__nick",
        employee=holder_at("limit", "service.FollowUp", "service.follow_up_passed", "agent_id"),
        at="limit",
        facts={
            "buyer": "buyer__nick",
            "asked": Left("reason", _QUOTED),
            "planned_at": "planned_at",
            "deadline": "limit",
            "done_at": "done_at",
        },
        address=_FOLLOW_UP,
    )


def _complaints_not_visited(question: Question, span: timedelta) -> Rows:
    window, span = question.window, span + timedelta(days=COMPLAINT_REVISIT_DAYS())
    late = (
        Complaint.objects.filter(archived_at__gt=window.start - span, archived_at__lte=window.end - span)
        .annotate(limit=_later(F("archived_at"), span))
        .filter(Q(revisited_at=None) | Q(revisited_at__gt=F("limit")))
    )
    return found(
        late,
        label="number",
        employee=Coalesce("handler_id", "received_by_id"),
        at="limit",
        facts={
            "complaint": Left("text", _QUOTED),
            "buyer": "buyer__nick",
            "archived_at": "archived_at",
            "deadline": "limit",
            "revisited_at": "revisited_at",
        },
        address=_COMPLAINT,
    )


def _with_documents(rows: list[Rows], *more: Rows) -> FoundRows:
    """Return findings about follow-ups, and those about complaints with them where they were asked for."""
    follow_ups, complaints = [*rows[:2], *more], rows[2:]
    return FoundRows("service.FollowUp", *follow_ups) + FoundRows("service.Complaint", *complaints)


@detector("service.late_follow_up", label=_("Follow-ups against the day or the moment they are due"))
def late_follow_up(question: Question) -> FoundRows:
    """Find consultations not followed up within `days` days, and other planned visits after their moment (CS-066).

    Who had the follow-up when its time passed answers, whoever got it at a handover later (CS-065).
    """
    days = int(question.parameters.get("days", 1))
    return _with_documents(_not_done(question, after_consultation=timedelta(days=days - 1), after_plan=timedelta()))


@detector("service.missing_follow_up_sheet", label=_("Follow-up sheets: never made, too short, copied"))
def missing_follow_up_sheet(question: Question) -> FoundRows:
    """Find follow-ups without a sheet `days` days after the consultation, and sloppy sheets (CS-067).

    For other planned visits these days begin the day before the moment they were planned for.

    A sheet is sloppy with fewer than `characters` characters, or when its author filed the same words for `copies`
    buyers or more that day. A buyer who was not reached wants no words.
    """
    characters = int(question.parameters.get("characters", 12))
    copies = int(question.parameters.get("copies", 3))
    more = timedelta(days=int(question.parameters.get("days", 2)) - 1)
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
    return _with_documents(
        _not_done(question, after_consultation=more, after_plan=more),
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

    Whoever noted a problem has these hours to deal with it or pass it on, and so has everybody it is passed to, from
    when it came to them; each answers for their own hours, whatever became of it later.
    """
    hours = timedelta(hours=float(question.parameters.get("hours", 24)))
    window = question.window
    facts: dict[str, str | Combinable] = {
        "buyer": "buyer__nick",
        "text": Left("text", _QUOTED),
        "noted_at": "noted_at",
        "deadline": "limit",
        "passed_on_at": "passed_on_at",
        "handled_at": "handled_at",
    }
    noted = (
        Feedback.objects.filter(noted_at__gt=window.start - hours, noted_at__lte=window.end - hours)
        .annotate(limit=_later(F("noted_at"), hours))
        .filter(Q(handled_at=None) | Q(handled_at__gt=F("limit")))
        .filter(Q(passed_on_at=None) | Q(passed_on_at__gt=F("limit")))
    )
    first = found(
        noted,
        label=Left("text", _QUOTED),
        employee="noted_by_id",
        at="limit",
        facts=facts,
        address=Address("service:feedback", "pk"),
    )
    return FoundRows("service.Feedback", first, _kept_lying(question, hours))


def _kept_lying(question: Question, hours: timedelta) -> Rows:
    """Return the reported problems that lay with somebody they were passed to, each time they were passed."""
    window = question.window
    passes = Event.objects.filter(subject_type="service.Feedback", verb="service.feedback_passed_on")
    problem = Feedback.objects.filter(pk=OuterRef("subject_id"))
    text = Subquery(problem.values(said=Left("text", _QUOTED))[:1])
    handled_at = Subquery(problem.values("handled_at")[:1])
    again = passes.filter(subject_id=OuterRef("subject_id"), pk__gt=OuterRef("pk"))
    kept = (
        passes.filter(at__gt=window.start - hours, at__lte=window.end - hours)
        .annotate(limit=_later(F("at"), hours), handled_at=handled_at, who=holder_key(1), before=holder_key(0))
        .filter(~Exists(again.filter(at__lte=OuterRef("limit"))), Exists(problem), who__isnull=False)
        .filter(Q(handled_at=None) | Q(handled_at__gt=F("limit")))
    )
    return found(
        kept,
        subject="subject_id",
        label=text,
        employee="who",
        at="limit",
        facts={
            "buyer": Subquery(problem.values("buyer__nick")[:1]),
            "text": text,
            "noted_at": Subquery(problem.values("noted_at")[:1]),
            "from": Subquery(Employee.objects.filter(pk=OuterRef("before")).values("name")[:1]),
            "held_since": "at",
            "deadline": "limit",
            "passed_on_at": Subquery(again.order_by("pk").values("at")[:1]),
            "handled_at": "handled_at",
        },
        address=Address("service:feedback", "subject_id"),
    )
