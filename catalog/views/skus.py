"""The page of a SKU, its forms, its names on the platform; the page of an item."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.actions.aliases import forget_alias, remember_alias
from catalog.actions.skus import add_sku, change_sku, set_parts
from catalog.forms import AliasForm, SkuForm
from catalog.models import Item, Sku, SkuAlias
from catalog.queries.attributes import colour_and_size
from catalog.queries.skus import aliases_of, bundles_with, parts_of_bundle
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.models import Employee
from staff.queries.history import history_of


def _actor(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- the decorator has seen to it
    return request.user


@allowed("catalog.view_sku")
@require_GET
def sku(request: HttpRequest, sku_id: int) -> HttpResponse:
    """Show a SKU, as a page or in the drawer."""
    found = get_object_or_404(Sku, pk=sku_id)
    return render(
        request,
        "catalog/sku.html",
        {
            "sku": found,
            "shape": colour_and_size(found.attributes),
            "parts": parts_of_bundle(found),
            "bundles": bundles_with(found),
            "aliases": aliases_of(found),
            "items": list(found.items.select_related("shop")[:50]),
            "history": history_of(found),
            "alias_form": AliasForm(),
            "in_drawer": request.headers.get("HX-Target") == "drawer-body",
        },
    )


@allowed("catalog.add_sku")
@require_http_methods(["GET", "POST"])
def new_sku(request: HttpRequest) -> HttpResponseBase:
    """Add a SKU."""
    return _edit(request, Sku())


@allowed("catalog.change_sku")
@require_http_methods(["GET", "POST"])
def sku_change(request: HttpRequest, sku_id: int) -> HttpResponseBase:
    """Change a SKU."""
    return _edit(request, get_object_or_404(Sku, pk=sku_id))


def _edit(request: HttpRequest, found: Sku) -> HttpResponseBase:
    form = SkuForm(request.POST or None, instance=found)
    # The form writes its values into the instance it is bound to; the verb compares with what is in the database.
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep(found, form.cleaned_data, by=_actor(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(sku)s is kept.") % {"sku": kept})
            return redirect("catalog:sku", kept.pk)
    return render(request, "catalog/sku_form.html", {"form": form, "sku": found if found.pk else None})


@transaction.atomic
def _keep(found: Sku, values: dict[str, Any], *, by: Employee) -> Sku:
    at = now()
    if found.pk:
        change_sku(found, values, by=by, at=at)
        kept = found
    else:
        kept = add_sku(values, by=by, at=at)
    if kept.is_bundle:
        set_parts(kept, values["parts"], by=by, at=at)
    return kept


@allowed("catalog.add_skualias")
@require_POST
def aliases(request: HttpRequest, sku_id: int) -> HttpResponseBase:
    """Remember what a shop calls a SKU."""
    found = get_object_or_404(Sku, pk=sku_id)
    form = AliasForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a shop, and say what it calls the SKU."))
    remember_alias(found, form.cleaned_data["shop"], form.cleaned_data["code"], by=_actor(request), at=now())
    messages.success(request, _("The name is remembered; later imports find the SKU by it."))
    return redirect("catalog:sku", found.pk)


@allowed("catalog.delete_skualias")
@require_POST
def alias_removal(request: HttpRequest, alias_id: int) -> HttpResponseBase:
    """Forget what a shop calls a SKU."""
    alias = get_object_or_404(SkuAlias.objects.select_related("sku", "shop"), pk=alias_id)
    forget_alias(alias, by=_actor(request), at=now())
    messages.success(request, _("The name is forgotten."))
    return redirect("catalog:sku", alias.sku_id)


@allowed("catalog.view_item")
@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show an item, as a page or in the drawer."""
    found = get_object_or_404(Item.objects.select_related("shop"), pk=item_id)
    return render(
        request,
        "catalog/item.html",
        {
            "item": found,
            "skus": list(found.skus.order_by("code")),
            "history": history_of(found),
            "in_drawer": request.headers.get("HX-Target") == "drawer-body",
        },
    )
