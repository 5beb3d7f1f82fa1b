"""Imports of the platform's files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from orders.states import ImportState
from staff.models import Employee, JobRun, Shop


class ImportBatch(models.Model):
    """One import of one or several files: who, when, what came of it."""

    kind = models.CharField(_("kind"), max_length=20, default="orders")
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop")
    )
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    files = models.JSONField(_("files"), default=list)
    """[{"name", "sha256", "bytes", "reports": [kind, …], "rows", "stored"}]; `stored` while the upload is kept."""
    digest = models.CharField(max_length=64)
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False)
    started_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    """{"orders": {"new", "changed", "unchanged", "refused"}, "lines": {…}}"""
    complaints = models.JSONField(_("complaints"), default=list)
    """The first thousand: [{"file", "row", "column", "text", "refused"}]; row 0 is the whole file."""
    sample = models.JSONField(default=dict, editable=False)
    """What the result page shows of a rehearsal too: {"new": […], "changed": […]}, the first few hundred each."""
    complaint_count = models.PositiveIntegerField(default=0)
    sentence = models.TextField(_("refused because"), blank=True)
    rejected = models.FileField(_("rejected rows"), upload_to="imports/%Y/%m/", max_length=300, blank=True)
    job_run = models.ForeignKey(JobRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-started_at", "-pk")
        permissions = (("import_orders", gettext_noop("Import orders")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known"),
        )
        indexes = (
            models.Index(fields=("-started_at", "-id"), name="import_started"),
            models.Index(fields=("digest",), name="import_digest"),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"
