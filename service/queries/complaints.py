"""Complaints: when they are due, how they are listed, what their page shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from service.models import Buyer, Complaint
from service.policy.complaints import COMPLAINT_REPEAT_DAYS, COMPLAINT_REVISIT_DAYS
from service.states import BLAMELESS, Cause, ComplaintSource, ComplaintState, Severity, Verdict
from shopops.kit.clock import shop_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import due_tone, short_moment, time_left
from staff.models import Employee
from staff.queries.rulebook import holder_of, in_force
from staff.queries.superiors import superiors_of

CLAUSE = "CS-036"
USUAL_HOURS = 24
SHOP_HEAD = "STF-039"
OPEN = (
    ComplaintState.RECEIVED,
    ComplaintState.REGISTERED,
    ComplaintState.INVESTIGATED,
    ComplaintState.HANDLING,
)
"""States in which somebody works on a complaint."""
HOUR_BANDS: dict[str, tuple[int, int | None]] = {
    "0-4": (0, 4),
    "4-12": (4, 12),
    "12-24": (12, 24),
    "24-48": (24, 48),
    "48-": (48, None),
}
"""Hours from the receipt to the answer, the lower bound included."""
TONES = {
    ComplaintState.RECEIVED: "danger",
    ComplaintState.REGISTERED: "warn",
    ComplaintState.INVESTIGATED: "warn",
    ComplaintState.HANDLING: "info",
    ComplaintState.RESOLVED: "good",
    ComplaintState.ARCHIVED: "plain",
    ComplaintState.REVISITED: "good",
    ComplaintState.WITHDRAWN: "plain",
}
VERDICT_TONES = {
    Verdict.FOUNDED: "danger",
    Verdict.PARTLY: "warn",
    Verdict.UNFOUNDED: "plain",
    Verdict.MALICIOUS: "plain",
}
GRAVITY = {Severity.MINOR: "plain", Severity.GRAVE: "warn", Severity.SEVERE: "danger"}


def answer_limit(at: datetime) -> datetime:
    """Return until when a complaint received at `at` is answered, by the clause in force that day (CS-036)."""
    found = in_force(shop_day(at)).filter(clause__number=CLAUSE).values_list("parameters", flat=True).first()
    return at + timedelta(hours=float((found or {}).get("hours", USUAL_HOURS)))


def revisit_due(archived_at: datetime) -> datetime:
    """Return until when the buyer of an archived complaint is visited again (CS-033)."""
    return archived_at + timedelta(days=COMPLAINT_REVISIT_DAYS())


def superior_for(complaint: Complaint, level: int, *, at: datetime) -> Employee | None:
    """Return who a complaint goes to on a level: 1 the handler's superior, 2 the shop's head (T11, CS-038)."""
    person = complaint.handler or complaint.received_by
    first = superiors_of([person]).get(person.pk)
    if level <= 1:
        return first
    return holder_of(SHOP_HEAD, on=shop_day(at)) or (superiors_of([first]).get(first.pk) if first else None)


def complaint_before(buyer: Buyer, order: Order | None, *, at: datetime) -> Complaint | None:
    """Return the complaint that one received now repeats: the buyer's latest about this order, or of the last days."""
    mine = Complaint.objects.filter(buyer=buyer, received_at__lte=at).exclude(state=ComplaintState.WITHDRAWN)
    mine = mine.select_related("order").order_by("-received_at", "-pk")
    about_it = mine.filter(order=order).first() if order is not None else None
    return about_it or mine.filter(received_at__gte=at - timedelta(days=COMPLAINT_REPEAT_DAYS())).first()


def others_of(complaint: Complaint) -> QuerySet[Complaint]:
    """Return the other complaints of the same buyer, the newest first, at most ten."""
    mine = Complaint.objects.filter(buyer=complaint.buyer).exclude(pk=complaint.pk)
    return mine.order_by("-received_at", "-pk")[:10]


def listed_complaints(_reader: Reader) -> QuerySet[Complaint]:
    """Return the rows of the list of complaints."""
    took = ExpressionWrapper(F("answered_at") - F("received_at"), output_field=DurationField())
    return Complaint.objects.annotate(took=took)


def matching_complaints(text: str) -> Q:
    """Return the condition for the search box: number, buyer's nick, order number."""
    word = text.strip()
    orders = list(Order.objects.filter(number=word).values_list("pk", flat=True)[:50])
    return Q(number=word.upper()) | Q(buyer__nick=word) | Q(order__in=orders) | Q(number__startswith=word.upper())


def was_late(at: datetime) -> Q:
    """Return the condition for complaints that were answered late or not at all in their time."""
    return Q(answered_at=None, answer_by__lt=at) | Q(answered_at__gt=F("answer_by"))


def band_of(took: timedelta) -> str:
    """Return the band of hours an answer falls into."""
    hours = took / timedelta(hours=1)
    return next(key for key, (_low, high) in HOUR_BANDS.items() if high is None or hours < high)


def band_said(key: str) -> str:
    """Return a band of hours in words."""
    low, high = HOUR_BANDS[key]
    return f"{low}–{high} h" if high else _now("over %(hours)s h") % {"hours": low}


def in_bands(keys: Iterable[str]) -> Q:
    """Return the condition for complaints answered within any of some bands; wants `took` annotated."""
    found = Q(pk=None)
    for key in keys:
        low, high = HOUR_BANDS[key]
        found |= Q(took__gte=timedelta(hours=low)) & (Q(took__lt=timedelta(hours=high)) if high else Q())
    return found


def late(at: datetime) -> Q:
    """Return the condition for complaints whose time has passed without an answer."""
    return Q(answered_at=None, answer_by__lt=at, state__in=OPEN)


def add_complaint_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    states = {
        state: (str(ComplaintState(state).label), TONES[ComplaintState(state)]) for state in ComplaintState.values
    }
    gravity = {one: (str(Severity(one).label), GRAVITY[Severity(one)]) for one in Severity.values}
    sources = {one: str(ComplaintSource(one).label) for one in ComplaintSource.values}
    causes = {one: str(Cause(one).label) for one in Cause.values}
    verdicts = {one: str(Verdict(one).label) for one in Verdict.values}
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]]
        row["gravity"], row["gravity_tone"] = gravity[row["severity"]]
        row["source_label"] = sources[row["source"]]
        row["cause_label"] = causes.get(row["cause"], "")
        row["verdict_label"] = verdicts.get(row["verdict"], "")
        row["is_ours"] = row["verdict"] not in BLAMELESS
        row["nick"] = mask_nick(row["buyer__nick"])
        row["received"] = short_moment(row["received_at"])
        _add_clock(row, reader.at)


def _add_clock(row: Row, at: datetime) -> None:
    row["due"], row["due_tone"], row["due_at"], row["edge"] = "", "", "", ""
    if row["answered_at"]:
        row["in_time"] = row["answered_at"] <= row["answer_by"]
        row["due_at"] = short_moment(row["answered_at"])
    elif row["state"] in OPEN:
        row["due"], row["due_tone"] = time_left(row["answer_by"], at), due_tone(row["answer_by"], at)
        row["due_at"] = short_moment(row["answer_by"])
        row["edge"] = "danger" if row["answer_by"] < at else "warn" if row["severity"] == Severity.SEVERE else ""


STEPS: tuple[tuple[str, Any, str, str], ...] = (
    (ComplaintState.RECEIVED, _("Received and apologised"), "received_at", "received_by"),
    (ComplaintState.REGISTERED, _("Registered"), "registered_at", "registered_by"),
    (ComplaintState.INVESTIGATED, _("Investigated"), "investigated_at", ""),
    (ComplaintState.HANDLING, _("Handled, superior informed"), "reported_at", "reported_to"),
    ("answered", _("Buyer answered"), "answered_at", ""),
    (ComplaintState.RESOLVED, _("Result confirmed"), "resolved_at", "resolved_by"),
    (ComplaintState.ARCHIVED, _("Archived"), "archived_at", ""),
    (ComplaintState.REVISITED, _("Buyer visited again"), "revisited_at", "revisited_by"),
)


def steps_of(complaint: Complaint) -> list[dict[str, Any]]:
    """Return the steps of the register's machine as a line: what is done, by whom, when, and which comes next."""
    steps: list[dict[str, Any]] = []
    is_next = complaint.state != ComplaintState.WITHDRAWN
    for key, label, moment, person in STEPS:
        at = getattr(complaint, moment)
        if key == ComplaintState.HANDLING and complaint.state in {
            ComplaintState.RECEIVED,
            ComplaintState.REGISTERED,
            ComplaintState.INVESTIGATED,
        }:
            at = None
        steps.append(
            {
                "label": label,
                "at": at,
                "who": str(getattr(complaint, person) or "") if person and at else "",
                "is_done": at is not None,
                "is_now": at is None and is_next,
            }
        )
        is_next = is_next and at is not None
    return steps
