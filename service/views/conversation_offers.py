"""What can be done with a conversation, on its page, in the drawer and at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from service.forms.agents_day import (
    AnnotationForm,
    ClosingForm,
    ColleagueForm,
    ConsultationForm,
    FeedbackForm,
    PromiseForm,
    ReasonForm,
)
from service.models import Conversation
from service.states import ConversationState
from shopops.kit.clock import SHANGHAI, now
from warehouse.views.asking import Offer


def _is_open(one: Conversation) -> bool:
    return one.state != ConversationState.CLOSED


def _in_a_day(one: Conversation) -> dict[str, Any]:
    tomorrow = now().astimezone(SHANGHAI) + timedelta(days=1)
    return {"due_at": f"{tomorrow:%Y-%m-%dT%H:%M}", "order_number": one.order_number}


CONVERSATION_OFFERS: tuple[Offer[Conversation], ...] = (
    Offer(
        "annotation",
        _("Annotate"),
        "service:conversation_annotation",
        "service.serve_buyer",
        "square-pen",
        when=lambda _one: True,
        form=AnnotationForm,
        initial=lambda one: {"annotation": one.annotation},
        says=_("What it was about, what came of it, what is open still (CS-051)."),
    ),
    Offer(
        "closing",
        _("Close"),
        "service:conversation_closing",
        "service.serve_buyer",
        "check-check",
        when=_is_open,
        form=ClosingForm,
        initial=lambda one: {"annotation": one.annotation},
        place="first",
    ),
    Offer("taking", _("Take it on"), "service:conversation_taking", "service.serve_buyer", "hand", when=_is_open),
    Offer(
        "consultation",
        _("Log consultation"),
        "service:conversation_consultation",
        "service.serve_buyer",
        "clipboard-list",
        when=lambda _one: True,
        form=ConsultationForm,
        says=_("Problem, cause, solution. The follow-up of the next day is planned by itself."),
    ),
    Offer(
        "promise",
        _("Promise"),
        "service:conversation_promise",
        "service.serve_buyer",
        "handshake",
        when=lambda _one: True,
        form=PromiseForm,
        initial=_in_a_day,
    ),
    Offer(
        "feedback",
        _("Feedback"),
        "service:conversation_feedback",
        "service.serve_buyer",
        "megaphone",
        when=lambda _one: True,
        form=FeedbackForm,
        says=_("A problem the buyer reports; you deal with it, or pass it on, within a day (CS-072)."),
    ),
    Offer(
        "passing",
        _("Pass on"),
        "service:conversation_passing",
        "service.serve_buyer",
        "arrow-right",
        when=_is_open,
        form=ColleagueForm,
        place="more",
    ),
    Offer(
        "escalation",
        _("To the superior"),
        "service:conversation_escalation",
        "service.serve_buyer",
        "arrow-up",
        when=lambda one: one.state in {ConversationState.WAITING, ConversationState.OPEN},
        form=ReasonForm,
        says=_("Your superior answers for it from now on."),
        tone="danger",
        place="more",
    ),
    Offer(
        "reopening",
        _("Open it again"),
        "service:conversation_reopening",
        "service.serve_buyer",
        "undo-2",
        when=lambda one: one.state == ConversationState.CLOSED,
        form=ReasonForm,
    ),
)
