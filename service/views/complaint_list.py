"""The list of complaints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.actions.complaint_clock import escalate_complaint, pass_complaint
from service.actions.complaints import archive_complaint
from service.filters.complaints import ComplaintFilters
from service.forms.complaints import ImprovementForm, PassForm, WhyForm
from service.models import Complaint
from service.queries.complaints import OPEN, add_complaint_words, late, listed_complaints, matching_complaints
from service.states import ComplaintState
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


def _chosen(ids: Sequence[int]) -> list[Complaint]:
    return list(Complaint.objects.filter(pk__in=ids).select_related("handler", "received_by"))


def _pass(ids: Sequence[int], *, by: Employee, at: datetime, to: Employee, reason: str = "") -> Refusals:
    return one_by_one(_chosen(ids), lambda one: pass_complaint(one, to=to, reason=reason, by=by, at=at))


def _escalate(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(_chosen(ids), lambda one: escalate_complaint(one, reason=reason, by=by, at=at))


def _archive(ids: Sequence[int], *, by: Employee, at: datetime, improvement: str = "") -> Refusals:
    return one_by_one(_chosen(ids), lambda one: archive_complaint(one, improvement=improvement, by=by, at=at))


def _not_open(ids: Sequence[int], _reader: Reader) -> Refusals:
    over = Complaint.objects.filter(pk__in=ids).exclude(state__in=OPEN).values_list("pk", flat=True)
    return dict.fromkeys(over, _("nobody works on it any more"))


def _not_resolved(ids: Sequence[int], _reader: Reader) -> Refusals:
    others = Complaint.objects.filter(pk__in=ids).exclude(state=ComplaintState.RESOLVED).values_list("pk", flat=True)
    return dict.fromkeys(others, _("its result is not confirmed"))


def _late(reader: Reader) -> Q:
    return late(reader.at)


def _mine(reader: Reader) -> Q:
    return Q(handler=reader.by, state__in=OPEN)


COMPLAINT_LIST = ListPage(
    name="service.complaints",
    title=_("Complaints"),
    note=_("Apologise first, then listen, register, find the cause, answer in time. A second person confirms."),
    icon="octagon-alert",
    permission="service.view_complaint",
    rows=listed_complaints,
    values=(
        "number",
        "state",
        "severity",
        "source",
        "text",
        "cause",
        "level",
        "buyer_id",
        "buyer__nick",
        "order_id",
        "order__number",
        "shop__name",
        "handler__name",
        "culprit__name",
        "received_at",
        "received_by__name",
        "answer_by",
        "answered_at",
        "result",
        "rating",
        "verdict",
        "repeats_id",
        "unit__name",
    ),
    finish=add_complaint_words,
    cells="service/complaints/cells.html",
    columns=(
        Column("complaint", _("Complaint"), fixed=True, card="full"),
        Column("buyer", _("Buyer and order"), card="full"),
        Column("gravity", _("How grave"), card="left"),
        Column("state", _("State"), card="right"),
        Column("due", _("Answer"), sort="due", card="left"),
        Column("handler", _("Handler"), card="right"),
        Column("cause", _("Cause"), card="none"),
        Column("rating", _("Content"), card="none", shown=False),
    ),
    tabs=(
        Tab("open", _("To work on"), Q(state__in=OPEN), tone="warn", sort="due"),
        Tab("late", _("Late"), _late, tone="danger", sort="due"),
        Tab("mine", _("Mine"), _mine, sort="due"),
        Tab("confirm", _("To confirm"), Q(state=ComplaintState.HANDLING, answered_at__isnull=False)),
        Tab("again", _("Repeated"), Q(repeats__isnull=False, state__in=OPEN), tone="warn"),
        Tab("archive", _("To archive"), Q(state=ComplaintState.RESOLVED)),
        Tab("revisit", _("To visit again"), Q(state=ComplaintState.ARCHIVED)),
        Tab("done", _("Done"), Q(state__in=(ComplaintState.REVISITED, ComplaintState.WITHDRAWN)), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("received", "received_at", _("Taken in")),
        Sort("due", "answer_by", _("Answer by"), ascending=True),
    ),
    filters=ComplaintFilters,
    search=matching_complaints,
    search_hint=_("Complaint no., order no., buyer"),
    opens="service:complaint",
    opens_by="number",
    row_name="number",
    row_tone="edge",
    batch=(
        BatchAction(
            "passing",
            _("Pass on"),
            run=_pass,
            skips=_not_open,
            form=PassForm,
            permission="service.handle_complaint",
            icon="arrow-left-right",
            tabs=("open", "late", "mine", "all"),
        ),
        BatchAction(
            "escalation",
            _("Take up a level"),
            run=_escalate,
            skips=_not_open,
            form=WhyForm,
            permission="service.handle_complaint",
            icon="arrow-up",
            tabs=("open", "late", "mine"),
        ),
        BatchAction(
            "archive",
            _("Archive"),
            run=_archive,
            skips=_not_resolved,
            form=ImprovementForm,
            permission="service.handle_complaint",
            icon="archive",
            tone="primary",
            tabs=("archive",),
        ),
    ),
    export=Export(
        permission="service.handle_complaint",
        columns=(
            ExportColumn(_("Complaint number"), "number"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Buyer"), "nick"),
            ExportColumn(_("Order number"), lambda row: row["order__number"] or ""),
            ExportColumn(_("Source"), "source_label"),
            ExportColumn(_("How grave"), "gravity"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Complaint"), "text"),
            ExportColumn(_("What the investigation found"), "verdict_label"),
            ExportColumn(_("Cause"), "cause_label"),
            ExportColumn(_("Department"), "unit__name"),
            ExportColumn(_("Whose step it was"), "culprit__name"),
            ExportColumn(_("Handler"), "handler__name"),
            ExportColumn(_("Taken in"), "received_at", kind="time"),
            ExportColumn(_("Answer by"), "answer_by", kind="time"),
            ExportColumn(_("Answered at"), "answered_at", kind="time"),
            ExportColumn(_("Result"), "result"),
            ExportColumn(_("Content"), "rating", kind="count"),
        ),
    ),
    template="service/complaints/list.html",
    empty=Empty(
        _("No complaints here."),
        _("They are taken in from a conversation, an order, or by hand."),
        _("Take a complaint in"),
        "service:complaint_new",
    ),
)
