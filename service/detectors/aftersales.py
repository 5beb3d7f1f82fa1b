"""What went wrong in after-sales: a price difference that was not paid in time."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from service.models import AfterSale
from service.states import GIVEN_UP, AfterSaleKind
from shopops.kit.clock import shop_day
from shopops.kit.detectors import Address, FoundRows, Question, as_text, detector, found
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
    fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(question.window.start))
    person: Combinable = Coalesce(F("holder_id"), F("answered_by_id"))
    cases = AfterSale.objects.filter(
        Q(refunded_at=None) | Q(refunded_at__gt=limit),
        kind=AfterSaleKind.PRICE_MATCH,
        asked_at__gt=question.window.start - span,
        asked_at__lte=question.window.end - span,
    ).exclude(state__in=GIVEN_UP)
    if fallback is None:
        cases = cases.filter(Q(holder__isnull=False) | Q(answered_by__isnull=False))
    else:
        person = Coalesce(F("holder_id"), F("answered_by_id"), Value(fallback.pk))
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
                "refunded_at": "refunded_at",
            },
            address=Address("service:after_sale", "number"),
        ),
    )
