"""Measured figures and the snapshots that reports are printed from."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.jobs import JobRun
from staff.models.organisation import Employee, Shop


class MetricReading(models.Model):
    """One figure of one day: of the company, of a shop, or of a person. Kept as numerator and denominator."""

    metric = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    day = models.DateField()
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, null=True, related_name="readings")
    numerator = models.DecimalField(max_digits=18, decimal_places=4)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = (
            models.UniqueConstraint(
                fields=("metric", "day", "shop", "employee"), name="reading_once", nulls_distinct=False
            ),
        )
        indexes = (models.Index(fields=("day", "metric"), name="reading_day"),)

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class ReportSnapshot(models.Model):
    """The rows of a report as they were when it was made; page, spreadsheet and PDF all print these."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("report"), max_length=40)
    day = models.DateField(_("day"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    rows = models.JSONField(encoder=DjangoJSONEncoder)
    digest = models.CharField(_("digest"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    job_run = models.ForeignKey(JobRun, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("made by job"))
    language = models.CharField(max_length=10, blank=True)
    """The language of the two files; the page is in the reader's."""
    xlsx = models.FileField(_("spreadsheet"), upload_to="reports/%Y/%m/", max_length=200, blank=True)
    pdf = models.FileField(_("PDF"), upload_to="reports/%Y/%m/", max_length=200, blank=True)

    class Meta:
        verbose_name = _("report snapshot")
        verbose_name_plural = _("report snapshots")
        ordering = ("-day", "-version")
        constraints = (models.UniqueConstraint(fields=("kind", "day", "version"), name="snapshot_version"),)

    def __str__(self) -> str:
        return self.number
