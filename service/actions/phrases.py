"""Quick phrases with variables, and the register of automatic replies (CS-054…CS-056)."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from catalog.models import Campaign
from service.models import AutoReply, QuickPhrase
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee, Shop

VARIABLES = ("buyer", "order", "amount", "waybill", "carrier", "goods", "shop", "agent")
"""What may stand in braces in a phrase."""
_BRACES = re.compile(r"\{([^{}]*)\}")


def variables_of(text: str) -> list[str]:
    """Return the names in braces, in the order they stand there."""
    return _BRACES.findall(text)


@transaction.atomic
def keep_phrase(
    phrase: QuickPhrase | None,
    *,
    shortcut: str,
    text: str,
    group: str = "",
    is_used: bool = True,
    by: Employee,
    at: datetime,
) -> QuickPhrase:
    """Add a quick phrase, or change one.

    :raises Refused: if something is missing, the shortcut is taken, or a variable is unknown.
    """
    shortcut, text = shortcut.strip()[:20], text.strip()
    if not shortcut or not text:
        raise Refused(_("A phrase wants a shortcut and a text."))
    if unknown := sorted(set(variables_of(text)) - set(VARIABLES)):
        raise Refused(
            sentence(
                _("Nothing is known of {%(unknown)s}. There are: %(known)s."),
                unknown=unknown[0][:30],
                known=" ".join(f"{{{one}}}" for one in VARIABLES),
            )
        )
    taken = QuickPhrase.objects.filter(shortcut=shortcut)
    if phrase is not None:
        phrase = QuickPhrase.objects.select_for_update().get(pk=phrase.pk)
        taken = taken.exclude(pk=phrase.pk)
    if taken.exists():
        raise Refused(sentence(_("The shortcut %(shortcut)s is taken."), shortcut=shortcut))
    wanted = {"shortcut": shortcut, "text": text, "group": group.strip()[:40], "is_used": is_used}
    kept = phrase or QuickPhrase()
    changes = {name: (getattr(kept, name), value) for name, value in wanted.items() if getattr(kept, name) != value}
    if phrase is not None and not changes:
        return kept
    for name, value in wanted.items():
        setattr(kept, name, value)
    kept.changed_by, kept.changed_at = by, at
    kept.save()
    record("service.phrase_changed", kept, by=by, at=at, changes=changes)
    return kept


def count_use(phrase: QuickPhrase) -> None:
    """Count that a phrase was copied; no event, because nothing of the shop changed."""
    QuickPhrase.objects.filter(pk=phrase.pk).update(used=F("used") + 1)


@transaction.atomic
def add_auto_reply(
    shop: Shop,
    text: str,
    *,
    campaign: Campaign | None = None,
    expires_at: datetime | None = None,
    owner: Employee | None = None,
    by: Employee,
    at: datetime,
) -> AutoReply:
    """Register an automatic reply that was put into the chat tool.

    :param campaign: the offer it tells of; it expires with it.
    :param owner: who takes it down; of a campaign's who answers for its reply, else whoever adds it.
    :raises Refused: if it is empty, expires before now, or the campaign is another shop's or cancelled.
    """
    if not text.strip():
        raise Refused(_("Write what the buyer reads."))
    if campaign is not None and campaign.shop_id != shop.pk:
        raise Refused(_("That campaign is another shop's."))
    if campaign is not None and campaign.is_cancelled:
        raise Refused(_("That campaign is cancelled."))
    ends = expires_at or (campaign.ends_at if campaign else None)
    if ends is not None and ends <= at:
        raise Refused(_("It would have expired already."))
    reply = AutoReply.objects.create(
        shop=shop,
        campaign=campaign,
        text=text.strip(),
        owner=owner or (campaign.reply_owner if campaign and campaign.reply_owner else by),
        added_at=at,
        expires_at=ends,
    )
    record("service.auto_reply_added", reply, by=by, at=at)
    return reply


@transaction.atomic
def remove_auto_reply(reply: AutoReply, *, by: Employee, at: datetime) -> None:
    """Note that an automatic reply was taken out of the chat tool.

    :raises Refused: if it was before.
    """
    if not AutoReply.objects.filter(pk=reply.pk, removed_at=None).update(removed_at=at, removed_by=by):
        raise Refused(_("It is taken down already."))
    record("service.auto_reply_removed", reply, by=by, at=at)
    reply.refresh_from_db()
