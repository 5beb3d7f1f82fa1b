"""Complaints: taking one in, and its page with the steps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from orders.models import Order
from service.actions.buyers import ensure_buyers
from service.actions.complaint_clock import escalate_complaint, pass_complaint, report_complaint
from service.actions.complaints import (
    answer_complaint,
    archive_complaint,
    handle_complaint,
    improve_by_complaint,
    investigate_complaint,
    receive_complaint,
    register_complaint,
    reopen_complaint,
    resolve_complaint,
    revisit_complaint,
    withdraw_complaint,
)
from service.forms.complaints import (
    ComplaintForm,
    EvaluationForm,
    ImprovementForm,
    InvestigationForm,
    OpinionForm,
    PassForm,
    RegisterForm,
    RemarkForm,
    ReportForm,
    ResultForm,
    WhyForm,
)
from service.models import Buyer, Complaint, Conversation
from service.queries.buyers import warning_of
from service.queries.complaints import (
    GRAVITY,
    OPEN,
    TONES,
    VERDICT_TONES,
    answer_limit,
    others_of,
    revisit_due,
    steps_of,
    superior_for,
)
from service.states import Cause, ComplaintState, Severity, Verdict
from service.views.complaint_offers import COMPLAINT_OFFERS, HANDLE
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from staff.actions.jobs import start_job
from staff.models import Shop
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import asks_of, deed, in_drawer

PROMISED_AT_WILL = "CS-062"
"""The clause of prices and promises given at will, which people report."""


def _complaint(number: str) -> Complaint:
    people = ("handler", "received_by", "registered_by", "resolved_by", "revisited_by", "reported_to", "culprit")
    found = (
        Complaint.objects.select_related("shop", "buyer", "order", "case", "conversation", "unit", "repeats", *people)
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


@allowed("service.receive_complaint")
@require_http_methods(["GET", "POST"])
def complaint_new(request: HttpRequest) -> HttpResponseBase:
    """Take a complaint in: from a conversation, an order or a buyer in the address, or by hand."""
    at = now()
    if request.method == "POST":
        form = ComplaintForm(read_data(request.POST))
        if form.is_valid():
            try:
                complaint = _receive(request, form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("%(number)s is taken in.") % {"number": complaint.number})
                return redirect(complaint)
    else:
        form = ComplaintForm(initial=_asked(request))
    buyer = Buyer.objects.filter(pk=_number(form["buyer"].value())).first()
    context = {
        "form": form,
        "buyer": buyer,
        "open_ones": _open_ones(form, buyer),
        "answer_by": answer_limit(at),
        "warning": warning_of(buyer, at=at),
    }
    return render(request, "service/complaints/new.html", context)


def _open_ones(form: ComplaintForm, buyer: Buyer | None) -> list[Complaint]:
    """Return the complaints of who complains that are worked on; the form says what is known of them so far."""
    nick = str(form["nick"].value() or "").strip()
    number = str(form["order_number"].value() or "").strip()
    if buyer is None and not nick and number:
        nick = Order.objects.filter(number=number[:40]).values_list("buyer_nick", flat=True).first() or ""
    whose = {"buyer": buyer} if buyer else {"buyer__nick": nick[:100]}
    if not (buyer or nick):
        return []
    return list(Complaint.objects.filter(**whose, state__in=OPEN).order_by("-received_at")[:3])


def _receive(request: HttpRequest, asked: dict[str, Any]) -> Complaint:
    at, order = now(), asked["order"]
    buyer = asked["buyer"]
    if buyer is None:
        nick = asked["nick"].strip() or order.buyer_nick
        if not nick:
            raise Refused(_("The order has no buyer's nick; give it."))
        buyer = ensure_buyers([nick], at=at)[nick[:100]]
    return receive_complaint(
        buyer,
        shop=asked["shop"],
        text=asked["text"],
        source=asked["source"],
        severity=asked["severity"],
        wish=asked["wish"],
        order=order,
        conversation=asked["conversation"],
        handler=asked["handler"],
        apologised=asked["apologised"],
        again=asked["again"],
        by=actor(request),
        at=at,
    )


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Return what the address says of the complaint; what it names wrongly is left out."""
    found: dict[str, Any] = {}
    asked = read_data(request.GET)
    order = Order.objects.filter(number=asked.get("order", "")[:40]).order_by("part").first()
    conversation = Conversation.objects.filter(pk=_number(asked.get("conversation"))).first()
    buyer = Buyer.objects.filter(pk=_number(asked.get("buyer"))).first()
    if conversation is not None:
        buyer = buyer or conversation.buyer
        found |= {"conversation": conversation.pk, "shop": conversation.shop_id, "source": conversation.channel}
        found["order_number"] = conversation.order_number
    if order is not None:
        buyer = buyer or Buyer.objects.filter(nick=order.buyer_nick).exclude(nick="").first()
        found |= {"order_number": order.number, "shop": order.shop_id}
    shops = list(Shop.objects.filter(is_open=True).values_list("pk", flat=True)[:2])
    if len(shops) == 1:
        found.setdefault("shop", shops[0])
    return found | ({"buyer": buyer.pk} if buyer else {})


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0  # noqa: PLR2004 -- a bigint


@allowed("service.view_complaint")
@require_GET
def complaint(request: HttpRequest, number: str) -> HttpResponse:
    """Show a complaint: where it is in the register's machine, what comes next, and what was found out."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found, at = _complaint(number), now()
    return render(
        request,
        "service/complaints/complaint.html",
        {
            "complaint": found,
            "tone": TONES[ComplaintState(found.state)],
            "gravity_tone": GRAVITY[Severity(found.severity)],
            "verdict_tone": VERDICT_TONES[Verdict(found.verdict)] if found.verdict else "plain",
            "gone_up_to": superior_for(found, found.level, at=found.escalated_at or at) if found.level else None,
            "others": others_of(found),
            "report_case_url": f"{reverse('staff:case_new')}?{urlencode({'clause': PROMISED_AT_WILL})}",
            "may_report_case": found.cause == Cause.PROMISE and found.verdict in {Verdict.FOUNDED, Verdict.PARTLY},
            "steps": steps_of(found),
            "is_open": found.state in OPEN,
            "is_late": (found.answered_at or at) > found.answer_by,
            "waits_for_second": found.state == ComplaintState.HANDLING and found.answered_at is not None,
            "revisit_due": revisit_due(found.archived_at)
            if found.archived_at and found.state == ComplaintState.ARCHIVED
            else None,
            "stars": range(1, 6),
            "warning": warning_of(found.buyer, at=at),
            "history": history_of(found),
            "asks": asks_of(COMPLAINT_OFFERS, found, found.number, actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


def _register(request: HttpRequest, found: Complaint) -> str:
    register_complaint(found, **checked(RegisterForm(request.POST)), by=actor(request), at=now())
    return _("Registered; %(name)s handles it.") % {"name": found.handler}


def _investigate(request: HttpRequest, found: Complaint) -> str:
    investigate_complaint(found, **checked(InvestigationForm(request.POST)), by=actor(request), at=now())
    return _("The cause is written down.")


def _handle(request: HttpRequest, found: Complaint) -> str:
    handle_complaint(found, **checked(OpinionForm(request.POST)), by=actor(request), at=now())
    return _("It is being handled; the superior knows.")


def _answer(request: HttpRequest, found: Complaint) -> str:
    answer_complaint(found, **checked(ResultForm(request.POST)), by=actor(request), at=now())
    return _("The buyer has an answer.")


def _confirm(request: HttpRequest, found: Complaint) -> str:
    resolve_complaint(found, **checked(RemarkForm(request.POST)), by=actor(request), at=now())
    return _("The result is confirmed.")


def _archive(request: HttpRequest, found: Complaint) -> str:
    archive_complaint(found, **checked(ImprovementForm(request.POST)), by=actor(request), at=now())
    return _("Archived; the buyer is visited again in some days.")


def _revisit(request: HttpRequest, found: Complaint) -> str:
    revisit_complaint(found, **checked(EvaluationForm(request.POST)), by=actor(request), at=now())
    return _("The evaluation sheet is filed.")


def _improve(request: HttpRequest, found: Complaint) -> str:
    improve_by_complaint(found, **checked(ImprovementForm(request.POST)), by=actor(request), at=now())
    return _("The improvement is written down.")


def _pass(request: HttpRequest, found: Complaint) -> str:
    pass_complaint(found, **checked(PassForm(request.POST)), by=actor(request), at=now())
    return _("%(name)s has it now.") % {"name": found.handler}


def _escalate(request: HttpRequest, found: Complaint) -> str:
    escalate_complaint(found, **checked(WhyForm(request.POST)), by=actor(request), at=now())
    return _("%(name)s has been told.") % {"name": found.reported_to or _("The superior")}


def _report(request: HttpRequest, found: Complaint) -> str:
    report_complaint(found, **checked(ReportForm(request.POST)), by=actor(request), at=now())
    return _("%(name)s has been told.") % {"name": found.reported_to}


def _reopen(request: HttpRequest, found: Complaint) -> str:
    reopen_complaint(found, **checked(WhyForm(request.POST)), by=actor(request), at=now())
    return _("Open again, one level up.")


def _withdraw(request: HttpRequest, found: Complaint) -> str:
    withdraw_complaint(found, **checked(WhyForm(request.POST)), by=actor(request), at=now())
    return _("Withdrawn.")


def _print(form: str) -> Any:
    def start(request: HttpRequest, found: Complaint) -> str:
        start_job("service.complaint_sheet", by=actor(request), at=now(), complaint_id=found.pk, form=form)
        return _("The file is being made; it appears at the bottom right.")

    return start


def _deed(do: Any, permission: str = HANDLE) -> Any:
    return deed(permission, _complaint, do, page=_page, url_name="service:complaint")


complaint_registration = _deed(_register)
complaint_investigation = _deed(_investigate)
complaint_handling = _deed(_handle)
complaint_reply = _deed(_answer)
complaint_confirmation = _deed(_confirm, "service.confirm_complaint")
complaint_archive = _deed(_archive)
complaint_revisit = _deed(_revisit)
complaint_improvement = _deed(_improve)
complaint_passing = _deed(_pass)
complaint_escalation = _deed(_escalate)
complaint_report = _deed(_report)
complaint_reopening = _deed(_reopen)
complaint_withdrawal = _deed(_withdraw)
complaint_sheet = _deed(_print("register"), "service.view_complaint")
complaint_evaluation_sheet = _deed(_print("evaluation"), "service.view_complaint")
