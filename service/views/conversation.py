"""The page of a conversation, and what can be done there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from service.actions.consultations import log_consultation
from service.actions.conversations import (
    annotate_conversation,
    close_conversation,
    escalate_conversation,
    pass_conversation,
    reopen_conversation,
    take_conversation,
)
from service.actions.feedback import note_feedback
from service.actions.promises import make_promise
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
from service.queries.conversations import TONES
from service.queries.phrases import filled_phrases, values_for
from service.queries.talk import read_talk
from service.states import ConversationState
from service.views.conversation_offers import CONVERSATION_OFFERS
from service.views.papers import deed, values_of
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists.cells import draw_rows
from staff.models import Employee
from staff.queries.history import history_of
from warehouse.views.asking import actor, asks_of, in_drawer

PAGE = "service:conversation"
NAMED = ("shop", "agent", "buyer__level")
PEOPLE = ("annotated_by", "closed_by", "escalated_to")
_BUYER = ("nick", "tags", "remark", "orders", "paid", "complaints", "bad_reviews", "reckoned_at")
_SHOWN = (
    *(field.attname for field in Conversation._meta.concrete_fields),
    *(f"{one}__name" for one in NAMED),
    *(f"buyer__{field}" for field in _BUYER),
)
"""What the page says of whom it names: the other columns stay where they are."""
_BUBBLE, _PHRASE = "service/conversation/bubble.html", "service/conversation/phrase.html"


def conversation_of(key: int) -> Conversation:
    """Return a conversation with what its page names, or say that there is none."""
    try:
        found = Conversation.objects.select_related(*NAMED).only(*_SHOWN).get(pk=key)
    except Conversation.DoesNotExist:
        raise Http404 from None
    keys = {key for one in PEOPLE if (key := getattr(found, f"{one}_id"))}
    people = Employee.objects.only("name").in_bulk(keys) if keys else {}
    for one in PEOPLE:
        setattr(found, one, people.get(getattr(found, f"{one}_id")))
    return found


def shown_conversation(found: Conversation, employee: Employee, *, whole: bool = False) -> dict[str, Any]:
    """Return what the page, the drawer and the desk show of a conversation."""
    at = now()
    talk = read_talk(found, at=at, whole=whole)
    may_serve = employee.has_perm("service.serve_buyer")
    phrases = filled_phrases(values_for(found, employee, talk.orders)) if may_serve else []
    return {
        "conversation": found,
        "buyer": found.buyer,
        "tone": TONES[ConversationState(found.state)],
        "talk": talk,
        "bubbles": draw_rows(_BUBBLE, talk.bubbles, {}),
        "asks": asks_of(CONVERSATION_OFFERS, found, str(found.pk), employee),
        "phrases": draw_rows(_PHRASE, [one._asdict() for one in phrases], {}),
        "phrase_count": len(phrases),
        "at": at,
    }


@allowed("service.view_conversation")
@require_GET
def conversation(request: HttpRequest, key: int) -> HttpResponse:
    """Show a conversation: what was said, who the buyer is, what is kept beside it; as a page or in the drawer."""
    found, employee = conversation_of(key), actor(request)
    context = shown_conversation(found, employee, whole=request.GET.get("all") == "1")
    context |= {"history": history_of(found), "in_drawer": in_drawer(request)}
    answer = render(request, "service/conversation/page.html", context)
    if in_drawer(request) and request.GET.get("done"):
        answer["HX-Trigger"] = "list-changed"
    return answer


def _annotate(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    annotate_conversation(found, values_of(request, AnnotationForm)["annotation"], by=by, at=at)
    return _("Annotated.")


def _close(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    close_conversation(found, annotation=values_of(request, ClosingForm)["annotation"], by=by, at=at)
    return _("The conversation with %(buyer)s is closed.") % {"buyer": found.buyer}


def _take(_request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    take_conversation(found, by=by, at=at)
    return _("You answer for the conversation with %(buyer)s now.") % {"buyer": found.buyer}


def _pass(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    values = values_of(request, ColleagueForm)
    pass_conversation(found, values["to"], note=values["note"], by=by, at=at)
    return _("%(who)s answers for it now.") % {"who": values["to"]}


def _escalate(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    raised = escalate_conversation(found, reason=values_of(request, ReasonForm)["reason"], by=by, at=at)
    return _("%(who)s answers for it now.") % {"who": raised.escalated_to}


def _reopen(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    reopen_conversation(found, reason=values_of(request, ReasonForm)["reason"], by=by, at=at)
    return _("The conversation is open again.")


def _consult(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    log_consultation(found.buyer, **values_of(request, ConsultationForm), conversation=found, by=by, at=at)
    return _("Logged.")


def _promise(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    values = values_of(request, PromiseForm)
    make_promise(found.buyer, values.pop("text"), **values, conversation=found, by=by, at=at)
    return _("The promise is kept in your list until it is fulfilled.")


def _feedback(request: HttpRequest, found: Conversation, by: Employee, at: datetime) -> str:
    note_feedback(found.buyer, values_of(request, FeedbackForm)["text"], conversation=found, by=by, at=at)
    return _("Noted.")


_MAY = "service.serve_buyer"
conversation_annotation = deed(_MAY, Conversation, PAGE, _annotate)
conversation_closing = deed(_MAY, Conversation, PAGE, _close)
conversation_taking = deed(_MAY, Conversation, PAGE, _take)
conversation_passing = deed(_MAY, Conversation, PAGE, _pass)
conversation_escalation = deed(_MAY, Conversation, PAGE, _escalate)
conversation_reopening = deed(_MAY, Conversation, PAGE, _reopen)
conversation_consultation = deed(_MAY, Conversation, PAGE, _consult)
conversation_promise = deed(_MAY, Conversation, PAGE, _promise)
conversation_feedback = deed(_MAY, Conversation, PAGE, _feedback)
