"""The page of an order, and what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.actions.addresses import Receiver, edit_address
from orders.actions.chases import change_price, note_contact
from orders.actions.closing import close_order, recall_order
from orders.actions.exceptions import clear_exception, raise_exception
from orders.actions.finance import ask_finance
from orders.actions.goods import match_line, rescreen
from orders.actions.holds import hold_order, release_order
from orders.actions.imports import take_platform_values
from orders.actions.marks import add_remark, set_carrier, set_flag, tag_orders
from orders.actions.merges import merge_orders, unmerge_order
from orders.actions.personal import reveal_personal_data
from orders.actions.review import approve_order
from orders.actions.splits import split_by_stock, split_order, unsplit_order
from orders.forms import (
    AddressForm,
    CarrierForm,
    ContactForm,
    ExceptionForm,
    FinanceForm,
    FlagForm,
    HoldForm,
    MatchForm,
    OutcomeForm,
    PriceForm,
    ReasonForm,
    RemarkForm,
    SplitForm,
    TagForm,
    hold_end,
)
from orders.models import Order
from orders.queries.imports import platform_says
from orders.queries.listed import TONES
from orders.queries.order_page import history_with_masks, masked_receiver
from orders.queries.rule_trace import read_traces
from orders.queries.whole import Whole, whole_order
from orders.states import ExceptionKind, OrderState
from orders.views.order_offers import ORDER_OFFERS
from shopops.kit.access import allowed
from shopops.kit.asides import asides_of
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.models import Employee
from warehouse.views.asking import actor, asks_of, back_to, checked, in_drawer

Deed = Callable[[HttpRequest, Order], str]


ON_THE_PAGE = ("shop", "carrier", "note", "note__parcel", "merged_into", "confirmed_by")
ON_THE_DESK = ("shop", "carrier", "merged_into")


def order_of(key: int, related: tuple[str, ...] = ON_THE_PAGE) -> Order:
    """Return an order with what its page names, or say that there is none."""
    try:
        return Order.objects.select_related(*related).get(pk=key)
    except Order.DoesNotExist:
        raise Http404 from None


def shown_order(found: Order, employee: Employee) -> dict[str, Any]:
    """Return what the page, the drawer and the desk show of an order."""
    at = now()
    whole = whole_order(found, at=at, by=employee.pk)
    return {
        "order": found,
        "whole": whole,
        "tone": TONES[OrderState(found.state)],
        "receiver": masked_receiver(found),
        "platform_says": platform_says(found),
        "ladders": read_traces(whole.traces),
        "asks": asks_of(ORDER_OFFERS, found, str(found.pk), employee),
        "split_form": SplitForm(lines=whole.lines, auto_id="split_%s") if _may_split(found, whole, employee) else None,
        "outcome_form": OutcomeForm(auto_id="outcome_%s"),
        "at": at,
    }


def _may_split(found: Order, whole: Whole, employee: Employee) -> bool:
    return (
        found.state == OrderState.REVIEW
        and found.part == 1
        and not whole.merged
        and whole.pieces > 1
        and employee.has_perm("orders.split_order")
    )


@allowed("orders.view_order")
@require_GET
def order(request: HttpRequest, key: int) -> HttpResponse:
    """Show an order with everything about it, as a page or in the drawer."""
    found = order_of(key)
    shown = shown_order(found, actor(request))
    shown |= {
        "history": history_with_masks(found, shown["whole"]),
        "in_drawer": in_drawer(request),
        "asides": asides_of("orders.order", found, actor(request), shown["at"]),
    }
    answer = render(request, "orders/order/order.html", shown)
    if in_drawer(request) and request.GET.get("done"):
        answer["HX-Trigger"] = "list-changed"
    return answer


@allowed("orders.reveal_personal_data")
@require_http_methods(["GET", "POST"])
def order_personal(request: HttpRequest, key: int) -> HttpResponse:
    """Ask what the personal data are needed for, then show them; that somebody looked is kept."""
    found = order_of(key)
    shown = None
    if request.method == "POST":
        reason = checked(ReasonForm(request.POST))["reason"]
        shown = reveal_personal_data(found, reason=reason, by=actor(request), at=now())
    context = {"order": found, "shown": shown, "form": ReasonForm(auto_id="reveal_%s")}
    part = "orders/order/personal.html"
    return render(request, part if request.headers.get("HX-Request") else "orders/order/personal_page.html", context)


def _deed(permission: str, do: Deed) -> Callable[..., HttpResponseBase]:
    """Return a view that does one thing to an order, says what it did, and goes back to where the form stood."""

    @allowed(permission)
    @require_POST
    def deed(request: HttpRequest, key: int) -> HttpResponseBase:
        found = order_of(key)
        try:
            said = do(request, found)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return _stay(request, key)
        if said:
            messages.success(request, said)
        return _back(request, key)

    return deed


def _back(request: HttpRequest, key: int) -> HttpResponseBase:
    """Go back to where the form stood; in the drawer, telling the list behind it that a row has changed."""
    if in_drawer(request):
        return redirect(f"{reverse('orders:order', args=[key])}?done=1")
    return back_to(request, "orders:order", key)


def _stay(request: HttpRequest, key: int) -> HttpResponseBase:
    """Go back to the same order, where the deed was refused: on the desk if that is where it was tried."""
    place = request.POST.get("stay", "")
    is_ours = place.startswith("/") and not place.startswith("//") and "\\" not in place
    return redirect(place) if is_ours else redirect("orders:order", key)


def _seen(request: HttpRequest) -> str:
    return str(request.POST.get("seen", ""))[:40]


def _approve(request: HttpRequest, found: Order) -> str:
    note = approve_order(found, by=actor(request), at=now(), seen=_seen(request))
    return _("%(order)s is approved: dispatch note %(note)s.") % {"order": found, "note": note}


def _hold(request: HttpRequest, found: Order) -> str:
    values, at = checked(HoldForm(request.POST)), now()
    until = hold_end(values["span"], values["moment"], at)
    hold_order(found, until=until, reason=values["reason"], by=actor(request), at=at, seen=_seen(request))
    return _("%(order)s is on hold.") % {"order": found}


def _release(request: HttpRequest, found: Order) -> str:
    release_order(found, by=actor(request), at=now())
    return _("%(order)s is to be reviewed again.") % {"order": found}


def _flag(request: HttpRequest, found: Order) -> str:
    set_flag(found, checked(FlagForm(request.POST))["flag"], by=actor(request), at=now())
    return ""


def _tags(request: HttpRequest, found: Order) -> str:
    values = checked(TagForm(request.POST))
    add, remove = values["add"], values["remove"]
    refused = tag_orders(
        [found.pk], add=[add] if add else [], remove=[remove] if remove else [], by=actor(request), at=now()
    )
    if refused:
        raise refused[found.pk]
    return ""


def _remark(request: HttpRequest, found: Order) -> str:
    add_remark(found, checked(RemarkForm(request.POST))["text"], by=actor(request), at=now())
    return ""


def _carrier(request: HttpRequest, found: Order) -> str:
    carrier = checked(CarrierForm(request.POST))["carrier"]
    set_carrier(found, carrier, by=actor(request), at=now())
    return _("%(order)s goes with %(carrier)s.") % {"order": found, "carrier": carrier}


def _address(request: HttpRequest, found: Order) -> str:
    values = checked(AddressForm(request.POST))
    reason = values.pop("reason")
    receiver = Receiver(**{name: value or getattr(found, name) for name, value in values.items()})
    edit_address(found, receiver, reason=reason, by=actor(request), at=now(), seen=_seen(request))
    return _("The address of %(order)s is changed.") % {"order": found}


def _finance(request: HttpRequest, found: Order) -> str:
    values = checked(FinanceForm(request.POST))
    ask_finance(found, values["question"], amount=values["amount"], by=actor(request), at=now(), seen=_seen(request))
    return _("Finance is asked about %(order)s.") % {"order": found}


def _exception(request: HttpRequest, found: Order) -> str:
    values = checked(ExceptionForm(request.POST))
    blocking = values["kind"] != ExceptionKind.LOGISTICS
    raise_exception(found, values["kind"], values["reason"], by=actor(request), at=now(), blocking=blocking)
    return ""


def _screening(request: HttpRequest, found: Order) -> str:  # noqa: ARG001 -- the system looks, not the person
    rescreen(found, at=now())
    return _("%(order)s was checked again.") % {"order": found}


def _split(request: HttpRequest, found: Order) -> str:
    if request.POST.get("by_stock"):
        part = split_by_stock(found, by=actor(request), at=now(), seen=_seen(request))
    else:
        form = SplitForm(request.POST, lines=found.lines.order_by("pk"))
        checked(form)
        part = split_order(found, form.pieces, by=actor(request), at=now(), seen=_seen(request))
    return _("%(part)s was split off.") % {"part": part}


def _unsplit(request: HttpRequest, found: Order) -> str:
    whole = unsplit_order(found, by=actor(request), at=now())
    return _("The split of %(order)s is taken back.") % {"order": whole}


def _merge(request: HttpRequest, found: Order) -> str:
    keys = [int(key) for key in request.POST.getlist("with") if key.isdecimal() and len(key) < 19]  # noqa: PLR2004
    others = list(Order.objects.filter(pk__in=keys))
    leader = merge_orders([found, *others], by=actor(request), at=now(), seen=_seen(request))
    return _("%(count)s orders go out together as %(order)s.") % {"count": len(others) + 1, "order": leader}


def _unmerge(request: HttpRequest, found: Order) -> str:
    unmerge_order(found, by=actor(request), at=now())
    return _("%(order)s goes by itself again.") % {"order": found}


def _reason(request: HttpRequest) -> str:
    return str(checked(ReasonForm(request.POST))["reason"])


def _recall(request: HttpRequest, found: Order) -> str:
    recall_order(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(order)s is back from the warehouse.") % {"order": found}


def _close(request: HttpRequest, found: Order) -> str:
    close_order(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(order)s is closed.") % {"order": found}


def _price(request: HttpRequest, found: Order) -> str:
    values, by = checked(PriceForm(request.POST)), actor(request)
    unlimited = by.has_perm("orders.change_any_price")
    change_price(found, values["total"], reason=values["reason"], unlimited=unlimited, by=by, at=now())
    return _("The price of %(order)s is changed.") % {"order": found}


def _contact(request: HttpRequest, found: Order) -> str:
    values = checked(ContactForm(request.POST))
    note_contact(found, **values, by=actor(request), at=now())
    return _("Kept.")


@allowed("orders.handle_exceptions")
@require_POST
def order_exception_clearing(request: HttpRequest, key: int, kind: str) -> HttpResponseBase:
    """Clear an exception of an order."""
    if kind not in ExceptionKind.values:
        raise Http404
    outcome = checked(OutcomeForm(request.POST))["outcome"]
    clear_exception(order_of(key), kind, by=actor(request), at=now(), outcome=outcome)
    return _back(request, key)


@allowed("orders.match_goods")
@require_POST
def order_line_matching(request: HttpRequest, key: int, line_id: int) -> HttpResponseBase:
    """Say which SKU a line of an order is."""
    line = order_of(key).lines.filter(pk=line_id).first()
    if line is None:
        raise Http404
    values = checked(MatchForm(request.POST))
    count = match_line(line, values["sku"], remember=values["remember"], by=actor(request), at=now())
    messages.success(request, _("Matched; %(count)s orders were looked at anew.") % {"count": count})
    return _back(request, key)


order_approval = _deed("orders.review_order", _approve)
order_hold = _deed("orders.hold_order", _hold)
order_release = _deed("orders.hold_order", _release)
order_flag = _deed("orders.mark_order", _flag)
order_tags = _deed("orders.mark_order", _tags)
order_remark = _deed("orders.mark_order", _remark)
order_carrier = _deed("orders.mark_order", _carrier)
order_address = _deed("orders.edit_address", _address)
order_finance = _deed("orders.review_order", _finance)
order_exception = _deed("orders.handle_exceptions", _exception)
order_screening = _deed("orders.review_order", _screening)
order_split = _deed("orders.split_order", _split)
order_unsplitting = _deed("orders.split_order", _unsplit)
order_merger = _deed("orders.merge_order", _merge)
order_unmerging = _deed("orders.merge_order", _unmerge)
order_recall = _deed("orders.close_order", _recall)
order_closing = _deed("orders.close_order", _close)
order_price = _deed("orders.change_price", _price)
order_contact = _deed("orders.chase_payment", _contact)


def _take_platform_values(request: HttpRequest, order: Order) -> str:
    take_platform_values(order, by=actor(request), at=now())
    return _("Order %(order)s has what the platform says now.") % {"order": order}


order_platform_values = _deed("orders.edit_address", _take_platform_values)
