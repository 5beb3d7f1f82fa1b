"""The workbench of after-sales: every case, the one the platform decides next on top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.actions.aftersales import agree_after_sale, pass_after_sale, refuse_after_sale
from service.actions.refunds import confirm_refund
from service.filters.aftersales import AfterSaleFilters
from service.forms.aftersales import AnswerForm, HandOnForm, WhyForm
from service.models import AfterSale
from service.queries.aftersales import (
    OPEN,
    UNCONFIRMED,
    add_case_words,
    listed_after_sales,
    matching_after_sales,
    page_totals,
    pressing,
)
from service.queries.platform_states import DIFFERS
from service.states import GIVEN_UP, AfterSaleState
from service.views.after_sale_offers import HANDLE
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
from shopops.kit.lists.declarations import Row
from shopops.kit.sentences import sentence
from staff.models import Employee

S = AfterSaleState


def _chosen(ids: Sequence[int]) -> list[AfterSale]:
    return list(AfterSale.objects.filter(pk__in=ids).select_related("order").order_by("pk"))


def _agree(ids: Sequence[int], *, by: Employee, at: datetime, answer: str = "") -> Refusals:
    return one_by_one(_chosen(ids), lambda case: agree_after_sale(case, answer=answer, by=by, at=at))


def _refuse(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(_chosen(ids), lambda case: refuse_after_sale(case, reason=reason, by=by, at=at))


def _pass(ids: Sequence[int], *, by: Employee, at: datetime, to: Employee, reason: str = "") -> Refusals:
    return one_by_one(_chosen(ids), lambda case: pass_after_sale(case, to, note=reason, by=by, at=at))


def _refund(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(_chosen(ids), lambda case: confirm_refund(case, by=by, at=at))


def _not_in(ids: Sequence[int], *states: str) -> Refusals:
    labels = dict(S.choices)
    others = AfterSale.objects.filter(pk__in=ids).exclude(state__in=states).values_list("pk", "state")
    return {key: sentence(_("is “%(state)s”"), state=labels[S(state)]) for key, state in others}


def _answered(ids: Sequence[int], _reader: Reader) -> Refusals:
    return _not_in(ids, S.ASKED)


def _not_to_refund(ids: Sequence[int], _reader: Reader) -> Refusals:
    return _not_in(ids, S.TO_REFUND)


def _ended(ids: Sequence[int], _reader: Reader) -> Refusals:
    over = AfterSale.objects.filter(pk__in=ids, done_at__isnull=False).values_list("pk", flat=True)
    return dict.fromkeys(over, _("has ended"))


def _mine(reader: Reader) -> Q:
    return Q(OPEN, holder=reader.by)


def _pressing(reader: Reader) -> Q:
    return pressing(reader.at)


def _cost(row: Row) -> Decimal:
    return Decimal(row["cost"])


AFTER_SALE_LIST = ListPage(
    name="service.after_sales",
    title=_("After-sales"),
    note=_("Refunds, returns, exchanges, repairs, price differences; what the platform decides next is on top."),
    icon="rotate-ccw",
    permission="service.view_aftersale",
    rows=listed_after_sales,
    values=(
        "number",
        "kind",
        "state",
        "reason",
        "order_id",
        "order__number",
        "buyer_id",
        "buyer__nick",
        "shop__name",
        "holder__name",
        "asked_at",
        "answer_by",
        "times_out_at",
        "done_at",
        "amount",
        "refunded",
        "platform_number",
        "return_carrier",
        "return_waybill",
        "cause",
        "cause_text",
        "cause_confirmed_at",
        "culprit__name",
        "goods_cost",
        "postage_cost",
        "compensation",
    ),
    finish=add_case_words,
    cells="service/aftersales/cells.html",
    columns=(
        Column("case", _("Case number"), fixed=True, card="full"),
        Column("goods", _("Goods and reason"), card="full"),
        Column("amount", _("Amount"), end=True, card="right"),
        Column("state", _("State"), card="left"),
        Column("timer", _("Time left"), sort="timer", card="left"),
        Column("buyer", _("Buyer and order"), card="full"),
        Column("back", _("Return waybill"), card="none"),
        Column("holder", _("With"), card="left"),
        Column("cause", _("Cause"), card="left", shown=False),
        Column("cost", _("Cost"), end=True, card="none", shown=False),
        Column("asked", _("Requested"), sort="asked", card="none", shown=False),
        Column("shop", _("Shop"), shown=False),
    ),
    tabs=(
        Tab("open", _("Open"), OPEN),
        Tab("pressing", _("Time runs out"), _pressing, tone="danger"),
        Tab("differs", _("Differs from the platform"), DIFFERS, tone="danger", sort="asked"),
        Tab("asked", _("To review"), Q(state=S.ASKED), tone="warn"),
        Tab("agreed", _("Waiting for goods"), Q(state=S.AGREED)),
        Tab("on_the_way", _("On the way"), Q(state=S.ON_THE_WAY)),
        Tab("arrived", _("To inspect"), Q(state=S.ARRIVED), tone="warn"),
        Tab("to_send", _("To send"), Q(state=S.TO_SEND)),
        Tab("to_refund", _("To refund"), Q(state=S.TO_REFUND), tone="warn"),
        Tab("disputed", _("Disputed"), Q(state=S.DISPUTED), tone="danger"),
        Tab("mine", _("Mine"), _mine),
        Tab("causes", _("Cause to confirm"), UNCONFIRMED, permission="service.confirm_cause", sort="asked"),
        Tab("done", _("Done"), Q(state=S.DONE), counted=False, sort="asked"),
        Tab("closed", _("Refused or withdrawn"), Q(state__in=(S.REFUSED, S.WITHDRAWN)), counted=False, sort="asked"),
        Tab("valid", _("All but refused"), ~Q(state__in=GIVEN_UP), counted=False, sort="asked"),
        Tab("all", _("All"), counted=False, sort="asked"),
    ),
    sorts=(
        Sort("timer", "times_out_at", _("Time left"), ascending=True, nullable=True),
        Sort("asked", "asked_at", _("Requested")),
    ),
    filters=AfterSaleFilters,
    search=matching_after_sales,
    search_hint=_("Case, order, refund number, waybill, buyer, last 4 digits of the phone"),
    opens="service:after_sale",
    opens_by="number",
    row_name="number",
    row_tone="edge",
    summary=page_totals,
    batch=(
        BatchAction(
            "agreement",
            _("Agree"),
            run=_agree,
            skips=_answered,
            form=AnswerForm,
            permission=HANDLE,
            icon="check",
            tone="primary",
            tabs=("open", "pressing", "asked", "mine", "all"),
        ),
        BatchAction(
            "refusal",
            _("Refuse"),
            run=_refuse,
            skips=_answered,
            form=WhyForm,
            permission=HANDLE,
            icon="x",
            tone="danger",
            tabs=("open", "pressing", "asked", "mine", "all"),
        ),
        BatchAction(
            "refund",
            _("Confirm refunds"),
            run=_refund,
            skips=_not_to_refund,
            permission="service.refund_buyer",
            icon="wallet",
            tone="primary",
            says=_("Each is kept as paid with the amount that was asked for, never above what the buyer paid."),
            tabs=("open", "pressing", "to_refund", "mine", "all"),
            typed_count=True,
        ),
        BatchAction(
            "passing",
            _("Pass on"),
            run=_pass,
            skips=_ended,
            form=HandOnForm,
            permission=HANDLE,
            icon="arrow-left-right",
        ),
    ),
    export=Export(
        permission="service.export_aftersales",
        columns=(
            ExportColumn(_("After-sale number"), "number"),
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Order number"), "order__number"),
            ExportColumn(_("Refund number"), "platform_number"),
            ExportColumn(_("Buyer"), "buyer"),
            ExportColumn(_("Goods"), "goods"),
            ExportColumn(_("Buyer's words"), "reason"),
            ExportColumn(_("Asked, yuan"), "amount", kind="money"),
            ExportColumn(_("Refunded, yuan"), "refunded", kind="money"),
            ExportColumn(_("Return waybill"), "return_waybill"),
            ExportColumn(_("With"), "holder__name"),
            ExportColumn(_("Requested at"), "asked_at", kind="time"),
            ExportColumn(_("Platform decides at"), "times_out_at", kind="time"),
            ExportColumn(_("Case ended at"), "done_at", kind="time"),
            ExportColumn(_("Cause"), "cause_label"),
            ExportColumn(_("Whose step it was"), "culprit__name"),
            ExportColumn(_("How it came"), "cause_text"),
            ExportColumn(_("Cost, yuan"), _cost, kind="money"),
        ),
    ),
    template="service/aftersales/list.html",
    empty=Empty(
        _("No after-sale cases here."),
        _("They come with the platform's refund list, or are opened from an order."),
        _("New case"),
        "service:after_sale_new",
    ),
)
