"""Background jobs as the people who started them see them."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

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
    """Raised by every start; whoever holds an older number has lost the run to somebody else."""
    interruptions = models.PositiveSmallIntegerField(_("interruptions"), default=0)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    retry_at = models.DateTimeField(_("tried again at"), null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    """The language of whoever asked: files, sentences and notes of the run are in it."""
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    sentence = models.TextField(_("what went wrong"), blank=True)
    file = models.FileField(_("file"), upload_to="jobs/%Y/%m/", max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-asked_at", "-pk")
        permissions = (("view_all_jobs", gettext_noop("See everybody's jobs and files")),)
        constraints = (
            models.UniqueConstraint(fields=("job", "period"), condition=~models.Q(period=""), name="job_once_a_period"),
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=models.Q(retry_at=None) | models.Q(state=JobState.FAILED), name="job_retry_only_if_failed"
            ),
        )
        indexes = (
            models.Index(fields=("asked_by", "-asked_at"), name="job_asked_by"),
            models.Index(
                fields=("asked_at",), name="job_open", condition=models.Q(state__in=(JobState.QUEUED, JobState.RUNNING))
            ),
            models.Index(fields=("retry_at",), name="job_retry", condition=models.Q(retry_at__isnull=False)),
            models.Index(fields=("job", "-asked_at"), name="job_name"),
        )

    def __str__(self) -> str:
        return f"{self.job} {self.period or self.pk}"

    def get_absolute_url(self) -> str:
        """Return the page of the run."""
        return reverse("staff:job", args=[self.pk])

    @property
    def percent(self) -> int | None:
        """Return how far it is, 0 to 100, or None when the whole is not known."""
        return None if not self.total else min(100, self.done * 100 // self.total)

    @property
    def is_scheduled(self) -> bool:
        """Say whether the clockwork asked for it, not a person."""
        return bool(self.period)

    @property
    def is_round(self) -> bool:
        """Say whether it is a round of work done every few minutes; the next round makes up for a failed one."""
        return "T" in self.period
