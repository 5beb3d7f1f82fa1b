"""The list of all orders, and what can be done to many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from orders.actions.holds import hold_orders, release_orders
from orders.actions.locking import Refusals as Refused
from orders.actions.marks import BEFORE_SHIPPING, choose_carrier, flag_orders, tag_orders
from orders.actions.merges import merge_chosen
from orders.actions.review import approve_orders
from orders.actions.screening import screen_orders
from orders.exports import ORDER_EXPORT
from orders.filters import OrderFilters
from orders.forms import CarrierForm, FlagForm, HoldForm, TagForm, hold_end
from orders.models import Order
from orders.queries.listed import SHORT, TROUBLED, add_order_words, listed_orders, matching_orders, page_totals
from orders.states import OrderState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import BatchAction, Column, Empty, ListPage, Reader, Refusals, Sort, Tab
from shopops.kit.sentences import sentence
from staff.actions.jobs import start_job
from staff.models import Employee
from warehouse.models import Carrier
from warehouse.views.asking import actor

OPEN_TABS = ("review", "held", "finance", "short", "troubled")


def _approve(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return _said(approve_orders(ids, by=by, at=at))


def _hold(
    ids: Sequence[int], *, by: Employee, at: datetime, span: str, moment: datetime | None, reason: str
) -> Refusals:
    return _said(hold_orders(ids, until=hold_end(span, moment, at), reason=reason, by=by, at=at))


def _release(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return _said(release_orders(ids, by=by, at=at))


def _flag(ids: Sequence[int], *, by: Employee, at: datetime, flag: int) -> Refusals:
    return _said(flag_orders(ids, flag=flag, by=by, at=at))


def _tag(ids: Sequence[int], *, by: Employee, at: datetime, add: str, remove: str) -> Refusals:
    return _said(tag_orders(ids, add=[add] if add else [], remove=[remove] if remove else [], by=by, at=at))


def _carrier(ids: Sequence[int], *, by: Employee, at: datetime, carrier: Carrier) -> Refusals:
    return _said(choose_carrier(ids, carrier=carrier, by=by, at=at))


def _merge(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return _said(merge_chosen(ids, by=by, at=at))


def _screen(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:  # noqa: ARG001 -- the system looks, not the person
    screen_orders(ids, at=at)
    return {}


def _said(refused: Refused) -> Refusals:
    return {key: refusal.sentence for key, refusal in refused.items()}


def not_approvable(ids: Sequence[int], _reader: Reader) -> Refusals:
    """Say which orders an approval would leave, and why, as far as the orders themselves tell."""
    found: dict[int, Any] = dict(_not_in(ids, [OrderState.REVIEW]))
    blocked = Order.objects.filter(pk__in=ids, state=OrderState.REVIEW, is_blocked=True)
    found |= dict.fromkeys(blocked.values_list("pk", flat=True), _("has open exceptions"))
    unmatched = Order.objects.filter(pk__in=ids, lines__sku=None).values_list("pk", flat=True)
    return found | dict.fromkeys([key for key in unmatched if key not in found], _("has goods without a SKU"))


def _not_in(ids: Sequence[int], states: Sequence[str]) -> Mapping[int, Any]:
    labels = dict(OrderState.choices)
    others = Order.objects.filter(pk__in=ids).exclude(state__in=states).values_list("pk", "state")
    return {key: sentence(_("is “%(state)s”"), state=labels[OrderState(state)]) for key, state in others}


def _not_in_review(ids: Sequence[int], _reader: Reader) -> Refusals:
    return _not_in(ids, [OrderState.REVIEW])


def _not_held(ids: Sequence[int], _reader: Reader) -> Refusals:
    return _not_in(ids, [OrderState.HELD])


def _gone(ids: Sequence[int], _reader: Reader) -> Refusals:
    return _not_in(ids, BEFORE_SHIPPING)


@allowed("orders.merge_order")
@require_POST
def merge_proposals(request: HttpRequest) -> HttpResponseBase:
    """Merge everything in review that belongs together, in the background."""
    start_job("orders.merge_proposals", by=actor(request), at=now())
    messages.success(request, _("What belongs together is being merged; see at the bottom right."))
    return redirect("orders:order_list")


ORDER_LIST = ListPage(
    name="orders.order_list",
    title=_("Orders"),
    note=_("Every order of every shop, from the platform's file to the buyer's door."),
    icon="shopping-bag",
    permission="orders.view_order",
    rows=listed_orders,
    values=(
        "number",
        "part",
        "parts",
        "state",
        "summary",
        "pieces",
        "paid",
        "total",
        "buyer_nick",
        "province",
        "city",
        "placed_at",
        "paid_at",
        "ship_by",
        "shipped_at",
        "flag",
        "tags",
        "troubles",
        "is_blocked",
        "buyer_message",
        "seller_memo",
        "remark",
        "waybill",
        "carrier_name",
        "merged_into_id",
        "shop__name",
    ),
    finish=add_order_words,
    cells="orders/order_list/cells.html",
    columns=(
        Column("goods", _("Goods"), fixed=True, card="full"),
        Column("order", _("Order / buyer"), card="full", sort="placed"),
        Column("amount", _("Paid"), sort="paid", end=True, card="right"),
        Column("state", _("State"), card="left"),
        Column("due", _("Time to ship"), sort="due", card="left"),
        Column("remarks", _("Remarks"), card="full"),
        Column("place", _("Place"), shown=False),
        Column("shop", _("Shop"), shown=False),
        Column("paid_at", _("Paid at"), shown=False),
        Column("waybill", _("Waybill"), shown=False),
    ),
    tabs=(
        Tab("all", _("All")),
        Tab("unpaid", _("Unpaid"), Q(state=OrderState.UNPAID)),
        Tab("review", _("To review"), Q(state=OrderState.REVIEW), tone="warn"),
        Tab("held", _("On hold"), Q(state=OrderState.HELD)),
        Tab("finance", _("With finance"), Q(state=OrderState.FINANCE)),
        Tab("short", _("Out of stock"), SHORT, tone="danger"),
        Tab("troubled", _("Exceptions"), TROUBLED, tone="danger"),
        Tab("approved", _("With the warehouse"), Q(state=OrderState.APPROVED)),
        Tab("shipped", _("Shipped"), Q(state=OrderState.SHIPPED)),
        Tab("signed", _("Signed"), Q(state=OrderState.SIGNED)),
        Tab("completed", _("Completed"), Q(state=OrderState.COMPLETED)),
        Tab("closed", _("Closed"), Q(state=OrderState.CLOSED)),
    ),
    sorts=(
        Sort("placed", "placed_at", _("Placed")),
        Sort("due", "ship_by", _("Time to ship"), ascending=True, nullable=True),
        Sort("paid", "paid", _("Paid")),
    ),
    filters=OrderFilters,
    search=matching_orders,
    search_hint=_("Order no., waybill, buyer, receiver, phone or its last 4 digits, SKU"),
    opens="orders:order",
    row_name="number",
    row_tone="edge",
    summary=page_totals,
    batch=(
        BatchAction(
            "approval",
            _("Approve"),
            run=_approve,
            skips=not_approvable,
            permission="orders.review_order",
            icon="check",
            tone="primary",
            tabs=("all", "review", "short"),
            says=_("Each becomes a dispatch note with its stock; those short of stock stay and are marked."),
            chunk=5000,
        ),
        BatchAction(
            "hold",
            _("Hold"),
            run=_hold,
            skips=_not_in_review,
            form=HoldForm,
            permission="orders.hold_order",
            icon="pause",
            tabs=("all", "review", "short", "troubled"),
            chunk=2000,
        ),
        BatchAction(
            "release",
            _("Release"),
            run=_release,
            skips=_not_held,
            permission="orders.hold_order",
            icon="play",
            tabs=("all", "held"),
            chunk=2000,
        ),
        BatchAction(
            "merger",
            _("Merge"),
            run=_merge,
            skips=_not_in_review,
            permission="orders.merge_order",
            icon="merge",
            says=_("Orders of the same shop, buyer, receiver and address go into one parcel."),
            tabs=("all", "review"),
            chunk=5000,
        ),
        BatchAction(
            "flag", _("Flag"), run=_flag, form=FlagForm, permission="orders.mark_order", icon="flag", chunk=5000
        ),
        BatchAction("tag", _("Tags"), run=_tag, form=TagForm, permission="orders.mark_order", icon="tag", chunk=500),
        BatchAction(
            "carrier",
            _("Carrier"),
            run=_carrier,
            skips=_gone,
            form=CarrierForm,
            permission="orders.mark_order",
            icon="truck",
            tabs=("all", "approved", *OPEN_TABS),
            chunk=1000,
        ),
        BatchAction(
            "screening",
            _("Check again"),
            run=_screen,
            permission="orders.review_order",
            icon="refresh-cw",
            says=_("Goods, stock, addresses and prices are looked at anew, and the review rules run."),
            tabs=OPEN_TABS,
            chunk=5000,
        ),
    ),
    export=ORDER_EXPORT,
    template="orders/order_list/page.html",
    empty=Empty(
        _("No orders here."),
        _("They come with the seller centre's files: upload the order list and the order details."),
        _("Import orders"),
        "orders:imports",
    ),
)
