"""Complaints, reviews and documents somebody has in hand when a shift ends (CS-007)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from service.actions.complaint_clock import pass_complaints
from service.actions.documents import hand_documents
from service.actions.reviews import give_reviews
from service.models import Complaint, CustomerDocument, Review
from service.queries.complaints import OPEN
from service.queries.documents import documents_due
from service.states import DocumentState, ReviewState
from shopops.kit.holdings import HOLDINGS, Held, Holding
from shopops.kit.masking import mask_nick


def complaints_held(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the complaints the employee works on, the most urgent first."""
    rows = Complaint.objects.filter(handler=employee, state__in=OPEN).select_related("buyer").order_by("answer_by")
    for one in rows:
        due = one.answer_by if one.answered_at is None else None
        yield Held(one.pk, f"{one.number} {mask_nick(one.buyer.nick)}", one.get_absolute_url(), due)


def reviews_held(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the reviews the employee deals with."""
    for one in Review.objects.filter(handler=employee, state=ReviewState.TASK).order_by("due_at"):
        yield Held(one.pk, f"{one.get_rating_display()} {one.order_number}", one.get_absolute_url(), one.due_at)


def documents_held(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the customers' documents that lie with the employee."""
    for one in CustomerDocument.objects.filter(holder=employee, state=DocumentState.RECEIVED).order_by("received_at"):
        yield Held(one.pk, f"{one.number} {one.title}", one.get_absolute_url(), documents_due(one.received_at))


HOLDINGS.add("service.complaints", Holding("service.complaints", _("Complaints"), complaints_held, pass_complaints))
HOLDINGS.add("service.reviews", Holding("service.reviews", _("Bad reviews"), reviews_held, give_reviews))
HOLDINGS.add(
    "service.documents", Holding("service.documents", _("Customers' documents"), documents_held, hand_documents)
)
