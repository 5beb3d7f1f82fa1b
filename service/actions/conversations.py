"""A conversation in people's hands: taken, passed on, annotated, taken to a superior, closed (CS-051)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Conversation
from service.policy import desk as policy
from service.states import CONVERSATION_MOVES, ConversationState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.models import Employee, Presence
from staff.queries.superiors import superiors_of
from staff.states import PresenceStatus

PASSED = "service.conversation_passed"
TAKEN = "service.conversation_taken"


def _locked(conversation: Conversation) -> Conversation:
    """Return the conversation as it stands, locked until the transaction ends."""
    return Conversation.objects.select_for_update(of=("self",)).select_related("agent", "buyer").get(pk=conversation.pk)


def _refuse_closed(conversation: Conversation) -> None:
    if conversation.state == ConversationState.CLOSED:
        raise MoveRefused(sentence(_("The conversation with %(buyer)s is closed."), buyer=str(conversation.buyer)))


def _refuse_others(conversation: Conversation, by: Employee) -> None:
    """Refuse what only whoever answers for the conversation, or a leader, may do."""
    agent = conversation.agent
    if agent is not None and agent.pk != by.pk and not by.has_perm("service.lead_service"):
        raise Refused(sentence(_("This conversation is with %(who)s."), who=str(agent)))


def _is_away(agent: Employee) -> bool:
    """Say whether the agent is away or offline now, by the status that is open."""
    return Presence.objects.filter(
        employee=agent, ends_at=None, status__in=(PresenceStatus.AWAY, PresenceStatus.OFFLINE)
    ).exists()


@transaction.atomic
def take_conversation(conversation: Conversation, *, by: Employee, at: datetime) -> Conversation:
    """Take a conversation: from now on one answers for it.

    What is with a colleague is taken only by a leader, or while the colleague is away or offline (CS-048, CS-050).

    :raises Refused: if it is closed, one's own already, or with a colleague who is there.
    """
    taken = _locked(conversation)
    _refuse_closed(taken)
    before = taken.agent
    if before is not None and before.pk == by.pk:
        raise Refused(_("You answer for this conversation already."))
    if before is not None and not by.has_perm("service.lead_service") and not _is_away(before):
        raise Refused(sentence(_("%(who)s is there and has it. Ask them to pass it on."), who=str(before)))
    _hand_to(taken, by, verb=TAKEN, by=by, at=at)
    conversation.refresh_from_db()
    return taken


@transaction.atomic
def pass_conversation(
    conversation: Conversation, to: Employee, *, note: str = "", by: Employee, at: datetime
) -> Conversation:
    """Pass a conversation on to a colleague, who answers for it from now on.

    What lies with a superior is the team's again when the superior passes it back.

    :raises Refused: if it is closed, theirs already, not one's own, or they do not serve buyers.
    """
    passed = _locked(conversation)
    _refuse_closed(passed)
    _refuse_others(passed, by)
    if passed.agent_id == to.pk:
        raise Refused(sentence(_("%(who)s has it already."), who=str(to)))
    if not to.is_active or not to.has_perm("service.serve_buyer"):
        raise Refused(sentence(_("%(who)s does not serve buyers."), who=str(to)))
    if passed.state == ConversationState.ESCALATED:
        move(passed, ConversationState.OPEN, moves=CONVERSATION_MOVES)
    _hand_to(passed, to, verb=PASSED, by=by, at=at, reason=note.strip())
    notify(
        [to],
        "service.conversation",
        _("%(who)s passed the conversation with %(buyer)s on to you."),
        at=at,
        url=passed.get_absolute_url(),
        who=str(by),
        buyer=str(passed.buyer),
    )
    conversation.refresh_from_db()
    return passed


def _hand_to(
    conversation: Conversation, to: Employee, *, verb: str, by: Employee, at: datetime, reason: str = ""
) -> None:
    """Write who answers for it, and keep who did before."""
    before = conversation.agent
    conversation.agent, conversation.in_hand = to, conversation.in_hand or verb != TAKEN
    conversation.save(update_fields=["agent", "in_hand"])
    changes = {"agent": (before, to), "holder_key": (before.pk if before else None, to.pk)}
    record(verb, conversation, by=by, at=at, changes=changes, reason=reason)


@transaction.atomic
def annotate_conversation(conversation: Conversation, text: str, *, by: Employee, at: datetime) -> Conversation:
    """Write what a conversation was about and what came of it (CS-051); an earlier annotation stays in the history.

    :raises Refused: if it is shorter than `service.annotation_least`.
    """
    words = text.strip()
    least = policy.ANNOTATION_LEAST()
    if len(words) < least:
        raise Refused(sentence(_("An annotation has %(least)s characters at least (CS-051)."), least=least))
    annotated = _locked(conversation)
    if words == annotated.annotation:
        return annotated
    changes = {"annotation": (annotated.annotation, words)}
    annotated.annotation, annotated.annotated_by, annotated.annotated_at = words, by, at
    annotated.save(update_fields=["annotation", "annotated_by", "annotated_at"])
    record("service.conversation_annotated", annotated, by=by, at=at, changes=changes)
    conversation.refresh_from_db()
    return annotated


@transaction.atomic
def close_conversation(conversation: Conversation, *, annotation: str = "", by: Employee, at: datetime) -> Conversation:
    """Close a conversation that is dealt with; every one is annotated first (CS-051).

    :param annotation: written along; may be empty where there is one already.
    :raises Refused: if it is closed, somebody else's, or not annotated in enough detail.
    """
    closed = _locked(conversation)
    _refuse_closed(closed)
    _refuse_others(closed, by)
    if annotation.strip():
        closed = annotate_conversation(closed, annotation, by=by, at=at)
    if len(closed.annotation.strip()) < policy.ANNOTATION_LEAST():
        raise Refused(_("Annotate the conversation first: what it was about, what came of it (CS-051)."))
    move(closed, ConversationState.CLOSED, moves=CONVERSATION_MOVES, closed_by=by, closed_at=at, in_hand=False)
    record("service.conversation_closed", closed, by=by, at=at)
    conversation.refresh_from_db()
    return closed


@transaction.atomic
def reopen_conversation(conversation: Conversation, *, reason: str, by: Employee, at: datetime) -> Conversation:
    """Open a closed conversation again.

    :raises Refused: if it is open, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_("Opening it again wants a reason."))
    opened = _locked(conversation)
    if opened.state != ConversationState.CLOSED:
        raise MoveRefused(_("The conversation is open."))
    to = ConversationState.WAITING if opened.waiting_since else ConversationState.OPEN
    move(opened, to, moves=CONVERSATION_MOVES, closed_by=None, closed_at=None, in_hand=True)
    record("service.conversation_reopened", opened, by=by, at=at, reason=reason.strip())
    conversation.refresh_from_db()
    return opened


@transaction.atomic
def escalate_conversation(conversation: Conversation, *, reason: str, by: Employee, at: datetime) -> Conversation:
    """Take a conversation to the superior of whoever has it; the superior answers for it from now on (CS-009).

    :raises Refused: if it is closed or with a superior already, no reason is given, or nobody is above.
    """
    if not reason.strip():
        raise Refused(_("Say what the superior is to decide."))
    raised = _locked(conversation)
    _refuse_closed(raised)
    _refuse_others(raised, by)
    holder = raised.agent or by
    superior = superiors_of([holder])[holder.pk]
    if superior is None or superior.pk == by.pk:
        raise Refused(_("There is nobody above to take it to."))
    move(raised, ConversationState.ESCALATED, moves=CONVERSATION_MOVES, escalated_to=superior, escalated_at=at)
    _hand_to(raised, superior, verb="service.conversation_escalated", by=by, at=at, reason=reason.strip())
    notify(
        [superior],
        "service.conversation",
        _("%(who)s takes the conversation with %(buyer)s to you: %(reason)s"),
        at=at,
        url=raised.get_absolute_url(),
        who=str(by),
        buyer=str(raised.buyer),
        reason=reason.strip()[:120],
    )
    conversation.refresh_from_db()
    return raised


def hand_over_conversations(ids: list[int], receiver: Employee, *, by: Employee, at: datetime) -> int:
    """Make the receiver of a shift answer for conversations; what was closed meanwhile is left alone."""
    handed = 0
    for one in Conversation.objects.filter(pk__in=ids).exclude(state=ConversationState.CLOSED):
        with transaction.atomic():
            found = _locked(one)
            if found.state == ConversationState.CLOSED or found.agent_id == receiver.pk:
                continue
            _hand_to(found, receiver, verb=PASSED, by=by, at=at)
            handed += 1
    return handed
