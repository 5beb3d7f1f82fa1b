"""Care for buyers: what is due is listed each night, an agent sends it or skips it (CS-014, CS-022, CS-025)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, Care
from service.policy.buyers import CARE_DAYS_KEPT
from service.queries.buyers import warning_of
from service.queries.care import too_soon
from service.queries.care_runs import Run, quiet_since, runs_on
from service.states import CARE_MOVES, CareOccasion, CareState
from shopops.kit.clock import shop_day
from shopops.kit.moves import move, move_many
from shopops.kit.refusals import Refused
from staff.actions.events import record, record_many
from staff.models import Employee


@transaction.atomic
def send_care(care: Care, *, text: str, note: str = "", by: Employee, at: datetime) -> None:
    """Write to the buyer: with their consent, not too often, and not to somebody on the blacklist.

    :raises Refused: if one of these does not hold, or there are no words; MoveRefused if it is done already.
    """
    if not text.strip():
        raise Refused(_("Write the message."))
    if care.buyer.may_contact is not True:
        raise Refused(_("The buyer has not agreed to be written to."))
    if too_soon(care.buyer, at=at):
        raise Refused(_("The buyer heard from the shop a short time ago."))
    if warning_of(care.buyer, at=at) is not None:
        raise Refused(_("The buyer is on the blacklist."))
    move(
        care,
        CareState.SENT,
        moves=CARE_MOVES,
        text=text.strip(),
        note=note.strip()[:200],
        done_by=by,
        done_at=at,
    )
    record("service.care_sent", care.buyer, by=by, at=at, reason=text.strip())


@transaction.atomic
def skip_care(care: Care, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Leave a message out, with the reason.

    :raises Refused: without a reason; MoveRefused if it is done already.
    """
    if not reason.strip():
        raise Refused(_("Say why it is skipped."))
    move(care, CareState.SKIPPED, moves=CARE_MOVES, note=reason.strip()[:200], done_by=by, done_at=at)
    record("service.care_skipped", care.buyer, by=by, at=at, reason=reason.strip())


@transaction.atomic
def offer_to(buyer: Buyer, *, by: Employee, at: datetime) -> Care:
    """Put an offer to a buyer on today's list of care (CS-015).

    :raises Refused: without consent, too soon, for somebody on the blacklist, or if a message is due to them anyway.
    """
    if buyer.may_contact is not True:
        raise Refused(_("The buyer has not agreed to be written to."))
    if too_soon(buyer, at=at) or Care.objects.filter(buyer=buyer, state=CareState.DUE).exists():
        raise Refused(_("The buyer heard from the shop a short time ago."))
    if warning_of(buyer, at=at) is not None:
        raise Refused(_("The buyer is on the blacklist."))
    care, made = Care.objects.get_or_create(buyer=buyer, occasion=CareOccasion.OFFER, due_on=shop_day(at))
    if not made:
        raise Refused(_("The buyer has an offer of today already."))
    record("service.care_planned", buyer, by=by, at=at, reason=str(CareOccasion.OFFER.label))
    return care


@transaction.atomic
def plan_care(day: date, *, at: datetime) -> dict[str, int]:
    """List who is to hear from the shop on `day`; again changes nothing.

    Birthdays of all who agreed; holidays and regular visits for members; those due to buy again by their own rhythm.
    Nobody twice within the days between two messages, nobody on the blacklist. What waited too long is skipped.
    """
    counts: dict[str, int] = {}
    for run in runs_on(day):
        counts[run.occasion] = counts.get(run.occasion, 0) + _plan(run, day)
    counts["skipped"] = _skip_old(day, at=at)
    return counts


def _plan(run: Run, day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _PLAN.format(where=run.where),
            {"occasion": run.occasion, "due_on": day, "quiet": quiet_since(day), **run.values},
        )
        return int(cursor.rowcount)


def _skip_old(day: date, *, at: datetime) -> int:
    """Skip what nobody has sent in time: wishes after the day are none."""
    old = list(
        Care.objects.filter(state=CareState.DUE, due_on__lt=day - timedelta(days=CARE_DAYS_KEPT()))
        .select_related("buyer")
        .select_for_update(of=("self",))
    )
    move_many(old, CareState.SKIPPED, moves=CARE_MOVES, done_at=at, note=_now("nobody sent it in time"))
    record_many("service.care_skipped", [(one.buyer, None) for one in old], by=None, at=at)
    return len(old)


_PLAN = """
INSERT INTO service_care (buyer_id, occasion, due_on, text, state, note)
SELECT b.id, %(occasion)s, %(due_on)s, '', 'due', ''
FROM service_buyer b
WHERE b.may_contact AND {where}
  AND NOT EXISTS (SELECT 1 FROM service_care c WHERE c.buyer_id = b.id
                  AND (c.state = 'due' OR c.state = 'sent' AND c.done_at > %(quiet)s))
  AND NOT EXISTS (SELECT 1 FROM service_survey s WHERE s.buyer_id = b.id AND s.asked_at > %(quiet)s)
  AND NOT EXISTS (SELECT 1 FROM service_blacklisting l WHERE l.buyer_id = b.id AND l.lifted_at IS NULL
                  AND (l.until IS NULL OR l.until >= %(due_on)s))
ON CONFLICT (buyer_id, occasion, due_on) DO NOTHING
"""
