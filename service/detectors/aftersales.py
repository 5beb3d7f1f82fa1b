"""What went wrong in after-sales: requests answered late, refunds and price differences not paid in time."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from service.models import AfterSale, ReturnParcel
from service.states import GIVEN_UP, AfterSaleKind, AfterSaleState
from shopops.kit.clock import shop_day
from shopops.kit.detectors import Address, FoundRows, Question, as_text, detector, found
from staff.models import Event
from staff.queries.rulebook import holder_of


@detector("service.price_difference_unpaid", label=_("Price differences against their days"))
def price_difference_unpaid(question: Question) -> FoundRows:
    """Find price differences that were not refunded within the clause's days (CAT-082).

    The buyer has those days from receipt to ask, which the opening of a case sees to; we have as many from the asking
    to pay, the most lenient reading. Refused and withdrawn ones are no claim. Whoever holds the case answers, else who
    agreed to it, else the holder of the post in `fallback_post`.
    """
    span = timedelta(days=int(question.parameters.get("days", 7)))
    limit = F("asked_at") + Value(span)
    cases = AfterSale.objects.filter(
        Q(refunded_at=None) | Q(refunded_at__gt=limit),
        kind=AfterSaleKind.PRICE_MATCH,
        asked_at__gt=question.window.start - span,
        asked_at__lte=question.window.end - span,
    ).exclude(state__in=GIVEN_UP)
    return _found(question, cases, limit, Coalesce(F("holder_id"), F("answered_by_id")), ended="refunded_at")


@detector("service.after_sale_answered_late", label=_("After-sale requests answered late"))
def answered_late(question: Question) -> FoundRows:
    """Find after-sale requests that were not answered within the clause's hours (ORD-022).

    Where the platform answered by itself after that, we had not; what was withdrawn before owed no answer. Requests
    of a refund list that was imported only after their hours are left out. Whoever answered is held to it, else who
    holds the case, else the holder of the post in `fallback_post`.
    """
    span = timedelta(hours=int(question.parameters.get("hours", 24)))
    limit = F("asked_at") + Value(span)
    cases = AfterSale.objects.filter(
        Q(answered_at=None) | Q(answered_at__gt=limit),
        Q(done_at=None) | Q(done_at__gt=limit),
        Q(batch=None) | Q(batch__started_at__lte=limit),
        asked_at__gt=question.window.start - span,
        asked_at__lte=question.window.end - span,
    )
    return _found(question, cases, limit, Coalesce(F("answered_by_id"), F("holder_id")), ended="answered_at")


@detector("service.refund_paid_late", label=_("Agreed refunds paid late"))
def refund_paid_late(question: Question) -> FoundRows:
    """Find refunds not paid within the clause's hours of our answer, or of the inspection of the goods (CS-028).

    Price differences have days of their own (CAT-082); what was ever in dispute waited for the platform. Whoever holds
    the case answers, else who agreed, else the holder of the post in `fallback_post`.
    """
    span = timedelta(hours=int(question.parameters.get("hours", 48)))
    inspected = ReturnParcel.objects.filter(case=OuterRef("pk"), settled_at__isnull=False).order_by("-settled_at")
    disputes = Event.objects.filter(
        subject_type="service.AfterSale", subject_id=OuterRef("pk"), verb="service.after_sale_disputed"
    )
    limit = F("since") + Value(span)
    cases = (
        AfterSale.objects.filter(kind__in=(AfterSaleKind.REFUND, AfterSaleKind.RETURN))
        .exclude(Exists(disputes))
        .annotate(
            since=Case(
                When(kind=AfterSaleKind.RETURN, then=Subquery(inspected.values("settled_at")[:1])),
                default=F("answered_at"),
            )
        )
        .filter(
            Q(refunded_at=None) | Q(refunded_at__gt=limit),
            Q(done_at=None) | Q(done_at__gt=limit),
            since__gt=question.window.start - span,
            since__lte=question.window.end - span,
        )
        .exclude(state__in=(AfterSaleState.ON_THE_WAY, AfterSaleState.ARRIVED))
    )
    return _found(question, cases, limit, Coalesce(F("holder_id"), F("answered_by_id")), ended="refunded_at")


def _found(
    question: Question, cases: QuerySet[AfterSale], limit: Combinable, person: Combinable, *, ended: str
) -> FoundRows:
    """Return cases that missed their limit, with whoever is held to it.

    :param person: who answers; the holder of the clause's `fallback_post` where nobody is named.
    :param ended: the moment that came too late, or not at all.
    """
    fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(question.window.start))
    if fallback is None:
        cases = cases.filter(Q(holder__isnull=False) | Q(answered_by__isnull=False))
    else:
        person = Coalesce(person, Value(fallback.pk))
    return FoundRows(
        "service.AfterSale",
        found(
            cases,
            label="number",
            employee=person,
            at=limit,
            facts={
                "orders": "order__number",
                "buyers_words": "reason",
                "amount": as_text("amount"),
                "asked_at": "asked_at",
                "deadline": limit,
                ended: ended,
            },
            address=Address("service:after_sale", "number"),
        ),
    )
