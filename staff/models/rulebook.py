"""The rulebook as data, and what it charged."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee
from staff.states import ClauseKind, EntryKind


class Clause(models.Model):
    """A clause of the written rulebook, known by its row in the register, such as ORD-016."""

    number = models.CharField(_("clause"), max_length=12, unique=True)
    department = models.CharField(_("department"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=ClauseKind)
    title = models.CharField(_("title"), max_length=100)
    title_en = models.CharField(_("title in English"), max_length=120)
    detector = models.CharField(_("detector"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ("number",)
        permissions = (("publish_clause", gettext_noop("Publish versions of clauses")),)

    def __str__(self) -> str:
        return f"{self.number} {self.title_en if get_language() == 'en' else self.title}"


class ClauseVersion(models.Model):
    """What a clause says and costs from one day to another. Immutable once published.

    Words in braces in the text stand for the points and the parameters, so that text and numbers cannot differ.
    """

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="versions", verbose_name=_("clause"))
    version = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    """The first day on which it no longer holds."""
    text = models.TextField(_("text"))
    text_en = models.TextField(_("text in English"))
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=0)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    published_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of a clause")
        verbose_name_plural = _("versions of clauses")
        ordering = ("clause", "version")
        constraints = (
            models.UniqueConstraint(fields=("clause", "version"), name="clause_version_number"),
            models.UniqueConstraint(
                fields=("clause",),
                condition=models.Q(valid_to=None, published_at__isnull=False),
                name="clause_one_version_open",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="clause_version_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.clause.number} v{self.version}"


class Offence(models.Model):
    """Something that happened against a clause, once a subject and person; the facts are frozen as they were found."""

    clause = models.ForeignKey(
        Clause, on_delete=models.PROTECT, related_name="offences", db_index=False, verbose_name=_("clause")
    )
    version = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, verbose_name=_("version"))
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="offences", db_index=False, verbose_name=_("employee")
    )
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(_("about"), max_length=120)
    happened_at = models.DateTimeField(_("happened at"))
    day = models.DateField(_("day"))
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    url = models.CharField(max_length=300, blank=True)
    """Page of the document it is about."""
    found_at = models.DateTimeField(_("found at"))

    class Meta:
        verbose_name = _("offence")
        verbose_name_plural = _("offences")
        ordering = ("-happened_at", "-pk")
        permissions = (("waive_offence", gettext_noop("Waive points with a reason")),)
        constraints = (
            models.UniqueConstraint(
                fields=("clause", "subject_type", "subject_id", "employee"), name="offence_charged_once"
            ),
        )
        indexes = (
            models.Index(fields=("employee", "-day"), name="offence_employee"),
            models.Index(fields=("day",), name="offence_day"),
        )

    def __str__(self) -> str:
        return f"{self.clause.number} {self.subject_label}"

    def get_absolute_url(self) -> str:
        """Return the page with the evidence."""
        return reverse("staff:offence", args=[self.pk])


class PointEntry(models.Model):
    """Points booked for or against a person. Never changed or deleted; corrected by a counter-entry."""

    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, related_name="entries", verbose_name=_("offence"))
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="point_entries", db_index=False, verbose_name=_("employee")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind, default=EntryKind.CHARGE)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    day = models.DateField(_("day"))
    booked_at = models.DateTimeField(_("booked at"))
    booked_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    """Nobody is the tally."""
    counters = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="countered_by"
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("point entry")
        verbose_name_plural = _("point entries")
        ordering = ("-day", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("offence",), condition=models.Q(kind=EntryKind.CHARGE), name="offence_booked_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=EntryKind.values), name="entry_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=EntryKind.CHARGE, counters=None)
                | models.Q(kind=EntryKind.COUNTER, counters__isnull=False)
                & ~models.Q(reason="")
                & models.Q(booked_by__isnull=False),
                name="entry_counter_says_of_what",
            ),
        )
        indexes = (
            models.Index(fields=("employee", "day"), name="entry_employee_day"),
            models.Index(fields=("day",), name="entry_day"),
        )

    def __str__(self) -> str:
        return f"{self.points:+} {self.offence}"
