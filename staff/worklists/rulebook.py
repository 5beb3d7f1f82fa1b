"""What waits for somebody because of the rulebook, for the menu and “my work”."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist
from staff.models import Appraisal
from staff.queries.appraisals import (
    can_object_until,
    due_self_reviews,
    score_until,
    scoring_ends,
    span_in_words,
    to_answer,
    to_score,
    to_sign,
)
from staff.queries.drafts import waiting_drafts
from staff.queries.kpi_forms import sheets_of
from staff.queries.radar import urgent_of
from staff.queries.second_person import (
    appeals_on_panel,
    appeals_to_judge,
    cases_waiting,
    excuses_waiting,
    verdicts_to_accept,
)
from staff.queries.trials import waiting_replays

MOST = 1000
SHOWN = 5

WORKLISTS.add(
    "staff.radar",
    Worklist("staff.radar", _("Offences to avert soon"), "", "staff:radar", urgent_of, icon="alarm-clock"),
)


def drafts_to_publish(employee: int, _at: datetime) -> Waiting:
    """Return the drafts of clauses that were put forward and in which the employee had no hand."""
    rows = waiting_drafts(employee)
    count = rows.order_by()[: MOST + 1].count()
    tasks = [
        Task(str(draft.clause), draft.get_absolute_url(), None, draft.note[:60]) for draft in rows[:SHOWN] if count
    ]
    return Waiting(count, 0, tasks)


WORKLISTS.add(
    "staff.drafts",
    Worklist(
        "staff.drafts",
        _("Drafts of clauses for a second person"),
        "staff.publish_clause",
        "staff:drafts",
        drafts_to_publish,
        icon="square-pen",
        query="?tab=waiting",
    ),
)


def replays_to_approve(employee: int, _at: datetime) -> Waiting:
    """Return the replays that are ready and that somebody else has asked for."""
    rows = waiting_replays(employee)
    count = rows.order_by()[: MOST + 1].count()
    tasks = [Task(str(trial), trial.get_absolute_url(), None, trial.reason[:60]) for trial in rows[:SHOWN] if count]
    return Waiting(count, 0, tasks)


WORKLISTS.add(
    "staff.replays",
    Worklist(
        "staff.replays",
        _("Replays for a second person"),
        "staff.approve_replay",
        "staff:trials",
        replays_to_approve,
        icon="rotate-ccw",
        query="?tab=waiting",
    ),
)


_NEEDED = (
    *("cycle", "cycle__kind", "cycle__first", "cycle__last", "cycle__published_at"),
    *("employee", "employee__name"),
)
"""What a task says of an appraisal; the rest, such as its snapshot, stays where it is."""


def _appraisals(rows: QuerySet[Appraisal], due: Callable[[Appraisal], date], at: datetime, *, named: bool) -> Waiting:
    """Count appraisals, and list those that are due first; each is due at the end of its last day."""
    first = list(rows.only(*_NEEDED).order_by("cycle__last", "employee__name_pinyin")[: MOST + 1])
    days = {cycle: due(one) for cycle, one in {one.cycle_id: one for one in first}.items()}
    ends = [start_of_day(days[one.cycle_id] + timedelta(days=1)) for one in first]
    tasks = [
        Task(one.employee.name if named else span_in_words(one.cycle), one.get_absolute_url(), end,
             span_in_words(one.cycle) if named else "")
        for one, end in list(zip(first, ends, strict=True))[:SHOWN]
    ]  # fmt: skip
    return Waiting(len(first), sum(1 for end in ends if end < at), tasks)


def self_reviews(employee: int, at: datetime) -> Waiting:
    """Return the employee's self-reviews that are to be filed by the end of the month (STF-135)."""
    return _appraisals(due_self_reviews(employee), lambda one: one.cycle.last, at, named=False)


def people_to_score(employee: int, at: datetime) -> Waiting:
    """Return whom the employee has to score by the 10th (STF-131)."""
    return _appraisals(to_score(employee, at), lambda one: score_until(one.cycle), at, named=True)


def results_to_sign(employee: int, at: datetime) -> Waiting:
    """Return the employee's results to sign or object to."""
    return _appraisals(to_sign(employee), lambda one: can_object_until(one.cycle), at, named=False)


def objections(employee: int, at: datetime) -> Waiting:
    """Return the objections the employee may answer, due when the time for objections is over."""
    return _appraisals(to_answer(employee), lambda one: can_object_until(one.cycle), at, named=True)


def kpis_to_score(employee: int, at: datetime) -> Waiting:
    """Return whose indicators of last month the employee has to score on forms, from the 1st to the 10th (STF-131)."""
    today = shop_day(at)
    ends = scoring_ends(today)
    if today > ends:
        return Waiting(0, 0, [])
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    sheets = [one for one in sheets_of(month, scorer=employee, on=today) if one.missing]
    due = start_of_day(ends + timedelta(days=1))
    address = f"{reverse('staff:kpi_scores')}?month={month:%Y-%m}"
    tasks = [
        Task(one.person.name, f"{address}#person-{one.person.pk}", due, ", ".join(str(line.kpi) for line in one.lines))
        for one in sheets[:SHOWN]
    ]
    return Waiting(sum(one.missing for one in sheets), 0, tasks)


for _worklist in (
    Worklist(
        "staff.kpi_scores", _("Indicators to score"), "staff.score_kpi", "staff:kpi_scores", kpis_to_score,
        icon="clipboard-check",
    ),
    Worklist(
        "staff.self_reviews", _("Self-reviews to file"), "", "staff:appraisals", self_reviews,
        icon="square-pen", query="?tab=mine&state=waiting",
    ),
    Worklist(
        "staff.people_to_score", _("People to score"), "", "staff:appraisals", people_to_score,
        icon="clipboard-check", query="?tab=team&state=waiting&state=self_reviewed",
    ),
    Worklist(
        "staff.results_to_sign", _("Results to sign"), "", "staff:appraisals", results_to_sign,
        icon="signature", query="?tab=mine&state=published",
    ),
    Worklist(
        "staff.objections", _("Objections to answer"), "staff.run_appraisal", "staff:appraisals", objections,
        icon="hand", query="?tab=all&state=appealed",
    ),
):  # fmt: skip
    WORKLISTS.add(_worklist.name, _worklist)

for _worklist in (
    Worklist(
        "staff.appeals_to_judge", _("Appeals to judge"), "staff.judge_appeal", "staff:appeals", appeals_to_judge,
        icon="message-square", query="?tab=judge",
    ),
    Worklist(
        "staff.appeals_on_panel", _("Appeals before the panel"), "staff.sit_on_panel", "staff:appeals",
        appeals_on_panel, icon="users", query="?tab=panel",
    ),
    Worklist(
        "staff.verdicts_to_accept", _("My appeals that were answered"), "", "staff:appeals", verdicts_to_accept,
        icon="message-square", query="?tab=mine&state=answered",
    ),
    Worklist(
        "staff.cases_to_decide", _("Reported cases for a second person"), "staff.confirm_case", "staff:cases",
        cases_waiting, icon="flag", query="?tab=decide",
    ),
    Worklist(
        "staff.excuses_to_confirm", _("Excuses for a second person"), "staff.confirm_excuse", "staff:excuses",
        excuses_waiting, icon="handshake", query="?tab=decide",
    ),
):  # fmt: skip
    WORKLISTS.add(_worklist.name, _worklist)
