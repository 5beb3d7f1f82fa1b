"""Tallies on trial, beside the books: replays, wind tunnels, drafts in shadow."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from staff.models.jobs import JobRun
from staff.models.organisation import Employee
from staff.models.rulebook import Clause, ClauseVersion
from staff.states import Standing, TrialKind, TrialState


class Trial(models.Model):
    """A span tallied anew with chosen versions, into rows of its own; a replay may be booked afterwards."""

    kind = models.CharField(_("kind"), max_length=6, choices=TrialKind)
    versions = models.ManyToManyField(ClauseVersion, blank=True, related_name="trials", verbose_name=_("versions"))
    """Used instead of those in force; none is the rulebook as it was."""
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    done_to = models.DateField(_("tallied until"), null=True, blank=True)
    """The last day that is complete; a job that was interrupted goes on with the next."""
    state = models.CharField(_("state"), max_length=10, choices=TrialState, default=TrialState.COMPUTING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    job_run = models.ForeignKey(JobRun, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("job"))

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering = ("-asked_at", "-pk")
        permissions = (
            ("run_trial", gettext_noop("Replay periods and try drafts")),
            ("approve_replay", gettext_noop("Book the differences of a replay")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=TrialKind.values), name="trial_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=TrialState.values), name="trial_state_known"),
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="trial_ends_after_start"),
            models.CheckConstraint(
                condition=~models.Q(state=TrialState.APPROVED)
                | models.Q(kind=TrialKind.REPLAY, decided_by__isnull=False)
                & ~models.Q(decided_by=models.F("asked_by")),
                name="trial_booked_by_a_second_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first} – {self.last}"

    def get_absolute_url(self) -> str:
        """Return the page of the trial."""
        return reverse("staff:trial", args=[self.pk])


class TrialOffence(models.Model):
    """What a trial would have booked. The same columns as an offence and its charge, in one row."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="offences", db_index=False)
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, db_index=False)
    version = models.ForeignKey(ClauseVersion, on_delete=models.CASCADE, db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, db_index=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    day = models.DateField()
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    url = models.CharField(max_length=300, blank=True)
    standing = models.CharField(max_length=8, choices=Standing)
    grade = models.CharField(max_length=20, blank=True)
    cause = models.CharField(max_length=120, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    fund = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    workings = models.JSONField(default=dict, blank=True)
    is_superior = models.BooleanField(default=False)
    """Charged for what somebody else did."""

    class Meta:
        verbose_name = _("offence on trial")
        verbose_name_plural = _("offences on trial")
        ordering = ("happened_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("trial", "clause", "subject_type", "subject_id", "employee"), name="trial_offence_once"
            ),
        )
        indexes = (models.Index(fields=("trial", "employee", "day"), name="trial_offence_employee"),)

    def __str__(self) -> str:
        return f"{self.clause.number} {self.subject_label}"
