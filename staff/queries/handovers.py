"""Handovers: which shift is handed over to whom, what waits, and whether it was read in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from shopops.kit.lists import Reader, Row
from staff.models import Duty, Employee, Handover
from staff.policy.duty import ACCEPT_MINUTES
from staff.queries.people import matching_people
from staff.states import DutyState, HandoverState, ItemState

SEES_ALL = "staff.view_handover"
TONES = {HandoverState.DRAFT: "plain", HandoverState.OFFERED: "warn", HandoverState.CLOSED: "good"}
ITEM_TONES = {
    ItemState.LISTED: "warn",
    ItemState.DONE: "good",
    ItemState.KEPT: "plain",
    ItemState.OFFERED: "info",
    ItemState.ACCEPTED: "good",
    ItemState.WITH_LEADER: "danger",
}
_AFTER = timedelta(hours=16)
"""So long after a shift it is still the one that is handed over; and so far ahead the next one is looked for."""
OPEN = Q(items__state__in=(ItemState.OFFERED, ItemState.WITH_LEADER))


def duty_to_hand_over(giver: Employee, at: datetime) -> Duty | None:
    """Return the duty that runs, or the one that ended last."""
    mine = Duty.objects.filter(employee=giver, state=DutyState.PLANNED, starts_at__lte=at, ends_at__gt=at - _AFTER)
    return mine.select_related("shift").order_by("-starts_at").first()


def next_on_duty(giver: Employee, duty: Duty | None, at: datetime) -> Employee | None:
    """Propose the colleague of the same unit who is on duty when the shift ends, the one whose duty began last."""
    ends = max(duty.ends_at, at) if duty is not None else at
    others = Duty.objects.filter(
        state=DutyState.PLANNED, employee__unit=giver.unit_id, ends_at__gt=ends, starts_at__lt=ends + _AFTER
    ).exclude(employee=giver)
    running = others.filter(starts_at__lte=ends).order_by("-starts_at", "employee__name_pinyin", "pk")
    coming = others.filter(starts_at__gt=ends).order_by("starts_at", "employee__name_pinyin", "pk")
    found = running.select_related("employee").first() or coming.select_related("employee").first()
    return found.employee if found is not None else None


def next_duty_from(employee: Employee, at: datetime) -> Duty | None:
    """Return the duty of somebody that runs, or the one that comes next."""
    mine = Duty.objects.filter(employee=employee, state=DutyState.PLANNED, ends_at__gt=at)
    return mine.select_related("shift").order_by("starts_at").first()


def read_by(handover: Handover) -> datetime | None:
    """Return until when the receiver should have read and accepted it."""
    return handover.offered_at + timedelta(minutes=ACCEPT_MINUTES()) if handover.offered_at else None


def was_read_in_time(handover: Handover) -> bool | None:
    """Say whether it was read in time; None while that is open. Exactly at the limit is in time."""
    limit = read_by(handover)
    return None if limit is None or handover.read_at is None else handover.read_at <= limit


def whole_handovers() -> QuerySet[Handover]:
    """Return handovers with what their page shows."""
    return Handover.objects.select_related("giver", "receiver", "leader", "duty__shift")


def may_see_handover(handover: Handover, reader: Employee) -> bool:
    """Say whether somebody may read a handover."""
    return reader.pk in {handover.giver_id, handover.receiver_id, handover.leader_id} or reader.has_perm(SEES_ALL)


def handovers_for(employee: int) -> QuerySet[Handover]:
    """Return the handovers somebody has to read or accept, or as leader to take on; the oldest first."""
    unread = Q(receiver=employee) & (Q(read_at=None) | Q(items__state=ItemState.OFFERED))
    left = Q(leader=employee, items__state=ItemState.WITH_LEADER)
    waiting = Handover.objects.filter(unread | left, state=HandoverState.OFFERED)
    return waiting.select_related("giver", "receiver", "leader").order_by("offered_at", "pk").distinct()


def listed_handovers(reader: Reader) -> QuerySet[Handover]:
    """Return the rows of the handover book: those one takes part in, or everybody's."""
    rows = Handover.objects.annotate(
        things=Count("items"),
        waiting=Count("items", filter=OPEN),
        with_leader=Count("items", filter=Q(items__state=ItemState.WITH_LEADER)),
    )
    if reader.by.has_perm(SEES_ALL):
        return rows
    return rows.filter(Q(giver=reader.by) | Q(receiver=reader.by) | Q(leader=reader.by))


def matching_handovers(text: str) -> Q:
    """Return the condition for the search box: one of the people, or words of the note."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(giver__in=people) | Q(receiver__in=people) | Q(note__icontains=text.strip())


def add_handover_words(rows: list[Row], reader: Reader) -> None:
    """Put states in words, and whether it was read in time, on the rows of a page."""
    states = dict(HandoverState.choices)
    limit = timedelta(minutes=ACCEPT_MINUTES())
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]], TONES[HandoverState(row["state"])]
        due = row["offered_at"] + limit if row["offered_at"] and row["receiver_id"] else None
        row["read_due"] = due
        row["in_time"] = None if due is None else (row["read_at"] or reader.at) <= due
