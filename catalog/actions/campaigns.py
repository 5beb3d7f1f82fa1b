"""Campaigns: planned, changed, cancelled (CS-056)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Campaign
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee, Shop

FIELDS = ("name", "offer", "starts_at", "ends_at", "reply_owner")


@transaction.atomic
def plan_campaign(
    shop: Shop,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    offer: str = "",
    reply_owner: Employee | None = None,
    by: Employee,
    at: datetime,
) -> Campaign:
    """Write down an offer of a shop with its days, and who adds the automatic reply for it.

    :raises Refused: if it has no name, ends before it begins, or is over.
    """
    _refuse_bad(name, starts_at, ends_at)
    if ends_at <= at:
        raise Refused(_("A campaign that is over is not planned."))
    planned = Campaign.objects.create(
        shop=shop,
        name=name.strip()[:80],
        offer=offer.strip()[:300],
        starts_at=starts_at,
        ends_at=ends_at,
        reply_owner=reply_owner,
        made_by=by,
        made_at=at,
    )
    record("catalog.campaign_planned", planned, by=by, at=at)
    return planned


def _refuse_bad(name: str, starts_at: datetime, ends_at: datetime) -> None:
    if not name.strip():
        raise Refused(_("A campaign wants a name."))
    if ends_at <= starts_at:
        raise Refused(_("A campaign ends after it begins."))


@transaction.atomic
def change_campaign(campaign: Campaign, values: dict[str, Any], *, by: Employee, at: datetime) -> Campaign:
    """Change a campaign that is not over.

    :param values: any of `FIELDS`.
    :raises Refused: if it is over or cancelled, or would end before it begins.
    """
    found = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if found.is_cancelled or found.ends_at <= at:
        raise Refused(_("A campaign that is over is not changed any more."))
    before = {name: getattr(found, name) for name in FIELDS if name in values}
    changes = {name: (old, values[name]) for name, old in before.items() if old != values[name]}
    for name, (_old, new) in changes.items():
        setattr(found, name, new)
    _refuse_bad(found.name, found.starts_at, found.ends_at)
    if changes:
        found.save(update_fields=list(changes))
        record("catalog.campaign_changed", found, by=by, at=at, changes=changes)
    campaign.refresh_from_db()
    return found


@transaction.atomic
def cancel_campaign(campaign: Campaign, *, reason: str, by: Employee, at: datetime) -> None:
    """Cancel a campaign; one that runs ends now, and its automatic reply is to be taken down.

    :raises Refused: if it is over, cancelled already, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_("Cancelling wants a reason."))
    found = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if found.is_cancelled or found.ends_at <= at:
        raise Refused(_("This campaign is over."))
    changes: dict[str, tuple[Any, Any]] = {"is_cancelled": (False, True)}
    if found.starts_at < at:
        changes["ends_at"] = (found.ends_at, at)
        found.ends_at = at
    found.is_cancelled = True
    found.save(update_fields=["is_cancelled", "ends_at"])
    record("catalog.campaign_cancelled", found, by=by, at=at, changes=changes, reason=reason.strip())
    campaign.refresh_from_db()
