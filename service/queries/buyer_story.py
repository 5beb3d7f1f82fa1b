"""A buyer's story: everything between them and the shop in one line of time, and what they buy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order, OrderLine
from orders.queries.listed import TONES as ORDER_TONES
from orders.states import OrderState
from service.models import (
    AfterSale,
    Buyer,
    Care,
    Complaint,
    Conversation,
    CustomerDocument,
    FollowUp,
    Promise,
    Review,
    Survey,
    VipLevel,
)
from service.queries.complaints import TONES as COMPLAINT_TONES
from service.queries.reviews import RATINGS
from service.states import CareState, ComplaintState, Rating
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.templatetags.shown import money

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EACH = 30
MOST = 60
MONTHS = 12


@dataclass(frozen=True)
class Chapter:
    """One thing that happened with a buyer."""

    at: datetime
    icon: str
    label: str
    url: str
    words: str
    tone: str = "plain"
    pill: str = ""


def story_of(buyer: Buyer, only: str = "") -> list[Chapter]:
    """Return what happened with a buyer, newest first; one query a kind of document.

    :param only: a key of `KINDS`, to leave all other kinds out.
    """
    kinds = [KINDS[only]] if only in KINDS else list(KINDS.values())
    found = [chapter for kind in kinds for chapter in kind.tell(buyer)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _orders(buyer: Buyer) -> Iterator[Chapter]:
    rows = Order.objects.filter(buyer_nick=buyer.nick, part=1).order_by("-placed_at", "-pk")[:EACH]
    for order in rows:
        yield Chapter(
            order.placed_at,
            "shopping-bag",
            _("Order %(number)s") % {"number": order},
            reverse("orders:order", args=[order.pk]),
            f"{money(order.paid or order.total)} · {order.summary[:60]}",
            ORDER_TONES[OrderState(order.state)],
            order.get_state_display(),
        )


def _talks(buyer: Buyer) -> Iterator[Chapter]:
    for talk in Conversation.objects.filter(buyer=buyer).select_related("agent").order_by("-last_at")[:EACH]:
        yield Chapter(
            talk.opened_at,
            "message-square",
            _("Conversation"),
            talk.get_absolute_url(),
            f"{talk.agent or _('nobody')} · {talk.preview[:60]}",
            "plain",
            talk.get_state_display(),
        )


def _promises(buyer: Buyer) -> Iterator[Chapter]:
    for promise in Promise.objects.filter(buyer=buyer).order_by("-made_at")[:EACH]:
        yield Chapter(
            promise.made_at,
            "handshake",
            _("Promise"),
            promise.get_absolute_url(),
            promise.text,
            "info",
            promise.get_state_display(),
        )


def _visits(buyer: Buyer) -> Iterator[Chapter]:
    for visit in FollowUp.objects.filter(buyer=buyer).select_related("agent").order_by("-planned_at")[:EACH]:
        yield Chapter(
            visit.done_at or visit.planned_at,
            "phone",
            visit.get_kind_display(),
            visit.get_absolute_url(),
            visit.sheet[:80] or str(visit.agent),
            "plain",
            visit.get_state_display(),
        )


def _cases(buyer: Buyer) -> Iterator[Chapter]:
    for case in AfterSale.objects.filter(buyer=buyer).order_by("-pk")[:EACH]:
        yield Chapter(
            case.asked_at,
            "rotate-ccw",
            f"{case.get_kind_display()} {case.number}",
            case.get_absolute_url(),
            case.reason[:80],
            "warn",
            case.get_state_display(),
        )


def _complaints(buyer: Buyer) -> Iterator[Chapter]:
    for complaint in Complaint.objects.filter(buyer=buyer).order_by("-received_at")[:EACH]:
        yield Chapter(
            complaint.received_at,
            "octagon-alert",
            _("Complaint %(number)s") % {"number": complaint.number},
            complaint.get_absolute_url(),
            complaint.text[:80],
            "danger" if complaint.resolved_at is None else COMPLAINT_TONES[ComplaintState(complaint.state)],
            complaint.get_state_display(),
        )


def _reviews(buyer: Buyer) -> Iterator[Chapter]:
    for review in Review.objects.filter(buyer=buyer).order_by("-reviewed_at")[:EACH]:
        yield Chapter(
            review.reviewed_at,
            "star",
            _("Buyer's review"),
            review.get_absolute_url(),
            review.text[:80] or review.goods[:60],
            RATINGS[Rating(review.rating)],
            review.get_rating_display(),
        )


def _surveys(buyer: Buyer) -> Iterator[Chapter]:
    for survey in Survey.objects.filter(buyer=buyer).order_by("-asked_at")[:EACH]:
        yield Chapter(
            survey.answered_at or survey.asked_at,
            "smile",
            _("Survey"),
            reverse("service:survey", args=[survey.pk]),
            survey.text[:80] or survey.about,
            "good" if (survey.rating or 0) >= 4 else "plain",  # noqa: PLR2004 -- content
            f"{survey.rating}/5" if survey.rating else _("sent, no answer yet"),
        )


def _care(buyer: Buyer) -> Iterator[Chapter]:
    for care in Care.objects.filter(buyer=buyer, state=CareState.SENT).order_by("-done_at")[:EACH]:
        yield Chapter(
            care.done_at or start_of_day(care.due_on),
            "heart",
            care.get_occasion_display(),
            reverse("service:care_page", args=[care.pk]),
            care.text[:80],
            "good",
        )


def _documents(buyer: Buyer) -> Iterator[Chapter]:
    for document in CustomerDocument.objects.filter(buyer=buyer).order_by("-received_at")[:EACH]:
        yield Chapter(
            document.received_at,
            "files",
            _("Customer's documents"),
            document.get_absolute_url(),
            document.title,
            "plain",
            document.get_state_display(),
        )


class Kind(NamedTuple):
    """A kind of thing that happens with buyers."""

    label: _StrPromise
    tell: Callable[[Buyer], Iterator[Chapter]]


KINDS: dict[str, Kind] = {
    "orders": Kind(gettext_lazy("Orders"), _orders),
    "talks": Kind(gettext_lazy("Conversations"), _talks),
    "promises": Kind(gettext_lazy("Promises"), _promises),
    "visits": Kind(gettext_lazy("Follow-ups"), _visits),
    "cases": Kind(gettext_lazy("After-sale cases"), _cases),
    "complaints": Kind(gettext_lazy("Complaints"), _complaints),
    "reviews": Kind(gettext_lazy("Reviews"), _reviews),
    "surveys": Kind(gettext_lazy("Surveys"), _surveys),
    "care": Kind(gettext_lazy("Care"), _care),
    "documents": Kind(gettext_lazy("Customers' documents"), _documents),
}


def purchases_by_month(buyer: Buyer, *, at: datetime) -> list[tuple[date, Decimal, int]]:
    """Return the last twelve months with what the buyer paid and how often, the empty ones too; one query."""
    months = [shop_day(at).replace(day=1)]
    for _one in range(MONTHS - 1):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    rows = (
        Order.objects.filter(buyer_nick=buyer.nick, part=1, paid_at__gte=start_of_day(months[-1]))
        .annotate(month=TruncMonth("paid_at", tzinfo=SHANGHAI))
        .order_by()
        .values_list("month")
        .annotate(paid=Sum("paid"), count=Count("pk"))
    )
    found = {month.date(): (paid, count) for month, paid, count in rows}
    return [(month, *found.get(month, (Decimal(0), 0))) for month in reversed(months)]


def favourite_goods(buyer: Buyer) -> list[dict[str, Any]]:
    """Return the goods a buyer bought most, at most five; one query."""
    lines = OrderLine.objects.filter(order__buyer_nick=buyer.nick, order__paid_at__isnull=False, order__part=1)
    named = lines.order_by().values("sku_id", name=F("sku__name"), sku_code=F("sku__code"))
    rows: Any = named.exclude(sku=None).annotate(pieces=Sum("quantity")).order_by("-pieces", "sku_id")[:5]
    return list(rows)


def level_reason(buyer: Buyer, *, at: datetime) -> dict[str, Any] | None:
    """Return why a buyer has their level: what they paid and ordered within its days, and what it asks; two queries."""
    level: VipLevel | None = buyer.level
    if level is None:
        return None
    since = at - timedelta(days=level.within_days)
    bought = Order.objects.filter(buyer_nick=buyer.nick, part=1, paid_at__gte=since)
    sums = bought.aggregate(paid=Sum(F("paid") - F("refund")), orders=Count("pk"))
    return {"level": level, "paid": sums["paid"] or Decimal(0), "orders": sums["orders"], "days": level.within_days}


class Figure(NamedTuple):
    """A figure of a buyer; `kind` is the part of the story with the documents it counts."""

    label: str
    value: str
    kind: str = ""
    note: str = ""
    tone: str = ""


def figures_of(buyer: Buyer) -> list[Figure]:
    """Return the figures over a buyer's story; no query."""
    refunded = _("%(amount)s refunded") % {"amount": money(buyer.refunded)} if buyer.refunded else ""
    return [
        Figure(_("Paid"), money(buyer.paid), "orders", refunded),
        Figure(_("Orders"), str(buyer.orders), "orders"),
        Figure(_("Conversations"), str(buyer.talks), "talks"),
        Figure(_("After-sale cases"), str(buyer.after_sales), "cases"),
        Figure(_("Complaints"), str(buyer.complaints), "complaints", tone="danger" if buyer.complaints else ""),
        Figure(_("Bad reviews"), str(buyer.bad_reviews), "reviews", tone="danger" if buyer.bad_reviews else ""),
        Figure(_("How content"), f"{buyer.rating.normalize():f}/5" if buyer.rating else "–", "surveys"),
    ]
