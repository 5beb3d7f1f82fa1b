"""The agent's desk: who waits, what of mine is open, what is to be ready before work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.policy import CHASE_AFTER_MINUTES
from service.models import ChecklistItem, ChecklistTick, Conversation
from service.queries.clocks import Limits, limits, tone_of
from service.queries.conversations import OPEN, shortened
from service.states import ChecklistKind, ConversationState
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.lists.declarations import Row
from shopops.kit.templatetags.shown import countdown, due_tone, machine_moment, short_moment
from staff.models import Duty, Employee, Presence
from staff.queries.calendar import work_calendar
from staff.states import DutyState, PresenceSource, PresenceStatus, WorkReportKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_WAITING = 60
MOST_MINE = 30
MOST_COUNTED = 1000
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
_LONGEST_WORDS = 40


@dataclass(frozen=True)
class Queue:
    """The queue: who waits, the longest first; then what else of mine is open. Rows as `waiter.html` draws them."""

    waiting: list[Row]
    mine: list[Row]
    limit: Limits
    is_cut: bool


def read_queue(employee: Employee, *, everybody: bool = False, at: datetime) -> Queue:
    """Return who waits for an answer of this agent or of nobody yet, or of anybody; three queries."""
    rows = Conversation.objects.filter(state=ConversationState.WAITING)
    if not everybody:
        rows = rows.filter(Q(agent=employee) | Q(agent=None))
    limit, desk = limits(at), f"{reverse('service:desk')}?{'whose=all&' if everybody else ''}conversation="
    waiting = [
        _waiter(row, desk, employee, at, limit)
        for row in rows.order_by("waiting_since", "pk").values_list(*_COLUMNS)[: MOST_WAITING + 1]
    ]
    others = Conversation.objects.filter(OPEN, agent=employee).exclude(state=ConversationState.WAITING)
    mine = [
        _waiter(row, desk, employee, at, limit)
        for row in others.order_by("due_at", "-last_at").values_list(*_COLUMNS)[:MOST_MINE]
    ]
    return Queue(waiting[:MOST_WAITING], mine, limit, len(waiting) > MOST_WAITING)


def _waiter(row: tuple[Any, ...], desk: str, employee: Employee, at: datetime, limit: Limits) -> Row:
    """Return a line of the queue; its clock runs where somebody waits for an answer."""
    pk, nick, preview, state, since, due_at, _last, agent_id, agent, is_night, shop = row
    waits = since if state == ConversationState.WAITING else None
    return {
        "pk": pk,
        "link": f"{desk}{pk}",
        "nick": nick,
        "words": shortened(preview, _LONGEST_WORDS) or "–",
        "clock": machine_moment(waits),
        "since": short_moment(waits),
        "is_escalated": state == ConversationState.ESCALATED,
        "shop": shop,
        "agent": agent if agent and agent_id != employee.pk else "",
        "is_free": agent_id is None,
        "is_night": is_night,
        "due": countdown(due_at, at),
        "due_tone": due_tone(due_at, at),
        "tone": tone_of(waits, due_at, at, limit),
    }


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


_COUNTS = """
SELECT 'night', count(*), count(*) FILTER (WHERE due_at <= %(at)s) FROM (
    SELECT due_at FROM service_conversation
    WHERE NOT (state = 'closed') AND (agent_id = %(person)s OR agent_id IS NULL) AND is_night LIMIT %(most)s) found
UNION ALL SELECT 'follow_ups', count(*), count(*) FILTER (WHERE due_at <= %(at)s) FROM (
    SELECT due_at FROM service_followup WHERE agent_id = %(person)s AND state = 'due' LIMIT %(most)s) found
UNION ALL SELECT 'promises', count(*), count(*) FILTER (WHERE due_at <= %(at)s) FROM (
    SELECT due_at FROM service_promise WHERE holder_id = %(person)s AND state = 'open' LIMIT %(most)s) found
UNION ALL SELECT 'feedback', count(*), 0 FROM (
    SELECT FROM service_feedback WHERE holder_id = %(person)s AND NOT (state = 'handled') LIMIT %(most)s) found
UNION ALL SELECT 'memos', count(*), count(*) FILTER (WHERE remind_at <= %(at)s) FROM (
    SELECT remind_at FROM service_memo WHERE employee_id = %(person)s AND done_at IS NULL LIMIT %(most)s) found
UNION ALL SELECT 'unpaid', count(*), 0 FROM (
    SELECT FROM orders_order placed LEFT JOIN orders_chase chase ON chase.order_id = placed.id
    WHERE placed.state = 'unpaid' AND placed.placed_at <= %(asked)s
        AND (chase.id IS NULL OR (chase.claimed_by_id = %(person)s AND chase.times = 0)) LIMIT %(most)s) found
UNION ALL SELECT 'figures', (NOT EXISTS (
    SELECT FROM staff_workreport WHERE employee_id = %(person)s AND kind = 'figures_day' AND day = %(day)s))::int, 0
"""
"""What of mine is open and how much of it is late, each counted up to a limit. The desk asks at every visit, so it
asks once; a test compares each count with its list."""
TILES: tuple[tuple[str, str | _StrPromise, str, str, str], ...] = (
    ("night", _("Left overnight"), "service:conversation_list", "?tab=night", "moon"),
    ("follow_ups", _("Follow-ups"), "service:follow_up_list", "?tab=mine", "reply"),
    ("promises", _("Promises"), "service:promise_list", "?tab=mine", "handshake"),
    ("feedback", _("Feedback"), "service:feedback_list", "?tab=mine", "megaphone"),
    ("memos", _("Memos"), "service:memos", "", "square-pen"),
    ("unpaid", _("Unpaid orders"), "orders:chase_list", "", "phone"),
)
"""The tiles but the last: key, label, page, its tab, icon."""


def my_counts(employee: Employee, at: datetime) -> list[Tile]:
    """Return what of mine is open, in counts; one query."""
    day = _working_day_before(at)
    asked = at - timedelta(minutes=CHASE_AFTER_MINUTES())
    values: dict[str, Any] = {"person": employee.pk, "at": at, "most": MOST_COUNTED, "asked": asked, "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        found = {key: (count, late) for key, count, late in cursor.fetchall()}
    tiles = [Tile(key, label, *found[key], reverse(page) + tab, icon) for key, label, page, tab, icon in TILES]
    due = datetime.combine(shop_day(at), DUE_BY, tzinfo=SHANGHAI)
    missing = found["figures"][0]
    page = f"{reverse('staff:work_report_new')}?kind={WorkReportKind.FIGURES_DAY}&day={day:%Y-%m-%d}" if missing else ""
    figures = Tile("figures", _("Daily data"), missing, int(missing and at > due), page, "chart-column", f"{day:%m-%d}")
    return [*tiles, figures]


def _working_day_before(at: datetime) -> date:
    """Return the working day before, whose figures are handed in until 10:00 (DATA-019)."""
    calendar, day = work_calendar(), shop_day(at) - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


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


_SERVING = """
WITH rights AS (
    SELECT one.id FROM auth_permission one JOIN django_content_type kind ON kind.id = one.content_type_id
    WHERE kind.app_label = 'service' AND one.codename = 'serve_buyer'
)
SELECT id, name FROM staff_employee
WHERE is_active AND id IN (
    SELECT employee_id FROM staff_employee_groups JOIN auth_group_permissions USING (group_id)
    WHERE permission_id IN (SELECT id FROM rights)
    UNION ALL
    SELECT employee_id FROM staff_employee_user_permissions WHERE permission_id IN (SELECT id FROM rights)
)
ORDER BY name_pinyin, id"""


def serving_people() -> list[tuple[int, str]]:
    """Return who may serve buyers, for forms that pass something on; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SERVING)
        return [(key, name) for key, name in cursor.fetchall()]
