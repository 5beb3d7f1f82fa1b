"""What happened against the rulebook, what it cost, and what excuses it."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from staff.models.organisation import Employee
from staff.models.rulebook import Clause, ClauseVersion
from staff.states import EntryKind, ExcuseKind, Outcome, Standing


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
    standing = models.CharField(_("standing"), max_length=8, choices=Standing, default=Standing.CHARGED)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    cause = models.CharField(_("cause"), max_length=120, blank=True)
    """What several cases share that happened for one reason; empty where each stands alone."""
    excuse = models.ForeignKey(
        "Excuse", on_delete=models.PROTECT, null=True, blank=True, related_name="offences", verbose_name=_("excuse")
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    because_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="others_charged"
    )
    """The offence of somebody else for which this person, as superior, answers too."""
    is_frozen = models.BooleanField(_("under appeal"), default=False)
    """While an appeal is open its points stay out of every total."""

    class Meta:
        verbose_name = _("offence")
        verbose_name_plural = _("offences")
        ordering = ("-happened_at", "-pk")
        permissions = (("waive_offence", gettext_noop("Waive points with a reason")),)
        constraints = (
            models.UniqueConstraint(
                fields=("clause", "subject_type", "subject_id", "employee"), name="offence_charged_once"
            ),
            models.CheckConstraint(condition=models.Q(standing__in=Standing.values), name="offence_standing_known"),
            models.CheckConstraint(
                condition=models.Q(standing=Standing.EXCUSED, excuse__isnull=False)
                | ~models.Q(standing=Standing.EXCUSED) & models.Q(excuse=None),
                name="offence_excused_by_something",
            ),
            models.CheckConstraint(
                condition=models.Q(standing=Standing.MERGED, merged_into__isnull=False)
                | ~models.Q(standing=Standing.MERGED) & models.Q(merged_into=None),
                name="offence_merged_into_something",
            ),
        )
        indexes = (
            models.Index(fields=("employee", "-day"), name="offence_employee"),
            models.Index(fields=("day",), name="offence_day"),
            models.Index(fields=("employee", "cause"), name="offence_cause", condition=~models.Q(cause="")),
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
    fund = models.DecimalField(_("yuan into the happiness fund"), max_digits=8, decimal_places=2, default=0)
    version = models.ForeignKey(
        ClauseVersion, on_delete=models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("priced by")
    )
    """The version that gave the price, where it is not that of the offence."""
    trial = models.ForeignKey(
        "Trial", on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("replay")
    )
    workings = models.JSONField(_("how it was reckoned"), default=dict, blank=True)
    """Only where it is not simply the price: number in the month, times, what the cap left out."""
    day = models.DateField(_("day"))
    booked_at = models.DateTimeField(_("booked at"))
    booked_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    """Nobody is the system: the tally, or a deadline nobody kept."""
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
                | models.Q(kind=EntryKind.COUNTER, counters__isnull=False) & ~models.Q(reason="")
                | models.Q(kind=EntryKind.ADJUSTMENT, counters=None) & ~models.Q(reason=""),
                name="entry_counter_says_of_what",
            ),
        )
        indexes = (
            models.Index(fields=("employee", "day"), name="entry_employee_day"),
            models.Index(fields=("day",), name="entry_day"),
        )

    def __str__(self) -> str:
        return f"{self.points:+} {self.offence}"


class Excuse(models.Model):
    """Why something that happened in a span costs nothing: leave, an outage, a handover, an objective cause.

    Entered by one person and confirmed by another; only what is confirmed excuses.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ExcuseKind)
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="excuses", verbose_name=_("employee")
    )
    """Nobody is everybody, such as in an outage of the platform."""
    clause = models.ForeignKey(
        Clause, on_delete=models.PROTECT, null=True, blank=True, related_name="excuses", verbose_name=_("clause")
    )
    """None is every clause that admits the kind."""
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    """The one document it is about; empty is all of the span."""
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=500)
    entered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))
    confirmed_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("excuse")
        verbose_name_plural = _("excuses")
        ordering = ("-starts_at", "-pk")
        permissions = (("confirm_excuse", gettext_noop("Confirm excuses")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=ExcuseKind.values), name="excuse_kind_known"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="excuse_has_a_span"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None, confirmed_at=None)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~models.Q(confirmed_by=models.F("entered_by")),
                name="excuse_confirmed_by_a_second_person",
            ),
        )
        indexes = (models.Index(fields=("starts_at", "ends_at"), name="excuse_span"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reason[:40]}"

    def get_absolute_url(self) -> str:
        """Return the page of the excuse."""
        return reverse("staff:excuse", args=[self.pk])


class RadarSighting(models.Model):
    """Something the radar saw coming: what, whom it would cost how much, when; and what became of it."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="sightings", verbose_name=_("clause"))
    employee = models.ForeignKey(
        Employee, on_delete=models.CASCADE, related_name="sightings", db_index=False, verbose_name=_("employee")
    )
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(_("about"), max_length=120)
    url = models.CharField(max_length=300, blank=True)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    due_at = models.DateTimeField(_("due at"))
    seen_at = models.DateTimeField(_("first seen at"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.COMING)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sighting")
        verbose_name_plural = _("sightings")
        ordering = ("due_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("clause", "subject_type", "subject_id", "employee"), name="sighting_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="sighting_outcome_known"),
        )
        indexes = (
            models.Index(fields=("employee", "due_at"), name="sighting_employee"),
            models.Index(fields=("due_at",), name="sighting_coming", condition=models.Q(outcome=Outcome.COMING)),
        )

    def __str__(self) -> str:
        return f"{self.clause.number} {self.subject_label}"
