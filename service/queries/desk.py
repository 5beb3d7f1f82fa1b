"""The agent's desk: who waits, what of mine is open, what is to be ready before work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.queries.chases import chasable_orders
from service.models import ChecklistItem, ChecklistTick, Conversation, Feedback, FollowUp, Memo, Promise
from service.queries.clocks import Limits, limits, tone_of
from service.queries.conversations import OPEN
from service.states import ChecklistKind, ConversationState, FeedbackState, FollowUpState, PromiseState
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.lists import Reader
from staff.models import Duty, Employee, Presence, WorkReport
from staff.queries.calendar import work_calendar
from staff.states import DutyState, PresenceSource, PresenceStatus, WorkReportKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_WAITING = 60
MOST_MINE = 30
DUE_BY = time(10)
"""Until when the figures of the working day before are handed in (DATA-019)."""
NIGHT_BY = time(12)
"""Until when messages left overnight are dealt with (CS-051)."""
_COLUMNS = (
    "pk",
    "buyer__nick",
    "preview",
    "state",
    "waiting_since",
    "due_at",
    "last_at",
    "agent_id",
    "agent__name",
    "is_night",
    "shop__name",
)


@dataclass(frozen=True)
class Waiter:
    """A line of the queue. `since` is the moment the clock runs from; none where nobody waits for an answer."""

    pk: int
    nick: str
    preview: str
    state: str
    since: datetime | None
    due_at: datetime | None
    last_at: datetime
    agent: str
    is_mine: bool
    is_night: bool
    shop: str
    tone: str


@dataclass(frozen=True)
class Queue:
    """The queue: who waits, the longest first; then what else of mine is open."""

    waiting: list[Waiter]
    mine: list[Waiter]
    limit: Limits
    is_cut: bool


def read_queue(employee: Employee, *, everybody: bool = False, at: datetime) -> Queue:
    """Return who waits for an answer of this agent or of nobody yet, or of anybody; four queries."""
    rows = Conversation.objects.filter(state=ConversationState.WAITING)
    if not everybody:
        rows = rows.filter(Q(agent=employee) | Q(agent=None))
    limit = limits(at)
    waiting = [
        _waiter(row, employee, at, limit)
        for row in rows.order_by("waiting_since", "pk").values_list(*_COLUMNS)[: MOST_WAITING + 1]
    ]
    others = Conversation.objects.filter(OPEN, agent=employee).exclude(state=ConversationState.WAITING)
    mine = [
        _waiter(row, employee, at, limit)
        for row in others.order_by("due_at", "-last_at").values_list(*_COLUMNS)[:MOST_MINE]
    ]
    return Queue(waiting[:MOST_WAITING], mine, limit, len(waiting) > MOST_WAITING)


def _waiter(row: tuple[Any, ...], employee: Employee, at: datetime, limit: Limits) -> Waiter:
    pk, nick, preview, state, since, due_at, last_at, agent_id, agent, is_night, shop = row
    waits = since if state == ConversationState.WAITING else None
    return Waiter(
        pk,
        nick,
        preview,
        state,
        waits,
        due_at,
        last_at,
        agent or "",
        agent_id == employee.pk,
        is_night,
        shop,
        tone_of(waits, due_at, at, limit),
    )


@dataclass(frozen=True)
class Tile:
    """A count of something of mine, how much of it is late, and where it is."""

    key: str
    label: str | _StrPromise
    count: int
    late: int
    url: str
    icon: str
    note: str = ""


def my_counts(employee: Employee, at: datetime) -> list[Tile]:
    """Return what of mine is open, in counts; seven queries."""
    follow_ups = list(
        FollowUp.objects.filter(agent=employee, state=FollowUpState.DUE).values_list("due_at", flat=True)[:1000]
    )
    promises = list(
        Promise.objects.filter(holder=employee, state=PromiseState.OPEN).values_list("due_at", flat=True)[:1000]
    )
    feedback = list(
        Feedback.objects.exclude(state=FeedbackState.HANDLED)
        .filter(holder=employee)
        .values_list("holder_since", flat=True)[:1000]
    )
    memos = list(Memo.objects.filter(employee=employee, done_at=None).values_list("remind_at", flat=True)[:1000])
    night = list(
        Conversation.objects.filter(OPEN, Q(agent=employee) | Q(agent=None), is_night=True).values_list(
            "due_at", flat=True
        )[:1000]
    )
    unpaid = chasable_orders(Reader(employee, at)).filter(Q(chase=None) | Q(chase__claimed_by=employee, chase__times=0))
    tiles = [
        _tile("night", _("Left overnight"), night, "service:conversation_list", "moon", at, "?tab=night"),
        _tile("follow_ups", _("Follow-ups"), follow_ups, "service:follow_up_list", "reply", at, "?tab=mine"),
        _tile("promises", _("Promises"), promises, "service:promise_list", "handshake", at, "?tab=mine"),
        _tile(
            "feedback", _("Feedback"), [], "service:feedback_list", "megaphone", at, "?tab=mine", count=len(feedback)
        ),
        _tile("memos", _("Memos"), memos, "service:memos", "square-pen", at),
        _tile(
            "unpaid", _("Unpaid orders"), [], "orders:chase_list", "phone", at, count=unpaid.order_by()[:1000].count()
        ),
    ]
    return [*tiles, _daily_data(employee, at)]


def _tile(
    key: str,
    label: str | _StrPromise,
    dues: list[datetime | None] | list[datetime],
    url_name: str,
    icon: str,
    at: datetime,
    query: str = "",
    count: int | None = None,
) -> Tile:
    late = sum(1 for due in dues if due is not None and due <= at)
    return Tile(key, label, len(dues) if count is None else count, late, reverse(url_name) + query, icon)


def _daily_data(employee: Employee, at: datetime) -> Tile:
    """Return whether the figures of the working day before are handed in; due at 10:00 (DATA-019)."""
    calendar, day = work_calendar(), shop_day(at) - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    handed = WorkReport.objects.filter(employee=employee, kind=WorkReportKind.FIGURES_DAY, day=day).exists()
    due = datetime.combine(shop_day(at), DUE_BY, tzinfo=SHANGHAI)
    missing = int(not handed)
    return Tile("figures", _("Daily data"), missing, int(missing and at > due), "", "chart-column", f"{day:%m-%d}")


@dataclass(frozen=True)
class ChecklistShown:
    """The checklist before work of the duty that runs or comes next today."""

    duty: Duty
    items: list[tuple[ChecklistItem, bool]]
    done: int


def checklist_of(employee: Employee, at: datetime) -> ChecklistShown | None:
    """Return the checklist of today's duty, or None without a duty; three queries.

    Post-sale agents get the list of after-sale, all others that of pre-sale; who does both has both.
    """
    duty = (
        Duty.objects.filter(
            employee=employee, state=DutyState.PLANNED, ends_at__gt=at, starts_at__lt=at + timedelta(hours=12)
        )
        .select_related("shift")
        .order_by("starts_at")
        .first()
    )
    if duty is None:
        return None
    kinds = kinds_of(employee, at)
    ticked = set(ChecklistTick.objects.filter(duty=duty).values_list("item_id", flat=True))
    items = [(one, one.pk in ticked) for one in ChecklistItem.objects.filter(is_used=True, kind__in=kinds)]
    return ChecklistShown(duty, items, sum(1 for _one, done in items if done))


def kinds_of(employee: Employee, at: datetime) -> list[str]:
    """Return whose preparations somebody makes, by the posts held; one query."""
    codes = set(
        employee.appointments.filter(Q(until=None) | Q(until__gte=shop_day(at))).values_list(
            "position__code", flat=True
        )
    )
    if codes and codes <= {"aftersale", "complaints"}:
        return [ChecklistKind.AFTERSALE]
    if codes == {"presale"}:
        return [ChecklistKind.PRESALE]
    return list(ChecklistKind.values)


def presence_of(employee: Employee) -> Presence | None:
    """Return the status somebody set by the button and that lasts, or None."""
    return (
        Presence.objects.filter(employee=employee, ends_at=None, source=PresenceSource.BUTTON)
        .select_related("covered_by")
        .first()
    )


def status_of(presence: Presence | None) -> str:
    """Return the status, offline where nobody said anything."""
    return presence.status if presence else str(PresenceStatus.OFFLINE)


def night_due(at: datetime) -> datetime:
    """Return 12:00 of today: until then what was left overnight is dealt with."""
    return start_of_day(shop_day(at)) + timedelta(hours=NIGHT_BY.hour)


def serving_people() -> list[tuple[int, str]]:
    """Return who may serve buyers, for forms that pass something on; one query."""
    may = Q(groups__permissions__codename="serve_buyer") | Q(user_permissions__codename="serve_buyer")
    return list(
        Employee.objects.filter(may, is_active=True).distinct().order_by("name_pinyin").values_list("pk", "name")
    )
