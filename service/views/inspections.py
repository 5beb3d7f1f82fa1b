"""Quality inspection: the list, drawing, and the score sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from service.actions.inspections import draw_inspections, drop_inspection, ensure_criteria, score_inspection
from service.forms.quality import DrawForm, ScoreSheet
from service.models import Inspection
from service.queries.inspections import (
    add_inspection_words,
    listed_inspections,
    matching_inspections,
    scored_lines,
    tone_of,
    whole_inspections,
)
from service.states import InspectionState, Sender
from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import (
    AnyOfFilter,
    BatchAction,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.refusals import Refused
from staff.forms.cases import ReasonForm
from staff.models import Employee
from staff.queries.history import history_of
from staff.views.asking import actor, checked

_DAY = timedelta(days=1)


class InspectionFilters(ListFilters):
    """The filters of inspections."""

    agent = AnyOfFilter(
        field_name="agent_id",
        choices=lambda: [(str(pk), name) for pk, name in _agents()],
        label=_("Agent"),
        first=True,
    )
    scored = DaysFilter(field_name="scored_at", label=_("Scored on"), first=True)
    drawn = DaysFilter(field_name="drawn_at", label=_("Drawn on"))


def _agents() -> list[tuple[int, str]]:
    found = Inspection.objects.order_by("agent__name_pinyin").values_list("agent_id", "agent__name")
    return list(found.distinct())


def _drop(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    found = Inspection.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: drop_inspection(one, reason=reason, by=by, at=at))


INSPECTIONS_PAGE = ListPage(
    name="service.inspections",
    title=_("Quality inspection"),
    note=_("Conversations drawn by lot and scored by somebody else than the agent."),
    icon="clipboard-check",
    permission="service.view_conversation",
    rows=listed_inspections,
    values=(
        "state",
        "agent__name",
        "conversation_id",
        "conversation__buyer__nick",
        "conversation__opened_at",
        "conversation__preview",
        "drawn_at",
        "inspector__name",
        "scored_at",
        "total",
    ),
    finish=add_inspection_words,
    cells="service/inspections/cells.html",
    columns=(
        Column("conversation", _("Conversation"), fixed=True, card="full"),
        Column("agent", _("Agent"), card="left"),
        Column("state", _("State"), card="right"),
        Column("total", _("Score"), sort="total", end=True, card="right"),
        Column("inspector", _("Inspector"), card="left"),
        Column("drawn", _("Drawn on"), sort="drawn", card="full"),
    ),
    tabs=(
        Tab(
            "todo",
            _("To score"),
            lambda reader: Q(state=InspectionState.DRAWN) & ~Q(agent=reader.by),
            permission="service.inspect_conversation",
            tone="warn",
        ),
        Tab("scored", _("Scored"), Q(state=InspectionState.SCORED)),
        Tab("mine", _("Mine"), lambda reader: Q(agent=reader.by, state=InspectionState.SCORED)),
        Tab("dropped", _("Dropped"), Q(state=InspectionState.DROPPED), permission="service.inspect_conversation"),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("drawn", "drawn_at", _("Drawn on")), Sort("total", "total", _("Score"))),
    filters=InspectionFilters,
    search=matching_inspections,
    search_hint=_("Agent or nick of the buyer"),
    opens="service:inspection",
    row_name="conversation__preview",
    batch=(
        BatchAction(
            "dropping",
            _("Drop"),
            run=_drop,
            form=ReasonForm,
            permission="service.inspect_conversation",
            icon="x",
            tabs=("todo",),
        ),
    ),
    export=Export(
        permission="service.inspect_conversation",
        columns=(
            ExportColumn(_("Agent"), "agent__name"),
            ExportColumn(_("Buyer"), "conversation__buyer__nick"),
            ExportColumn(_("Opened at"), "conversation__opened_at", kind="time"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Score"), "total"),
            ExportColumn(_("Inspector"), "inspector__name"),
            ExportColumn(_("Scored on"), "scored_at", kind="time"),
        ),
    ),
    template="service/inspections/list.html",
    empty=Empty(_("No inspections here."), _("Draw conversations of the last days to begin.")),
)


@allowed("service.inspect_conversation")
@require_http_methods(["GET", "POST"])
def inspection_draw(request: HttpRequest) -> HttpResponseBase:
    """Ask of which days, and draw."""
    yesterday = shop_day(now()) - _DAY
    form = DrawForm(request.POST or None, until=yesterday, since=yesterday - 6 * _DAY)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            drawn = draw_inspections(
                asked["first"], asked["last"], per_agent=asked["per_agent"], by=actor(request), at=now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("%(count)s conversations drawn.") % {"count": len(drawn)})
            return redirect("service:inspections")
    return render(request, "service/inspections/draw.html", {"form": form})


@allowed("service.view_conversation")
@require_http_methods(["GET", "POST"])
def inspection(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show a drawn conversation with its score sheet, and take the scores."""
    found = _visible(request, number)
    reader = actor(request)
    may_score = (
        found.state == InspectionState.DRAWN
        and reader.pk != found.agent_id
        and reader.has_perm("service.inspect_conversation")
    )
    form = ScoreSheet(request.POST or None, criteria=ensure_criteria()) if may_score else None
    if request.method == "POST":
        if form is None:
            raise Refused(_("This conversation is not yours to score, or has been scored already."))
        if form.is_valid():
            score_inspection(found, form.points(), note=form.cleaned_data["note"], by=reader, at=now())
            messages.success(request, _now("Scored; the agent has been told."))
            return redirect(found)
    return render(
        request,
        "service/inspections/inspection.html",
        {
            "inspection": found,
            "form": form,
            "dropping": ReasonForm(),
            "lines": scored_lines(found),
            "tone": tone_of(found.total),
            "senders": Sender,
            "chat": found.conversation.messages.select_related("employee").order_by("at", "pk")[:500],
            "story": history_of(found),
        },
    )


@allowed("service.inspect_conversation")
@require_POST
def inspection_dropping(request: HttpRequest, number: int) -> HttpResponseBase:
    """Drop a drawn conversation."""
    found = _visible(request, number)
    drop_inspection(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Dropped."))
    return redirect("service:inspections")


def _visible(request: HttpRequest, number: int) -> Inspection:
    """Return an inspection the reader may see: an inspector any, an agent their own when it is scored."""
    found = get_object_or_404(whole_inspections(), pk=number)
    reader = actor(request)
    own = found.agent_id == reader.pk and found.state == InspectionState.SCORED
    if not own and not reader.has_perm("service.inspect_conversation"):
        raise Http404
    return found
