"""Care for buyers: who may be written to, what is due, what a message says (CS-014, CS-022, CS-025)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Count, Q, QuerySet

from service.models import Buyer, Care, QuickPhrase, Survey
from service.policy.buyers import CARE_EVERY_DAYS, CARE_HOLIDAYS
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


def phrase_for(care: Care) -> str:
    """Return the text of a message: the first phrase of its occasion; empty if there is none."""
    label = {
        CareOccasion.BIRTHDAY: "生日",
        CareOccasion.HOLIDAY: "节日",
        CareOccasion.VISIT: "回访",
        CareOccasion.REPURCHASE: "复购",
        CareOccasion.OFFER: "优惠",
    }[CareOccasion(care.occasion)]
    phrase = QuickPhrase.objects.filter(is_used=True).filter(Q(group__contains=label) | Q(shortcut__contains=label))
    found = phrase.first()
    return found.text.replace("{buyer}", "亲") if found else ""


def add_care_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    occasions = {one: str(CareOccasion(one).label) for one in CareOccasion.values}
    states = {one: (str(CareState(one).label), TONES[CareState(one)]) for one in CareState.values}
    today = shop_day(reader.at)
    for row in rows:
        row["occasion_label"] = occasions[row["occasion"]]
        row["state_label"], row["tone"] = states[row["state"]]
        row["nick"] = mask_nick(row["buyer__nick"])
        row["phone"] = mask_phone(row["buyer__phone"])
        row["edge"] = "warn" if row["state"] == CareState.DUE and row["due_on"] < today else ""


def survey_figures(surveys: QuerySet[Survey]) -> dict[str, Any]:
    """Return how content the buyers of some surveys are; two figures and the shares of the five grades."""
    grades = dict(surveys.order_by().exclude(rating=None).values_list("rating").annotate(n=Count("pk")))
    count = sum(grades.values())
    content = sum(number for grade, number in grades.items() if (grade or 0) >= 4)  # noqa: PLR2004 -- content
    return {
        "asked": surveys.count(),
        "answered": count,
        "average": sum((grade or 0) * number for grade, number in grades.items()) / count if count else None,
        "content": content / count if count else None,
        "grades": [(grade, grades.get(grade, 0)) for grade in range(5, 0, -1)],
    }


def listed_surveys(_reader: Reader) -> QuerySet[Survey]:
    """Return the rows of the list of surveys."""
    return Survey.objects.all()


def add_survey_words(rows: list[Row], _reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    for row in rows:
        row["nick"] = mask_nick(row["buyer__nick"])
        row["edge"] = "danger" if row["rating"] is not None and row["rating"] <= 2 else ""  # noqa: PLR2004
