"""Swaps of duties: which there are, and who has to answer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from shopops.kit.lists import Reader, Row
from staff.models import Duty, DutySwap, Employee, Shift
from staff.queries.people import matching_people
from staff.queries.superiors import superiors_of
from staff.states import DutyState, SwapState

TONES = {
    SwapState.ASKED: "warn",
    SwapState.AGREED: "info",
    SwapState.APPROVED: "good",
    SwapState.REFUSED: "danger",
    SwapState.WITHDRAWN: "plain",
}
SEES_ALL = "staff.view_duty"
_WHOLE = ("duty__shift", "duty__employee", "in_return__shift", "asked_by", "colleague", "decided_by")


def swap_url(swap: DutySwap) -> str:
    """Return the page of a swap."""
    return reverse("staff:swap", args=[swap.pk])


def whole_swaps() -> QuerySet[DutySwap]:
    """Return swaps with what their page shows."""
    return DutySwap.objects.select_related(*_WHOLE)


def may_see_swap(swap: DutySwap, reader: Employee) -> bool:
    """Say whether somebody may read a swap."""
    return reader.pk in {swap.asked_by_id, swap.colleague_id} or reader.has_perm(SEES_ALL)


def swaps_to_answer(employee: int) -> QuerySet[DutySwap]:
    """Return the swaps somebody was asked for and has not answered."""
    return whole_swaps().filter(colleague=employee, state=SwapState.ASKED).order_by("duty__starts_at", "pk")


def swaps_to_decide(employee: int) -> list[DutySwap]:
    """Return the agreed swaps that somebody decides as the superior of who asked; three queries."""
    waiting = list(
        whole_swaps()
        .filter(state=SwapState.AGREED)
        .exclude(Q(asked_by=employee) | Q(colleague=employee))
        .order_by("duty__starts_at", "pk")
    )
    above = superiors_of([one.asked_by for one in waiting]) if waiting else {}
    return [one for one in waiting if (head := above[one.asked_by_id]) is not None and head.pk == employee]


def swappable(employee: Employee, *, at: datetime) -> QuerySet[Duty]:
    """Return the duties of somebody that may still change hands."""
    coming = Duty.objects.filter(employee=employee, state=DutyState.PLANNED, starts_at__gt=at)
    return coming.select_related("shift", "employee").order_by("starts_at")


def offered_in_return(employee: Employee, *, at: datetime) -> QuerySet[Duty]:
    """Return the coming duties of the colleagues one could take instead."""
    coming = Duty.objects.filter(state=DutyState.PLANNED, starts_at__gt=at, employee__unit=employee.unit_id)
    return coming.exclude(employee=employee).select_related("shift", "employee").order_by("starts_at", "pk")


def listed_swaps(reader: Reader) -> QuerySet[DutySwap]:
    """Return the rows of the list of swaps: those one takes part in, or everybody's."""
    rows = DutySwap.objects.all()
    return rows if reader.by.has_perm(SEES_ALL) else rows.filter(Q(asked_by=reader.by) | Q(colleague=reader.by))


def matching_swaps(text: str) -> Q:
    """Return the condition for the search box: one of the two people."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(asked_by__in=people) | Q(colleague__in=people)


def add_swap_words(rows: list[Row], _reader: Reader) -> None:
    """Put states and shifts in words on the rows of a page."""
    states = dict(SwapState.choices)
    shifts = {shift.pk: str(shift) for shift in Shift.objects.all()}
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]], TONES[SwapState(row["state"])]
        row["shift"] = shifts.get(row["duty__shift_id"], "")
        row["return_shift"] = shifts.get(row["in_return__shift_id"], "")
