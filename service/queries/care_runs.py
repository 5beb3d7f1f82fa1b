"""Whom the night's run of care means, and whom it leaves out and why (CS-014, CS-022, CS-025)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from service.policy.buyers import CARE_EVERY_DAYS, VISIT_DAYS
from service.queries.care import holiday_on
from service.states import CareOccasion
from shopops.kit.clock import day_window
from shopops.kit.masking import mask_nick

MOST = 300


@dataclass(frozen=True)
class Run:
    """One reason to write to buyers on a day: which buyers it means, in SQL over `service_buyer b`."""

    occasion: str
    where: str
    values: dict[str, Any] = field(default_factory=dict)


_BIRTHDAY = "b.birthday = %(day)s AND b.birthday <> ''"
_MEMBER = "b.level_id IS NOT NULL"
_DUE_AGAIN = "b.due_again_on = %(on)s"
_VISIT = """b.level_id IS NOT NULL AND NOT b.is_lost AND coalesce(b.last_talk_at, b.last_order_at) < %(seen)s
  AND NOT EXISTS (SELECT 1 FROM service_care v WHERE v.buyer_id = b.id AND v.occasion = 'visit'
                  AND v.due_on > (%(seen)s AT TIME ZONE 'Asia/Shanghai')::date)"""


def runs_on(day: date) -> list[Run]:
    """Return why buyers are written to on a day: birthdays, a holiday, purchases that are due, regular visits."""
    runs = [Run(CareOccasion.BIRTHDAY, _BIRTHDAY, {"day": f"{day:%m-%d}"})]
    if day.month == 2 and day.day == 28 and not _is_leap(day.year):  # noqa: PLR2004 -- who was born on 29 February
        runs.append(Run(CareOccasion.BIRTHDAY, _BIRTHDAY, {"day": "02-29"}))
    if holiday_on(day):
        runs.append(Run(CareOccasion.HOLIDAY, _MEMBER))
    runs.append(Run(CareOccasion.REPURCHASE, _DUE_AGAIN, {"on": day}))
    seen = day_window(day).start - timedelta(days=VISIT_DAYS())
    runs.append(Run(CareOccasion.VISIT, _VISIT, {"seen": seen}))
    return runs


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def quiet_since(day: date) -> datetime:
    """Return since when a buyer must not have heard from the shop to be written to on a day."""
    return day_window(day).start - timedelta(days=CARE_EVERY_DAYS())


REASONS = {
    "black": _("on the blacklist"),
    "refused": _("does not want to be written to"),
    "unasked": _("nobody has asked"),
    "soon": _("heard from the shop a short time ago"),
}


@dataclass(frozen=True)
class LeftOut:
    """A buyer whom a run left out."""

    buyer_id: int
    nick: str
    occasion: str
    reason: str

    @property
    def occasion_said(self) -> str:
        """Return the occasion in words."""
        return str(CareOccasion(self.occasion).label)

    @property
    def reason_said(self) -> str:
        """Return the reason in words."""
        return str(REASONS[self.reason])


def left_out(day: date) -> list[LeftOut]:
    """Return whom the run of a day meant and left out, and why, at most some hundred an occasion; one query each."""
    found = []
    for run in runs_on(day):
        with connection.cursor() as cursor:
            cursor.execute(
                _LEFT_OUT.format(where=run.where),
                {"occasion": run.occasion, "due_on": day, "quiet": quiet_since(day), "most": MOST, **run.values},
            )
            rows = cursor.fetchall()
        found += [LeftOut(key, mask_nick(nick), run.occasion, reason) for key, nick, reason in rows]
    return found


_LEFT_OUT = """
SELECT id, nick, reason FROM (
    SELECT b.id, b.nick, CASE
        WHEN EXISTS (SELECT 1 FROM service_blacklisting l WHERE l.buyer_id = b.id AND l.lifted_at IS NULL
                     AND (l.until IS NULL OR l.until >= %(due_on)s)) THEN 'black'
        WHEN NOT b.may_contact THEN 'refused'
        WHEN b.may_contact IS NULL THEN 'unasked'
        WHEN EXISTS (SELECT 1 FROM service_care c WHERE c.buyer_id = b.id
                     AND (c.state = 'due' OR c.state = 'sent' AND c.done_at > %(quiet)s))
          OR EXISTS (SELECT 1 FROM service_survey s WHERE s.buyer_id = b.id AND s.asked_at > %(quiet)s) THEN 'soon'
        END AS reason
    FROM service_buyer b
    WHERE {where} AND NOT EXISTS (SELECT 1 FROM service_care d WHERE d.buyer_id = b.id
                                  AND d.occasion = %(occasion)s AND d.due_on = %(due_on)s)
) AS meant
WHERE reason IS NOT NULL
ORDER BY reason, id LIMIT %(most)s
"""
