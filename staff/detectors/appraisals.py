"""What went wrong with the assessment of people: failures that repeat, scores and results that came late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.detectors import Finding, Question, detector
from staff.actions.appraisal_cycles import span_of
from staff.models import Appraisal, AppraisalCycle, Event, GradeBand
from staff.queries.appraisals import SCORING_ENDS, span_in_words
from staff.queries.rulebook import holder_of
from staff.states import CycleKind, CycleState

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=366)
_APPRAISAL = "staff.Appraisal"
_PERIOD = "staff.AppraisalPeriod"
"""A period that may have no row: its number is its year, 2026, with the half or month behind: 20262, 202611."""


@detector("staff.repeated_failure", label=_("Monthly results in the lowest grade, once the month is locked"))
def repeated_failure(question: Question) -> Iterator[Finding]:
    """Find who failed the monthly assessment repeatedly (STF-128); the superior named in it answers.

    A result counts when its month is locked, because until then an objection may change it. The second failure within
    `months` months is minor, from `times_medium` on it is middling, from `times_grave` on grave. Each month that makes
    it worse is a case of its own; half-years and years only sum months up.
    """
    window = question.window
    if window.start >= question.now:  # nobody knows who will fail
        return
    lowest = GradeBand.objects.order_by("from_score").values("pk")[:1]
    failed = Appraisal.objects.filter(
        cycle__kind=CycleKind.MONTH, cycle__state=CycleState.LOCKED, grade=lowest, superior__isnull=False
    )
    fresh = list(
        failed.filter(cycle__locked_at__gt=window.start, cycle__locked_at__lte=window.end)
        .select_related("cycle", "employee")
        .order_by("cycle__first", "pk")
    )
    if not fresh:
        return
    times = {name: _number(question, name, least) for name, least in _TIMES.items()}
    months: dict[int, list[date]] = defaultdict(list)
    for person, first in failed.filter(employee__in={one.employee_id for one in fresh}).values_list(
        "employee_id", "cycle__first"
    ):
        months[person].append(first)
    span = _number(question, "months", 6)
    for one in fresh:
        since = _months_before(one.cycle.first, span - 1)
        count = sum(since <= first <= one.cycle.first for first in months[one.employee_id])
        if count < times["times"] or one.superior_id is None or one.cycle.locked_at is None:
            continue
        grade = "grave" if count >= times["times_grave"] else "medium" if count >= times["times_medium"] else "minor"
        facts = {"person": one.employee.name, "period": span_in_words(one.cycle), "failures": count}
        yield Finding(
            (_APPRAISAL, one.pk, _label(one)),
            one.superior_id,
            one.cycle.locked_at,
            facts | {"score": str(one.score), "locked_at": one.cycle.locked_at},
            one.get_absolute_url(),
            grade=grade,
        )


_TIMES = {"times": 2, "times_medium": 3, "times_grave": 4}


@detector("staff.late_scoring", label=_("Assessments not scored by their day; the year's results by their month"))
def late_scoring(question: Question) -> Iterator[Finding]:
    """Find whom a superior had not scored by the end of day `last_day` of the next month (STF-131).

    The first score is the one that counts: what HR sends back to be done again was in time. The result of a year is to
    be published by the end of `month` of the next; for that the holder of the post in `fallback_post` answers.
    """
    window = question.window
    day = min(_number(question, "last_day", SCORING_ENDS), 28)
    for cycle in AppraisalCycle.objects.filter(kind=CycleKind.MONTH, last__gte=shop_day(window.start) - 62 * _DAY):
        limit = start_of_day((cycle.last + _DAY).replace(day=day) + _DAY)
        if window.start < limit <= window.end:
            yield from _not_scored(cycle, limit)
    month = min(_number(question, "month", 1), 12)
    yield from _not_published(question, CycleKind.YEAR, lambda last: _end_of(date(last.year + 1, month, 1)))


@detector("staff.half_year_missing", label=_("Summaries of half-years that are not published in time"))
def half_year_missing(question: Question) -> Iterator[Finding]:
    """Find half-years whose summary was not published `days` days after their end (STF-129)."""
    days = timedelta(days=_number(question, "days", 60))
    yield from _not_published(question, CycleKind.HALF, lambda last: last + min(days, _LONGEST))


@detector("staff.cycle_missing", label=_("Months whose assessment is not published in time"))
def cycle_missing(question: Question) -> Iterator[Finding]:
    """Find months whose results were not published `days` days after their end (STF-130); of years see STF-131."""
    days = timedelta(days=_number(question, "days", 20))
    yield from _not_published(question, CycleKind.MONTH, lambda last: last + min(days, _LONGEST))


def _not_scored(cycle: AppraisalCycle, limit: datetime) -> Iterator[Finding]:
    """Give the appraisals of a month that had no score yet at the limit, and whoever has to score them."""
    rows = cycle.appraisals.filter(superior__isnull=False)
    people = list(rows.select_related("employee", "cycle").order_by("pk"))
    told = Event.objects.filter(
        verb="staff.appraisal_scored", subject_type=_APPRAISAL, subject_id__in=[one.pk for one in people]
    )
    first = dict(told.values_list("subject_id").annotate(first=Min("at")).order_by())
    for one in people:
        scored_at = first.get(one.pk, one.scored_at)
        if one.superior_id is None or (scored_at is not None and scored_at <= limit):
            continue
        facts = {"person": one.employee.name, "period": span_in_words(cycle), "scored_at": scored_at, "deadline": limit}
        yield Finding((_APPRAISAL, one.pk, _label(one)), one.superior_id, limit, facts, one.get_absolute_url())


def _not_published(question: Question, kind: CycleKind, last_day: Callable[[date], date]) -> Iterator[Finding]:
    """Give the periods of a kind that were not published at the end of their last day for that.

    Where nobody has appraised anything yet, nothing is missing.

    :param last_day: last day of a period → the last day on which it can be published in time.
    """
    window = question.window
    first, last = span_of(kind, shop_day(window.end))
    while (limit := start_of_day(last_day(last) + _DAY)) > window.start:
        if limit <= window.end and AppraisalCycle.objects.filter(kind=CycleKind.MONTH, first__lte=last).exists():
            yield from _missing(question, kind, first, last, limit)
        first, last = span_of(kind, first - _DAY)


def _missing(question: Question, kind: CycleKind, first: date, last: date, limit: datetime) -> Iterator[Finding]:
    """Give a period that was not published at the limit, for the holder of the post that answers."""
    cycle = AppraisalCycle.objects.filter(kind=kind, first=first).first()
    answers = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(limit - _DAY))
    published_at = cycle.published_at if cycle else None
    if answers is None or (published_at is not None and published_at <= limit):
        return
    period = span_in_words(cycle or AppraisalCycle(kind=kind, first=first, last=last))
    number = int(period.replace("-", "").replace(" H", ""))
    facts = {"period": period, "published_at": published_at, "deadline": limit}
    url = cycle.get_absolute_url() if cycle else reverse("staff:cycles")
    yield Finding((_PERIOD, number, period), answers.pk, limit, facts, url)


def _number(question: Question, name: str, default: int) -> int:
    """Return a parameter as a number above zero; what is none counts as its default."""
    try:
        number = int(question.parameters.get(name, default))
    except (TypeError, ValueError):
        return default
    return number if number > 0 else default


def _months_before(first: date, months: int) -> date:
    """Return the first day of the month so many months before."""
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _end_of(day: date) -> date:
    """Return the last day of a month."""
    return span_of(CycleKind.MONTH, day)[1]


def _label(appraisal: Appraisal) -> str:
    return f"{appraisal.employee.name} {span_in_words(appraisal.cycle)}"
