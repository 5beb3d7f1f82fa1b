"""Payment slips: the list, making one out, and the page where the money is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from orders.actions.slips import make_slip, note_slip_lost, take_slip_in
from orders.filters import SlipFilters
from orders.forms import ReasonForm, SlipForm, SlipRemarkForm
from orders.models import PaymentSlip
from orders.queries.slips import add_slip_words, listed_slips, matching_slips, orders_named, overdue_slips, slip_due
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
from staff.actions.jobs import start_job
from staff.models import Employee
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, deed, in_drawer


def _take_in(ids: Sequence[int], *, by: Employee, at: datetime, remark: str = "") -> Refusals:
    slips = PaymentSlip.objects.filter(pk__in=ids)
    return one_by_one(slips, lambda slip: take_slip_in(slip, remark=remark, by=by, at=at))


def _not_to_take(ids: Sequence[int], reader: Reader) -> Refusals:
    chosen = PaymentSlip.objects.filter(pk__in=ids)
    done = chosen.filter(handed_in_at__isnull=False).values_list("pk", flat=True)
    own = chosen.filter(handed_in_at=None, employee=reader.by).values_list("pk", flat=True)
    return dict.fromkeys(done, _("is handed in already")) | dict.fromkeys(own, _("you took the money yourself"))


def _late(reader: Reader) -> Q:
    return overdue_slips(reader.at)


SLIP_LIST = ListPage(
    name="orders.slips",
    title=_("Payment slips"),
    note=_("Money taken by hand is written down, handed in the same day and kept safe."),
    icon="receipt-text",
    permission="orders.view_paymentslip",
    rows=listed_slips,
    values=(
        "number",
        "day",
        "amount",
        "way",
        "order_numbers",
        "note",
        "shop__name",
        "employee__name",
        "made_at",
        "handed_in_at",
        "handed_to__name",
        "lost_at",
    ),
    finish=add_slip_words,
    cells="orders/slips/cells.html",
    columns=(
        Column("slip", _("Payment slip"), fixed=True, card="full"),
        Column("amount", _("Amount"), sort="amount", end=True, card="right"),
        Column("person", _("Money taken by"), card="left"),
        Column("day", _("Day"), sort="day", card="left"),
        Column("handed", _("Money handed in"), card="right"),
        Column("orders", _("Orders"), card="full"),
    ),
    tabs=(
        Tab("open", _("To hand in"), Q(handed_in_at=None), tone="warn", sort="day"),
        Tab("late", _("Not settled in time"), _late, tone="danger"),
        Tab("mine", _("Mine"), lambda reader: Q(employee=reader.by), counted=False),
        Tab("lost", _("Missing"), Q(lost_at__isnull=False), tone="danger"),
        Tab("done", _("Money handed in"), Q(handed_in_at__isnull=False), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("day", "day", _("Day")), Sort("amount", "amount", _("Amount"))),
    filters=SlipFilters,
    search=matching_slips,
    search_hint=_("Slip no., order no., name"),
    opens="orders:slip",
    opens_by="number",
    row_name="number",
    row_tone="edge",
    batch=(
        BatchAction(
            "taking",
            _("Take the money in"),
            run=_take_in,
            skips=_not_to_take,
            form=SlipRemarkForm,
            permission="orders.take_slip",
            icon="hand-coins",
            tone="primary",
            tabs=("open", "late", "all"),
        ),
    ),
    export=Export(
        permission="orders.take_slip",
        columns=(
            ExportColumn(_("Payment slip"), "number"),
            ExportColumn(_("Day"), "day", kind="day"),
            ExportColumn(_("Money taken by"), "employee__name"),
            ExportColumn(_("Amount"), "amount", kind="money"),
            ExportColumn(_("How it was paid"), "way"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Order numbers"), "order_numbers"),
            ExportColumn(_("Handed in at"), "handed_in_at", kind="time"),
            ExportColumn(_("Taken in by"), "handed_to__name"),
            ExportColumn(_("Found missing at"), "lost_at", kind="time"),
            ExportColumn(_("Remark"), "note"),
        ),
    ),
    template="orders/slips/list.html",
    empty=Empty(_("No payment slips here."), _("Whoever takes money by hand makes one out the same day.")),
)

SLIP_OFFERS: tuple[Offer[PaymentSlip], ...] = (
    Offer(
        "taking",
        _("Take the money in"),
        "orders:slip_taking",
        "orders.take_slip",
        "hand-coins",
        when=lambda slip: slip.handed_in_at is None,
        form=SlipRemarkForm,
        says=_("You have counted the money and it is the amount of the slip."),
        place="first",
    ),
    Offer(
        "print", _("Print the slip"), "orders:slip_print", "orders.view_paymentslip", "printer", when=lambda _slip: True
    ),
    Offer(
        "loss",
        _("Slip is missing"),
        "orders:slip_loss",
        "orders.make_slip",
        "file-x",
        when=lambda slip: slip.lost_at is None,
        form=ReasonForm,
        tone="danger",
        place="more",
    ),
)


def _slip(number: str) -> PaymentSlip:
    people = ("shop", "employee", "handed_to", "lost_noted_by")
    found = PaymentSlip.objects.select_related(*people).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@allowed("orders.make_slip")
@require_http_methods(["GET", "POST"])
def slip_new(request: HttpRequest) -> HttpResponseBase:
    """Make out a payment slip of today."""
    form = SlipForm(read_data(request.POST)) if request.method == "POST" else SlipForm()
    if request.method == "POST" and form.is_valid():
        try:
            made = make_slip(**form.cleaned_data, by=actor(request), at=now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _now("%(number)s is made out; hand the money in today.") % {"number": made.number}
            )
            return redirect(made)
    return render(request, "orders/slips/new.html", {"form": form})


@allowed("orders.view_paymentslip")
@require_GET
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Show a payment slip: the money, who took it, who has it now."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found, at = _slip(number), now()
    due = slip_due(found.day)
    return render(
        request,
        "orders/slips/slip.html",
        {
            "slip": found,
            "due_at": due,
            "is_late": (found.handed_in_at or at) > due,
            "orders": orders_named(found),
            "history": history_of(found),
            "asks": asks_of(SLIP_OFFERS, found, found.number, actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


def _deed(permission: str, do: Callable[[HttpRequest, PaymentSlip], str]) -> Callable[..., HttpResponseBase]:
    return deed(permission, _slip, do, page=_page, url_name="orders:slip")


def _take(request: HttpRequest, found: PaymentSlip) -> str:
    take_slip_in(found, **checked(SlipRemarkForm(request.POST)), by=actor(request), at=now())
    return _now("The money is handed in.")


def _lose(request: HttpRequest, found: PaymentSlip) -> str:
    note_slip_lost(found, **checked(ReasonForm(request.POST)), by=actor(request), at=now())
    return _now("It is noted that the slip is missing.")


def _print(request: HttpRequest, found: PaymentSlip) -> str:
    start_job("orders.print_slip", by=actor(request), at=now(), slip_id=found.pk)
    return _now("The file is being made; it appears at the bottom right.")


slip_taking = _deed("orders.take_slip", _take)
slip_loss = _deed("orders.make_slip", _lose)
slip_print = _deed("orders.view_paymentslip", _print)
