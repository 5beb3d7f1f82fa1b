"""Follow-ups: list, page with the sheet, regular visits (CS-065…CS-069)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.buyers import ensure_buyers
from service.actions.follow_ups import drop_follow_up, finish_follow_up, move_follow_up, plan_follow_up
from service.filters.agents_day import FollowUpFilters
from service.forms.agents_day import MoveForm, ReasonForm, SheetForm, VisitForm
from service.models import FollowUp
from service.queries.agents_day import (
    FOLLOW_UP_TONES,
    add_follow_up_words,
    channel_labels,
    listed_follow_ups,
    of_buyer,
)
from service.states import FollowUpState
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

HOME = ("service:follow_up_list", _("Follow-ups"))
_DUE = Q(state=FollowUpState.DUE)


def _sheets(ids: Sequence[int], *, by: Employee, at: datetime, **values: Any) -> Refusals:
    """File one sheet for many; the same words three times a day count as copied (CS-067)."""
    return one_by_one(FollowUp.objects.filter(pk__in=ids), lambda one: finish_follow_up(one, **values, by=by, at=at))


def _moves(ids: Sequence[int], *, by: Employee, at: datetime, due_at: datetime, reason: str) -> Refusals:
    found = FollowUp.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: move_follow_up(one, due_at, reason=reason, by=by, at=at))


def _drops(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    found = FollowUp.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: drop_follow_up(one, reason=reason, by=by, at=at))


def _over(ids: Sequence[int], _reader: Reader) -> Refusals:
    over = FollowUp.objects.filter(pk__in=ids).exclude(_DUE).values_list("pk", flat=True)
    return dict.fromkeys(over, _("is over"))


FOLLOW_UP_LIST = ListPage(
    name="service.follow_up_list",
    title=_("Follow-ups"),
    note=_("Who asked yesterday is followed up today, with a sheet (CS-065…CS-068)."),
    icon="reply",
    permission="service.view_followup",
    rows=listed_follow_ups,
    values=(
        "buyer__nick",
        "agent__name",
        "kind",
        "reason",
        "due_at",
        "state",
        "done_at",
        "result",
        "channel",
        "sheet",
    ),
    finish=add_follow_up_words,
    cells="service/follow_ups/cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("reason", _("Why"), card="full"),
        Column("state", _("State"), card="left"),
        Column("agent", _("Agent"), card="left"),
        Column("due", _("Due"), sort="due", card="right"),
        Column("result", _("Result"), card="full"),
    ),
    tabs=(
        Tab("mine", _("Mine to do"), lambda reader: _DUE & Q(agent=reader.by), tone="warn", sort="-due"),
        Tab("late", _("Late"), lambda reader: _DUE & Q(due_at__lte=reader.at), tone="danger", sort="-due"),
        Tab("due", _("To be done"), _DUE, sort="-due"),
        Tab("done", _("Done"), Q(state=FollowUpState.DONE), counted=False),
        Tab("dropped", _("Dropped"), Q(state=FollowUpState.DROPPED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("due", "due_at", _("Due")),),
    filters=FollowUpFilters,
    search=of_buyer,
    search_hint=_("Buyer's nick"),
    opens="service:follow_up",
    row_name="buyer__nick",
    row_hidden=True,
    row_tone="edge",
    batch=(
        BatchAction(
            "sheets",
            _("File sheets"),
            run=_sheets,
            skips=_over,
            form=SheetForm,
            permission="service.serve_buyer",
            icon="check-check",
            tone="primary",
            says=_(
                "One sheet for all of them. The same words for three buyers or more in a day count as sloppy (CS-067)."
            ),
        ),
        BatchAction(
            "moving",
            _("Put off"),
            run=_moves,
            skips=_over,
            form=MoveForm,
            permission="service.serve_buyer",
            icon="calendar-clock",
        ),
        BatchAction(
            "dropping",
            _("Drop"),
            run=_drops,
            skips=_over,
            form=ReasonForm,
            permission="service.serve_buyer",
            icon="ban",
            tone="danger",
        ),
    ),
    export=Export(
        permission="service.export_conversations",
        columns=(
            ExportColumn(_("Due"), "due_at", kind="time"),
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["buyer__nick"])),
            ExportColumn(_("Nick in full"), "buyer__nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Agent"), "agent__name"),
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Why"), "reason"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Done at"), "done_at", kind="time"),
            ExportColumn(_("Result"), "result_label"),
            ExportColumn(_("Sheet"), "sheet"),
        ),
    ),
    template="service/list_page.html",
    context=lambda request, _shown: list_context(request, "follow_ups", "service:follow_up_new", _("Plan a visit")),
    empty=Empty(_("No follow-ups here."), _("A logged consultation plans one for the next day.")),
)


def _is_due(one: FollowUp) -> bool:
    return one.state == FollowUpState.DUE


OFFERS: tuple[Offer[FollowUp], ...] = (
    Offer(
        "sheet",
        _("File the sheet"),
        "service:follow_up_sheet",
        "service.serve_buyer",
        "check",
        when=_is_due,
        form=SheetForm,
        place="first",
    ),
    Offer(
        "moving",
        _("Put off"),
        "service:follow_up_moving",
        "service.serve_buyer",
        "calendar-clock",
        when=_is_due,
        form=MoveForm,
    ),
    Offer(
        "dropping",
        _("Drop"),
        "service:follow_up_dropping",
        "service.serve_buyer",
        "ban",
        when=_is_due,
        form=ReasonForm,
        tone="danger",
        place="more",
    ),
)


@allowed("service.view_followup")
@require_GET
def follow_up(request: HttpRequest, key: int) -> HttpResponse:
    """Show a follow-up: why, until when, its sheet."""
    found = find(FollowUp, key, "buyer", "agent", "consultation", "case", "done_by")
    asked = found.consultation
    is_late = found.done_at is not None and found.done_at > found.due_at
    facts = [
        Fact(_("Agent"), found.agent),
        Fact(_("Buyer"), mask_nick(found.buyer.nick), reverse("service:buyer", args=[found.buyer_id])),
        Fact(_("Due"), moment(found.due_at)),
        Fact(_("Consultation"), asked and asked.get_topic_display(), (asked and asked.get_absolute_url()) or ""),
        Fact(_("After-sale case"), found.case, found.case.get_absolute_url() if found.case else ""),
        Fact(_("Planned at"), moment(found.planned_at)),
        Fact(_("Done by"), found.done_by),
        Fact(_("Done at"), found.done_at and moment(found.done_at), tone="danger" if is_late else ""),
        Fact(_("Reached by"), channel_labels().get(found.channel, "")),
        Fact(_("Result"), found.get_result_display()),
    ]
    texts = [(_("Why"), found.reason), (_("Follow-up sheet"), found.sheet)]
    if asked is not None:
        texts += [(_("Solution"), asked.solution)]
    paper = Paper(
        title=mask_nick(found.buyer.nick),
        home=HOME,
        state=found.get_state_display(),
        tone=FOLLOW_UP_TONES[FollowUpState(found.state)],
        line=found.get_kind_display(),
        due_at=found.due_at if _is_due(found) else None,
        facts=facts,
        texts=texts,
    )
    return show_paper(request, found, paper, OFFERS)


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def follow_up_new(request: HttpRequest) -> HttpResponseBase:
    """Plan to visit a buyer again."""

    def keep(values: dict[str, Any]) -> str:
        at = now()
        nick = values.pop("nick").strip()
        buyer = ensure_buyers([nick], at=at)[nick]
        return plan_follow_up(buyer, **values, by=actor(request), at=at).get_absolute_url()

    asked = {"nick": "buyer", "kind": "kind", "case": "case", "reason": "reason"}
    form = VisitForm(
        request.POST or None, initial={name: request.GET[key] for name, key in asked.items() if key in request.GET}
    )
    return form_page(request, form, keep, title=_("Plan a visit"), home=HOME, submit=_("Plan"))


def _file(request: HttpRequest, found: FollowUp, by: Employee, at: datetime) -> str:
    finish_follow_up(found, **values_of(request, SheetForm), by=by, at=at)
    return _now("The sheet is filed.")


def _move(request: HttpRequest, found: FollowUp, by: Employee, at: datetime) -> str:
    values = values_of(request, MoveForm)
    move_follow_up(found, values["due_at"], reason=values["reason"], by=by, at=at)
    return _now("Put off.")


def _drop(request: HttpRequest, found: FollowUp, by: Employee, at: datetime) -> str:
    drop_follow_up(found, reason=values_of(request, ReasonForm)["reason"], by=by, at=at)
    return _now("Dropped.")


follow_up_sheet = deed("service.serve_buyer", FollowUp, "service:follow_up", _file)
follow_up_moving = deed("service.serve_buyer", FollowUp, "service:follow_up", _move)
follow_up_dropping = deed("service.serve_buyer", FollowUp, "service:follow_up", _drop)
