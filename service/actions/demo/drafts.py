"""Drafts of clauses as the demo's analyst has left them: one tried and put forward, one in shadow, one given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shopops.kit.clock import shop_day
from shopops.kit.moves import move
from staff.actions.drafts import draft_version, drop_draft, publish_draft, put_draft_forward, shadow_draft
from staff.actions.trials import run_shadows, run_trial, start_trial
from staff.models import Clause, ClauseVersion, Employee, Trial
from staff.states import JOB_MOVES, JobState, TrialKind

ANALYST, HEAD = "zhaomin", "chenjing"
SHADOW_DAYS = 7
TUNNEL_DAYS = 90
_DAY = timedelta(days=1)


def make_drafts(*, days: int, at: datetime) -> None:
    """Draft, try, shadow and publish, as 数据分析员 赵敏 and 店长 陈静 would have done over the last days.

    :param days: how many days back the first order was placed; drafts are tried on no more.
    """
    people = {person.username: person for person in Employee.objects.filter(username__in=(ANALYST, HEAD))}
    if len(people) < 2 or days < SHADOW_DAYS + 2:  # noqa: PLR2004 -- both of them
        return
    analyst, head = people[ANALYST], people[HEAD]
    _tried(analyst, days=days, at=at)
    _in_shadow(analyst, at=at)
    dropped = _draft("ORD-016", analyst, at - 9 * _DAY, points=Decimal(-5), note="大促期间加重到每单 5 分")
    drop_draft(dropped, by=analyst, at=at - 8 * _DAY, reason="试算后五人都会被扣光当月奖金，改为放宽期限")
    coming = _draft("ORD-025", analyst, at - 5 * _DAY, _parameters={"days": 5}, note="月底统计提前两天完成")
    today = shop_day(at)
    publish_draft(coming, valid_from=(today.replace(day=1) + 32 * _DAY).replace(day=1), by=head, at=at - 4 * _DAY)
    _replayed(analyst, at=at)


def _draft(
    number: str, by: Employee, at: datetime, *, _parameters: dict[str, Any] | None = None, **terms: Any
) -> ClauseVersion:
    """Draft the next version of a clause; of the parameters only those named change."""
    clause = Clause.objects.get(number=number)
    if _parameters:
        last = clause.versions.filter(published_at__isnull=False).order_by("-version")[0]
        terms["parameters"] = {**last.parameters, **_parameters}
    return draft_version(clause, by=by, at=at, **terms)


def _tried(analyst: Employee, *, days: int, at: datetime) -> None:
    """Draft a longer limit for dispatch, try it on the past, and put it forward."""
    draft = _draft(
        "ORD-016",
        analyst,
        at - 3 * _DAY,
        _parameters={"working_days": 2},
        points=Decimal(-2),
        escalates_from=3,
        escalates_by=Decimal(2),
        monthly_cap=Decimal(20),
        note="期限放宽到两个工作日，每单 2 分，当月第三次起加倍",
    )
    last = shop_day(at) - _DAY
    first = last - (min(days - 1, TUNNEL_DAYS) - 1) * _DAY
    trial = start_trial(
        TrialKind.TUNNEL,
        first=first,
        last=last,
        versions=[draft],
        reason=draft.note,
        by=analyst,
        at=at - timedelta(hours=2),
    )
    _run(trial, at=at - timedelta(hours=2))
    put_draft_forward(draft, by=analyst, at=at - timedelta(hours=1))


def _in_shadow(analyst: Employee, *, at: datetime) -> None:
    """Let a longer amber limit run beside the rulebook for a week of nights."""
    began = at - SHADOW_DAYS * _DAY
    draft = _draft("ORD-014", analyst, began, _parameters={"hours": 36}, note="周末不发货，黄灯放宽到 36 小时")
    shadow_draft(draft, by=analyst, at=began)
    for back in range(SHADOW_DAYS, 0, -1):
        run_shadows(shop_day(at) - back * _DAY, at=at)


def _replayed(analyst: Employee, *, at: datetime) -> None:
    """Recompute a week, to see that the books say what the rulebook says."""
    last = shop_day(at) - _DAY
    trial = start_trial(
        TrialKind.REPLAY,
        first=last - 6 * _DAY,
        last=last,
        versions=[],
        reason="每周核对：按现有事实重算，应与账上一致",
        by=analyst,
        at=at - timedelta(hours=1),
    )
    _run(trial, at=at - timedelta(minutes=59))


def _run(trial: Trial, *, at: datetime) -> None:
    """Do at once what a worker would have done."""
    run_trial(trial, at=at)
    if trial.job_run is None:
        return
    days = (trial.last - trial.first).days + 1
    move(trial.job_run, JobState.RUNNING, moves=JOB_MOVES, started_at=at, attempts=1)
    move(trial.job_run, JobState.DONE, moves=JOB_MOVES, finished_at=at + timedelta(seconds=4), done=days, total=days)
