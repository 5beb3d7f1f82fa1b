"""The evidence of an offence in words: what was found, in the order a person asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from shopops.kit.clock import SHANGHAI
from shopops.kit.spans import span_said
from staff.models import Employee, Offence
from staff.queries.appeals import appeal_story, may_see_appeal
from staff.queries.history import Line, history_of
from staff.states import AttendanceResult, AttendeeState, EntryKind, PresenceStatus, Standing

LABELS = {
    "orders": gettext_noop("Orders"),
    "goods": gettext_noop("Goods"),
    "pieces": gettext_noop("Pieces"),
    "paid": gettext_noop("Paid"),
    "paid_at": gettext_noop("Paid at"),
    "approved_at": gettext_noop("Approved at"),
    "promised_at": gettext_noop("Promised to the platform"),
    "deadline": gettext_noop("Deadline"),
    "shipped_at": gettext_noop("Shipped at"),
    "question": gettext_noop("The buyer asked"),
    "asked_at": gettext_noop("The question came at"),
    "clock_from": gettext_noop("The clock ran from"),
    "answer": gettext_noop("Answered with"),
    "answered_at": gettext_noop("Answered at"),
    "seconds": gettext_noop("It took"),
    "limit_seconds": gettext_noop("Allowed were"),
    "rang_at": gettext_noop("Rang at"),
    "opened_at": gettext_noop("Opened at"),
    "unanswered": gettext_noop("Still unanswered"),
    "annotated_at": gettext_noop("Annotated at"),
    "away_from": gettext_noop("Away from"),
    "away_until": gettext_noop("Away until"),
    "status": gettext_noop("Status"),
    "gaps": gettext_noop("Nobody online"),
    "duty": gettext_noop("Duty"),
    "buyer": gettext_noop("Buyer"),
    "offer": gettext_noop("Offer"),
    "starts_at": gettext_noop("Begins at"),
    "ends_at": gettext_noop("Ends at"),
    "said": gettext_noop("Automatic reply"),
    "removed_at": gettext_noop("Taken down at"),
    "asked": gettext_noop("The buyer asked"),
    "planned_at": gettext_noop("Planned at"),
    "done_at": gettext_noop("Done at"),
    "sheet": gettext_noop("Follow-up sheet"),
    "characters": gettext_noop("Characters"),
    "copies": gettext_noop("Buyers with the same words that day"),
    "noted_at": gettext_noop("Noted at"),
    "passed_on_at": gettext_noop("Passed on at"),
    "handled_at": gettext_noop("Dealt with at"),
    "shift_starts_at": gettext_noop("The shift began"),
    "shift_ends_at": gettext_noop("The shift ended"),
    "came_at": gettext_noop("Came at"),
    "left_at": gettext_noop("Left at"),
    "went_out_at": gettext_noop("Went out at"),
    "attendance": gettext_noop("Attendance"),
    "from": gettext_noop("From whom"),
    "offered_at": gettext_noop("Handed over at"),
    "read_at": gettext_noop("Read at"),
    "handed_in_at": gettext_noop("Handed in"),
    "meeting": gettext_noop("Meeting"),
    "problem": gettext_noop("What the problem is"),
    "solved_at": gettext_noop("Solved at"),
    "days_planned": gettext_noop("Days planned"),
    "longest_day_minutes": gettext_noop("Longest day"),
    "person": gettext_noop("Person"),
    "period": gettext_noop("Period"),
    "failures": gettext_noop("Failures"),
    "score": gettext_noop("Score reached"),
    "scored_at": gettext_noop("Scored at"),
    "published_at": gettext_noop("Published at"),
    "locked_at": gettext_noop("Locked at"),
    "happened_at": gettext_noop("Happened at"),
    "text": gettext_noop("What happened"),
    "files": gettext_noop("Files"),
    "buyers_words": gettext_noop("Buyer's words"),
    "amount": gettext_noop("Amount"),
    "refunded_at": gettext_noop("Refunded at"),
    "complaint": gettext_noop("Complaint"),
    "received_at": gettext_noop("Came in at"),
    "review": gettext_noop("The buyer's words"),
    "reviewed_at": gettext_noop("Review written at"),
    "settled_at": gettext_noop("Cause confirmed at"),
    "settled_by": gettext_noop("Cause confirmed by"),
    "documents": gettext_noop("Customer's documents"),
    "made_at": gettext_noop("Made out at"),
    "lost_at": gettext_noop("Found missing at"),
    "held_since": gettext_noop("In hand since"),
    "nobody_from": gettext_noop("Nobody online from"),
    "nobody_until": gettext_noop("Nobody online until"),
    "archived_at": gettext_noop("Put on file at"),
    "revisited_at": gettext_noop("Buyer visited again at"),
}
_NOT_YET = {
    "shipped_at": gettext_noop("not shipped when it was found"),
    "answered_at": gettext_noop("not answered when it was found"),
    "done_at": gettext_noop("not done when it was found"),
    "handled_at": gettext_noop("not dealt with when it was found"),
    "handed_in_at": gettext_noop("not handed in when it was found"),
    "removed_at": gettext_noop("not taken down when it was found"),
    "went_out_at": gettext_noop("still in the department when it was found"),
    "refunded_at": gettext_noop("not refunded when it was found"),
    "revisited_at": gettext_noop("not visited again when it was found"),
    "away_until": gettext_noop("still away when it was found"),
}
"""What is said where the moment that mends a miss is not known; in the evidence the key stands for it."""
_SPANS = {"seconds": 1, "limit_seconds": 1, "longest_day_minutes": 60}
"""Facts that are spans of time: how many seconds one of them is."""
_GAPS = ("nobody_from", "nobody_until")
_OTHER_MOMENTS = ("deadline", "clock_from", "away_from", "away_until", "held_since", *_GAPS)
_BY_THE_SECOND = ("asked_at", "clock_from", "answered_at", "rang_at", "away_from", "away_until", *_GAPS)
_WORDS = {
    "status": dict(PresenceStatus.choices),
    "attendance": dict(AttendeeState.choices) | dict(AttendanceResult.choices),
}
_LIMITS = ("deadline", "promised_at", "shipped_at")
_MENDED = (*_NOT_YET, "nobody_until", "passed_on_at", "left_at", "read_at", "annotated_at", "solved_at")


@dataclass(frozen=True)
class FactShown:
    """One frozen fact with its name."""

    name: str
    label: str
    value: str
    moment: datetime | None = None


def offence_with_evidence(pk: int) -> Offence | None:
    """Return an offence with everything its page shows; two queries."""
    return (
        Offence.objects.select_related(
            "clause",
            "version__clause",
            "employee",
            "excuse__confirmed_by",
            "merged_into__clause",
            "because_of__clause",
            "because_of__employee",
            "appeal__leader",
        )
        .prefetch_related("entries__booked_by", "entries__countered_by")
        .filter(pk=pk)
        .first()
    )


def may_see(offence: Offence, reader: Employee) -> bool:
    """Say whether somebody may read the evidence: it is their own, they judge it, or they may see everybody's."""
    if offence.employee_id == reader.pk or reader.has_perm("staff.view_offence"):
        return True
    appeal = getattr(offence, "appeal", None)
    return appeal is not None and may_see_appeal(appeal, reader)


def workings_in_words(workings: dict[str, Any]) -> list[str]:
    """Return how an entry came from the price, a sentence each: which case of the month, doubled, left out."""
    said = []
    number, times = workings.get("number"), _number(workings.get("times"))
    if number and times:
        words = _("Case %(number)s of the month: %(times)s times the price.")
        said.append(words % {"number": number, "times": f"{times.normalize():f}"})
    elif number:
        said.append(_("Case %(number)s of the month.") % {"number": number})
    before = _number(workings.get("cost_before")) or _number(workings.get("fund_before"))
    if before:
        said.append(
            _("%(before)s of the same cause were charged already; only what goes beyond counts.")
            % {"before": f"{before.normalize():f}"}
        )
    cap, left_out = _number(workings.get("cap")), _number(workings.get("left_out"))
    if cap and left_out:
        said.append(
            _("The month is capped at %(cap)s; %(left_out)s is left out.")
            % {"cap": f"{cap.normalize():f}", "left_out": f"{abs(left_out).normalize():f}"}
        )
    if workings.get("given"):
        said.append(_("The amount was decided by people."))
    return said


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text is not None else None
    except InvalidOperation:
        return None


def facts_in_words(offence: Offence) -> list[FactShown]:
    """Return the frozen facts, leaving out what was not known: moments as they followed, then the others."""
    names = [*(name for name in LABELS if name in offence.facts), *sorted(set(offence.facts) - LABELS.keys())]
    shown = []
    for name in names:
        value = offence.facts[name]
        label = _(LABELS[name]) if name in LABELS else name.replace("_", " ")
        if name in _NOT_YET and value is None:
            shown.append(FactShown(name, label, _(_NOT_YET[name]), offence.found_at))
        elif name == "clock_from" and value == offence.facts.get("asked_at"):
            continue
        elif value not in (None, "") and not (name == "unanswered" and not value):
            is_moment = name.endswith("_at") or name in _OTHER_MOMENTS
            moment = parse_datetime(str(value)) if is_moment else None
            shown.append(FactShown(name, label, _value(name, value, moment), moment))
    return sorted(shown, key=lambda fact: (fact.moment is None, fact.moment))


def lateness(offence: Offence) -> str:
    """Return by how much the limit was missed, as far as it was known when it was found; empty where there was none."""
    facts = offence.facts
    if seconds := facts.get("seconds"):
        over = timedelta(seconds=int(seconds) - int(facts.get("limit_seconds") or 0))
    else:
        mended = [parse_datetime(str(facts[name])) for name in _MENDED if facts.get(name)]
        later = [moment for moment in mended if moment is not None and moment > offence.happened_at]
        if "gaps" in facts and not later:
            return ""
        if not later and not any(facts.get(name) for name in _LIMITS):
            return ""
        over = min(later, default=offence.found_at) - offence.happened_at
    if over <= timedelta():
        return ""
    hours = int(over / timedelta(hours=1))
    if hours < 1:
        return _("%(span)s late") % {"span": span_said(int(over.total_seconds()))}
    if hours < 48:  # noqa: PLR2004 -- two days
        return ngettext("%(n)s hour late", "%(n)s hours late", hours) % {"n": hours}
    return ngettext("%(n)s day late", "%(n)s days late", hours // 24) % {"n": hours // 24}


def limit_in_words(moment: datetime | None) -> str:
    """Return a limit as people say it: midnight is 24:00 of the day it ends."""
    if moment is None:
        return ""
    local = moment.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def offence_story(offence: Offence, reader: Employee | None = None) -> list[Line]:
    """Return what became of an offence, newest first: found by the tally or booked by people, and all done about it."""
    appeal = getattr(offence, "appeal", None)
    lines = history_of(offence)
    if appeal is not None and reader is not None:
        lines = sorted([*appeal_story(appeal, reader), *lines], key=lambda line: line.at, reverse=True)
    if offence.subject_type == "staff.CaseReport":
        return lines
    found = Line(
        at=offence.found_at,
        who="",
        what=_found_in_words(offence),
        tone="plain",
        changes=[],
        reason="",
        subject=offence.subject_label,
        verb="staff.offence_found",
    )
    return [*lines, found]


def _found_in_words(offence: Offence) -> str:
    """Return what the tally made of an offence."""
    if any(entry.kind == EntryKind.CHARGE for entry in offence.entries.all()):
        return _("found it and booked the points")
    if offence.standing == Standing.EXCUSED:
        return _("found it; it is excused")
    if offence.standing == Standing.MERGED:
        return _("found it and merged it into another case")
    return _("found it; a warning without points")


def _value(name: str, value: Any, moment: datetime | None) -> str:
    if moment is not None:
        if name == "deadline":
            return limit_in_words(moment)
        local = moment.astimezone(SHANGHAI)
        return f"{local:%Y-%m-%d %H:%M:%S}" if name in _BY_THE_SECOND and local.second else f"{local:%Y-%m-%d %H:%M}"
    if name in _SPANS:
        return span_said(int(value) * _SPANS[name])
    if name == "unanswered":
        return _("yes")
    if name in _WORDS:
        return str(_WORDS[name].get(str(value), value))
    return f"¥{value}" if name == "paid" else str(value)
