"""Words and steps about buyers: groups, care, surveys, documents."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class CareOccasion(TextChoices):
    """Why a buyer hears from the shop (CS-014, CS-022, CS-025)."""

    BIRTHDAY = "birthday", _("birthday")
    HOLIDAY = "holiday", _("holiday")
    VISIT = "visit", _("regular visit")
    REPURCHASE = "repurchase", _("due to buy again")
    OFFER = "offer", pgettext_lazy("care", "offer")


class CareState(TextChoices):
    """Where a message of care is."""

    DUE = "due", _("to be sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("skipped")


CARE_MOVES: Moves = {
    CareState.DUE: frozenset({CareState.SENT, CareState.SKIPPED}),
    CareState.SKIPPED: frozenset({CareState.DUE}),
}


class DocumentState(TextChoices):
    """Where documents of a customer are (CS-070)."""

    RECEIVED = "received", _("with the department")
    PASSED_ON = "passed_on", _("passed on")
    RETURNED = "returned", _("mailed back")


DOCUMENT_MOVES: Moves = {
    DocumentState.RECEIVED: frozenset({DocumentState.PASSED_ON, DocumentState.RETURNED}),
}

declare_verbs(
    {
        "service.buyer_changed": _("changed the buyer's record"),
        "service.buyers_reckoned": _("reckoned the buyers anew"),
        "service.care_planned": _("put a message to the buyer on the list"),
        "service.consent_noted": _("noted whether the buyer may be written to"),
        "service.survey_asked": _("asked how content the buyer is"),
        "service.survey_answered": _("noted how content the buyer is"),
        "service.document_received": _("received documents of a customer"),
        "service.document_handed": _("gave the documents to a colleague"),
        "service.document_passed_on": _("passed the documents on"),
        "service.document_returned": _("mailed the documents back"),
        "service.blacklisting_lifted": _("took the buyer off the blacklist"),
    }
)
declare_verbs({"service.care_sent": _("wrote to the buyer")}, tone="good")
declare_verbs({"service.care_skipped": _("skipped writing to the buyer")}, tone="warn")
declare_verbs({"service.blacklisted": _("put the buyer on the blacklist")}, tone="danger")
