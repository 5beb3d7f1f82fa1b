"""After-sale cases: opening one, its page, and what is done with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from orders.models import Order
from orders.queries.listed import matching_orders
from service.actions.aftersales import (
    agree_after_sale,
    change_after_sale,
    dispute_after_sale,
    finish_after_sale,
    open_after_sale,
    pass_after_sale,
    refuse_after_sale,
    reopen_after_sale,
    settle_dispute,
    withdraw_after_sale,
)
from service.actions.causes import confirm_cause
from service.actions.refunds import confirm_refund, note_platform_payment
from service.actions.replacements import send_replacement
from service.actions.returned_goods import clear_parcels
from service.actions.returns import note_return_waybill
from service.forms.aftersales import (
    AfterSaleForm,
    AmountForm,
    AnswerForm,
    CauseForm,
    ChangeForm,
    HandOnForm,
    NoteForm,
    ReturnWaybillForm,
    SendForm,
    VerdictForm,
    WhyForm,
    carrier_names,
)
from service.models import AfterSale, ReturnParcel
from service.queries.aftersales import (
    TONES,
    after_sales_with_everything,
    lines_of,
    money_of,
    other_cases,
    stages_of,
    timer_tone,
)
from service.queries.causes import Cost, cost_of, proposal_of
from service.queries.claimable import claimable_lines
from service.queries.platform_states import what_differs, when_time_is_over
from service.queries.refunds import price_match_until, room_for_refund
from service.states import OPEN_AFTER_SALES, AfterSaleState, ReturnState
from service.views.after_sale_offers import AFTER_SALE_OFFERS, HANDLE
from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists.asking import read_data
from shopops.kit.masking import mask_nick
from shopops.kit.refusals import Refused
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import asks_of, deed, in_drawer

S = AfterSaleState
LONGEST_KEY = 19


def case_of(number: str) -> AfterSale:
    """Return the case of that number, with what its page names."""
    found = after_sales_with_everything().filter(number=number).first()
    if found is None:
        raise Http404
    return found


@allowed("service.view_aftersale")
@require_GET
def after_sale(request: HttpRequest, number: str) -> HttpResponse:
    """Show a case with everything about it, as a page or in the drawer."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    case, at, by = case_of(number), now(), actor(request)
    proposal = proposal_of(case, at=at)
    history = history_of(case, *filter(None, (case.note,)))
    parcels = list(ReturnParcel.objects.filter(case=case).select_related("received_by").order_by("received_at"))
    may_judge = case.done_at is not None and by.has_perm("service.confirm_cause")
    may_send = case.state == S.TO_SEND and case.note_id is None and by.has_perm(HANDLE)
    return render(
        request,
        "service/aftersales/case.html",
        {
            "case": case,
            "at": at,
            "tone": TONES[S(case.state)],
            "is_open": case.state in OPEN_AFTER_SALES,
            "timer_tone": timer_tone(case.times_out_at, at),
            "buyer_nick": mask_nick(case.buyer.nick),
            "lines": lines_of(case),
            "money": money_of(case),
            "stages": stages_of(case, history),
            "differs": what_differs(case),
            "too_late": when_time_is_over(case, at),
            "parcels": parcels,
            "waiting": [one for one in parcels if one.state == ReturnState.MATCHED],
            "wrong": [one for one in parcels if one.state == ReturnState.WRONG],
            "links": proposal.links,
            "others": [(one, TONES[S(one.state)]) for one in other_cases(case)],
            "history": history,
            "asks": asks_of(AFTER_SALE_OFFERS, case, case.number, by),
            "send_form": SendForm(case=case, auto_id="send_%s") if may_send else None,
            "cause_form": CauseForm(initial=_judged(case, proposal.cause), auto_id="cause_%s") if may_judge else None,
            "is_own_step": by.pk == case.culprit_id,
            "carriers": carrier_names(),
            "in_drawer": in_drawer(request),
        },
    )


def _judged(case: AfterSale, proposed: str) -> dict[str, Any]:
    cost = Cost(case.goods_cost, case.postage_cost, case.compensation)
    if not any(cost) and case.cause_confirmed_at is None:
        cost = cost_of(case)
    return {
        "cause": case.cause or proposed,
        "culprit": case.culprit_id,
        "text": case.cause_text,
        "goods": cost.goods,
        "postage": cost.postage,
        "compensation": cost.compensation,
    }


@allowed(HANDLE)
@require_http_methods(["GET", "POST"])
def after_sale_new(request: HttpRequest) -> HttpResponseBase:
    """Open a case about an order: found by its number, a waybill or the buyer first."""
    order = _order_of(request.GET.get("order", ""))
    if order is None:
        return _find(request)
    at, room = now(), room_for_refund(order)
    lines = claimable_lines(order)
    form = AfterSaleForm(read_data(request.POST) if request.method == "POST" else None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            form.check_asked(at)
            case = open_after_sale(order, **form.wish(room), holder=actor(request), by=actor(request), at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(case)s is opened.") % {"case": case.number})
            return redirect(case)
    rows = [
        (
            one,
            form[one.field_name],
            form[one.instead_name],
            [(part, form[part.field_name]) for part in one.parts],
        )
        for one in lines
    ]
    context = {
        "order": order,
        "buyer_nick": mask_nick(order.buyer_nick),
        "form": form,
        "rows": rows,
        "room": max(room, Decimal(0)),
        "until": price_match_until(order, on=shop_day(at)),
        "at": at,
    }
    return render(request, "service/aftersales/new.html", context)


def _find(request: HttpRequest) -> HttpResponse:
    """Ask which order it is about."""
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:60]
    found = (
        Order.objects.filter(matching_orders(text)).select_related("shop").order_by("-placed_at", "-pk")[:12]
        if text
        else ()
    )
    orders = [(one, mask_nick(one.buyer_nick)) for one in found]
    return render(request, "service/aftersales/find.html", {"q": text, "orders": orders})


def _order_of(text: str) -> Order | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY):
        raise Http404
    found = Order.objects.select_related("shop", "note").filter(pk=int(text)).first()
    if found is None:
        raise Http404
    return found


def _agree(request: HttpRequest, case: AfterSale) -> str:
    agree_after_sale(case, answer=checked(AnswerForm(request.POST))["answer"], by=actor(request), at=now())
    return _("%(case)s: agreed.") % {"case": case}


def _refuse(request: HttpRequest, case: AfterSale) -> str:
    refuse_after_sale(case, reason=checked(WhyForm(request.POST))["reason"], by=actor(request), at=now())
    return _("%(case)s: refused.") % {"case": case}


def _waybill(request: HttpRequest, case: AfterSale) -> str:
    values = checked(ReturnWaybillForm(request.POST))
    note_return_waybill(case, values["waybill"], carrier=values["carrier"], by=actor(request), at=now())
    return _("Waybill %(waybill)s is kept.") % {"waybill": case.return_waybill}


def _refund(request: HttpRequest, case: AfterSale) -> str:
    values = checked(AmountForm(request.POST))
    confirm_refund(case, values["amount"], note=values["reason"], by=actor(request), at=now())
    return _("¥%(amount)s are kept as refunded.") % {"amount": case.refunded}


def _platform_paid(request: HttpRequest, case: AfterSale) -> str:
    values = checked(AmountForm(request.POST))
    note_platform_payment(case, values["amount"], note=values["reason"], by=actor(request), at=now())
    return _("¥%(amount)s are kept as paid by the platform.") % {"amount": case.refunded}


def _send(request: HttpRequest, case: AfterSale) -> str:
    form = SendForm(request.POST, case=case)
    checked(form)
    note = send_replacement(case, instead=form.chosen(), by=actor(request), at=now())
    return _("Dispatch note %(note)s is with the warehouse.") % {"note": note}


def _pass(request: HttpRequest, case: AfterSale) -> str:
    values = checked(HandOnForm(request.POST))
    pass_after_sale(case, values["to"], note=values["reason"], by=actor(request), at=now())
    return _("%(case)s is with %(person)s now.") % {"case": case, "person": values["to"]}


def _dispute(request: HttpRequest, case: AfterSale) -> str:
    dispute_after_sale(case, reason=checked(NoteForm(request.POST))["reason"], by=actor(request), at=now())
    return _("%(case)s: the platform decides.") % {"case": case}


def _verdict(request: HttpRequest, case: AfterSale) -> str:
    values = checked(VerdictForm(request.POST))
    settle_dispute(case, for_buyer=values["verdict"] == "buyer", reason=values["reason"], by=actor(request), at=now())
    return _("Kept.")


def _withdraw(request: HttpRequest, case: AfterSale) -> str:
    withdraw_after_sale(case, reason=checked(NoteForm(request.POST))["reason"], by=actor(request), at=now())
    return _("%(case)s: withdrawn.") % {"case": case}


def _reopen(request: HttpRequest, case: AfterSale) -> str:
    reopen_after_sale(case, reason=checked(WhyForm(request.POST))["reason"], by=actor(request), at=now())
    return _("%(case)s is to be reviewed again.") % {"case": case}


def _correct(request: HttpRequest, case: AfterSale) -> str:
    values = checked(ChangeForm(request.POST))
    change_after_sale(case, **values, by=actor(request), at=now())
    return _("Kept.")


def _clear(request: HttpRequest, case: AfterSale) -> str:
    reason = checked(WhyForm(request.POST))["reason"]
    clear_parcels(case, reason=reason, by=actor(request), at=now())
    return _("The return desk inspects the parcel after all.")


def _finish(request: HttpRequest, case: AfterSale) -> str:
    finish_after_sale(case, reason=checked(WhyForm(request.POST))["reason"], by=actor(request), at=now())
    return _("%(case)s has ended.") % {"case": case}


def _judge(request: HttpRequest, case: AfterSale) -> str:
    values = checked(CauseForm(request.POST))
    confirm_cause(
        case,
        values["cause"],
        culprit=values["culprit"],
        text=values["text"],
        cost=Cost(values["goods"], values["postage"], values["compensation"]),
        by=actor(request),
        at=now(),
    )
    return _("The cause is confirmed.")


def _deed(permission: str, do: Any) -> Any:
    return deed(permission, case_of, do, page=_page, url_name="service:after_sale")


after_sale_agreement = _deed(HANDLE, _agree)
after_sale_refusal = _deed(HANDLE, _refuse)
after_sale_waybill = _deed(HANDLE, _waybill)
after_sale_refund = _deed("service.refund_buyer", _refund)
after_sale_platform_payment = _deed("service.refund_buyer", _platform_paid)
after_sale_sending = _deed(HANDLE, _send)
after_sale_passing = _deed(HANDLE, _pass)
after_sale_dispute = _deed(HANDLE, _dispute)
after_sale_verdict = _deed(HANDLE, _verdict)
after_sale_withdrawal = _deed(HANDLE, _withdraw)
after_sale_reopening = _deed(HANDLE, _reopen)
after_sale_correction = _deed(HANDLE, _correct)
after_sale_clearing = _deed(HANDLE, _clear)
after_sale_finish = _deed(HANDLE, _finish)
after_sale_cause = _deed("service.confirm_cause", _judge)
