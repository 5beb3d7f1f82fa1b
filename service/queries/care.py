"""Care for buyers: who may be written to, what is due, what a message says (CS-014, CS-022, CS-025)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import Q, QuerySet, Sum

from orders.models import OrderLine
from service.models import Buyer, Care, QuickPhrase, Survey
from service.policy.buyers import CARE_EVERY_DAYS, CARE_HOLIDAYS, CARE_TEXTS
from service.states import CareOccasion, CareState
from shopops.kit.clock import shop_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick, mask_phone

TONES = {CareState.DUE: "warn", CareState.SENT: "good", CareState.SKIPPED: "plain"}


def too_soon(buyer: Buyer, *, at: datetime) -> bool:
    """Say whether a buyer heard from the shop within the days between two messages."""
    since = at - timedelta(days=CARE_EVERY_DAYS())
    sent = Care.objects.filter(buyer=buyer, state=CareState.SENT, done_at__gt=since)
    return sent.exists() or Survey.objects.filter(buyer=buyer, asked_at__gt=since).exists()


@cache
def holidays_of(year: int) -> dict[date, str]:
    """Return the holidays of a year with their names, as the `holidays` package knows them."""
    import holidays  # noqa: PLC0415 -- 17 MiB, once a night

    return dict(holidays.country_holidays("CN", years=year, language="zh_CN").items())


def holiday_on(day: date) -> str:
    """Return the name of the holiday that buyers are greeted on, if it begins on that day; else nothing."""
    name = holidays_of(day.year).get(day, "")
    wanted = CARE_HOLIDAYS().split()
    greeted = next((one for one in wanted if one in name), "")
    before = holidays_of((day - timedelta(days=1)).year).get(day - timedelta(days=1), "")
    return greeted if greeted and greeted not in before else ""


def listed_care(_reader: Reader) -> QuerySet[Care]:
    """Return the rows of the list of care."""
    return Care.objects.all()


def matching_care(text: str) -> Q:
    """Return the condition for the search box: the buyer's nick or the tail of the telephone number."""
    word = text.strip()
    return Q(buyer__nick=word) | Q(buyer__phone_tail=word) & ~Q(buyer__phone_tail="")


OCCASION_WORDS = {
    CareOccasion.BIRTHDAY: "生日",
    CareOccasion.HOLIDAY: "节日",
    CareOccasion.VISIT: "回访",
    CareOccasion.REPURCHASE: "复购",
    CareOccasion.OFFER: "优惠",
}
"""What a quick phrase has in its group or shortcut to be proposed on an occasion."""


@dataclass(frozen=True)
class Wish:
    """Whom a message of care goes to, and why: what its proposal is filled with."""

    key: int
    occasion: str
    due_on: date
    nick: str
    level: str


def proposals(wishes: Sequence[Wish]) -> dict[int, str]:
    """Return the proposed text of messages by their keys; at most two queries.

    The first quick phrase whose group or shortcut names the occasion, else the text of the settings.
    """
    phrases = list(QuickPhrase.objects.filter(is_used=True))
    texts = {one: _phrase(one, phrases) for one in {wish.occasion for wish in wishes}}
    wanted = {wish.nick for wish in wishes if "{goods}" in texts[wish.occasion]}
    liked = _liked(wanted) if wanted else {}
    return {
        wish.key: texts[wish.occasion]
        .replace("{buyer}", "亲")
        .replace("{holiday}", holiday_on(wish.due_on) or "节日")
        .replace("{level}", wish.level or "会员")
        .replace("{goods}", liked.get(wish.nick, "宝贝"))
        for wish in wishes
    }


def _phrase(occasion: str, phrases: Iterable[QuickPhrase]) -> str:
    word = OCCASION_WORDS[CareOccasion(occasion)]
    found = next((one.text for one in phrases if word in one.group or word in one.shortcut), "")
    return found or CARE_TEXTS[occasion]()


def _liked(nicks: Iterable[str]) -> dict[str, str]:
    """Return nick → the goods bought most; one query."""
    lines = OrderLine.objects.filter(
        order__buyer_nick__in=list(nicks), order__paid_at__isnull=False, sku__isnull=False
    ).order_by()
    rows = lines.values_list("order__buyer_nick", "sku__name").annotate(pieces=Sum("quantity"))
    found: dict[str, str] = {}
    for nick, name, _pieces in sorted(rows, key=lambda row: (-row[2], row[1])):
        found.setdefault(nick, name)
    return found


def phrase_for(care: Care) -> str:
    """Return the proposed text of one message."""
    return proposals([wish_of(care)])[care.pk]


def wish_of(care: Care) -> Wish:
    """Return what the proposal of a message is made of."""
    level = care.buyer.level.name if care.buyer.level else ""
    return Wish(care.pk, care.occasion, care.due_on, care.buyer.nick, level)


def add_care_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; two queries for what is proposed."""
    occasions = {one: str(CareOccasion(one).label) for one in CareOccasion.values}
    states = {one: (str(CareState(one).label), TONES[CareState(one)]) for one in CareState.values}
    today = shop_day(reader.at)
    due = [row for row in rows if row["state"] == CareState.DUE]
    proposed = proposals(
        [
            Wish(row["id"], row["occasion"], row["due_on"], row["buyer__nick"], row["buyer__level__name"] or "")
            for row in due
        ]
    )
    for row in rows:
        row["occasion_label"] = occasions[row["occasion"]]
        row["state_label"], row["tone"] = states[row["state"]]
        row["nick"] = mask_nick(row["buyer__nick"])
        row["phone"] = mask_phone(row["buyer__phone"])
        row["edge"] = "warn" if row["state"] == CareState.DUE and row["due_on"] < today else ""
        row["proposal"] = proposed.get(row["id"], "")
