"""What can be done with a complaint, what comes next first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from service.forms.complaints import (
    EvaluationForm,
    ImprovementForm,
    InvestigationForm,
    OpinionForm,
    PassForm,
    RegisterForm,
    RemarkForm,
    ReportForm,
    ResultForm,
    WhyForm,
)
from service.models import Complaint
from service.queries.complaints import OPEN
from service.states import ComplaintState
from warehouse.views.asking import Offer

HANDLE = "service.handle_complaint"


def _sheet(complaint: Complaint) -> dict[str, Any]:
    return {"severity": complaint.severity, "text": complaint.text, "wish": complaint.wish}


def _in(*states: str) -> Any:
    return lambda complaint: complaint.state in states


def _waits(complaint: Complaint) -> bool:
    """Say whether the answer is the next thing."""
    return complaint.state == ComplaintState.HANDLING and complaint.answered_at is None


COMPLAINT_OFFERS: tuple[Offer[Complaint], ...] = (
    Offer(
        "registration",
        _("Register"),
        "service:complaint_registration",
        HANDLE,
        "clipboard-check",
        when=_in(ComplaintState.RECEIVED),
        form=RegisterForm,
        initial=_sheet,
        says=_("Check the register sheet; whoever registers is the handler."),
        place="first",
    ),
    Offer(
        "investigation",
        _("Investigate"),
        "service:complaint_investigation",
        HANDLE,
        "search",
        when=_in(ComplaintState.REGISTERED),
        form=InvestigationForm,
        place="first",
    ),
    Offer(
        "handling",
        _("Handle"),
        "service:complaint_handling",
        HANDLE,
        "workflow",
        when=_in(ComplaintState.INVESTIGATED),
        form=OpinionForm,
        place="first",
    ),
    Offer(
        "reply",
        _("Answer the buyer"),
        "service:complaint_reply",
        HANDLE,
        "message-square",
        when=_waits,
        form=ResultForm,
        says=_("The first answer stops the clock."),
        place="first",
    ),
    Offer(
        "answer",
        _("Answer the buyer"),
        "service:complaint_reply",
        HANDLE,
        "message-square",
        when=lambda complaint: complaint.state in OPEN and not _waits(complaint),
        form=ResultForm,
        says=_("The first answer stops the clock."),
    ),
    Offer(
        "confirmation",
        _("Confirm the result"),
        "service:complaint_confirmation",
        "service.confirm_complaint",
        "check",
        when=lambda complaint: complaint.state == ComplaintState.HANDLING and complaint.answered_at is not None,
        form=RemarkForm,
        says=_("As a second person: neither the handler nor whose step it was."),
        place="first",
    ),
    Offer(
        "archive",
        _("Archive"),
        "service:complaint_archive",
        HANDLE,
        "archive",
        when=_in(ComplaintState.RESOLVED),
        form=ImprovementForm,
        initial=lambda complaint: {"improvement": complaint.improvement},
        place="first",
    ),
    Offer(
        "revisit",
        _("File the evaluation sheet"),
        "service:complaint_revisit",
        HANDLE,
        "star",
        when=_in(ComplaintState.ARCHIVED),
        form=EvaluationForm,
        initial=lambda complaint: {"improvement": complaint.improvement},
        says=_("Ask the buyer again how content they are with how it was handled."),
        place="first",
    ),
    Offer(
        "improvement",
        _("Improve"),
        "service:complaint_improvement",
        HANDLE,
        "trending-up",
        when=lambda complaint: complaint.investigated_at is not None and complaint.state != ComplaintState.WITHDRAWN,
        form=ImprovementForm,
        initial=lambda complaint: {"improvement": complaint.improvement},
        place="more",
    ),
    Offer(
        "passing",
        _("Pass on"),
        "service:complaint_passing",
        HANDLE,
        "arrow-left-right",
        when=_in(*OPEN),
        form=PassForm,
    ),
    Offer(
        "escalation",
        _("Take up a level"),
        "service:complaint_escalation",
        HANDLE,
        "arrow-up",
        when=lambda complaint: complaint.state in OPEN and complaint.level < 2,  # noqa: PLR2004 -- the shop's head
        form=WhyForm,
        place="more",
    ),
    Offer(
        "report",
        _("Report to the superior"),
        "service:complaint_report",
        HANDLE,
        "megaphone",
        when=_in(*OPEN),
        form=ReportForm,
        place="more",
    ),
    Offer(
        "sheet",
        _("Print the register sheet"),
        "service:complaint_sheet",
        "service.view_complaint",
        "printer",
        when=lambda complaint: complaint.registered_at is not None,
        place="more",
    ),
    Offer(
        "evaluation_sheet",
        _("Print the evaluation sheet"),
        "service:complaint_evaluation_sheet",
        "service.view_complaint",
        "printer",
        when=_in(ComplaintState.REVISITED),
    ),
    Offer(
        "reopening",
        _("Open it again"),
        "service:complaint_reopening",
        HANDLE,
        "undo-2",
        when=_in(ComplaintState.RESOLVED, ComplaintState.REVISITED),
        form=WhyForm,
        says=_("It goes one level up at once."),
        place="more",
    ),
    Offer(
        "withdrawal",
        _("The buyer withdraws"),
        "service:complaint_withdrawal",
        HANDLE,
        "ban",
        when=_in(*OPEN),
        form=WhyForm,
        tone="danger",
        place="more",
    ),
)
