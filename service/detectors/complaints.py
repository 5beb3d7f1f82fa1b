"""What went wrong with complaints, reviews and customers' documents."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from service.models import Complaint, CustomerDocument, Review
from service.states import Rating, ReviewCause, ReviewState
from shopops.kit.clock import shop_day, start_of_day, time_on
from shopops.kit.detectors import Address, FoundRows, Question, Rows, detector, found


@detector("service.late_complaint", label=_("Complaints against the hours in which the buyer is answered"))
def late_complaint(question: Question) -> FoundRows:
    """Find complaints nobody answered within the hours of the clause (CS-036).

    Who handled it when the time passed answers, or who received it while nobody did. What was withdrawn in time owes
    no answer; exactly at the limit is in time.
    """
    start, end = question.window
    hours = timedelta(hours=float(question.parameters.get("hours", 24)))
    limit = ExpressionWrapper(F("received_at") + Value(hours), output_field=DateTimeField())
    late = Complaint.objects.filter(received_at__gt=start - hours, received_at__lte=end - hours).filter(
        Q(answered_at=None) | Q(answered_at__gt=limit)
    )
    return FoundRows(
        "service.Complaint",
        found(
            late,
            label="number",
            employee=Coalesce("late_handler_id", "handler_id", "received_by_id"),
            at=limit,
            facts={
                "complaint": Left("text", 120),
                "received_at": "received_at",
                "answered_at": "answered_at",
                "deadline": limit,
            },
            address=Address("service:complaint", "number"),
        ),
    )


@detector("service.bad_review", label=_("Bad reviews for bad manners, once a person has confirmed the cause"))
def bad_review(question: Question) -> FoundRows:
    """Find bad reviews whose confirmed cause is the manners of who served the buyer (CS-061).

    It happened when the buyer wrote it, and costs what the clause cost that day, however late the cause is confirmed:
    the day is tallied again then. One with text is graver.
    """
    start, end = question.window
    reviews = Review.objects.filter(
        rating=Rating.BAD,
        state=ReviewState.SETTLED,
        cause=ReviewCause.ATTITUDE,
        agent__isnull=False,
        reviewed_at__gt=start,
        reviewed_at__lte=end,
    )
    return FoundRows(
        "service.Review",
        found(
            reviews,
            label="order_number",
            employee="agent_id",
            at="reviewed_at",
            facts={
                "review": Left("text", 120),
                "goods": "goods",
                "reviewed_at": "reviewed_at",
                "settled_at": "settled_at",
                "settled_by": "settled_by__name",
            },
            address=Address("service:review", "pk"),
            grade=Case(When(has_text=True, then=Value("with_text")), default=Value("")),
        ),
    )


@detector("service.documents_overnight", label=_("Customers' documents still in the department when their day is over"))
def documents_overnight(question: Question) -> FoundRows:
    """Find documents that did not leave on the day they came in (CS-070, CS-071); who had them then answers."""
    start, end = question.window
    clock = question.parameters.get("time", "24:00")
    queries: list[Rows] = []
    day = shop_day(start) - timedelta(days=1)
    while start_of_day(day) <= end:
        limit = time_on(day, clock)
        if start < limit <= end:
            there = CustomerDocument.objects.filter(
                received_at__gte=start_of_day(day), received_at__lt=start_of_day(day + timedelta(days=1))
            )
            late = there.filter(Q(left_at=None) | Q(left_at__gt=limit), received_at__lte=limit)
            queries.append(_documents(late, Value(limit, output_field=DateTimeField())))
        day += timedelta(days=1)
    return FoundRows("service.CustomerDocument", *queries)


def _documents(documents: QuerySet[CustomerDocument], limit: Combinable) -> Rows:
    return found(
        documents,
        label="number",
        employee=Coalesce("late_holder_id", "holder_id"),
        at=limit,
        facts={"documents": "title", "received_at": "received_at", "went_out_at": "left_at", "deadline": limit},
        address=Address("service:document", "number"),
    )
