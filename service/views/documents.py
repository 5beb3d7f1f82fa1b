"""Customers' documents: the register, and the page where they leave the department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from orders.models import Order
from service.actions.buyers import ensure_buyers
from service.actions.documents import hand_document, mail_document_back, pass_document_on, receive_document
from service.filters.buyers import DocumentFilters
from service.forms.buyers import DocumentForm, HandForm, MailBackForm, PassOnForm
from service.models import CustomerDocument
from service.queries.documents import (
    TONES,
    add_document_words,
    documents_due,
    listed_documents,
    matching_documents,
    overnight,
)
from service.states import DocumentState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Reader,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from staff.models import Employee, OrgUnit
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, deed, in_drawer

KEEP = "service.keep_documents"


def _pass_many(ids: Sequence[int], *, by: Employee, at: datetime, to: OrgUnit, note: str = "") -> Refusals:
    chosen = CustomerDocument.objects.filter(pk__in=ids)
    return one_by_one(chosen, lambda one: pass_document_on(one, to=to, note=note, by=by, at=at))


def _gone(ids: Sequence[int], _reader: Reader) -> Refusals:
    gone = CustomerDocument.objects.filter(pk__in=ids).exclude(state=DocumentState.RECEIVED)
    return dict.fromkeys(gone.values_list("pk", flat=True), _("they have left"))


def _overnight(reader: Reader) -> Q:
    return overnight(reader.at)


DOCUMENT_LIST = ListPage(
    name="service.documents",
    title=_("Customers' documents"),
    note=_("In order: passed on at once. Otherwise mailed back the same day. Nothing stays overnight."),
    icon="files",
    permission="service.view_customerdocument",
    rows=listed_documents,
    values=(
        "number",
        "title",
        "state",
        "order_number",
        "buyer_id",
        "buyer__nick",
        "holder__name",
        "received_at",
        "is_qualified",
        "passed_to__name",
        "waybill",
        "left_at",
        "note",
    ),
    finish=add_document_words,
    cells="service/documents/cells.html",
    columns=(
        Column("document", _("Customer's documents"), fixed=True, card="full"),
        Column("buyer", _("Buyer and order"), card="full"),
        Column("state", _("State"), card="left"),
        Column("received", _("Came in"), sort="received", card="right"),
        Column("due", _("Leave by"), card="left"),
        Column("holder", _("With"), card="right"),
    ),
    tabs=(
        Tab("here", _("With us"), Q(state=DocumentState.RECEIVED), tone="warn", sort="received"),
        Tab("overnight", _("Overnight"), _overnight, tone="danger"),
        Tab("passed", _("Passed on"), Q(state=DocumentState.PASSED_ON), counted=False),
        Tab("returned", _("Mailed back"), Q(state=DocumentState.RETURNED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("received", "received_at", _("Came in")),),
    filters=DocumentFilters,
    search=matching_documents,
    search_hint=_("Number, order no., waybill, buyer"),
    opens="service:document",
    opens_by="number",
    row_name="number",
    row_tone="edge",
    batch=(
        BatchAction(
            "passing_on",
            _("Pass on"),
            run=_pass_many,
            skips=_gone,
            form=PassOnForm,
            permission=KEEP,
            icon="send",
            tone="primary",
            tabs=("here", "overnight"),
        ),
    ),
    export=Export(
        permission=KEEP,
        columns=(
            ExportColumn(_("Number"), "number"),
            ExportColumn(_("Customer's documents"), "title"),
            ExportColumn(_("Buyer"), "nick"),
            ExportColumn(_("Order number"), "order_number"),
            ExportColumn(_("Came in"), "received_at", kind="time"),
            ExportColumn(_("With"), "holder__name"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Passed on to"), "passed_to__name"),
            ExportColumn(_("Waybill"), "waybill"),
            ExportColumn(_("Went out at"), "left_at", kind="time"),
            ExportColumn(_("Remark"), "note"),
        ),
    ),
    template="service/documents/list.html",
    empty=Empty(_("No documents here."), _("Whatever a customer hands in is registered at once.")),
)


def _here(document: CustomerDocument) -> bool:
    return document.state == DocumentState.RECEIVED


DOCUMENT_OFFERS: tuple[Offer[CustomerDocument], ...] = (
    Offer(
        "passing_on",
        _("Pass on"),
        "service:document_passing_on",
        KEEP,
        "send",
        when=lambda document: _here(document) and document.is_qualified is not False,
        form=PassOnForm,
        place="first",
    ),
    Offer(
        "return",
        _("Mail back"),
        "service:document_return",
        KEEP,
        "undo-2",
        when=_here,
        form=MailBackForm,
    ),
    Offer(
        "handing",
        _("Give to a colleague"),
        "service:document_handing",
        KEEP,
        "arrow-left-right",
        when=_here,
        form=HandForm,
        place="more",
    ),
)


def _document(number: str) -> CustomerDocument:
    people = ("buyer", "holder", "passed_to", "left_by")
    found = CustomerDocument.objects.select_related(*people).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@allowed(KEEP)
@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest) -> HttpResponseBase:
    """Register documents a customer handed in."""
    form = DocumentForm(read_data(request.POST)) if request.method == "POST" else DocumentForm()
    if request.method == "POST" and form.is_valid():
        asked, at = form.cleaned_data, now()
        nick = asked.pop("nick").strip()
        buyer = ensure_buyers([nick], at=at)[nick[:100]] if nick else None
        try:
            made = receive_document(**asked, buyer=buyer, by=actor(request), at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("%(number)s is registered; it leaves today.") % {"number": made.number})
            return redirect(made)
    return render(request, "service/documents/new.html", {"form": form})


@allowed("service.view_customerdocument")
@require_GET
def document(request: HttpRequest, number: str) -> HttpResponse:
    """Show documents of a customer: where they are and until when."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found, at = _document(number), now()
    due = documents_due(found.received_at)
    return render(
        request,
        "service/documents/document.html",
        {
            "document": found,
            "tone": TONES[DocumentState(found.state)],
            "due_at": due,
            "is_late": (found.left_at or at) > due,
            "late_with": found.late_holder or found.holder,
            "order_id": Order.objects.filter(number=found.order_number, part=1).values_list("pk", flat=True).first()
            if found.order_number
            else None,
            "history": history_of(found),
            "asks": asks_of(DOCUMENT_OFFERS, found, found.number, actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


def _pass(request: HttpRequest, found: CustomerDocument) -> str:
    pass_document_on(found, **checked(PassOnForm(request.POST)), by=actor(request), at=now())
    return _now("Passed on to %(unit)s.") % {"unit": found.passed_to}


def _mail(request: HttpRequest, found: CustomerDocument) -> str:
    mail_document_back(found, **checked(MailBackForm(request.POST)), by=actor(request), at=now())
    return _now("Mailed back.")


def _hand(request: HttpRequest, found: CustomerDocument) -> str:
    hand_document(found, **checked(HandForm(request.POST)), by=actor(request), at=now())
    return _now("%(name)s has them now.") % {"name": found.holder}


def _deed(do: Any) -> Any:
    return deed(KEEP, _document, do, page=_page, url_name="service:document")


document_passing_on = _deed(_pass)
document_return = _deed(_mail)
document_handing = _deed(_hand)
