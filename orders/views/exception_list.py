"""The list of exceptions: what wants somebody, kind by kind (ORD-018)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.actions.exceptions import clear_exceptions
from orders.filters import ExceptionFilters
from orders.forms import OutcomeForm
from orders.models import OrderException
from orders.queries.exceptions import OPEN, add_exception_words, listed_exceptions, matching_exceptions
from orders.states import ExceptionKind
from shopops.kit.lists import BatchAction, Column, Empty, ListPage, Reader, Refusals, Sort, Tab
from staff.models import Employee


def _clear(ids: Sequence[int], *, by: Employee, at: datetime, outcome: str) -> Refusals:
    """Clear the open ones of the ticked exceptions."""
    found = OrderException.objects.filter(pk__in=ids, cleared_at=None).values_list("order_id", "kind")
    clear_exceptions([(order, kind, outcome) for order, kind in found], by=by, at=at)
    return {}


def _not_open(ids: Sequence[int], _reader: Reader) -> Refusals:
    cleared = OrderException.objects.filter(pk__in=ids, cleared_at__isnull=False).values_list("pk", flat=True)
    return dict.fromkeys(cleared, _("was cleared already"))


def _of(*kinds: str) -> Q:
    return OPEN & Q(kind__in=kinds)


EXCEPTION_LIST = ListPage(
    name="orders.exception_list",
    title=_("Exceptions"),
    note=_("Orders that want somebody. Blocking ones keep an order from being approved, or stop its parcel."),
    icon="triangle-alert",
    permission="orders.view_orderexception",
    rows=listed_exceptions,
    values=(
        "order_id",
        "order__number",
        "order__part",
        "order__state",
        "order__summary",
        "order__buyer_nick",
        "order__ship_by",
        "order__shop__name",
        "kind",
        "reason",
        "is_blocking",
        "raised_at",
        "raised_by__name",
        "cleared_at",
        "cleared_by__name",
        "outcome",
    ),
    finish=add_exception_words,
    cells="orders/exception_list/cells.html",
    columns=(
        Column("kind", _("Exception"), fixed=True, card="full"),
        Column("order", _("Order"), card="full"),
        Column("state", _("State"), card="left"),
        Column("raised", _("Raised"), sort="raised", card="left"),
        Column("due", _("Time to ship"), card="right"),
        Column("outcome", _("What came of it"), card="full"),
    ),
    tabs=(
        Tab("open", _("Open"), OPEN, tone="danger"),
        Tab("refund", _("Refunds"), _of(ExceptionKind.REFUND, ExceptionKind.CANCELLED)),
        Tab(
            "changed",
            _("Changed on the platform"),
            _of(
                ExceptionKind.ADDRESS_CHANGED,
                ExceptionKind.GOODS_CHANGED,
                ExceptionKind.AMOUNT_CHANGED,
                ExceptionKind.MEMO_CHANGED,
                ExceptionKind.SHIPPED_ELSEWHERE,
            ),
        ),
        Tab("goods", _("Goods"), _of(ExceptionKind.UNMATCHED, ExceptionKind.INCOMPLETE)),
        Tab("address", _("Address"), _of(ExceptionKind.ADDRESS)),
        Tab("price", _("Price"), _of(ExceptionKind.PRICE)),
        Tab("logistics", _("Logistics"), _of(ExceptionKind.LOGISTICS)),
        Tab("malicious", _("Suspected"), _of(ExceptionKind.MALICIOUS)),
        Tab("other", _("Other"), _of(ExceptionKind.RULE, ExceptionKind.OTHER)),
        Tab("short", _("Out of stock"), _of(ExceptionKind.SHORT)),
        Tab("cleared", _("Cleared"), Q(cleared_at__isnull=False), counted=False),
    ),
    sorts=(Sort("raised", "raised_at", _("Raised")),),
    filters=ExceptionFilters,
    search=matching_exceptions,
    search_hint=_("Order no., waybill, buyer, receiver"),
    opens="orders:order",
    opens_by="order_id",
    row_name="order__number",
    row_tone="edge",
    batch=(
        BatchAction(
            "clearing",
            _("Settle"),
            run=_clear,
            skips=_not_open,
            form=OutcomeForm,
            permission="orders.handle_exceptions",
            icon="check-check",
            tone="primary",
            says=_("What the system finds again, and differently, it raises again."),
            chunk=1000,
        ),
    ),
    template="orders/list_page.html",
    empty=Empty(_("No exceptions here."), _("That is how it should be.")),
)
