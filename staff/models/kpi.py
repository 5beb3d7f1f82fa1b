"""The indicators people and posts are measured by, and what was scored by hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee, OrgUnit, Position
from staff.states import KpiCycle, Machine


class Kpi(models.Model):
    """An indicator of the register (STF-181…STF-218 and others): what it means, who is measured, what is good."""

    number = models.CharField(_("row of the register"), max_length=12, unique=True)
    area = models.CharField(_("area"), max_length=40, blank=True)
    area_en = models.CharField(_("area in English"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80)
    definition = models.TextField(_("definition"))
    definition_en = models.TextField(_("definition in English"))
    guidance = models.TextField(_("how to score it"), blank=True)
    guidance_en = models.TextField(_("how to score it, in English"), blank=True)
    machine = models.CharField(_("measured"), max_length=4, choices=Machine)
    metric = models.CharField(_("metric"), max_length=60, blank=True)
    """Name in the registry of metrics; empty where it is scored on a form or its records are still to come."""
    posts = models.ManyToManyField(Position, blank=True, related_name="kpis", verbose_name=_("posts measured"))
    units = models.ManyToManyField(OrgUnit, blank=True, related_name="kpis", verbose_name=_("units measured"))
    cycle = models.CharField(_("cycle"), max_length=5, choices=KpiCycle, default=KpiCycle.MONTH)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=4, null=True, blank=True)
    """Worth 100 of a score."""
    floor = models.DecimalField(_("worth nothing at"), max_digits=14, decimal_places=4, null=True, blank=True)
    """Worth 0 of a score; between floor and target the score is in proportion."""
    warn_at = models.DecimalField(_("amber from"), max_digits=14, decimal_places=4, null=True, blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ("number",)
        permissions = (("score_kpi", gettext_noop("Score indicators on forms")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(machine__in=Machine.values), name="kpi_machine_known"),
        )

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class KpiScore(models.Model):
    """What a named person scored for somebody's month on a form; a later score replaces the one before it."""

    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="scores", verbose_name=_("indicator"))
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="kpi_scores", verbose_name=_("employee")
    )
    month = models.DateField(_("month"))
    """Its first day."""
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    text = models.TextField(_("grounds"))
    scored_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("scored by"))
    scored_at = models.DateTimeField(_("scored at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("score on a form")
        verbose_name_plural = _("scores on forms")
        ordering = ("-month", "kpi", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("kpi", "employee", "month"), condition=models.Q(replaced_at=None), name="score_once_in_force"
            ),
            models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=100), name="score_0_to_100"),
            models.CheckConstraint(condition=~models.Q(scored_by=models.F("employee")), name="score_not_by_oneself"),
        )

    def __str__(self) -> str:
        return f"{self.kpi} {self.employee} {self.month:%Y-%m}"
