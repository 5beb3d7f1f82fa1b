"""Quality inspection: the list, drawing by lot, and what it came to agent by agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.inspections import draw_inspections, drop_inspection
from service.forms.quality import DrawForm
from service.models import Inspection
from service.queries.inspections import (
    TOLD,
    add_inspection_words,
    agent_figures,
    listed_inspections,
    matching_inspections,
)
from service.states import DrawRule, InspectionState
from shopops.kit.access import allowed
from shopops.kit.charts import Point, horizontal_bars
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
from shopops.kit.masking import mask_nick
from shopops.kit.refusals import Refused
from staff.forms.cases import ReasonForm
from staff.models import Employee
from staff.views.asking import actor

SPANS = (30, 90, 365)
"""Days the figures are of."""
WEAK = 80
"""Per cent: a criterion below this is named."""
_DAY = timedelta(days=1)


class InspectionFilters(ListFilters):
    """The filters of inspections."""

    agent = AnyOfFilter(
        field_name="agent_id",
        choices=lambda: [(str(pk), name) for pk, name in _agents()],
        label=_("Agent"),
        first=True,
    )
    rule = AnyOfFilter(field_name="rule", choices=DrawRule.choices, label=_("Drawn from"), first=True)
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
        "rule",
        "contested_at",
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
        Tab("disputed", _("Contested"), Q(state=InspectionState.DISPUTED), tone="danger"),
        Tab("scored", _("Scored"), Q(state=InspectionState.SCORED)),
        Tab("mine", _("Mine"), lambda reader: Q(agent=reader.by, state__in=TOLD)),
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
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["conversation__buyer__nick"])),
            ExportColumn(_("Nick in full"), "conversation__buyer__nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Opened at"), "conversation__opened_at", kind="time"),
            ExportColumn(_("Drawn from"), "rule_label"),
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
                asked["first"],
                asked["last"],
                per_agent=asked["per_agent"],
                rule=asked["rule"],
                agents=asked["agents"],
                by=actor(request),
                at=now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("%(count)s conversations drawn.") % {"count": len(drawn)})
            return redirect("service:inspections")
    return render(request, "service/inspections/draw.html", {"form": form})


@allowed("service.inspect_conversation")
@require_GET
def inspection_figures(request: HttpRequest) -> HttpResponse:
    """Show what inspections came to, agent by agent and criterion by criterion."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in SPANS} else SPANS[0]
    at = now()
    figures = agent_figures(at - days * _DAY)
    names = list(dict.fromkeys(name for one in figures for name in one.points))
    since = shop_day(at - days * _DAY)
    bars = [
        Point(one.name, one.average, href=f"{reverse('service:inspections')}?tab=scored&agent={one.agent_id}")
        for one in figures
    ]
    return render(
        request,
        "service/inspections/figures.html",
        {
            "days": days,
            "choices": SPANS,
            "since": since,
            "figures": [(one, [one.shares.get(name) for name in names]) for one in figures],
            "names": names,
            "weak": [(one, one.weakest) for one in figures if one.weakest and one.weakest[1] < WEAK],
            "chart": horizontal_bars(bars, title=_now("Average score"), name=_now("Average score"), width=520),
        },
    )
