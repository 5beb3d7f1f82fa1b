"""One inspected conversation: its score sheet, the agent's objection, the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from service.actions.inspections import (
    contest_inspection,
    contest_until,
    drop_inspection,
    ensure_criteria,
    score_inspection,
    uphold_inspection,
)
from service.forms.quality import AnswerForm, ScoreSheet
from service.models import Inspection
from service.queries.inspections import TOLD, TONES, next_to_score, scored_lines, tone_of, whole_inspections
from service.states import InspectionState, Sender
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.forms.cases import ReasonForm
from staff.models import Employee
from staff.queries.history import history_of
from staff.views.asking import actor, checked

MOST_SHOWN = 500
"""Messages of a conversation its sheet shows."""


@allowed("service.view_conversation")
@require_http_methods(["GET", "POST"])
def inspection(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show a drawn conversation with its score sheet, and take the scores."""
    found = _visible(request, number)
    reader, at = actor(request), now()
    may_judge = reader.pk != found.agent_id and reader.has_perm("service.inspect_conversation")
    is_open = found.state in {InspectionState.DRAWN, InspectionState.DISPUTED}
    sheet = ScoreSheet(request.POST or None, criteria=ensure_criteria(), inspection=found)
    form = sheet if may_judge and is_open else None
    if request.method == "POST":
        if form is None:
            raise Refused(_("This conversation is not yours to score, or has been scored already."))
        if form.is_valid():
            return _score(request, found, form, reader, at)
    said = form.remarks() if form is not None and form.is_bound else None
    context = _context(found, reader, at, said) | {"form": form, "dropping": ReasonForm(auto_id="drop_%s")}
    if form is not None and found.state == InspectionState.DISPUTED:
        context["upholding"] = AnswerForm(auto_id="uphold_%s")
    return render(request, "service/inspections/inspection.html", context)


def _score(request: HttpRequest, found: Inspection, form: ScoreSheet, by: Employee, at: datetime) -> HttpResponseBase:
    """Keep a sheet that was filled in; go to the next conversation to score if that was asked for."""
    values = form.cleaned_data
    score_inspection(
        found,
        form.points(),
        note=values["note"],
        notes=form.notes(),
        remarks=form.remarks(),
        answer=values.get("answer", ""),
        by=by,
        at=at,
    )
    messages.success(request, _now("Scored; the agent has been told."))
    following = next_to_score(by) if request.POST.get("then") == "next" else None
    return redirect(following or found)


def _context(found: Inspection, reader: Employee, at: datetime, said: dict[int, str] | None) -> dict[str, Any]:
    """Return what the page shows whoever reads it: the conversation with remarks, the sheet, what can be done.

    :param said: remarks of a sheet that was not accepted yet.
    """
    if said is None:
        said = {one["message"]: one["text"] for one in found.remarks}
    chat = list(found.conversation.messages.select_related("employee").order_by("at", "pk")[:MOST_SHOWN])
    until = contest_until(found.scored_at) if found.scored_at else None
    may_contest = (
        found.agent_id == reader.pk
        and found.state == InspectionState.SCORED
        and found.contested_at is None
        and until is not None
        and at <= until
    )
    return {
        "inspection": found,
        "state_tone": TONES[InspectionState(found.state)],
        "lines": scored_lines(found),
        "tone": tone_of(found.total),
        "senders": Sender,
        "chat": [(line, said.get(line.pk, "")) for line in chat],
        "contest_until": until,
        "contesting": ReasonForm(auto_id="contest_%s") if may_contest else None,
        "story": history_of(found),
    }


@allowed("service.inspect_conversation")
@require_POST
def inspection_dropping(request: HttpRequest, number: int) -> HttpResponseBase:
    """Drop a drawn conversation."""
    found = _visible(request, number)
    drop_inspection(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Dropped."))
    return redirect("service:inspections")


@allowed("service.view_conversation")
@require_POST
def inspection_objection(request: HttpRequest, number: int) -> HttpResponseBase:
    """Object to the score of one's own conversation."""
    found = _visible(request, number)
    contest_inspection(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Contested; whoever scored it has been told."))
    return redirect(found)


@allowed("service.inspect_conversation")
@require_POST
def inspection_upholding(request: HttpRequest, number: int) -> HttpResponseBase:
    """Stand by a contested score."""
    found = _visible(request, number)
    uphold_inspection(found, answer=checked(AnswerForm(request.POST))["answer"], by=actor(request), at=now())
    messages.success(request, _now("The score stands; the agent has been told."))
    return redirect(found)


def _visible(request: HttpRequest, number: int) -> Inspection:
    """Return an inspection the reader may see: an inspector any, an agent their own once it is scored."""
    found = get_object_or_404(whole_inspections(), pk=number)
    reader = actor(request)
    own = found.agent_id == reader.pk and found.state in TOLD
    if not own and not reader.has_perm("service.inspect_conversation"):
        raise Http404
    return found
