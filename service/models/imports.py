"""Imports of the files of customer service, and column mappings people have kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from service.states import FileKind, FileState
from staff.models import Employee, JobRun, Shop


class FileImport(models.Model):
    """One import of one or several files of customer service: who, when, what came of it."""

    kind = models.CharField(_("kind"), max_length=12, choices=FileKind)
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop")
    )
    state = models.CharField(_("state"), max_length=10, choices=FileState, default=FileState.WAITING)
    files = models.JSONField(_("files"), default=list)
    """[{"name", "sha256", "bytes", "rows", "stored"}]; `stored` while the upload is kept."""
    digest = models.CharField(max_length=64, blank=True)
    mapping = models.ForeignKey(
        "ColumnMapping", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("columns")
    )
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False)
    started_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    complaints = models.JSONField(_("complaints"), default=list)
    """The first thousand: [{"file", "row", "column", "text", "refused"}]; row 0 is the whole file."""
    complaint_count = models.PositiveIntegerField(default=0)
    sentence = models.TextField(_("refused because"), blank=True)
    rejected = models.FileField(_("rejected rows"), upload_to="imports/%Y/%m/", max_length=300, blank=True)
    job_run = models.ForeignKey(JobRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("import of service files")
        verbose_name_plural = _("imports of service files")
        ordering = ("-started_at", "-pk")
        permissions = (("import_service_files", gettext_noop("Import chats, figures of agents, reviews and refunds")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=FileState.values), name="file_import_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=FileKind.values), name="file_import_kind_known"),
        )
        indexes = (
            models.Index(fields=("-started_at", "-id"), name="file_import_started"),
            models.Index(fields=("digest",), name="file_import_digest"),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"


class ColumnMapping(models.Model):
    """Which column of somebody's own spreadsheet holds what, kept for the next time."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=FileKind)
    columns = models.JSONField(_("columns"), default=dict)
    """{field of ours: header of the file}"""
    kept_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by"))
    kept_at = models.DateTimeField(_("kept at"))

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("kind", "name"), name="mapping_name_once"),)

    def __str__(self) -> str:
        return self.name


class AgentDay(models.Model):
    """A row of the platform's own daily figures of one agent (客服绩效); told apart from what is measured here."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", verbose_name=_("shop"))
    day = models.DateField(_("day"))
    nick = models.CharField(_("sub-account"), max_length=100)
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("employee")
    )
    consulted = models.PositiveIntegerField(_("buyers who asked"), null=True, blank=True)
    received = models.PositiveIntegerField(_("received"), null=True, blank=True)
    answered = models.PositiveIntegerField(_("effectively received"), null=True, blank=True)
    unanswered = models.PositiveIntegerField(_("not answered"), null=True, blank=True)
    slow = models.PositiveIntegerField(_("answered slowly"), null=True, blank=True)
    reply_rate = models.DecimalField(_("reply rate"), max_digits=7, decimal_places=4, null=True, blank=True)
    three_minute_rate = models.DecimalField(_("3-minute rate"), max_digits=7, decimal_places=4, null=True, blank=True)
    first_seconds = models.DecimalField(_("first reply, s"), max_digits=9, decimal_places=2, null=True, blank=True)
    average_seconds = models.DecimalField(_("average reply, s"), max_digits=9, decimal_places=2, null=True, blank=True)
    answer_ratio = models.DecimalField(_("answers to questions"), max_digits=7, decimal_places=4, null=True, blank=True)
    orders = models.PositiveIntegerField(_("orders"), null=True, blank=True)
    buyers = models.PositiveIntegerField(_("buyers"), null=True, blank=True)
    sales = models.DecimalField(_("sales, yuan"), max_digits=14, decimal_places=2, null=True, blank=True)
    refunds = models.DecimalField(_("refunds, yuan"), max_digits=14, decimal_places=2, null=True, blank=True)
    raw = models.JSONField(_("row of the file"), default=dict)
    batch = models.ForeignKey(FileImport, on_delete=models.PROTECT, related_name="+", verbose_name=_("import"))

    class Meta:
        verbose_name = _("agent's day on the platform")
        verbose_name_plural = _("agents' days on the platform")
        ordering = ("-day", "nick")
        constraints = (models.UniqueConstraint(fields=("day", "nick", "shop"), name="agent_day_once"),)
        indexes = (models.Index(fields=("employee", "day"), name="agent_day_employee"),)

    def __str__(self) -> str:
        return f"{self.nick} {self.day:%Y-%m-%d}"
