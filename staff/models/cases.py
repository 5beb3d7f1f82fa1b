"""Cases people report by hand, appeals against points, and the files that prove either."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from staff.models.organisation import Employee
from staff.models.points import Offence
from staff.models.rulebook import Clause, ClauseVersion
from staff.states import AppealState, CaseKind, CaseState, Stage, Verdict


class CaseReport(models.Model):
    """A violation, a reward or a waiver that somebody reports and a second person decides (rows marked `form`)."""

    kind = models.CharField(_("kind"), max_length=8, choices=CaseKind)
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="cases", verbose_name=_("clause"))
    offence = models.ForeignKey(
        Offence, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("offence")
    )
    """What a waiver is about, or what a confirmed case became."""
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="cases", verbose_name=_("concerned"))
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=0)
    fund = models.DecimalField(_("yuan into the happiness fund"), max_digits=8, decimal_places=2, default=0)
    happened_at = models.DateTimeField(_("happened at"))
    text = models.TextField(_("what happened"))
    incident = models.CharField(_("incident"), max_length=60, blank=True)
    """What the reporter calls the one thing that happened: a short word, or the number of a document."""
    incident_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="joined",
        verbose_name=_("same incident as"),
    )
    """The first report of the incident; the first itself has none."""
    witness = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("witness")
    )
    reported_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="reported_cases", verbose_name=_("reported by")
    )
    reported_at = models.DateTimeField(_("reported at"))
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.REPORTED)
    decided_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("reported case")
        verbose_name_plural = _("reported cases")
        ordering = ("-reported_at", "-pk")
        permissions = (
            ("report_case", gettext_noop("Report violations and propose rewards")),
            ("confirm_case", gettext_noop("Confirm or reject reported cases")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("employee")),
                name="case_not_judged_by_the_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state=CaseState.WITHDRAWN)
                | models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("reported_by")),
                name="case_decided_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=("offence",),
                condition=models.Q(kind=CaseKind.WAIVER, state=CaseState.REPORTED),
                name="case_one_waiver_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(incident_of=None) | ~models.Q(incident_of=models.F("pk")),
                name="case_joins_another_case",
            ),
        )
        indexes = (
            models.Index(fields=("reported_at",), name="case_waiting", condition=models.Q(state=CaseState.REPORTED)),
            models.Index(fields=("happened_at",), name="case_happened"),
        )

    def __str__(self) -> str:
        return f"{self.clause.number} {self.employee}"

    def get_absolute_url(self) -> str:
        """Return the page of the case."""
        return reverse("staff:case", args=[self.pk])

    @property
    def incident_id(self) -> int:
        """Return the key of the incident: that of its first report."""
        return self.incident_of_id or self.pk


class Appeal(models.Model):
    """An employee's objection to an offence: leader first, then the panel; unanswered in time it wins."""

    offence = models.OneToOneField(Offence, on_delete=models.PROTECT, related_name="appeal", verbose_name=_("offence"))
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("employee"))
    text = models.TextField(_("why"))
    filed_at = models.DateTimeField(_("filed at"))
    state = models.CharField(_("state"), max_length=12, choices=AppealState, default=AppealState.WITH_LEADER)
    leader = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appeals_to_judge",
        verbose_name=_("leader"),
    )
    """Who judges first; nobody where only the panel can."""
    due_at = models.DateTimeField(_("answer due at"))
    """Of the stage it is in: for the judge's answer, or for taking it on to the panel."""
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict, blank=True)
    points = models.DecimalField(_("points after"), max_digits=6, decimal_places=2, null=True, blank=True)
    answer = models.TextField(_("reasons"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    is_lapsed = models.BooleanField(_("decided by the deadline"), default=False)
    amendment = models.ForeignKey(
        ClauseVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("amendment")
    )
    """The draft it opened where the rule was at fault."""

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ("-filed_at", "-pk")
        permissions = (
            ("judge_appeal", gettext_noop("Judge appeals as a leader")),
            ("sit_on_panel", gettext_noop("Judge appeals on the panel")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=AppealState.values), name="appeal_state_known"),
            models.CheckConstraint(
                condition=models.Q(leader=None) | ~models.Q(leader=models.F("employee")),
                name="appeal_not_judged_by_oneself",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                name="appeal_open",
                condition=~models.Q(state__in=(AppealState.CLOSED, AppealState.WITHDRAWN)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.offence} · {self.employee}"

    def get_absolute_url(self) -> str:
        """Return the page of the appeal."""
        return reverse("staff:appeal", args=[self.pk])


class AppealOpinion(models.Model):
    """What one judge said of an appeal."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="opinions", verbose_name=_("appeal"))
    stage = models.CharField(_("stage"), max_length=6, choices=Stage)
    judge = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("judge"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict)
    points = models.DecimalField(_("points after"), max_digits=6, decimal_places=2, null=True, blank=True)
    text = models.TextField(_("reasons"))
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("opinion on an appeal")
        verbose_name_plural = _("opinions on appeals")
        ordering = ("given_at", "pk")
        constraints = (models.UniqueConstraint(fields=("appeal", "stage", "judge"), name="opinion_once_a_judge"),)

    def __str__(self) -> str:
        return f"{self.judge} · {self.get_verdict_display()}"


class Attachment(models.Model):
    """A file that proves a case or an appeal."""

    case = models.ForeignKey(CaseReport, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/", max_length=200)
    name = models.CharField(_("name"), max_length=150)
    size = models.PositiveIntegerField(_("size"))
    added_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("attached file")
        verbose_name_plural = _("attached files")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(case=None, appeal__isnull=False) | models.Q(case__isnull=False, appeal=None),
                name="attachment_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.name
