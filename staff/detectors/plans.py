"""Plans of a year that nobody filed in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.detectors import Finding, Question, detector
from staff.models import AppraisalCycle
from staff.queries.plans import missing_plans, month_in
from staff.queries.points import month_span

_DAY = timedelta(days=1)


@detector("staff.plan_missing", label=_("Plans of the year at the end of the month in which they are made"))
def plan_missing(question: Question) -> Iterator[Finding]:
    """Find who had not filed the plan of the year when its `month` ended (STF-132); heads answer for the unit's too.

    What was filed in time counts, approved or not, and though it was sent back afterwards. Where nobody has been
    appraised yet, nobody is asked for a plan.
    """
    window, month = question.window, month_in(question.parameters.get("month"))
    for year in range(shop_day(window.start).year - 1, shop_day(window.end).year + 1):
        last = month_span(date(year, month, 1))[1]
        limit = start_of_day(last + _DAY)
        if not window.start < limit <= window.end or not AppraisalCycle.objects.filter(first__lte=last).exists():
            continue
        for one in missing_plans(year, month, at=limit):
            label = f"{one.unit or one.employee.name} {year}"
            number = (one.unit.pk if one.unit else one.employee.pk) * 10_000 + year
            yield Finding(
                ("staff.PlanOfUnit" if one.unit else "staff.PlanOfPerson", number, label),
                one.employee.pk,
                limit,
                {"period": str(year), "deadline": limit},
                f"{reverse('staff:plan_new')}?year={year}",
            )
