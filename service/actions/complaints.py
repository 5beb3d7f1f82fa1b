"""Complaints, step by step: received with an apology, registered, investigated, handled, answered, confirmed, filed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from service.actions.complaint_clock import raise_complaint
from service.models import AfterSale, Buyer, Complaint, Conversation
from service.queries.complaints import OPEN, answer_limit, complaint_before, superior_for
from service.states import BLAMELESS, COMPLAINT_MOVES, Cause, ComplaintSource, ComplaintState, Severity, Verdict
from shopops.kit.clock import shop_day
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee, OrgUnit, Shop
from warehouse.actions.balances import next_ids

LEVEL_AT_ONCE = {Severity.MINOR: 0, Severity.GRAVE: 1, Severity.SEVERE: 2}
"""Where a complaint goes as soon as it is received: grave ones to the supervisor, severe ones to the shop's head."""
REPEATED = 1
"""A repeated one goes to the supervisor at least."""


@transaction.atomic
def receive_complaint(
    buyer: Buyer,
    *,
    shop: Shop,
    text: str,
    source: str = ComplaintSource.CHAT,
    severity: str = Severity.MINOR,
    wish: str = "",
    order: Order | None = None,
    case: AfterSale | None = None,
    conversation: Conversation | None = None,
    handler: Employee | None = None,
    apologised: bool,
    again: bool = False,
    by: Employee,
    at: datetime,
) -> Complaint:
    """Take a complaint in, after the apology; its clock starts, grave ones go up at once (CS-031, CS-036, CS-038).

    One that comes a short time after another of the same buyer, or is about the same order, is a repeated one: it names
    the one before and goes to the supervisor at once.

    :param again: it is another complaint although one of this buyer about this order is still worked on.
    :raises Refused: if nobody has apologised yet, there are no words, or it seems to be written down already.
    """
    if not apologised:
        raise Refused(_("Apologise to the buyer first; then the complaint is taken in."))
    if not text.strip():
        raise Refused(_("Write down what the buyer complains about."))
    Buyer.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    before = complaint_before(buyer, order, at=at)
    if before is not None and before.order == order and before.state in OPEN and not again:
        raise Refused(
            _("%(number)s of this buyer is being worked on. Go on there, or tick that this is another complaint.")
            % {"number": before.number}
        )
    [key] = next_ids(Complaint, 1)
    complaint = Complaint.objects.create(
        pk=key,
        number=f"TS{shop_day(at):%y%m%d}{key:05}",
        shop=shop,
        buyer=buyer,
        order=order,
        case=case,
        conversation=conversation,
        source=source,
        severity=severity,
        text=text.strip(),
        wish=wish.strip(),
        received_by=by,
        received_at=at,
        apologised_at=at,
        handler=handler,
        repeats=before,
        answer_by=answer_limit(at),
    )
    changes = {"repeats": (None, before)} if before else None
    record("service.complaint_received", complaint, by=by, at=at, changes=changes, reason=text.strip()[:200])
    if handler is not None and handler.pk != by.pk:
        _tell(handler, complaint, at=at)
    level = max(LEVEL_AT_ONCE[Severity(severity)], REPEATED if before else 0)
    if level:
        why = Severity(severity).label if LEVEL_AT_ONCE[Severity(severity)] == level else _("repeated complaint")
        raise_complaint(complaint, level=level, by=None, at=at, reason=str(why))
    return complaint


@transaction.atomic
def register_complaint(
    complaint: Complaint, *, severity: str = "", wish: str = "", text: str = "", by: Employee, at: datetime
) -> None:
    """Audit the register sheet and enter it; whoever does is its handler unless it has one (CS-032).

    :raises MoveRefused: if it is registered already or over.
    """
    changes: dict[str, tuple[Any, Any]] = {}
    values: dict[str, Any] = {"registered_at": at, "registered_by": by, "handler": complaint.handler or by}
    for name, value in (("severity", severity), ("wish", wish.strip()), ("text", text.strip())):
        if value and value != getattr(complaint, name):
            changes[name] = (getattr(complaint, name), value)
            values[name] = value
    move(complaint, ComplaintState.REGISTERED, moves=COMPLAINT_MOVES, **values)
    record("service.complaint_registered", complaint, by=by, at=at, changes=changes)
    level = LEVEL_AT_ONCE[Severity(complaint.severity)]
    if level > complaint.level:
        raise_complaint(complaint, level=level, by=by, at=at, reason=complaint.get_severity_display())


@transaction.atomic
def investigate_complaint(
    complaint: Complaint,
    *,
    event: str,
    verdict: str = Verdict.FOUNDED,
    cause: str,
    cause_text: str = "",
    unit: OrgUnit | None = None,
    culprit: Employee | None = None,
    by: Employee,
    at: datetime,
) -> None:
    """Define what happened and why: whether it is founded, its cause, the department and whose step it was (CS-031).

    :raises Refused: if the event, the verdict or the cause is missing, or an unfounded one is blamed on somebody;
        MoveRefused if it is not registered.
    """
    if not event.strip() or cause not in Cause.values or verdict not in Verdict.values:
        raise Refused(_("Say what happened and which cause it has."))
    if verdict in BLAMELESS and (unit is not None or culprit is not None):
        raise Refused(_("An unfounded complaint is nobody's fault: leave department and person empty."))
    move(
        complaint,
        ComplaintState.INVESTIGATED,
        moves=COMPLAINT_MOVES,
        event=event.strip(),
        verdict=verdict,
        cause=cause,
        cause_text=cause_text.strip(),
        unit=unit or (culprit.unit if culprit else None),
        culprit=culprit,
        investigated_at=at,
    )
    changes = {
        "verdict": (None, verdict),
        "cause": (None, cause),
        "unit": (None, complaint.unit),
        "culprit": (None, culprit),
    }
    kept = {name: pair for name, pair in changes.items() if pair[1]}
    record("service.complaint_investigated", complaint, by=by, at=at, changes=kept, reason=event.strip())


@transaction.atomic
def handle_complaint(
    complaint: Complaint, *, opinion: str, superior: Employee | None = None, by: Employee, at: datetime
) -> None:
    """Begin to handle it with an opinion that goes to the superior (CS-031, CS-034).

    :raises Refused: without an opinion; MoveRefused if it is not investigated.
    """
    if not opinion.strip():
        raise Refused(_("Write down how the complaint should be handled."))
    told = superior or superior_for(complaint, max(complaint.level, 1), at=at)
    report: dict[str, Any] = {"reported_to": told, "reported_at": at} if told else {}
    move(
        complaint,
        ComplaintState.HANDLING,
        moves=COMPLAINT_MOVES,
        opinion=opinion.strip(),
        handler=complaint.handler or by,
        **report,
    )
    record(
        "service.complaint_handling",
        complaint,
        by=by,
        at=at,
        reason=opinion.strip(),
        changes={"reported_to": (None, told)} if told else None,
    )
    if told is not None and told.pk != by.pk:
        notify(
            [told],
            "service.complaint",
            _("%(name)s reports on complaint %(number)s."),
            at=at,
            url=complaint.get_absolute_url(),
            name=by.name,
            number=complaint.number,
        )


@transaction.atomic
def answer_complaint(complaint: Complaint, *, result: str, by: Employee, at: datetime) -> None:
    """Tell the buyer the result; the first answer stops the clock (CS-036).

    :raises Refused: without words, or if nobody works on the complaint any more.
    """
    if not result.strip():
        raise Refused(_("Write down what the buyer was told."))
    locked = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if locked.state not in OPEN:
        raise MoveRefused(_("%(number)s is not being worked on.") % {"number": complaint.number})
    complaint.result = locked.result = result.strip()
    complaint.answered_at = locked.answered_at = locked.answered_at or at
    complaint.handler = locked.handler = locked.handler or by
    locked.save(update_fields=["result", "answered_at", "handler"])
    record("service.complaint_answered", complaint, by=by, at=at, reason=result.strip())


@transaction.atomic
def resolve_complaint(complaint: Complaint, *, remark: str = "", by: Employee, at: datetime) -> None:
    """Confirm the result as a second person (CS-031).

    :raises Refused: if the buyer has no answer, or who confirms is the handler or whose step it was.
    """
    if complaint.answered_at is None or not complaint.result:
        raise Refused(_("Answer the buyer first; then the result can be confirmed."))
    if by.pk in {complaint.handler_id, complaint.culprit_id}:
        raise Refused(_("Somebody else confirms the result: neither the handler nor whose step it was."))
    move(complaint, ComplaintState.RESOLVED, moves=COMPLAINT_MOVES, resolved_at=at, resolved_by=by)
    record("service.complaint_resolved", complaint, by=by, at=at, reason=remark.strip())


@transaction.atomic
def archive_complaint(complaint: Complaint, *, improvement: str = "", by: Employee, at: datetime) -> None:
    """File the complaint with what is to be improved; the buyer is visited again some days later (CS-031, CS-033)."""
    kept = improvement.strip() or complaint.improvement
    move(complaint, ComplaintState.ARCHIVED, moves=COMPLAINT_MOVES, archived_at=at, improvement=kept)
    record("service.complaint_archived", complaint, by=by, at=at, reason=improvement.strip())


@transaction.atomic
def revisit_complaint(
    complaint: Complaint, *, rating: int, evaluation: str, improvement: str = "", by: Employee, at: datetime
) -> None:
    """Visit the buyer again and file the evaluation sheet (CS-033).

    :param rating: 1 is very discontent, 5 very content.
    :raises Refused: without a rating from 1 to 5 or the buyer's words; MoveRefused if it is not archived.
    """
    if rating not in range(1, 6) or not evaluation.strip():
        raise Refused(_("The evaluation sheet wants a rating from 1 to 5 and the buyer's words."))
    move(
        complaint,
        ComplaintState.REVISITED,
        moves=COMPLAINT_MOVES,
        revisited_at=at,
        revisited_by=by,
        rating=rating,
        evaluation=evaluation.strip(),
        improvement=improvement.strip() or complaint.improvement,
    )
    changes = {"rating": (None, rating)}
    record("service.complaint_revisited", complaint, by=by, at=at, changes=changes, reason=evaluation.strip())


@transaction.atomic
def improve_by_complaint(complaint: Complaint, *, improvement: str, by: Employee, at: datetime) -> None:
    """Write down what is improved so that it does not happen again (CS-035).

    :raises Refused: without words, or before the complaint was investigated.
    """
    if not improvement.strip():
        raise Refused(_("Write down what is improved."))
    if complaint.investigated_at is None:
        raise Refused(_("Investigate the complaint first."))
    changes = {"improvement": (complaint.improvement, improvement.strip())}
    complaint.improvement = improvement.strip()
    complaint.save(update_fields=["improvement"])
    record("service.complaint_improved", complaint, by=by, at=at, changes=changes)


@transaction.atomic
def withdraw_complaint(complaint: Complaint, *, reason: str, by: Employee, at: datetime) -> None:
    """Note that the buyer withdrew; nobody has to answer any more.

    :raises Refused: without a reason; MoveRefused if it is over.
    """
    if not reason.strip():
        raise Refused(_("Say why the buyer withdrew."))
    answered = complaint.answered_at or at
    move(complaint, ComplaintState.WITHDRAWN, moves=COMPLAINT_MOVES, answered_at=answered)
    record("service.complaint_withdrawn", complaint, by=by, at=at, reason=reason.strip())


@transaction.atomic
def reopen_complaint(complaint: Complaint, *, reason: str, by: Employee, at: datetime) -> None:
    """Open it again because the result does not hold; it goes one level up at once.

    The time of the first answer stays: CS-036 is about that one.

    :raises Refused: without a reason; MoveRefused if no result was confirmed.
    """
    if not reason.strip():
        raise Refused(_("Say why it is opened again."))
    if complaint.state not in {ComplaintState.RESOLVED, ComplaintState.REVISITED}:
        raise MoveRefused(_("%(number)s has no confirmed result to be opened again.") % {"number": complaint.number})
    move(
        complaint,
        ComplaintState.HANDLING,
        moves=COMPLAINT_MOVES,
        resolved_at=None,
        resolved_by=None,
        archived_at=None,
        revisited_at=None,
        revisited_by=None,
    )
    record("service.complaint_reopened", complaint, by=by, at=at, reason=reason.strip())
    raise_complaint(complaint, level=complaint.level + 1, by=by, at=at, reason=reason.strip())


def _tell(person: Employee, complaint: Complaint, *, at: datetime) -> None:
    notify(
        [person],
        "service.complaint",
        _("Complaint %(number)s is with you; the buyer waits for an answer."),
        at=at,
        url=complaint.get_absolute_url(),
        number=complaint.number,
    )
