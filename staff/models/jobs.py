"""Background jobs as the people who started them see them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee
from staff.states import JobState


class JobRun(models.Model):
    """One run of a job. This row is the truth; the queue only carries its number."""

    job = models.CharField(_("job"), max_length=60)
    params = models.JSONField(_("with"), default=dict)
    period = models.CharField(_("period"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    asked_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="job_runs", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    sentence = models.TextField(_("what went wrong"), blank=True)
    file = models.FileField(_("file"), upload_to="jobs/%Y/%m/", max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("job", "period"), condition=~models.Q(period=""), name="job_once_a_period"),
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
        )
        indexes = (
            models.Index(fields=("asked_by", "-asked_at"), name="job_asked_by"),
            models.Index(
                fields=("asked_at",), name="job_open", condition=models.Q(state__in=(JobState.QUEUED, JobState.RUNNING))
            ),
        )

    def __str__(self) -> str:
        return f"{self.job} {self.period or self.pk}"

    @property
    def percent(self) -> int | None:
        """Return how far it is, 0 to 100, or None when the whole is not known."""
        return None if not self.total else min(100, self.done * 100 // self.total)
