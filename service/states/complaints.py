"""Words and steps of complaints and reviews."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class ComplaintState(TextChoices):
    """Where a complaint is: the register's machine (CS-031…CS-040)."""

    RECEIVED = "received", _("taken in")
    REGISTERED = "registered", _("registered")
    INVESTIGATED = "investigated", _("investigated")
    HANDLING = "handling", _("being handled")
    RESOLVED = "resolved", _("result confirmed")
    ARCHIVED = "archived", _("archived")
    REVISITED = "revisited", _("buyer visited again")
    WITHDRAWN = "withdrawn", _("withdrawn by the buyer")


COMPLAINT_MOVES: Moves = {
    ComplaintState.RECEIVED: frozenset({ComplaintState.REGISTERED, ComplaintState.WITHDRAWN}),
    ComplaintState.REGISTERED: frozenset({ComplaintState.INVESTIGATED, ComplaintState.WITHDRAWN}),
    ComplaintState.INVESTIGATED: frozenset({ComplaintState.HANDLING, ComplaintState.WITHDRAWN}),
    ComplaintState.HANDLING: frozenset({ComplaintState.RESOLVED, ComplaintState.WITHDRAWN}),
    ComplaintState.RESOLVED: frozenset({ComplaintState.ARCHIVED, ComplaintState.HANDLING}),
    ComplaintState.ARCHIVED: frozenset({ComplaintState.REVISITED}),
    ComplaintState.REVISITED: frozenset({ComplaintState.HANDLING}),
}


class Severity(TextChoices):
    """How grave a complaint is; grave ones go up at once."""

    MINOR = "minor", pgettext_lazy("complaint", "minor")
    GRAVE = "grave", _("grave")
    SEVERE = "severe", _("severe")


class Verdict(TextChoices):
    """What the investigation found of a complaint (CS-031, ORD-019)."""

    FOUNDED = "founded", _("founded")
    PARTLY = "partly", _("partly founded")
    UNFOUNDED = "unfounded", _("unfounded")
    MALICIOUS = "malicious", _("malicious complaint")


BLAMELESS = (Verdict.UNFOUNDED, Verdict.MALICIOUS)
"""Verdicts by which nobody of ours did anything wrong."""


class ComplaintSource(TextChoices):
    """Where a complaint came from."""

    CHAT = "chat", _("chat")
    PHONE = "phone", _("telephone")
    PLATFORM = "platform", _("platform")
    REVIEW = "review", _("review")
    AUTHORITY = "authority", _("authority (12315)")
    OTHER = "other", _("other")


class Rating(TextChoices):
    """What a buyer gave."""

    GOOD = "good", _("good")
    MIDDLING = "middling", pgettext_lazy("rating", "middling")
    BAD = "bad", _("bad")


class ReviewState(TextChoices):
    """Where a review is; only middling and bad ones become a task (CS-020, CS-061)."""

    QUIET = "quiet", _("nothing to do")
    TASK = "task", _("to be dealt with")
    HANDLED = "handled", _("dealt with")
    SETTLED = "settled", _("cause confirmed")


REVIEW_MOVES: Moves = {
    ReviewState.QUIET: frozenset({ReviewState.TASK}),
    ReviewState.TASK: frozenset({ReviewState.HANDLED}),
    ReviewState.HANDLED: frozenset({ReviewState.SETTLED, ReviewState.TASK}),
    ReviewState.SETTLED: frozenset({ReviewState.HANDLED}),
}


class ReviewCause(TextChoices):
    """Why a review is bad; only the attitude of an agent costs points (CS-061)."""

    ATTITUDE = "attitude", _("attitude of service")
    GOODS = "goods", _("goods")
    LOGISTICS = "logistics", _("logistics")
    PRICE = "price", _("price")
    MISTAKE = "mistake", _("the buyer's mistake")
    MALICE = "malice", _("malicious review")
    OTHER = "other", _("other objective cause")


declare_verbs(
    {
        "service.complaint_received": _("received the complaint"),
        "service.complaint_registered": _("registered the complaint"),
        "service.complaint_investigated": _("investigated the complaint"),
        "service.complaint_handling": _("began to handle the complaint"),
        "service.complaint_answered": _("answered the buyer"),
        "service.complaint_reported": _("reported to the superior"),
        "service.complaint_archived": _("archived the complaint"),
        "service.complaint_passed": _("passed the complaint on"),
        "service.complaint_improved": _("wrote down what is improved"),
        "service.review_imported": _("found the review"),
        "service.review_replied": _("replied to the review"),
        "service.review_handled": _("dealt with the review"),
        "service.review_passed": _("passed the review on"),
        "service.complaints_reported": _("reported on the complaints"),
        "service.complaint_report_read": _("read the report on complaints"),
    }
)
declare_verbs(
    {
        "service.complaint_resolved": _("confirmed the result"),
        "service.complaint_revisited": _("visited the buyer again and filed the sheet"),
        "service.review_settled": _("confirmed the cause of the review"),
    },
    tone="good",
)
declare_verbs(
    {
        "service.complaint_escalated": _("took the complaint one level up"),
        "service.complaint_reopened": _("opened the complaint again"),
        "service.complaint_withdrawn": _("noted that the buyer withdrew the complaint"),
        "service.review_reopened": _("opened the review again"),
    },
    tone="warn",
)
