"""Plans of a year, of a person or of a unit (STF-132)."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee, OrgUnit
from staff.states.plans import PlanState


class YearPlan(models.Model):
    """What somebody means to reach in a year and how it is measured; a head files the plan of the unit besides."""

    year = models.PositiveSmallIntegerField(_("year"))
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="year_plans", verbose_name=_("employee")
    )
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="year_plans", verbose_name=_("unit")
    )
    """The unit it is the plan of; none is the person's own."""
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    goals = models.TextField(_("goals"))
    measures = models.TextField(_("how they are measured"))
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    """When it was filed first; what was sent back and filed again was in time if it had been."""
    approved_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("plan of a year")
        verbose_name_plural = _("plans of years")
        ordering = ("-year", "employee__name_pinyin", "pk")
        constraints = (
            models.UniqueConstraint(fields=("year", "employee", "unit"), name="year_plan_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(state__in=PlanState.values), name="year_plan_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=PlanState.DRAFT) | models.Q(filed_at__isnull=False),
                name="year_plan_filed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state=PlanState.APPROVED, approved_by__isnull=False, approved_at__isnull=False)
                & ~models.Q(approved_by=models.F("employee"))
                | ~models.Q(state=PlanState.APPROVED) & models.Q(approved_by=None, approved_at=None),
                name="year_plan_approved_by_somebody_else",
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit or self.employee} {self.year}"

    def get_absolute_url(self) -> str:
        """Return the page of the plan."""
        return reverse("staff:plan", args=[self.pk])
