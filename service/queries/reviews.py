"""Reviews: how they are listed, who talked to the buyer, when they are due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from service.models import Review
from service.policy.complaints import REVIEW_HOURS
from service.states import Rating, ReviewCause, ReviewState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import due_tone, short_moment, time_left
from staff.models import Offence
from staff.queries.balances import Balance, balance_of
from staff.queries.calendar import work_calendar

CLAUSE = "CS-061"

RATINGS = {Rating.GOOD: "good", Rating.MIDDLING: "warn", Rating.BAD: "danger"}
TONES = {
    ReviewState.QUIET: "plain",
    ReviewState.TASK: "danger",
    ReviewState.HANDLED: "info",
    ReviewState.SETTLED: "good",
}


def review_due(at: datetime) -> datetime:
    """Return until when a review that came in at `at` is dealt with, in office hours (CS-020)."""
    return work_calendar().add_working_time(at, timedelta(hours=REVIEW_HOURS()))


def last_agents(pairs: Iterable[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """Return (buyer id, moment) → who talked to the buyer last before that moment; nobody is missing. One query."""
    asked = list(dict.fromkeys(pairs))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.place, t.agent_id
            FROM unnest(%s::bigint[], %s::timestamptz[]) WITH ORDINALITY AS a (buyer, moment, place)
            CROSS JOIN LATERAL (
                SELECT c.agent_id FROM service_conversation c
                WHERE c.buyer_id = a.buyer AND c.agent_id IS NOT NULL AND c.opened_at <= a.moment
                ORDER BY c.opened_at DESC, c.id DESC LIMIT 1
            ) t
            """,
            [[buyer for buyer, _moment in asked], [moment for _buyer, moment in asked]],
        )
        return {asked[place - 1]: agent for place, agent in cursor.fetchall()}


def charges_of(review: Review) -> list[tuple[Offence, Balance]]:
    """Return what was booked for a review, with what stands of it."""
    booked = Offence.objects.filter(clause__number=CLAUSE, subject_type="service.Review", subject_id=review.pk)
    return [(offence, balance_of(offence)) for offence in booked.select_related("employee").order_by("pk")]


def charge_stands(review: Review) -> bool:
    """Say whether points that were booked for a review still count."""
    return any(stands.points for _offence, stands in charges_of(review))


def listed_reviews(_reader: Reader) -> QuerySet[Review]:
    """Return the rows of the list of reviews."""
    return Review.objects.all()


def matching_reviews(text: str) -> Q:
    """Return the condition for the search box: order number, buyer's nick."""
    word = text.strip()
    return Q(order_number=word) | Q(buyer__nick=word)


def add_review_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    states = {one: (str(ReviewState(one).label), TONES[ReviewState(one)]) for one in ReviewState.values}
    ratings = {one: (str(Rating(one).label), RATINGS[Rating(one)]) for one in Rating.values}
    causes = {one: str(ReviewCause(one).label) for one in ReviewCause.values}
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]]
        row["rating_label"], row["rating_tone"] = ratings[row["rating"]]
        row["cause_label"] = causes.get(row["cause"], "")
        row["nick"] = mask_nick(row["buyer__nick"])
        row["written"] = short_moment(row["reviewed_at"])
        row["due"], row["due_tone"], row["edge"] = "", "", ""
        if row["state"] == ReviewState.TASK and row["due_at"]:
            row["due"] = time_left(row["due_at"], reader.at)
            row["due_tone"] = due_tone(row["due_at"], reader.at)
            row["edge"] = "danger" if row["due_at"] < reader.at else ""
