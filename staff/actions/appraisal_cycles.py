"""Appraisals of a period: open, check, publish, lock. What is published is frozen; what is locked never changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Avg, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from shopops.kit.clock import shop_day
from shopops.kit.moves import move, move_many
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.appraisal_reckoning import A_STATEMENT, reckon, settle
from staff.actions.appraisal_snapshots import freeze
from staff.actions.events import notify, record
from staff.actions.kpi import tell_scores
from staff.models import (
    Appraisal,
    AppraisalCycle,
    AppraisalLine,
    AppraisalWeight,
    CountedEntry,
    Employee,
    GradeBand,
    KpiScore,
)
from staff.policy.appraisal import OPENS_DAYS, half_up
from staff.queries.appraisal_people import people_to_appraise
from staff.queries.appraisal_points import DONE, FROZEN, countable_entries
from staff.queries.appraisals import can_object_until, span_in_words
from staff.states import APPRAISAL_MOVES, CYCLE_MOVES, AppraisalState, CycleKind, CycleState, LineKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Step = Callable[[int, int, str], None]
"""Told how many steps are done, of how many, and what comes now."""
MONTHS = {CycleKind.MONTH: 1, CycleKind.HALF: 6, CycleKind.YEAR: 12}
HUNDRED = Decimal(100)
DAY = timedelta(days=1)
_LOCK = 726_031


def span_of(kind: CycleKind, day: date) -> tuple[date, date]:
    """Return the first and the last day of the month, half-year or year that a day lies in."""
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = date(first.year + (first.month + months - 1) // 12, (first.month + months - 1) % 12 + 1, 1)
    return first, after - DAY


@transaction.atomic
def open_cycle(kind: CycleKind, first: date, *, by: Employee | None, at: datetime) -> AppraisalCycle:
    """Open the appraisal of a period for everybody who is appraised; an open one gets the people it lacks.

    A month opens by itself in its last days (STF-135), and earlier if somebody wants it; a half-year or year is rolled
    up from its locked months (STF-129, STF-131).

    :param first: a day of the period.
    :raises Refused: if it is too early, the period has been handed to HR already, or a month of it is not locked.
    """
    first, last = span_of(kind, first)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    early = first if by is not None else last - timedelta(days=OPENS_DAYS() - 1)
    opens = early if kind == CycleKind.MONTH else last + DAY
    if shop_day(at) < opens:
        raise Refused(sentence(_("This opens on %(day)s."), day=opens.isoformat()))
    cycle, is_new = AppraisalCycle.objects.get_or_create(
        kind=kind, first=first, defaults={"last": last, "opened_at": at}
    )
    if cycle.state != CycleState.OPEN:
        raise Refused(sentence(_("%(cycle)s has been handed to HR already."), cycle=str(cycle)))
    if kind == CycleKind.MONTH:
        _add_people(cycle)
        reckon(cycle)
    else:
        _roll_up(cycle)
    if is_new:
        record("staff.cycle_opened", cycle, by=by, at=at)
        if kind == CycleKind.MONTH:
            _tell(
                cycle, at, _("The appraisal of %(month)s is open. File your self-review by %(day)s."),
                month=f"{first:%Y-%m}", day=last.isoformat(),
            )  # fmt: skip
    return cycle


@transaction.atomic
def reckon_cycle(cycle: AppraisalCycle, *, at: datetime) -> list[Appraisal]:
    """Bring an unpublished period up to date: people who are new, figures, points, scores; return its appraisals.

    :raises Refused: if it is published.
    """
    locked = AppraisalCycle.objects.select_for_update().get(pk=cycle.pk)
    if locked.state in DONE:
        raise Refused(_("The results are published; nothing is reckoned any more."))
    if locked.state == CycleState.OPEN and locked.kind == CycleKind.MONTH and shop_day(at) >= locked.first:
        _add_people(locked)
    return reckon(locked)


@transaction.atomic
def audit_cycle(cycle: AppraisalCycle, *, by: Employee, at: datetime) -> None:
    """Hand the appraisal to HR for the check, once everybody is scored (STF-135).

    :raises Refused: if the period is not over, or somebody is not scored.
    """
    if shop_day(at) <= cycle.last:
        raise Refused(_("The period is not over."))
    if not cycle.appraisals.exists():
        raise Refused(_("There is nobody in this appraisal."))
    _all_scored(cycle)
    move(cycle, CycleState.AUDIT, moves=CYCLE_MOVES)
    record("staff.cycle_audited", cycle, by=by, at=at)


@transaction.atomic
def reopen_cycle(cycle: AppraisalCycle, *, reason: str, by: Employee, at: datetime) -> None:
    """Send the appraisal back to the superiors, before it is published.

    :raises Refused: if there is no reason.
    """
    if not reason.strip():
        raise Refused(_("Say what has to be done again."))
    move(cycle, CycleState.OPEN, moves=CYCLE_MOVES)
    record("staff.cycle_reopened", cycle, by=by, at=at, reason=reason.strip())


def check_publishable(cycle: AppraisalCycle) -> None:
    """Say no to publishing what is not complete.

    :raises Refused: if HR has not got it, somebody is not scored or has no pay terms, or an earlier month is open.
    """
    if cycle.state != CycleState.AUDIT:
        raise Refused(_("HR checks an appraisal before it is published."))
    _all_scored(cycle)
    if cycle.kind != CycleKind.MONTH:
        return
    earlier = AppraisalCycle.objects.filter(kind=CycleKind.MONTH, first__lt=cycle.first).exclude(state__in=DONE)
    if (month := earlier.order_by("first").first()) is not None:
        raise Refused(sentence(_("%(month)s comes first; it is not published yet."), month=f"{month.first:%Y-%m}"))
    paid = Q(employee__pay_terms__since__lte=cycle.last)
    bare = cycle.appraisals.exclude(pk__in=cycle.appraisals.filter(paid).values("pk"))
    if names := list(bare.values_list("employee__name", flat=True)[:5]):
        raise Refused(sentence(_("No pay terms: %(names)s. Enter 0 for whoever has no bonus."), names="、".join(names)))


@transaction.atomic
def publish_cycle(cycle: AppraisalCycle, *, by: Employee, at: datetime, step: Step = lambda *_all: None) -> int:
    """Reckon everything once more, freeze it, and tell everybody their result; return how many people.

    What is frozen is what page, PDF and bonus sheet print. Points under appeal are left out and land in a later month.

    :raises Refused: if something is missing.
    """
    AppraisalCycle.objects.select_for_update().get(pk=cycle.pk)
    check_publishable(cycle)
    step(1, 5, str(_("figures, points and scores")))
    people = reckon(cycle)
    step(2, 5, str(_("points that were counted")))
    if cycle.kind == CycleKind.MONTH:
        _count_entries(cycle, people)
    move(cycle, CycleState.PUBLISHED, moves=CYCLE_MOVES, published_at=at, published_by=by)
    step(3, 5, str(_("results are frozen")))
    freeze(cycle, people, at=at)
    move_many(people, AppraisalState.PUBLISHED, moves=APPRAISAL_MOVES)
    step(4, 5, str(_("everybody is told")))
    record("staff.cycle_published", cycle, by=by, at=at)
    _tell(
        cycle, at, _("Your result of %(span)s is published. Sign it, or object by %(day)s."),
        span=span_in_words(cycle), day=can_object_until(cycle).isoformat(),
    )  # fmt: skip
    if cycle.kind == CycleKind.MONTH:
        scores = KpiScore.objects.filter(month=cycle.first, replaced_at=None).order_by("employee", "kpi__number")
        tell_scores(scores.select_related("kpi", "employee", "scored_by"), at=at)
    step(5, 5, "")
    return len(people)


@transaction.atomic
def lock_cycle(cycle: AppraisalCycle, *, by: Employee, at: datetime) -> None:
    """Lock a period by a second look; from then on nothing in it changes.

    :raises Refused: if the person published it, an objection is open, or people may still object.
    """
    AppraisalCycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.state == CycleState.PUBLISHED and cycle.published_by_id == by.pk:
        raise Refused(_("You published this. A second person looks at it and locks it."))
    if objections := cycle.appraisals.filter(state=AppraisalState.APPEALED).count():
        raise Refused(
            ngettext_lazy("%(count)s objection is not answered.", "%(count)s objections are not answered.", "count")
            % {"count": objections}
        )
    unsigned = cycle.appraisals.filter(state=AppraisalState.PUBLISHED).exists()
    if cycle.published_at and unsigned and shop_day(at) <= can_object_until(cycle):
        raise Refused(
            sentence(
                _("Not everybody has signed, and people may object until %(day)s."),
                day=can_object_until(cycle).isoformat(),
            )
        )
    people = list(cycle.appraisals.select_for_update())
    move(cycle, CycleState.LOCKED, moves=CYCLE_MOVES, locked_at=at, locked_by=by)
    move_many(people, AppraisalState.SETTLED, moves=APPRAISAL_MOVES)
    record("staff.cycle_locked", cycle, by=by, at=at)


def open_due_cycles(*, at: datetime) -> list[AppraisalCycle]:
    """Open what is due by itself: the month in its last days, half-year and year once their months are locked."""
    today, opened = shop_day(at), []
    _first, last = span_of(CycleKind.MONTH, today)
    if today > last - timedelta(days=OPENS_DAYS()):
        opened.append(open_cycle(CycleKind.MONTH, today, by=None, at=at))
    for kind in (CycleKind.HALF, CycleKind.YEAR):
        first, last = span_of(kind, span_of(kind, today)[0] - DAY)
        months = AppraisalCycle.objects.filter(kind=CycleKind.MONTH, first__gte=first, last__lte=last)
        known = AppraisalCycle.objects.filter(kind=kind, first=first).exists()
        if not known and months.exists() and not months.exclude(state=CycleState.LOCKED).exists():
            opened.append(open_cycle(kind, first, by=None, at=at))
    return opened


def _add_people(cycle: AppraisalCycle) -> None:
    """Make an appraisal for everybody who has none yet, with the lines of their post as they are now."""
    there = set(cycle.appraisals.values_list("employee_id", flat=True))
    new = Appraisal.objects.bulk_create(
        [
            Appraisal(cycle=cycle, employee=one.employee, position=one.position, superior=one.superior)
            for one in people_to_appraise(cycle.first, cycle.last)
            if one.employee.pk not in there
        ],
        batch_size=A_STATEMENT,
    )
    weights: dict[int, list[AppraisalWeight]] = {}
    for weight in AppraisalWeight.objects.order_by("kind", "kpi__number"):
        weights.setdefault(weight.position_id, []).append(weight)
    plain = [AppraisalWeight(kind=LineKind.POINTS, weight=HUNDRED)]
    AppraisalLine.objects.bulk_create(
        [
            AppraisalLine(appraisal=one, kind=weight.kind, kpi_id=weight.kpi_id, weight=weight.weight)
            for one in new
            for weight in weights.get(one.position_id or 0, plain)
        ],
        batch_size=A_STATEMENT,
    )


def _roll_up(cycle: AppraisalCycle) -> None:
    """Give everybody the mean of their locked months.

    :raises Refused: if a month of the span is not locked, or there is none.
    """
    months = AppraisalCycle.objects.filter(kind=CycleKind.MONTH, first__gte=cycle.first, last__lte=cycle.last)
    if (loose := months.exclude(state=CycleState.LOCKED).order_by("first").first()) is not None:
        raise Refused(sentence(_("%(month)s is not locked yet."), month=f"{loose.first:%Y-%m}"))
    there = set(cycle.appraisals.values_list("employee_id", flat=True))
    means = (
        Appraisal.objects.filter(cycle__in=months, score__isnull=False, employee__is_active=True)
        .exclude(employee__in=there)
        .order_by("employee")
        .values("employee_id")
        .annotate(mean=Avg("score"), newest=Max("pk"))
    )
    rows = list(means)
    if not rows and not there:
        raise Refused(_("No month of this span has been appraised."))
    newest = Appraisal.objects.in_bulk([row["newest"] for row in rows])
    bands = list(GradeBand.objects.all())
    new = []
    for row in rows:
        last = newest[row["newest"]]
        one = Appraisal(cycle=cycle, employee_id=row["employee_id"], position_id=last.position_id)
        one.superior_id, one.reckoned = last.superior_id, half_up(row["mean"])
        settle(one, one.reckoned, bands, {})
        new.append(one)
    Appraisal.objects.bulk_create(new, batch_size=A_STATEMENT)
    move_many(new, AppraisalState.SCORED, moves=APPRAISAL_MOVES)


def _count_entries(cycle: AppraisalCycle, people: Sequence[Appraisal]) -> None:
    """Write down which entries were counted; the database lets none count twice."""
    ours = {one.employee_id: one.pk for one in people}
    entries = countable_entries(cycle).exclude(FROZEN).filter(employee__in=list(ours))
    CountedEntry.objects.bulk_create(
        [
            CountedEntry(entry_id=entry, appraisal_id=ours[employee])
            for entry, employee in entries.values_list("pk", "employee_id")
        ],
        batch_size=A_STATEMENT * 5,
    )


def _all_scored(cycle: AppraisalCycle) -> None:
    count = cycle.appraisals.exclude(state=AppraisalState.SCORED).count()
    if count:
        raise Refused(
            ngettext_lazy("%(count)s person is not scored yet.", "%(count)s people are not scored yet.", "count")
            % {"count": count}
        )


def _tell(cycle: AppraisalCycle, at: datetime, text: str | _StrPromise, **values: str) -> None:
    """Tell everybody in the appraisal, in one statement."""
    people = Employee.objects.filter(appraisals__cycle=cycle)
    notify(people, "appraisal", text, at=at, url=f"{reverse('staff:appraisals')}?tab=mine", **values)
