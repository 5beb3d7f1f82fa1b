"""The finance desk: what finance is asked about orders' money, and its answers (ORD-003, ORD-029)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from orders.actions.answers import answer_finance
from orders.filters import PaymentFilters
from orders.forms import AnswerForm, AnswersForm, DenialForm
from orders.models import Payment
from orders.queries.finance import add_payment_words, listed_payments, matching_payments, question_said
from orders.queries.listed import TONES
from orders.queries.whole import whole_order
from orders.states import OrderState
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
from staff.models import Employee
from staff.queries.history import history_of
from warehouse.views.asking import actor, back_to, checked, in_drawer


def _answer(ids: Sequence[int], *, confirmed: bool, answer: str, by: Employee, at: datetime) -> Refusals:
    return one_by_one(
        Payment.objects.filter(pk__in=ids).order_by("order_id"),
        lambda payment: answer_finance(payment, confirmed=confirmed, answer=answer, by=by, at=at),
    )


def _confirm(ids: Sequence[int], *, by: Employee, at: datetime, answer: str) -> Refusals:
    return _answer(ids, confirmed=True, answer=answer, by=by, at=at)


def _deny(ids: Sequence[int], *, by: Employee, at: datetime, answer: str) -> Refusals:
    return _answer(ids, confirmed=False, answer=answer, by=by, at=at)


def _not_to_answer(ids: Sequence[int], reader: Reader) -> Refusals:
    """Say which questions this person cannot answer."""
    answered = Payment.objects.filter(pk__in=ids, answered_at__isnull=False).values_list("pk", flat=True)
    own = Payment.objects.filter(pk__in=ids, answered_at=None, asked_by=reader.by).values_list("pk", flat=True)
    return dict.fromkeys(answered, _("was answered already")) | dict.fromkeys(own, _("was asked by yourself"))


FINANCE = ListPage(
    name="orders.finance",
    title=_("Finance desk"),
    note=_("Is the money there, and is it right? An order waits here until finance has answered."),
    icon="wallet",
    permission="orders.confirm_payment",
    rows=listed_payments,
    values=(
        "order_id",
        "order__number",
        "order__part",
        "order__state",
        "order__summary",
        "order__buyer_nick",
        "order__paid",
        "order__ship_by",
        "order__shop__name",
        "amount",
        "question",
        "asked_by__name",
        "asked_at",
        "is_confirmed",
        "answered_by__name",
        "answered_at",
        "answer",
    ),
    finish=add_payment_words,
    cells="orders/finance/cells.html",
    columns=(
        Column("question", _("Question"), fixed=True, card="full"),
        Column("order", _("Order"), card="full"),
        Column("amount", _("Amount"), sort="amount", end=True, card="right"),
        Column("asked", _("Asked when"), sort="asked", card="left"),
        Column("answer", _("Answer"), card="full"),
        Column("state", _("State of the order"), shown=False),
    ),
    tabs=(
        Tab("waiting", _("To be answered"), Q(answered_at=None), tone="warn", sort="-asked"),
        Tab("confirmed", _("Answered yes"), Q(is_confirmed=True), counted=False),
        Tab("denied", _("Answered no"), Q(is_confirmed=False), tone="danger"),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("asked", "asked_at", _("Asked when")),
        Sort("amount", "amount", _("Amount")),
    ),
    filters=PaymentFilters,
    search=matching_payments,
    search_hint=_("Order no., waybill, buyer, receiver"),
    opens="orders:payment",
    row_name="order__number",
    row_tone="edge",
    batch=(
        BatchAction(
            "confirmation",
            _("Confirm"),
            run=_confirm,
            skips=_not_to_answer,
            form=AnswersForm,
            permission="orders.confirm_payment",
            icon="check",
            tone="primary",
            tabs=("waiting", "all"),
            says=_("The sums asked about are there and right; the orders go back to review."),
        ),
        BatchAction(
            "denial",
            _("Deny"),
            run=_deny,
            skips=_not_to_answer,
            form=DenialForm,
            permission="orders.confirm_payment",
            icon="x",
            tone="danger",
            tabs=("waiting", "all"),
            says=_("The orders go back to review with an exception that keeps them from being approved."),
        ),
    ),
    export=Export(
        permission="orders.export_orders",
        columns=(
            ExportColumn(_("Order number"), "label"),
            ExportColumn(_("Shop"), "order__shop__name"),
            ExportColumn(_("Question"), "said"),
            ExportColumn(_("Amount"), "amount", kind="money"),
            ExportColumn(_("Paid on the platform"), "order__paid", kind="money"),
            ExportColumn(_("Asked by"), "asked_by__name"),
            ExportColumn(_("Asked at"), "asked_at", kind="time"),
            ExportColumn(
                _("Answer"),
                lambda row: "" if row["answered_at"] is None else _now("yes") if row["is_confirmed"] else _now("no"),
            ),
            ExportColumn(_("Remark"), "answer"),
            ExportColumn(_("Answered by"), "answered_by__name"),
            ExportColumn(_("Answered at"), "answered_at", kind="time"),
        ),
    ),
    template="orders/finance/list.html",
    empty=Empty(_("Nobody waits for finance."), _("Reviewers and rules ask here when a price or a payment looks odd.")),
)


def _payment(key: int) -> Payment:
    found = Payment.objects.select_related("order__shop", "asked_by", "answered_by").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@allowed("orders.confirm_payment")
@require_GET
def payment(request: HttpRequest, key: int) -> HttpResponse:
    """Show a question with what its order is about, and the form for the answer."""
    found, at, by = _payment(key), now(), actor(request)
    order = found.order
    is_open, is_own = found.answered_at is None, found.asked_by_id == by.pk
    context = {
        "payment": found,
        "said": question_said(found.question),
        "order": order,
        "whole": whole_order(order, at=at, by=by.pk),
        "tone": TONES[OrderState(order.state)],
        "form": AnswerForm(initial={"amount": found.amount}, auto_id="answer_%s") if is_open and not is_own else None,
        "is_own": is_open and is_own,
        "others": order.payments.select_related("asked_by", "answered_by").exclude(pk=found.pk),
        "history": history_of(order, most=30),
        "in_drawer": in_drawer(request),
        "at": at,
    }
    return render(request, "orders/finance/payment.html", context)


@allowed("orders.confirm_payment")
@require_POST
def payment_answer(request: HttpRequest, key: int) -> HttpResponseBase:
    """Give finance's answer to one question."""
    found = _payment(key)
    values = checked(AnswerForm(request.POST))
    order = answer_finance(found, **values, by=actor(request), at=now())
    said = _now("%(order)s is confirmed.") if values["confirmed"] else _now("%(order)s is denied.")
    messages.success(request, said % {"order": order})
    return back_to(request, "orders:payment", key)
