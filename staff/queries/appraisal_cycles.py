"""A period's appraisal as HR sees it: how far it is, what is missing, what stands out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from staff.models import (
    Appeal,
    Appraisal,
    AppraisalCycle,
    CaseReport,
    GradeBand,
    JobRun,
    MetricReading,
    OrgUnit,
    PayTerms,
)
from staff.queries.appraisal_points import DONE
from staff.states import AppealState, AppraisalState, CaseState, CycleKind, CycleState, JobState

MOST_NAMES = 12
FAR = 15
"""Points to the month before from which a score stands out."""
ORDERS = "orders.paid"
"""Its company reading says whether a day has orders at all."""
DAY = timedelta(days=1)
CLOSED_APPEALS = (AppealState.CLOSED, AppealState.WITHDRAWN)


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: how often, which, and where it is mended."""

    label: str
    count: int
    names: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    blocks: bool = False
    hint: str = ""

    @property
    def tone(self) -> str:
        """Return how bad it is."""
        return "good" if not self.count else "danger" if self.blocks else "warn"

    @property
    def more(self) -> int:
        """Return how many are not named."""
        return max(0, self.count - len(self.names))


@dataclass(frozen=True)
class Scorer:
    """How far one superior is."""

    name: str
    done: int
    total: int
    mean: Decimal | None

    @property
    def percent(self) -> int:
        """Return how far, 0 to 100."""
        return self.done * 100 // self.total


def listed_cycles() -> QuerySet[AppraisalCycle]:
    """Return the periods, newest first, each with how many people and how many are scored and signed."""
    scored = Q(appraisals__score__isnull=False)
    signed = Q(appraisals__signed_at__isnull=False)
    return AppraisalCycle.objects.annotate(
        people=Count("appraisals"),
        scored=Count("appraisals", filter=scored),
        signed=Count("appraisals", filter=signed),
        mean=Avg("appraisals__score"),
    ).order_by("-first", "kind")


def data_missing(cycle: AppraisalCycle, today: date) -> list[Missing]:
    """Return the days of a month whose records are not whole: no orders, no figures, no tally. Three queries."""
    last = min(cycle.last, today - DAY)
    days = [cycle.first + timedelta(days=number) for number in range((last - cycle.first).days + 1)]
    company = MetricReading.objects.filter(day__gte=cycle.first, day__lte=last, shop=None, employee=None)
    nothing = Count("pk", filter=Q(metric=ORDERS, numerator=0))
    read = dict(company.order_by().values_list("day").annotate(nothing=nothing))
    keys = [day.isoformat() for day in days]
    runs = JobRun.objects.filter(job="staff.tally", period__in=keys).exclude(state=JobState.DONE)
    untallied = set(runs.values_list("period", flat=True))
    kpi, jobs = reverse("staff:kpi"), reverse("staff:jobs")
    return [
        _days(_("Days without orders"), [one for one in days if read.get(one)], kpi,
              hint=_("Nothing was imported for them, or the shop was closed.")),
        _days(_("Days without figures"), [one for one in days if one not in read], kpi,
              hint=_("Open the day and read its figures.")),
        _days(_("Days without a tally"), [one for one in days if one.isoformat() in untallied], kpi,
              hint=_("Run the tally for them; otherwise points are missing."), page=jobs),
    ]  # fmt: skip


def cases_missing(cycle: AppraisalCycle) -> list[Missing]:
    """Return what is open about points of the period: appeals and reported cases. Two queries and their counts."""
    appeals = Appeal.objects.filter(offence__day__gte=cycle.first, offence__day__lte=cycle.last)
    appeals = appeals.exclude(state__in=CLOSED_APPEALS).select_related("offence__clause", "employee")
    cases = CaseReport.objects.filter(state=CaseState.REPORTED, happened_at__date__range=(cycle.first, cycle.last))
    hint = _("Their points are left out and land in a later month.")
    return [
        _listed(_("Open appeals"), appeals, lambda one: str(one.employee), hint=hint),
        _listed(
            _("Reported cases nobody has decided"),
            cases.select_related("clause", "employee"),
            lambda one: str(one.employee),
        ),
    ]


def people_missing(cycle: AppraisalCycle) -> list[Missing]:
    """Return what a month lacks of people: superiors, self-reviews, scores, pay terms; a roll-up lacks nothing."""
    if cycle.kind != CycleKind.MONTH:
        return []
    people = Appraisal.objects.filter(cycle=cycle).select_related("employee")
    address = f"{reverse('staff:appraisals')}?tab=all&cycle={cycle.pk}"
    unscored = people.filter(score=None)
    paid = PayTerms.objects.filter(since__lte=cycle.last).values("employee")
    return [
        _listed(_("Nobody scores them"), unscored.filter(superior=None), _name, blocks=True,
                hint=_("Open the person and name who scores."), url=f"{address}&nobody=yes"),
        _listed(_("No self-review"), people.filter(self_reviewed_at=None), _name,
                hint=_("They can be scored without; it stays on the record."), url=f"{address}&state=waiting"),
        _listed(_("Not scored"), unscored, _name, blocks=True,
                hint=_("Their superiors see them on “my work”."), url=f"{address}&state=waiting&state=self_reviewed"),
        _listed(_("No pay terms"), people.exclude(employee__in=paid), _name, blocks=True,
                hint=_("Enter 0 for whoever has no bonus."), url=reverse("staff:pay_terms")),
    ]  # fmt: skip


def results_missing(cycle: AppraisalCycle) -> list[Missing]:
    """Return what is missing of published results: answers and signatures."""
    people = Appraisal.objects.filter(cycle=cycle).select_related("employee")
    address = f"{reverse('staff:appraisals')}?tab=all&cycle={cycle.pk}"
    return [
        _listed(_("Objections not answered"), people.filter(state=AppraisalState.APPEALED), _name, blocks=True,
                url=f"{address}&state=appealed"),
        _listed(_("Not signed"), people.filter(state=AppraisalState.PUBLISHED), _name, url=f"{address}&state=published",
                hint=_("When the time for objections is over the month can be locked without them.")),
    ]  # fmt: skip


def scorers_of(cycle: AppraisalCycle) -> list[Scorer]:
    """Return how far each superior is, the slowest first; one query."""
    rows = (
        Appraisal.objects.filter(cycle=cycle, superior__isnull=False)
        .order_by()
        .values(name=F("superior__name"))
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(score__isnull=False)), mean=Avg("score"))
    )
    found = [Scorer(row["name"], row["done"], row["total"], row["mean"]) for row in rows]
    return sorted(found, key=lambda one: (one.percent, one.name))


def grades_of(cycle: AppraisalCycle) -> list[tuple[GradeBand, int]]:
    """Return how many people have each grade, the best first; one query."""
    counted = Count("pk", filter=Q(cycle=cycle))
    by_grade = dict(Appraisal.objects.order_by().values_list("grade").annotate(count=counted))
    return [(band, by_grade.get(band.pk, 0)) for band in GradeBand.objects.all()]


def grades_by_unit(cycle: AppraisalCycle) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Return the units with people, and grade → how many of each unit; three queries."""
    rows = (
        Appraisal.objects.filter(cycle=cycle, grade__isnull=False)
        .order_by()
        .values_list("employee__unit_id", "grade_id")
        .annotate(count=Count("pk"))
    )
    counts = {(unit, grade): count for unit, grade, count in rows}
    units = list(OrgUnit.objects.filter(pk__in={unit for unit, _grade in counts}))
    english = get_language() == "en"
    names = [unit.name_en if english else unit.name for unit in units]
    bands = [(str(band), [counts.get((unit.pk, band.pk), 0) for unit in units]) for band in GradeBand.objects.all()]
    return names, bands


def outliers_of(cycle: AppraisalCycle) -> list[dict[str, Any]]:
    """Return whose score stands out, and why: far from the month before, adjusted, or of the lowest grade."""
    before = AppraisalCycle.objects.filter(kind=cycle.kind, first__lt=cycle.first, state__in=DONE).first()
    earlier = dict(Appraisal.objects.filter(cycle=before).values_list("employee_id", "score")) if before else {}
    lowest = GradeBand.objects.order_by("from_score").first()
    found = []
    people = Appraisal.objects.filter(cycle=cycle, score__isnull=False).select_related("employee", "grade", "scored_by")
    for one in people:
        was, reasons = earlier.get(one.employee_id), []
        if was is not None and one.score is not None and abs(one.score - was) >= FAR:
            words = _("%(was)s the period before") % {"was": f"{was:f}"}
            reasons.append(words)
        if one.adjustment:
            reasons.append(
                _("adjusted by %(points)s: %(reason)s")
                % {"points": f"{one.adjustment:+f}", "reason": one.adjustment_reason}
            )
        if lowest is not None and one.grade_id == lowest.pk:
            reasons.append(str(lowest))
        if reasons:
            found.append({"appraisal": one, "reasons": reasons})
    return found


def open_run_of(cycle: AppraisalCycle, *jobs: str) -> JobRun | None:
    """Return the run about a period that is under way."""
    return JobRun.objects.filter(
        job__in=jobs, params={"cycle": cycle.pk}, state__in=(JobState.QUEUED, JobState.RUNNING)
    ).first()


def failed_run_of(cycle: AppraisalCycle, *jobs: str) -> JobRun | None:
    """Return the last run about a period if it failed."""
    last = JobRun.objects.filter(job__in=jobs, params={"cycle": cycle.pk}).first()
    return last if last is not None and last.state == JobState.FAILED else None


def papers_of(cycle: AppraisalCycle) -> int:
    """Return how many of the period's papers are printed."""
    return cycle.appraisals.exclude(paper="").count() if cycle.state in DONE else 0


def bonus_total(cycle: AppraisalCycle) -> Decimal:
    """Return the sum of the bonuses of a published period."""
    rows = Appraisal.objects.filter(cycle=cycle, bonus__isnull=False).values_list("bonus", flat=True)
    return sum((amount for amount in rows if amount is not None), Decimal(0))


def is_published(cycle: AppraisalCycle) -> bool:
    """Say whether results are out."""
    return cycle.state in {CycleState.PUBLISHED, CycleState.LOCKED}


def _days(label: str, days: list[date], address: str, *, hint: str, page: str = "") -> Missing:
    names = [(f"{day:%m-%d}", f"{address}?day={day.isoformat()}") for day in days[:MOST_NAMES]]
    return Missing(label, len(days), names, page, hint=hint)


def _listed(
    label: str, rows: QuerySet[Any], name: Any, *, url: str = "", blocks: bool = False, hint: str = ""
) -> Missing:
    first = list(rows[:MOST_NAMES])
    count = rows.order_by().count()
    return Missing(label, count, [(name(one), one.get_absolute_url()) for one in first], url, blocks, hint)


def _name(appraisal: Appraisal) -> str:
    return appraisal.employee.name
