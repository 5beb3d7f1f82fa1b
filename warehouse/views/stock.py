"""Receiving goods, the page of a SKU's stock, the proof."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Sku
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.queries.history import history_of
from warehouse.actions.stock import adjust_stock, place_sku, receive_stock
from warehouse.forms import AdjustmentForm, BinForm, ReceiptForm
from warehouse.imports.receipts import read_receipt
from warehouse.models import StockBalance
from warehouse.queries.proof import prove_stock
from warehouse.queries.stock import Explanation, balance_of, why_available
from warehouse.states import MoveKind
from warehouse.views.asking import Offer, actor, asks_of, checked, in_drawer

MOST_MOVES = 100

STOCK_OFFERS: tuple[Offer[Explanation], ...] = (
    Offer(
        "adjustment",
        gettext_lazy("Correct stock"),
        "warehouse:stock_adjustment",
        "warehouse.adjust_stock",
        "scale",
        when=lambda why: not why.sku.is_bundle,
        form=AdjustmentForm,
        initial=lambda why: {"counted": why.on_hand},
        says=gettext_lazy("Say how many pieces lie on the shelf; the difference is booked with your reason."),
    ),
    Offer(
        "bin",
        gettext_lazy("Choose bin"),
        "warehouse:stock_bin",
        "warehouse.adjust_stock",
        "map-pin",
        when=lambda why: not why.sku.is_bundle,
        form=BinForm,
    ),
)


@allowed("warehouse.view_stockbalance")
@require_GET
def stock_sku(request: HttpRequest, sku_id: int) -> HttpResponse:
    """Show why so many pieces of a SKU are available."""
    sku = get_object_or_404(Sku, pk=sku_id)
    why = why_available(sku, most_moves=MOST_MOVES)
    balance = balance_of(sku)
    return render(
        request,
        "warehouse/stock/sku.html",
        {
            "sku": sku,
            "why": why,
            "balance": balance,
            "asks": asks_of(STOCK_OFFERS, why, str(sku.pk), actor(request)),
            "history": history_of(*filter(None, (balance, sku))),
            "in_drawer": in_drawer(request),
        },
    )


@allowed("warehouse.adjust_stock")
@require_POST
@transaction.atomic
def stock_adjustment(request: HttpRequest, sku_id: int) -> HttpResponseBase:
    """Book the difference between what was counted and what the books say."""
    sku = get_object_or_404(Sku, pk=sku_id)
    values = checked(AdjustmentForm(request.POST))
    balance = StockBalance.objects.select_for_update(no_key=True).filter(sku=sku).order_by("warehouse_id").first()
    difference = values["counted"] - (balance.on_hand if balance else 0)
    adjust_stock(
        sku,
        difference,
        reason=values["reason"],
        by=actor(request),
        at=now(),
        warehouse=balance.warehouse if balance else None,
    )
    messages.success(request, _("%(sku)s: %(difference)s booked.") % {"sku": sku, "difference": f"{difference:+}"})
    return redirect("warehouse:stock_sku", sku.pk)


@allowed("warehouse.adjust_stock")
@require_POST
def stock_bin(request: HttpRequest, sku_id: int) -> HttpResponseBase:
    """Say where a SKU lies."""
    sku = get_object_or_404(Sku, pk=sku_id)
    balance = balance_of(sku)
    if balance is None:
        raise Refused(_("Receive %(sku)s first; then it can have a bin.") % {"sku": sku})
    where = checked(BinForm(request.POST, balance=balance))["bin"]
    place_sku(balance, where, by=actor(request), at=now())
    messages.success(request, _("%(sku)s lies in %(bin)s.") % {"sku": sku, "bin": where or "–"})
    return redirect("warehouse:stock_sku", sku.pk)


@allowed("warehouse.adjust_stock")
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponseBase:
    """Book goods that came in."""
    form = ReceiptForm(request.POST or None)
    complaints: list[str] = []
    if request.method == "POST" and form.is_valid():
        read = read_receipt(form.cleaned_data["lines"])
        complaints = read.complaints
        if not complaints:
            moves = receive_stock(
                read.pieces,
                by=actor(request),
                at=now(),
                kind=MoveKind.RECEIPT,
                reference=form.cleaned_data["reference"],
                reason=form.cleaned_data["reason"],
            )
            count = sum(read.pieces.values())
            messages.success(
                request,
                ngettext(
                    "%(pieces)s pieces of %(count)s SKU are booked.",
                    "%(pieces)s pieces of %(count)s SKUs are booked.",
                    len(moves),
                )
                % {"pieces": count, "count": len(moves)},
            )
            return redirect("warehouse:stock_list")
    return render(request, "warehouse/stock/receipt.html", {"form": form, "complaints": complaints})


@allowed("warehouse.view_stockbalance")
@require_GET
def proof(request: HttpRequest) -> HttpResponse:
    """Prove the stock now and show what differs."""
    return render(request, "warehouse/stock/proof.html", {"proof": prove_stock(), "at": now()})
