"""Promises to buyers: list, page, a new one by hand (CS-064)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.buyers import ensure_buyers
from service.actions.promises import break_promise, drop_promise, keep_promise, make_promise, move_promise
from service.filters.agents_day import PromiseFilters
from service.forms.agents_day import BuyersPromiseForm, MoveForm, NoteForm, ReasonForm
from service.models import Promise
from service.queries.agents_day import PROMISE_TONES, add_promise_words, listed_promises, of_buyer
from service.states import PromiseState
from service.views.papers import Fact, Paper, deed, find, form_page, list_context, show_paper, values_of
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
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import moment
from staff.models import Employee
from warehouse.views.asking import Offer, actor

HOME = ("service:promise_list", _("Promises"))
_OPEN = Q(state=PromiseState.OPEN)


def _keep_many(ids: Sequence[int], *, by: Employee, at: datetime, outcome: str) -> Refusals:
    found = Promise.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: keep_promise(one, outcome=outcome, by=by, at=at))


def _over(ids: Sequence[int], _reader: Reader) -> Refusals:
    over = Promise.objects.filter(pk__in=ids).exclude(_OPEN).values_list("pk", flat=True)
    return dict.fromkeys(over, _("is over"))


PROMISE_LIST = ListPage(
    name="service.promise_list",
    title=_("Promises"),
    note=_("What buyers were promised, and until when. Nothing is promised that is not kept (CS-064)."),
    icon="handshake",
    permission="service.view_promise",
    rows=listed_promises,
    values=("buyer__nick", "text", "holder__name", "made_at", "due_at", "state", "ended_at", "outcome", "order_number"),
    finish=add_promise_words,
    cells="service/promises/cells.html",
    columns=(
        Column("text", _("Promise"), fixed=True, card="full"),
        Column("buyer", _("Buyer"), card="left"),
        Column("state", _("State"), card="right"),
        Column("holder", _("With"), card="left"),
        Column("due", _("Due"), sort="due", card="right"),
        Column("outcome", _("Outcome"), card="full"),
    ),
    tabs=(
        Tab("mine", _("Mine to keep"), lambda reader: _OPEN & Q(holder=reader.by), tone="warn", sort="-due"),
        Tab("late", _("Late"), lambda reader: _OPEN & Q(due_at__lte=reader.at), tone="danger", sort="-due"),
        Tab("open", _("Open"), _OPEN, sort="-due"),
        Tab("kept", _("Fulfilled"), Q(state=PromiseState.KEPT), counted=False),
        Tab("broken", _("Not kept"), Q(state=PromiseState.BROKEN), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("due", "due_at", _("Due")),),
    filters=PromiseFilters,
    search=of_buyer,
    search_hint=_("Buyer's nick"),
    opens="service:promise",
    row_name="text",
    row_tone="edge",
    batch=(
        BatchAction(
            "keeping",
            _("Fulfilled"),
            run=_keep_many,
            skips=_over,
            form=NoteForm,
            permission="service.serve_buyer",
            icon="check-check",
            tone="primary",
        ),
    ),
    export=Export(
        permission="service.export_conversations",
        columns=(
            ExportColumn(_("Due"), "due_at", kind="time"),
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["buyer__nick"])),
            ExportColumn(_("Nick in full"), "buyer__nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Promise"), "text"),
            ExportColumn(_("Order number"), "order_number"),
            ExportColumn(_("With"), "holder__name"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Ended at"), "ended_at", kind="time"),
            ExportColumn(_("Outcome"), "outcome"),
        ),
    ),
    template="service/list_page.html",
    context=lambda request, _shown: list_context(request, "promises", "service:promise_new", _("Note a promise")),
    empty=Empty(_("No promises here."), _("Note one from a conversation, or by hand.")),
)


def _is_open(one: Promise) -> bool:
    return one.state == PromiseState.OPEN


OFFERS: tuple[Offer[Promise], ...] = (
    Offer(
        "keeping",
        _("Fulfilled"),
        "service:promise_keeping",
        "service.serve_buyer",
        "check",
        when=_is_open,
        form=NoteForm,
        place="first",
    ),
    Offer(
        "moving",
        _("Put off"),
        "service:promise_moving",
        "service.serve_buyer",
        "calendar-clock",
        when=_is_open,
        form=MoveForm,
        says=_("The buyer has to agree."),
    ),
    Offer(
        "breaking",
        _("Cannot be kept"),
        "service:promise_breaking",
        "service.serve_buyer",
        "x",
        when=_is_open,
        form=ReasonForm,
        tone="danger",
    ),
    Offer(
        "dropping",
        _("Drop"),
        "service:promise_dropping",
        "service.serve_buyer",
        "ban",
        when=_is_open,
        form=ReasonForm,
        place="more",
    ),
)


@allowed("service.view_promise")
@require_GET
def promise(request: HttpRequest, key: int) -> HttpResponse:
    """Show a promise and what came of it."""
    found = find(Promise, key, "buyer", "holder", "made_by", "conversation__buyer")
    is_late = found.ended_at is not None and found.ended_at > found.due_at
    talk = found.conversation
    facts = [
        Fact(_("With"), found.holder),
        Fact(_("Promised by"), f"{found.made_by} · {moment(found.made_at)}"),
        Fact(_("Due"), moment(found.due_at)),
        Fact(_("Order number"), found.order_number),
        Fact(_("Conversation"), talk, talk.get_absolute_url() if talk else ""),
        Fact(_("Ended at"), found.ended_at and moment(found.ended_at), tone="danger" if is_late else ""),
    ]
    paper = Paper(
        title=found.text[:60],
        home=HOME,
        state=found.get_state_display(),
        tone=PROMISE_TONES[PromiseState(found.state)],
        line=mask_nick(found.buyer.nick),
        due_at=found.due_at if _is_open(found) else None,
        facts=facts,
        texts=[(_("Promise"), found.text), (_("Outcome"), found.outcome)],
    )
    return show_paper(request, found, paper, OFFERS)


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def promise_new(request: HttpRequest) -> HttpResponseBase:
    """Write down a promise that was made outside a conversation."""

    def keep(values: dict[str, Any]) -> str:
        at = now()
        nick = values.pop("nick").strip()
        buyer = ensure_buyers([nick], at=at)[nick]
        return make_promise(buyer, values.pop("text"), **values, by=actor(request), at=at).get_absolute_url()

    form = BuyersPromiseForm(
        request.POST or None,
        initial={"nick": request.GET.get("buyer", ""), "order_number": request.GET.get("order", "")},
    )
    return form_page(request, form, keep, title=_("Note a promise"), home=HOME, submit=_("Note"))


def _keep(request: HttpRequest, found: Promise, by: Employee, at: datetime) -> str:
    keep_promise(found, outcome=values_of(request, NoteForm)["outcome"], by=by, at=at)
    return _now("Fulfilled.")


def _break(request: HttpRequest, found: Promise, by: Employee, at: datetime) -> str:
    break_promise(found, reason=values_of(request, ReasonForm)["reason"], by=by, at=at)
    return _now("Noted.")


def _drop(request: HttpRequest, found: Promise, by: Employee, at: datetime) -> str:
    drop_promise(found, reason=values_of(request, ReasonForm)["reason"], by=by, at=at)
    return _now("Dropped.")


def _move(request: HttpRequest, found: Promise, by: Employee, at: datetime) -> str:
    values = values_of(request, MoveForm)
    move_promise(found, values["due_at"], reason=values["reason"], by=by, at=at)
    return _now("Put off.")


promise_keeping = deed("service.serve_buyer", Promise, "service:promise", _keep)
promise_breaking = deed("service.serve_buyer", Promise, "service:promise", _break)
promise_dropping = deed("service.serve_buyer", Promise, "service:promise", _drop)
promise_moving = deed("service.serve_buyer", Promise, "service:promise", _move)
