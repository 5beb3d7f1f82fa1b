"""The list of returned parcels: ownerless, to be inspected, put aside, done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.actions.returns import close_ownerless_parcel
from service.filters.aftersales import ReturnFilters
from service.forms.aftersales import WhyForm
from service.models import ReturnParcel
from service.queries.returns import add_return_words, listed_returns, matching_returns
from service.states import ReturnState
from service.views.returns import DESK
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
from shopops.kit.sentences import sentence
from staff.models import Employee


def _chosen(ids: Sequence[int]) -> list[ReturnParcel]:
    return list(ReturnParcel.objects.filter(pk__in=ids).select_related("case").order_by("pk"))


def _close_many(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(_chosen(ids), lambda parcel: close_ownerless_parcel(parcel, outcome=reason, by=by, at=at))


def _with_owner(ids: Sequence[int], _reader: Reader) -> Refusals:
    """Say which parcels are closed by their inspection, not by hand."""
    labels = dict(ReturnState.choices)
    closable = (ReturnState.OWNERLESS, ReturnState.WRONG)
    others = ReturnParcel.objects.filter(pk__in=ids).exclude(state__in=closable).values_list("pk", "state")
    return {key: sentence(_("is “%(state)s”"), state=labels[ReturnState(state)]) for key, state in others}


RETURN_LIST = ListPage(
    name="service.returns",
    title=_("Returned parcels"),
    note=_("Everything that came back: those nobody owns yet, those to be inspected, those done."),
    icon="package-open",
    permission="service.view_returnparcel",
    rows=listed_returns,
    values=(
        "waybill",
        "carrier",
        "state",
        "content",
        "found",
        "photo",
        "case__number",
        "case__order__number",
        "received_by__name",
        "received_at",
        "settled_at",
    ),
    finish=add_return_words,
    cells="service/returns/cells.html",
    columns=(
        Column("parcel", _("Parcel"), fixed=True, card="full"),
        Column("content", _("What is in it"), card="full"),
        Column("case", _("Case number"), card="left"),
        Column("state", _("State"), card="right"),
        Column("received", _("Came in at"), sort="received", card="left"),
        Column("settled", _("Goods inspected"), card="left", shown=False),
    ),
    tabs=(
        Tab("ownerless", _("Ownerless"), Q(state=ReturnState.OWNERLESS), tone="warn"),
        Tab("matched", _("To inspect"), Q(state=ReturnState.MATCHED)),
        Tab("wrong", _("Other goods in it"), Q(state=ReturnState.WRONG), tone="danger"),
        Tab("settled", _("Goods inspected"), Q(state=ReturnState.SETTLED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("received", "received_at", _("Came in at")),),
    filters=ReturnFilters,
    search=matching_returns,
    search_hint=_("Waybill, case, order, content"),
    opens="service:return_parcel",
    row_name="waybill",
    batch=(
        BatchAction(
            "closing",
            _("Close"),
            run=_close_many,
            form=WhyForm,
            permission=DESK,
            icon="archive",
            skips=_with_owner,
            says=_("For parcels whose owner was not found or with other goods in them: say what became of them."),
            tabs=("ownerless", "wrong"),
        ),
    ),
    export=Export(
        permission="service.export_aftersales",
        columns=(
            ExportColumn(_("Waybill"), "waybill"),
            ExportColumn(_("Carrier"), "carrier"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("What is in it"), "content"),
            ExportColumn(_("What was found"), "found"),
            ExportColumn(_("Case number"), "case__number"),
            ExportColumn(_("Order number"), "case__order__number"),
            ExportColumn(_("Parcel taken in by"), "received_by__name"),
            ExportColumn(_("Taken in at"), "received_at", kind="time"),
            ExportColumn(_("Inspected at"), "settled_at", kind="time"),
        ),
    ),
    template="service/returns/list.html",
    empty=Empty(
        _("No parcels here."),
        _("Scan them at the return desk."),
        _("Return desk"),
        "service:return_desk",
    ),
)
