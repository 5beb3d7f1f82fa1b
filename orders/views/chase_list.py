"""Unpaid orders: who asks which buyer to pay (ORD-020)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from orders.actions.chases import claim_chase, note_contact
from orders.filters import ChaseFilters
from orders.forms import ContactForm
from orders.models import Order
from orders.queries.chases import add_chase_words, chasable_orders, chase_results
from orders.queries.listed import matching_orders
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from staff.models import Employee


def _claim(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(Order.objects.filter(pk__in=ids), lambda order: claim_chase(order, by=by, at=at))


def _contact(ids: Sequence[int], *, by: Employee, at: datetime, result: str, script: str, note: str) -> Refusals:
    """Write one answer down for many; the limits of a buyer hold for each (ORD-020)."""
    found = Order.objects.filter(pk__in=ids)
    return one_by_one(found, lambda order: note_contact(order, result=result, script=script, note=note, by=by, at=at))


CHASE_LIST = ListPage(
    name="orders.chase_list",
    title=_("Unpaid orders"),
    note=_("Take an order, ask its buyer politely, write down what they said. Nobody is asked by two people."),
    icon="phone",
    permission="orders.chase_payment",
    rows=chasable_orders,
    values=(
        "number",
        "part",
        "summary",
        "pieces",
        "total",
        "buyer_nick",
        "buyer_message",
        "placed_at",
        "shop__name",
        "chase__claimed_by__name",
        "chase__result",
        "chase__note",
        "chase__script",
        "chase__times",
        "chase__contacted_at",
    ),
    finish=add_chase_words,
    cells="orders/chase_list/cells.html",
    columns=(
        Column("goods", _("Goods"), fixed=True, card="full"),
        Column("order", _("Order / buyer"), card="full"),
        Column("amount", _("Total"), sort="total", end=True, card="right"),
        Column("waiting", _("Unpaid for"), sort="placed", card="left"),
        Column("taken", _("Taken by"), card="left"),
        Column("result", _("The buyer"), card="full"),
    ),
    tabs=(
        Tab("free", _("To ask"), Q(chase=None), tone="warn"),
        Tab("mine", _("Mine"), lambda reader: Q(chase__claimed_by=reader.by, chase__times=0)),
        Tab("asked", _("Asked"), Q(chase__times__gt=0)),
        Tab("all", _("All")),
    ),
    sorts=(
        Sort("placed", "placed_at", _("Placed")),
        Sort("total", "total", _("Total")),
    ),
    filters=ChaseFilters,
    search=matching_orders,
    search_hint=_("Order no., buyer, receiver, phone"),
    opens="orders:order",
    row_name="number",
    batch=(
        BatchAction(
            "claim",
            _("Take"),
            run=_claim,
            permission="orders.chase_payment",
            icon="hand",
            tone="primary",
            tabs=("free", "all"),
            says=_("You ask these buyers; colleagues see that you do."),
        ),
        BatchAction(
            "contact",
            _("Asked to pay"),
            run=_contact,
            form=ContactForm,
            permission="orders.chase_payment",
            icon="phone",
            tabs=("mine", "asked", "all"),
            says=_("The same answer for all of them. Who was asked often enough is left out."),
        ),
    ),
    export=Export(
        permission="orders.chase_payment",
        columns=(
            ExportColumn(_("Order no."), "number"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Buyer"), "buyer"),
            ExportColumn(_("Goods"), "summary"),
            ExportColumn(_("Total"), "total", kind="money"),
            ExportColumn(_("Placed"), "placed_at", kind="time"),
            ExportColumn(_("Taken by"), lambda row: row["chase__claimed_by__name"] or ""),
            ExportColumn(_("Asked"), lambda row: row["chase__contacted_at"], kind="time"),
            ExportColumn(_("Times asked"), lambda row: row["chase__times"], kind="count"),
            ExportColumn(_("Script"), lambda row: row["chase__script"] or ""),
            ExportColumn(_("The buyer"), "result_label"),
            ExportColumn(_("Note"), lambda row: row["chase__note"] or ""),
        ),
    ),
    template="orders/chase_list/page.html",
    empty=Empty(_("No unpaid orders here."), _("Orders appear some time after they were placed and not paid.")),
)


RESULT_DAYS = 30


@allowed("orders.chase_payment")
@require_GET
def chase_results_page(request: HttpRequest) -> HttpResponse:
    """Show what asking to pay brought in the last days: by person and by script."""
    people, scripts = chase_results(now() - timedelta(days=RESULT_DAYS))
    return render(
        request, "orders/chase_list/results.html", {"people": people, "scripts": scripts, "days": RESULT_DAYS}
    )
