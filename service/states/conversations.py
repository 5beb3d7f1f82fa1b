"""Words and steps of conversations with buyers, and of what follows from them."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class Channel(TextChoices):
    """How a buyer and the shop talked."""

    CHAT = "chat", _("chat")
    PHONE = "phone", _("telephone")
    MESSAGE = "message", _("message left in the shop")
    EMAIL = "email", _("e-mail")


class ConversationState(TextChoices):
    """Where a conversation is (the register's machine: waiting, replied, closed, escalated)."""

    WAITING = "waiting", _("waiting for an answer")
    OPEN = "open", _("answered")
    ESCALATED = "escalated", _("with a superior")
    CLOSED = "closed", _("closed")


CONVERSATION_MOVES: Moves = {
    ConversationState.WAITING: frozenset(
        {ConversationState.OPEN, ConversationState.ESCALATED, ConversationState.CLOSED}
    ),
    ConversationState.OPEN: frozenset(
        {ConversationState.WAITING, ConversationState.ESCALATED, ConversationState.CLOSED}
    ),
    ConversationState.ESCALATED: frozenset({ConversationState.OPEN, ConversationState.CLOSED}),
    ConversationState.CLOSED: frozenset({ConversationState.WAITING, ConversationState.OPEN}),
}


class Sender(IntegerChoices):
    """Who wrote a message. Robots and the platform's own lines are told apart from people."""

    BUYER = 1, _("buyer")
    AGENT = 2, _("agent")
    ROBOT = 3, _("robot")
    SYSTEM = 4, _("system")


class MessageKind(IntegerChoices):
    """What a message is."""

    TEXT = 1, _("text")
    IMAGE = 2, _("picture")
    CARD = 3, _("card")
    NOTICE = 4, _("notice")


class TurnExclusion(TextChoices):
    """Why a turn is left out of the times."""

    NONE = "", _("counted")
    THANKS = "thanks", _("closing thanks")
    ROBOT = "robot", _("answered by the robot only")
    OFF_DUTY = "off_duty", _("nobody on duty")


class FollowUpKind(TextChoices):
    """Why a buyer is followed up."""

    NEXT_DAY = "next_day", _("the day after a consultation")
    VISIT = "visit", _("regular visit")
    COMPLAINT = "complaint", _("after a complaint")
    AFTER_SALE = "aftersale", _("after an after-sale case")


class FollowUpState(TextChoices):
    """Where a follow-up is."""

    DUE = "due", _("to be done")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


FOLLOW_UP_MOVES: Moves = {
    FollowUpState.DUE: frozenset({FollowUpState.DONE, FollowUpState.DROPPED}),
    FollowUpState.DONE: frozenset({FollowUpState.DUE}),
}


class FollowUpResult(TextChoices):
    """What came of a follow-up."""

    BOUGHT = "bought", _("bought")
    THINKING = "thinking", _("still thinking")
    CONTENT = "content", _("content")
    TROUBLE = "trouble", _("has a problem")
    NO_ANSWER = "no_answer", _("no answer")
    NOT_INTERESTED = "not_interested", _("not interested")


class PromiseState(TextChoices):
    """Where a promise to a buyer is."""

    OPEN = "open", _("to be kept")
    KEPT = "kept", _("fulfilled")
    BROKEN = "broken", _("not kept")
    DROPPED = "dropped", _("dropped")


PROMISE_MOVES: Moves = {
    PromiseState.OPEN: frozenset({PromiseState.KEPT, PromiseState.BROKEN, PromiseState.DROPPED}),
    PromiseState.KEPT: frozenset({PromiseState.OPEN}),
}


class FeedbackState(TextChoices):
    """Where a problem a buyer reported is (CS-072)."""

    OPEN = "open", pgettext_lazy("feedback", "open")
    PASSED_ON = "passed_on", _("passed on")
    HANDLED = "handled", _("dealt with")


FEEDBACK_MOVES: Moves = {
    FeedbackState.OPEN: frozenset({FeedbackState.PASSED_ON, FeedbackState.HANDLED}),
    FeedbackState.PASSED_ON: frozenset({FeedbackState.HANDLED, FeedbackState.PASSED_ON}),
    FeedbackState.HANDLED: frozenset({FeedbackState.OPEN}),
}


class ConsultTopic(TextChoices):
    """What buyers ask about (CS-002)."""

    GOODS = "goods", _("goods")
    SHIPPING = "shipping", _("shipping")
    POSTAGE = "postage", _("postage")
    ORDERING = "ordering", _("ordering")
    PRICE = "price", _("price and offers")
    AFTER_SALE = "after_sale", _("after-sale")
    OTHER = "other", _("other")


class CallDirection(TextChoices):
    """Who rang whom."""

    IN = "in", _("incoming")
    OUT = "out", _("outgoing")


class InspectionState(TextChoices):
    """Where a quality inspection is."""

    DRAWN = "drawn", _("drawn")
    SCORED = "scored", _("scored")
    DISPUTED = "disputed", _("contested")
    DROPPED = "dropped", _("dropped")


INSPECTION_MOVES: Moves = {
    InspectionState.DRAWN: frozenset({InspectionState.SCORED, InspectionState.DROPPED}),
    InspectionState.SCORED: frozenset({InspectionState.DISPUTED}),
    InspectionState.DISPUTED: frozenset({InspectionState.SCORED}),
}


class DrawRule(TextChoices):
    """Which conversations a drawing takes its lots from."""

    ANY = "any", _("any conversation")
    SLOW = "slow", _("first reply too late")
    LONG = "long", _("many messages")
    UNNOTED = "unnoted", _("without an annotation")
    RAISED = "raised", _("taken to a superior")
    GRIEVED = "grieved", _("followed by a complaint")


class ChecklistKind(TextChoices):
    """Whose preparation before work a list is (CS-010, CS-011)."""

    PRESALE = "presale", _("pre-sale")
    AFTERSALE = "aftersale", _("after-sale")


declare_verbs(
    {
        "service.conversation_annotated": _("annotated the conversation"),
        "service.conversation_taken": _("took the conversation"),
        "service.conversation_passed": _("passed the conversation on"),
        "service.conversation_reopened": _("opened the conversation again"),
        "service.call_noted": _("noted a telephone call"),
        "service.consultation_logged": _("logged a consultation"),
        "service.follow_up_planned": _("planned a follow-up"),
        "service.follow_up_moved": _("moved the follow-up"),
        "service.follow_up_passed": _("passed the follow-up on"),
        "service.promise_made": _("promised the buyer"),
        "service.promise_moved": _("moved the promise"),
        "service.promise_passed": _("passed the promise on"),
        "service.feedback_noted": _("noted what the buyer reported"),
        "service.feedback_passed_on": _("passed what the buyer reported on"),
        "service.memo_written": _("wrote a memo"),
        "service.memo_done": _("ticked the memo off"),
        "service.checklist_ticked": _("ticked the checklist"),
        "service.phrase_changed": _("changed a quick phrase"),
        "service.auto_reply_added": _("added the automatic reply"),
        "service.auto_reply_removed": _("removed the automatic reply"),
        "service.inspection_drawn": _("drew conversations for inspection"),
        "service.inspection_scored": _("scored the conversation"),
        "service.inspection_upheld": _("stood by the score"),
        "service.personal_data_revealed": _("looked at a buyer in full"),
    }
)
declare_verbs(
    {
        "service.conversation_closed": _("closed the conversation"),
        "service.follow_up_done": _("followed the buyer up"),
        "service.promise_kept": _("kept the promise"),
        "service.feedback_handled": _("dealt with what the buyer reported"),
    },
    tone="good",
)
declare_verbs(
    {
        "service.conversation_escalated": _("took the conversation to a superior"),
        "service.follow_up_dropped": _("dropped the follow-up"),
        "service.promise_broken": _("could not keep the promise"),
        "service.promise_dropped": _("dropped the promise"),
        "service.inspection_contested": _("contested the score"),
        "service.inspection_dropped": _("dropped the inspection"),
    },
    tone="warn",
)
