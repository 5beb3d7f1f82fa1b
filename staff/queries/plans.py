"""Plans of a year: who files one, until when, who has not, and who may see which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language

from shopops.kit.clock import shop_day
from shopops.kit.lists.declarations import Reader, Row
from staff.models import Appointment, ClauseVersion, Employee, OrgUnit, YearPlan
from staff.queries.appraisal_people import people_to_appraise
from staff.queries.people import holds_on, matching_people
from staff.queries.points import month_span
from staff.queries.superiors import led_by, superiors_of
from staff.states.plans import PlanState

SEES_ALL = "staff.view_yearplan"
APPROVES_ALL = "staff.run_appraisal"
DUE_MONTH = 1
"""The month in which the year's plan is made, where STF-132 does not say (the rulebook is not loaded)."""
TONES = {PlanState.DRAFT: "plain", PlanState.FILED: "info", PlanState.APPROVED: "good"}


@dataclass(frozen=True)
class Expected:
    """A plan that is to be filed: whose, and of which unit where it is not the person's own."""

    employee: Employee
    unit: OrgUnit | None = None

    @property
    def key(self) -> tuple[int, int | None]:
        """Return what tells it from the others of a year."""
        return self.employee.pk, self.unit.pk if self.unit else None


def due_month(year: int) -> int:
    """Return the month of a year in which its plans are filed, by STF-132 as it holds then; one query."""
    first = date(year, 1, 1)
    versions = ClauseVersion.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=first), clause__number="STF-132", published_at__isnull=False
    )
    parameters = versions.order_by("valid_from").values_list("parameters", flat=True).first() or {}
    return month_in(parameters.get("month"))


def month_in(value: object) -> int:
    """Return a month of the year; what is none is January."""
    return value if isinstance(value, int) and 1 <= value <= 12 else DUE_MONTH  # noqa: PLR2004 -- months


def due_on(year: int) -> date:
    """Return the last day on which plans of a year are filed in time; one query."""
    return month_span(date(year, due_month(year), 1))[1]


def expected_plans(first: date, last: date) -> list[Expected]:
    """Return who files a plan: everybody who is appraised in a month, and heads for their units; five queries."""
    people = {one.employee.pk: one.employee for one in people_to_appraise(first, last)}
    heads = (
        Appointment.objects.filter(holds_on(last), position__is_head=True, employee__in=people)
        .select_related("position__unit")
        .order_by("position__unit", "since", "pk")
    )
    units: dict[int, Expected] = {}
    for held in heads:
        units.setdefault(held.position.unit_id, Expected(people[held.employee_id], held.position.unit))
    return [*(Expected(one) for one in people.values()), *units.values()]


def missing_plans(year: int, month: int, *, at: datetime) -> list[Expected]:
    """Return the plans of a year that were not filed at a moment, of those expected in a month."""
    first = date(year, month, 1)
    filed = YearPlan.objects.filter(year=year, filed_at__lte=at).values_list("employee_id", "unit_id")
    there = set(filed)
    return [one for one in expected_plans(first, month_span(first)[1]) if one.key not in there]


def units_headed(employee: Employee, on: date) -> list[OrgUnit]:
    """Return the units somebody heads on a day; one query."""
    held = Appointment.objects.filter(holds_on(on), position__is_head=True, employee=employee)
    return list(OrgUnit.objects.filter(pk__in=held.values("position__unit")))


def listed_plans(reader: Reader) -> QuerySet[YearPlan]:
    """Return the plans somebody may see: their own, those of their people, or everybody's."""
    return visible_plans(reader.by).annotate(
        name=F("employee__name"),
        unit_zh=F("unit__name"),
        unit_en=F("unit__name_en"),
        approver=F("approved_by__name"),
    )


def visible_plans(reader: Employee) -> QuerySet[YearPlan]:
    """Return the plans whose pages somebody may open."""
    plans = YearPlan.objects.select_related("employee__unit", "unit", "approved_by")
    if reader.has_perm(SEES_ALL):
        return plans
    return plans.filter(Q(employee=reader) | Q(employee__in=led_by([reader]).get(reader.pk, set())))


def may_decide(plan: YearPlan, by: Employee) -> bool:
    """Say whether somebody may approve a plan or send it back: the superior, or whoever runs the appraisals."""
    if by.pk == plan.employee_id:
        return False
    superior = superiors_of([plan.employee])[plan.employee_id]
    return by.has_perm(APPROVES_ALL) or (superior is not None and superior.pk == by.pk)


def plans_to_approve(employee: Employee) -> QuerySet[YearPlan]:
    """Return the plans that wait for somebody as superior, the oldest first; one query more than `led_by`."""
    waiting = YearPlan.objects.filter(state=PlanState.FILED).exclude(employee=employee).select_related("employee")
    people = Employee.objects.filter(pk__in=waiting.values("employee")).select_related("unit")
    mine = [pk for pk, superior in superiors_of(list(people)).items() if superior and superior.pk == employee.pk]
    return waiting.filter(employee__in=mine).order_by("filed_at", "pk")


def plans_owed(employee: Employee, *, at: datetime) -> list[tuple[Expected, date]]:
    """Return the plans somebody has to file in the month in which plans are due, with the last day for it (STF-132)."""
    today = shop_day(at)
    if today.month != due_month(today.year):
        return []
    missing = missing_plans(today.year, today.month, at=at)
    return [(one, due_on(today.year)) for one in missing if one.employee.pk == employee.pk]


def add_plan_words(rows: list[Row], _reader: Reader) -> None:
    """Put what the cells show on the rows of a page; no query."""
    english, states = get_language() == "en", dict(PlanState.choices)
    for row in rows:
        row["unit_words"] = (row["unit_en"] if english else row["unit_zh"]) or ""
        row["state_label"], row["tone"] = states[row["state"]], TONES[PlanState(row["state"])]


def matching_plans(text: str) -> Q:
    """Return the condition for the search box: name, pinyin or number of the person, or words of the goals."""
    return Q(employee__in=Employee.objects.filter(matching_people(text))) | Q(goals__icontains=text.strip())
