"""Buyers: found by nick, made on first sight, kept by people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, BuyerGroup
from shopops.kit.refusals import Refused
from staff.actions.events import record, record_many
from staff.models import Employee

MOST_TAGS = 20


def ensure_buyers(nicks: Iterable[str], *, at: datetime) -> dict[str, Buyer]:
    """Return the buyers of these nicks by nick; those never seen before are made. Empty nicks are left out."""
    wanted = sorted({nick.strip()[:100] for nick in nicks} - {""})
    known = {buyer.nick: buyer for buyer in Buyer.objects.filter(nick__in=wanted)}
    if missing := [nick for nick in wanted if nick not in known]:
        Buyer.objects.bulk_create(
            [Buyer(nick=nick, first_seen_at=at) for nick in missing], ignore_conflicts=True, batch_size=5000
        )
        known |= {buyer.nick: buyer for buyer in Buyer.objects.filter(nick__in=missing)}
    return known


@transaction.atomic
def change_buyer(
    buyer: Buyer,
    *,
    group: BuyerGroup | None = None,
    tags: Iterable[str] = (),
    remark: str = "",
    birthday: str = "",
    by: Employee,
    at: datetime,
) -> None:
    """Group, tag and remark a buyer (CS-013); the birthday is kept as the buyer told it.

    :raises Refused: if the birthday is no day.
    """
    words = {"group": group, "tags": clean_tags(tags), "remark": remark.strip()[:500], "birthday": _day(birthday)}
    before = {name: getattr(buyer, name) for name in words}
    changes = {name: (before[name], value) for name, value in words.items() if before[name] != value}
    if not changes:
        return
    for name, value in words.items():
        setattr(buyer, name, value)
    buyer.save(update_fields=list(words))
    record("service.buyer_changed", buyer, by=by, at=at, changes=changes)


@transaction.atomic
def mark_buyers(
    ids: Iterable[int],
    *,
    group: BuyerGroup | None = None,
    add_tags: Iterable[str] = (),
    remark: str = "",
    by: Employee,
    at: datetime,
) -> int:
    """Put many buyers into a group, add tags, or append a remark; return how many changed (CS-013)."""
    fresh, words = clean_tags(add_tags), remark.strip()
    changed = []
    for buyer in Buyer.objects.filter(pk__in=list(ids)).select_for_update(no_key=True, of=("self",)).order_by("pk"):
        changes: dict[str, tuple[Any, Any]] = {}
        if group is not None and buyer.group_id != group.pk:
            changes["group"] = (buyer.group, group)
            buyer.group = group
        tags = list(dict.fromkeys([*buyer.tags, *fresh]))[:MOST_TAGS]
        if tags != buyer.tags:
            changes["tags"] = (buyer.tags, tags)
            buyer.tags = tags
        if words and words not in buyer.remark:
            told = f"{buyer.remark}；{words}".strip("；")[:500]
            changes["remark"] = (buyer.remark, told)
            buyer.remark = told
        if changes:
            buyer.save(update_fields=["group", "tags", "remark"])
            changed.append((buyer, changes))
    record_many("service.buyer_changed", changed, by=by, at=at)
    return len(changed)


@transaction.atomic
def note_consent(buyer: Buyer, *, may_contact: bool, reason: str = "", by: Employee, at: datetime) -> None:
    """Keep what the buyer said to messages of care and offers; without a yes nobody writes (CS-014)."""
    changes = {"may_contact": (buyer.may_contact, may_contact)}
    buyer.may_contact, buyer.consent_at = may_contact, at
    buyer.save(update_fields=["may_contact", "consent_at"])
    record("service.consent_noted", buyer, by=by, at=at, changes=changes, reason=reason.strip())


@transaction.atomic
def reveal_buyer(buyer: Buyer, *, reason: str, by: Employee, at: datetime) -> dict[str, str]:
    """Return a buyer's data in full, and write down who wanted them and why.

    :raises Refused: if there is no reason.
    """
    if not reason.strip():
        raise Refused(_("Say what you need the data for."))
    record("service.personal_data_revealed", buyer, by=by, at=at, reason=reason.strip())
    return {name: getattr(buyer, name) for name in ("nick", "name", "phone", "province", "city")}


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Return tags without blanks and doubles, each short enough."""
    return list(dict.fromkeys(tag.strip()[:20] for tag in tags if tag.strip()))[:MOST_TAGS]


def _day(text: str) -> str:
    """Return MM-DD, or nothing for nothing.

    :raises Refused: if it is no day.
    """
    word = text.strip()
    if not word:
        return ""
    try:
        return f"{datetime.strptime(f'2000-{word}', '%Y-%m-%d'):%m-%d}"  # noqa: DTZ007 -- a day, no moment
    except ValueError:
        raise Refused(_("Write the birthday as month and day: 05-21.")) from None
