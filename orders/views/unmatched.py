"""Goods no SKU is known for: matched with one click and remembered, so that the shop is asked only once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from catalog.actions.skus import add_sku
from catalog.models import Sku, SkuAlias
from orders.actions.goods import AT_ONCE, forget_goods, remember_goods
from orders.forms import NewSkuForm
from orders.models import OrderLine
from orders.queries.listed import TONES
from orders.queries.unmatched import (
    Unmatched,
    found_skus,
    orders_with,
    remembered_lately,
    unmatched_goods,
    unmatched_totals,
)
from orders.states import OrderState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.models import Shop
from warehouse.views.asking import actor

MOST = 60
LONGEST_KEY = 19


@allowed("orders.match_goods")
@require_GET
def unmatched(request: HttpRequest) -> HttpResponse:
    """Show what orders wait for a SKU of, each with the SKUs that could be meant."""
    shops = list(Shop.objects.order_by("pk"))
    asked = request.GET.get("shop", "")
    shop = next((one for one in shops if str(one.pk) == asked), None)
    words = _clean(request.GET.get("q", ""))
    kinds, orders = unmatched_totals()
    number = request.GET.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 and int(number) else 1  # noqa: PLR2004 -- digits
    groups = unmatched_goods(MOST + 1, skip=(page - 1) * MOST, shop_id=shop.pk if shop else None, words=words)
    kept = {name: value for name, value in (("q", words), ("shop", str(shop.pk) if shop else "")) if value}
    context = {
        "groups": groups[:MOST],
        "previous": f"?{urlencode({**kept, 'page': page - 1})}" if page > 1 else "",
        "following": f"?{urlencode({**kept, 'page': page + 1})}" if len(groups) > MOST else "",
        "page": page,
        "kinds": kinds,
        "orders": orders,
        "shops": shops if len(shops) > 1 else [],
        "shop": shop,
        "words": words,
        "lately": remembered_lately(),
        "at": now(),
    }
    return render(request, "orders/unmatched/list.html", context)


@allowed("orders.match_goods")
@require_GET
def unmatched_one(request: HttpRequest, line_id: int) -> HttpResponse:
    """Show one thing without a SKU: which orders wait for it, and SKUs found by words. To htmx only what was found."""
    group = _group(line_id)
    words = _clean(request.GET.get("q", ""))
    if request.headers.get("HX-Request"):
        context = {"group": group, "words": words, "found": found_skus(words), "plain": bool(request.GET.get("plain"))}
        return render(request, "orders/unmatched/found.html", context)
    if group is None:
        messages.info(request, _("Somebody has matched these goods meanwhile."))
        return redirect("orders:unmatched")
    return _goods_page(request, group, words=words)


def _goods_page(
    request: HttpRequest, group: Unmatched, *, words: str = "", form: NewSkuForm | None = None, status: int = 200
) -> HttpResponse:
    """Draw the page of one thing; the form for a new SKU starts with what the platform says."""
    if form is None and actor(request).has_perm("catalog.add_sku"):
        name = (group.title or group.name)[:200]
        start = {"code": group.code[:64], "name": name, "attributes": group.attributes[:200]}
        form = NewSkuForm(initial=start, auto_id="sku_%s")
    context = {
        "group": group,
        "words": words,
        "found": found_skus(words),
        "form": form,
        "orders": [
            (order, order.get_state_display(), TONES[OrderState(order.state)])
            for order in orders_with(group.shop_id, group.name)
        ],
        "at": now(),
    }
    return render(request, "orders/unmatched/goods.html", context, status=status)


@allowed("orders.match_goods")
@require_POST
def unmatched_matching(request: HttpRequest, line_id: int) -> HttpResponseBase:
    """Remember which SKU is meant, and look anew at the orders that waited for it."""
    key = request.POST.get("sku", "")
    is_key = key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY
    sku = Sku.objects.filter(pk=key).first() if is_key else None
    if sku is None:
        raise Refused(_("Choose the SKU that is meant."))
    return _match(request, _waiting(line_id), sku)


@allowed("orders.match_goods")
@require_POST
def unmatched_sku(request: HttpRequest, line_id: int) -> HttpResponseBase:
    """Add a SKU for goods that have none yet, and remember it."""
    if not actor(request).has_perm("catalog.add_sku"):
        raise Refused(_("You may not add SKUs. Ask whoever keeps the goods."))
    line, form = _waiting(line_id), NewSkuForm(request.POST, auto_id="sku_%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                return _match(request, line, add_sku(form.cleaned_data, by=actor(request), at=now()))
        except Refused as refusal:
            form.add_error("code", str(refusal))
    group = _group(line_id)
    if group is None:
        raise Refused(_("Somebody has matched these goods meanwhile."))
    return _goods_page(request, group, form=form, status=422)


@allowed("orders.match_goods")
@require_POST
def unmatched_forgetting(request: HttpRequest, alias_id: int) -> HttpResponseBase:
    """Take back what was remembered."""
    alias = get_object_or_404(SkuAlias.objects.select_related("shop", "sku"), pk=alias_id)
    count = forget_goods(alias, by=actor(request), at=now())
    messages.success(
        request,
        ngettext(
            "“%(name)s” is forgotten; %(count)s order waits for a SKU again.",
            "“%(name)s” is forgotten; %(count)s orders wait for a SKU again.",
            count,
        )
        % {"name": alias.code, "count": count},
    )
    return redirect("orders:unmatched")


def _match(request: HttpRequest, line: OrderLine, sku: Sku) -> HttpResponseBase:
    shop, name = line.order.shop, line.known_as
    count = remember_goods(shop, name, sku, by=actor(request), at=now())
    if request.headers.get("HX-Request"):
        alias = SkuAlias.objects.filter(shop=shop, code=name).first()
        context = {"name": name, "sku": sku, "count": count, "alias": alias, "later": count > AT_ONCE}
        return render(request, "orders/unmatched/done.html", context)
    said = ngettext(
        "“%(name)s” is %(sku)s from now on; %(count)s order was looked at anew.",
        "“%(name)s” is %(sku)s from now on; %(count)s orders were looked at anew.",
        count,
    )
    messages.success(request, said % {"name": name, "sku": sku.code, "count": count})
    return redirect("orders:unmatched")


def _line(line_id: int) -> OrderLine:
    found = OrderLine.objects.select_related("order__shop").filter(pk=line_id).first()
    if found is None:
        raise Http404
    return found


def _waiting(line_id: int) -> OrderLine:
    """Return a line that still has no SKU.

    :raises Refused: if somebody was faster.
    """
    line = _line(line_id)
    if line.sku_id is not None:
        raise Refused(_("Somebody has matched these goods meanwhile."))
    return line


def _group(line_id: int) -> Unmatched | None:
    """Return the goods a line is one of; None when nothing waits for them any more."""
    line = _line(line_id)
    return next(iter(unmatched_goods(1, shop_id=line.order.shop_id, name=line.known_as)), None)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:100]
