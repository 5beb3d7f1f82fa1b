"""The page of one offence: the evidence, the rule and its price, what became of it, and what can be done about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from staff.actions.cases import ask_waiver
from staff.actions.points import needs_second_person, waive_offence
from staff.forms.appeals import AppealForm
from staff.forms.cases import ReasonForm, WaiverForm
from staff.models import Offence, PointEntry
from staff.queries.appeals import OPEN, VERDICT_TONES, chance_of
from staff.queries.balances import Balance, balance_of
from staff.queries.cases import amount_in_words, case_of, may_see_case, waiver_waiting
from staff.queries.evidence import (
    facts_in_words,
    lateness,
    may_see,
    offence_story,
    offence_with_evidence,
    workings_in_words,
)
from staff.queries.files import shown_files
from staff.queries.rulebook import wording, words_on
from staff.queries.terms import grade_in_words, price_in_words, terms_as_facts
from staff.states import AppealState, EntryKind, ExcuseKind, Standing
from staff.views.asking import actor, checked

_ZERO = Decimal(0)
STANDING_TONES = {
    Standing.CHARGED: "danger",
    Standing.WARNED: "warn",
    Standing.EXCUSED: "good",
    Standing.MERGED: "info",
}


@allowed(SIGNED_IN)
@require_GET
def offence(request: HttpRequest, number: int) -> HttpResponse:
    """Show the evidence of an offence: to the person it is about, who judges it, and who may see everybody's."""
    found, reader, at = visible_offence(request, number), actor(request), now()
    words = words_on(found.day)
    facts = facts_in_words(found)
    entries = list(found.entries.all())
    balance = Balance(sum((one.points for one in entries), _ZERO), sum((one.fund for one in entries), _ZERO))
    case = case_of(found)
    is_mine = found.employee_id == reader.pk
    waits = waiver_waiting(found)
    may_act = bool(balance) and not is_mine and not found.is_frozen
    return render(
        request,
        "staff/points/offence.html",
        {
            "offence": found,
            "at": at,
            "moments": [fact for fact in facts if fact.moment],
            "facts": [fact for fact in facts if not fact.moment],
            "late": lateness(found),
            "text": wording(found.version, words),
            "terms": terms_as_facts(found.version, words.posts),
            "priced": price_in_words(found.version),
            "grade": grade_in_words(found.grade) if found.grade else "",
            "entries": [_entry(one) for one in entries],
            "balance": amount_in_words(balance.points, balance.fund) if balance else "0",
            "tone": STANDING_TONES[Standing(found.standing)],
            "is_warning": found.standing == Standing.WARNED,
            "is_reward": balance.points > 0,
            "is_settled": bool(entries) and not balance,
            "is_undone": bool(entries) and not balance and found.standing == Standing.CHARGED,
            "is_mine": is_mine,
            "is_open": bool(getattr(found, "appeal", None)) and found.appeal.state in OPEN,
            "appeal_tone": VERDICT_TONES.get(found.appeal.verdict, "plain") if hasattr(found, "appeal") else "",
            "was_withdrawn": hasattr(found, "appeal") and found.appeal.state == AppealState.WITHDRAWN,
            "chance": chance_of(found, at=at) if is_mine else None,
            "appeal_form": AppealForm(auto_id="appeal_%s"),
            "case": case,
            "may_see_case": case is not None and may_see_case(case, reader),
            "files": shown_files(case.files.all()) if case else [],
            "others": list(found.others_charged.select_related("employee")),
            "merged": list(found.merged.order_by("happened_at")[:20]),
            "waits": waits,
            "may_waive": may_act and waits is None and reader.has_perm("staff.waive_offence"),
            "wants_two": needs_second_person(balance),
            "waiver_form": WaiverForm(auto_id="waiver_%s"),
            "may_excuse": not is_mine
            and found.standing != Standing.EXCUSED
            and ExcuseKind.OBJECTIVE in found.version.excuses
            and reader.has_perm("staff.add_excuse"),
            "excuse_form": ReasonForm(auto_id="excuse_%s"),
            "story": offence_story(found, reader),
        },
    )


@allowed("staff.waive_offence")
@require_POST
def offence_waiver(request: HttpRequest, number: int) -> HttpResponseBase:
    """Waive the points of an offence, with the reason; what is too much for one person waits for a second."""
    found, by = visible_offence(request, number), actor(request)
    asked = checked(WaiverForm(request.POST, request.FILES))
    if needs_second_person(balance_of(found)):
        case = ask_waiver(found, reason=asked["reason"], files=asked["evidence"], by=by, at=now())
        messages.success(request, _("A second person decides about the waiver."))
        return redirect(case)
    waive_offence(found, reason=asked["reason"], by=by, at=now())
    messages.success(request, _("The points are waived; %(name)s has been told.") % {"name": found.employee})
    return redirect(found)


def visible_offence(request: HttpRequest, number: int) -> Offence:
    """Return an offence this person may see; whoever may not does not learn whether it exists."""
    found = offence_with_evidence(number)
    if found is None:
        raise Http404
    if not may_see(found, actor(request)):
        raise PermissionDenied("staff.view_offence")
    return found


def _entry(entry: PointEntry) -> dict[str, Any]:
    """Return an entry of the ledger as the page shows it."""
    is_charge = entry.kind == EntryKind.CHARGE
    return {
        "entry": entry,
        "amount": amount_in_words(entry.points, entry.fund) if entry.points or entry.fund else "0",
        "tone": "danger" if entry.points < 0 else "good",
        "workings": workings_in_words(entry.workings) if is_charge else [],
    }
