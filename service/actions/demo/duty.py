"""Duty in the demo shop: rosters of the service team, presence of the last days, reports, meetings, problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from service.actions.demo.office import keep_office_hours
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from staff.actions.attendance import derive_attendance
from staff.actions.leave import approve_leave, ask_leave, refuse_leave
from staff.actions.meetings import call_meeting, close_list, note_attendance, write_minutes
from staff.actions.problems import confirm_problem, escalate_overdue, raise_problem, solve_problem
from staff.actions.swaps import agree_swap, approve_swap, ask_swap
from staff.models import Duty, Employee, Handover, Presence, Shift, WorkReport
from staff.queries.duty import span_of_shift, week_of
from staff.queries.work_reports import figures_due
from staff.states import (
    AttendeeState,
    DutyState,
    HandoverState,
    LeaveKind,
    MeetingKind,
    PresenceSource,
    PresenceStatus,
    ShiftKind,
    WorkReportKind,
)

AHEAD = 14
"""Days to come that are planned."""
SEEN = 10
"""Days back of which presence is known."""
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_EARLY = "early"
_ONLINE, _AWAY, _OFFLINE, _IDLE = (
    PresenceStatus.ONLINE,
    PresenceStatus.AWAY,
    PresenceStatus.OFFLINE,
    PresenceStatus.IDLE,
)


def make_duty(*, days: int, at: datetime) -> dict[str, int]:
    """Make rosters, leave, a swap, presence with its gaps, attendance, reports, meetings and problems.

    :returns: how many of each there are.
    """
    random = Random(days)  # noqa: S311 -- made-up data wants repeatable chance
    leader, team = duty_team()
    if leader is None or len(team) < WANTED:
        return {"duties": 0}
    today = shop_day(at)
    first = today - timedelta(days=days)
    _plan(leader, team, first=first, last=today + timedelta(days=AHEAD))
    _take_leave(leader, team, at=at)
    seen_from = max(first, today - timedelta(days=SEEN))
    spans = _be_there(leader, seen_from, at=at, random=random)
    keep_office_hours(first=first, last=today + timedelta(days=AHEAD), at=at)
    for day in _days(max(first, min(seen_from, week_of(today) - 7 * _DAY)), today):
        derive_attendance(day, at=at)
    _report(leader, team, first=first, at=at, random=random)
    _meet(leader, team, at=at)
    _raise(team, at=at)
    _hand_over(leader, seen_from, at=at)
    _swap(leader, team, at=at)
    return {"duties": Duty.objects.count(), "spans": spans, "reports": WorkReport.objects.count()}


WANTED = 4


def duty_team() -> tuple[Employee | None, list[Employee]]:
    """Return the head of customer service and the first agents, in a steady order."""
    people = Employee.objects.filter(is_active=True).order_by("employee_number")
    leader = people.filter(appointments__position__code="service-supervisor").first()
    agents = people.filter(appointments__position__code__in=("service", "presale", "aftersale")).distinct()
    return leader, list(agents[:WANTED])


def _shift_of(place: int, day: date) -> str:
    """Return which shift the person at a place of the team works on a day; early and late weeks take turns.

    At weekends each of the four works one shift: nobody comes in the morning after a late one.
    """
    week = (week_of(day) - date(2026, 1, 5)).days // 7
    is_early = (place % 2 == 0) == (week % 2 == 0)
    is_first = place < 2  # noqa: PLR2004 -- the first of the two in each half of the team
    weekday = day.weekday()
    if weekday < 5:  # noqa: PLR2004 -- Monday to Friday
        return _EARLY if is_early else "late"
    if weekday == 5:  # noqa: PLR2004 -- Saturday
        if is_first:
            return "weekend" if is_early else "weekend-late"
        return ""
    if is_first:
        return ""
    return "weekend-late" if is_early else "weekend"


def _plan(leader: Employee, team: list[Employee], *, first: date, last: date) -> None:
    """Write the roster of the whole time: agents in turn, the head in office hours."""
    shifts = {shift.code: shift for shift in Shift.objects.all()}
    rows = []
    for day in _days(first, last):
        for place, person in enumerate(team):
            if code := _shift_of(place, day):
                rows.append(_duty(person, day, shifts[code], leader))
        if day.weekday() < 5:  # noqa: PLR2004 -- Monday to Friday
            rows.append(_duty(leader, day, shifts["office"], None))
    Duty.objects.bulk_create(rows)


def _duty(person: Employee, day: date, shift: Shift, by: Employee | None) -> Duty:
    starts_at, ends_at = span_of_shift(shift, day)
    return Duty(employee=person, day=day, shift=shift, starts_at=starts_at, ends_at=ends_at, planned_by=by)


def _take_leave(leader: Employee, team: list[Employee], *, at: datetime) -> None:
    """One was ill, one rests for weekend duty, one waits for an answer, one was refused."""
    today = shop_day(at)
    ill = next((one for one in Duty.objects.filter(employee=team[3], day__lt=today - 2 * _DAY).order_by("-day")), None)
    if ill is not None:
        day = start_of_day(ill.day)
        asked = day - 14 * timedelta(hours=1)
        sick = ask_leave(
            team[3], LeaveKind.SICK, starts_at=day, ends_at=day + _DAY, reason="感冒发烧，已就诊", by=team[3], at=asked
        )
        approve_leave(sick, answer="好好休息", by=leader, at=asked + timedelta(hours=1))
    coming = list(
        Duty.objects.filter(employee=team[0], day__gt=today + 2 * _DAY)
        .exclude(shift__kind=ShiftKind.WEEKEND)
        .order_by("day")
    )
    if coming:
        day = start_of_day(coming[0].day)
        rest = ask_leave(
            team[0], LeaveKind.REST, starts_at=day, ends_at=day + _DAY, reason="周末值班调休", by=team[0],
            at=at - timedelta(hours=20),
        )  # fmt: skip
        approve_leave(rest, by=leader, at=at - timedelta(hours=18))
    away = start_of_day(today + 9 * _DAY)
    ask_leave(
        team[1], LeaveKind.PERSONAL, starts_at=away + timedelta(hours=8), ends_at=away + timedelta(hours=18),
        reason="办理证件", stand_in=team[3], by=team[1], at=at - timedelta(hours=3),
    )  # fmt: skip
    busy = start_of_day(today + 11 * _DAY)
    no = ask_leave(
        team[2], LeaveKind.ANNUAL, starts_at=busy, ends_at=busy + 2 * _DAY, reason="探亲", by=team[2],
        at=at - timedelta(hours=50),
    )  # fmt: skip
    refuse_leave(no, reason="大促期间人手不足，请改期", by=leader, at=at - timedelta(hours=44))


def _be_there(leader: Employee, first: date, *, at: datetime, random: Random) -> int:
    """Write who was online when: with a lunch gap, an absence nobody was told of and a weekend gap, each once."""
    rows: list[Presence] = []
    duties = list(
        Duty.objects.filter(day__gte=first, starts_at__lt=at, state=DutyState.PLANNED)
        .exclude(employee=leader)
        .select_related("employee", "shift")
        .order_by("day", "starts_at", "pk")
    )
    early: dict[date, list[Duty]] = {}
    for duty in duties:
        if duty.shift.code == _EARLY:
            early.setdefault(duty.day, []).append(duty)
    lunch = max((day for day, two in early.items() if len(two) > 1 and day < shop_day(at) - _DAY), default=None)
    weekend = next((one for one in duties if one.shift.code == "weekend" and one.ends_at < at), None)
    late = next((one for one in reversed(duties) if one.shift.code == "late" and one.ends_at < at), None)
    idle = next((one for one in duties if one.shift.code == _EARLY and one.ends_at < at), None)
    for duty in duties:
        starts = duty.starts_at - random.randint(2, 6) * _MINUTE
        if duty is late:
            starts = duty.starts_at + 18 * _MINUTE
        ends = duty.ends_at + (random.randint(1, 5) * _MINUTE if duty.shift.code != "late" else 0 * _MINUTE)
        breaks: list[tuple[datetime, datetime, PresenceStatus, Employee | None, str]] = []
        if two := early.get(duty.day, []) if duty.shift.code == _EARLY else []:
            turn = two.index(duty)
            other = two[1 - turn].employee if len(two) > 1 else None
            begins = datetime.combine(duty.day, time(12, 30 * turn), tzinfo=SHANGHAI)
            if duty.day == lunch:
                begins = datetime.combine(duty.day, time(12, 10), tzinfo=SHANGHAI)
            if other is not None:
                stands_in = None if duty.day == lunch else other
                breaks.append((begins, begins + 28 * _MINUTE, _AWAY, stands_in, "午餐"))
        if duty is weekend:
            begins = duty.starts_at + timedelta(hours=4, minutes=40)
            breaks.append((begins, begins + 25 * _MINUTE, _OFFLINE, None, ""))
        rows += _spans(duty, starts, ends, breaks, at=at)
    if idle is not None:
        begins = idle.starts_at + timedelta(hours=6, minutes=12)
        rows.append(
            Presence(
                employee=idle.employee,
                status=_IDLE,
                starts_at=begins,
                ends_at=begins + 9 * _MINUTE,
                source=PresenceSource.CHECK,
                reason="状态在线，座位无人，未设离开",
                noted_by=leader,
            )
        )
    Presence.objects.bulk_create(rows)
    return len(rows)


def _spans(
    duty: Duty,
    starts: datetime,
    ends: datetime,
    breaks: list[tuple[datetime, datetime, PresenceStatus, Employee | None, str]],
    *,
    at: datetime,
) -> list[Presence]:
    """Return the statuses of a duty one after the other; what runs still has no end."""
    parts = []
    since = starts
    for begins, over, status, cover, reason in breaks:
        parts += [(since, begins, _ONLINE, None, ""), (begins, over, status, cover, reason)]
        since = over
    parts.append((since, ends, _ONLINE, None, ""))
    return [
        Presence(
            employee=duty.employee,
            status=status,
            starts_at=begins,
            ends_at=over if over <= at else None,
            covered_by=cover,
            reason=reason,
        )
        for begins, over, status, cover, reason in parts
        if begins < at
    ]


def _report(leader: Employee, team: list[Employee], *, first: date, at: datetime, random: Random) -> None:
    """Hand in what was owed, but for one of each kind."""
    today = shop_day(at)
    rows: dict[tuple[str, int, date], WorkReport] = {}
    kept = Duty.objects.filter(employee__in=team, state=DutyState.PLANNED, day__gte=first, ends_at__lt=at)
    missed = {WorkReportKind.SALES_DAY: 2, WorkReportKind.FIGURES_DAY: 3}
    for duty in kept.select_related("employee").order_by("day", "pk"):
        for kind, back in missed.items():
            if duty.employee == team[back - 2] and today - duty.day in {back * _DAY, (back + 1) * _DAY}:
                continue
            handed = duty.ends_at - random.randint(3, 25) * _MINUTE
            if kind == WorkReportKind.FIGURES_DAY:
                handed = min(handed, figures_due(duty.day, {}))
            rows[kind, duty.employee_id, duty.day] = _paper(kind, duty.employee, duty.day, handed, leader, at)
        monday = week_of(duty.day)
        sent = start_of_day(monday + 4 * _DAY) + timedelta(hours=17, minutes=random.randint(0, 50))
        is_missed = duty.employee == team[3] and today - monday < 8 * _DAY
        if sent < at and not is_missed:
            rows[WorkReportKind.WEEK, duty.employee_id, monday] = _paper(
                WorkReportKind.WEEK, duty.employee, monday, sent, leader, at
            )
    WorkReport.objects.bulk_create(rows.values())


_TEXTS = {
    WorkReportKind.SALES_DAY: "接待平稳，咨询集中在发货时间和尺码；催付两单已付款。",
    WorkReportKind.FIGURES_DAY: "当日咨询数据已核对登记。",
    WorkReportKind.WEEK: "本周接待正常，整理了尺码类快捷短语；差评一条已跟进。",
}


def _paper(
    kind: WorkReportKind, person: Employee, day: date, handed: datetime, leader: Employee, at: datetime
) -> WorkReport:
    is_read = at - handed > timedelta(hours=30)
    return WorkReport(
        kind=kind,
        employee=person,
        day=day,
        text=_TEXTS[kind],
        plan="下周跟进未付款订单，补充活动问答。" if kind == WorkReportKind.WEEK else "",
        figures={"rows": []},
        handed_in_at=handed,
        read_by=leader if is_read else None,
        read_at=handed + timedelta(hours=16) if is_read else None,
    )


def _meet(leader: Employee, team: list[Employee], *, at: datetime) -> None:
    """Hold the weekly meetings of three weeks, one of them missed by somebody; call the next."""
    unit = leader.unit
    if unit is None:
        return
    monday = week_of(shop_day(at))
    for back in (2, 1):
        starts = start_of_day(monday - back * 7 * _DAY) + timedelta(hours=16, minutes=10)
        held = call_meeting(
            MeetingKind.WEEKLY, unit, title="客服部周会", starts_at=starts, people=[leader, *team], by=leader,
            at=starts - timedelta(days=1),
        )  # fmt: skip
        seen = {person.pk: (AttendeeState.PRESENT, "") for person in [leader, *team]}
        if back == 1:
            seen[team[2].pk] = (AttendeeState.ABSENT, "")
            seen[team[1].pk] = (AttendeeState.EXCUSED, "接待大客户")
        note_attendance(held, seen, by=leader, at=starts + timedelta(hours=1))
        close_list(held, by=leader, at=starts + timedelta(hours=1, minutes=5))
        minutes = "一、上周响应时长回顾。二、活动话术更新。三、差评跟进分工。"
        write_minutes(held, minutes, by=leader, at=starts + timedelta(hours=2))
    coming = start_of_day(monday + 7 * _DAY) + timedelta(hours=16, minutes=10)
    call_meeting(
        MeetingKind.MONTHLY, unit, title="客服部月会", starts_at=coming, people=[leader, *team], by=leader, at=at
    )


def _raise(team: list[Employee], *, at: datetime) -> None:
    """Raise problems: one solved and confirmed, one solved, one open, one that went one level up."""
    done = raise_problem(
        "赠品缺货", "满赠的帆布袋库存不足，买家催问。", proposal="换成同价位的袜子。", by=team[0],
        at=at - timedelta(days=9),
    )  # fmt: skip
    solve_problem(done, solution="改赠袜子，活动页已更新。", by=done.owner, at=at - timedelta(days=8))
    confirm_problem(done, by=team[0], at=at - timedelta(days=8) + timedelta(hours=2))
    late = raise_problem("打印机常卡纸", "发货单打印时常卡纸，影响晚班。", by=team[1], at=at - timedelta(days=7))
    escalate_overdue(at=late.due_at + timedelta(hours=1))
    solved = raise_problem("快捷短语过期", "双十一短语还在用。", by=team[2], at=at - timedelta(hours=26))
    solve_problem(solved, solution="已停用并换成日常短语。", by=solved.owner, at=at - timedelta(hours=4))
    raise_problem(
        "尺码表与实物不符", "两款毛衣买家反映偏大一码。", proposal="请运营核对尺码表。", by=team[0],
        at=at - timedelta(hours=5),
    )  # fmt: skip


def _hand_over(leader: Employee, first: date, *, at: datetime) -> None:
    """Write the handover books of the last days: early to late; one of them was read late."""
    duties = list(
        Duty.objects.filter(day__gte=first, ends_at__lt=at - timedelta(hours=1), state=DutyState.PLANNED)
        .filter(shift__code__in=(_EARLY, "late"))
        .select_related("employee", "shift")
        .order_by("day", "starts_at", "pk")
    )
    by_day: dict[date, list[Duty]] = {}
    for duty in duties:
        by_day.setdefault(duty.day, []).append(duty)
    rows = []
    for number, on_day in enumerate(by_day.values()):
        givers = [one for one in on_day if one.shift.code == _EARLY]
        takers = [one for one in on_day if one.shift.code != _EARLY]
        for giver, taker in zip(givers, takers, strict=False):
            offered = giver.ends_at - 6 * _MINUTE
            read = offered + timedelta(minutes=52 if number == 1 and giver is givers[0] else 7)
            rows.append(
                Handover(
                    giver=giver.employee,
                    duty=giver,
                    receiver=taker.employee,
                    leader=leader,
                    state=HandoverState.CLOSED,
                    note="一单改地址等仓库回复；两位买家约了晚上回电。",
                    begun_at=offered - 5 * _MINUTE,
                    offered_at=offered,
                    read_at=read,
                    closed_at=read,
                )
            )
    Handover.objects.bulk_create(rows)


def _swap(leader: Employee, team: list[Employee], *, at: datetime) -> None:
    """One swap of a weekend was approved, one waits for the colleague: Saturday for Sunday."""
    today = shop_day(at)
    monday = week_of(today) + (7 * _DAY if today.weekday() > 3 else 0 * _DAY)  # noqa: PLR2004 -- Thursday

    def weekend(person: Employee, day: date) -> Duty | None:
        planned = Duty.objects.filter(employee=person, state=DutyState.PLANNED, day=day, starts_at__gt=at)
        return planned.filter(shift__kind=ShiftKind.WEEKEND).first()

    first, back = weekend(team[0], monday + 5 * _DAY), weekend(team[2], monday + 6 * _DAY)
    if first is not None and back is not None:
        made = ask_swap(first, team[2], in_return=back, reason="周六朋友婚礼", by=team[0], at=at - timedelta(hours=30))
        agree_swap(made, by=team[2], at=at - timedelta(hours=28))
        approve_swap(made, by=leader, at=at - timedelta(hours=20))
    second, other = weekend(team[1], monday + 5 * _DAY), weekend(team[3], monday + 6 * _DAY)
    if second is not None and other is not None:
        ask_swap(second, team[3], in_return=other, reason="周六家里有事", by=team[1], at=at - timedelta(hours=2))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
