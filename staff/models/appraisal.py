"""Monthly, half-yearly and annual appraisal: weights, grades, each person's lines, and the bonus."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from staff.models.kpi import Kpi
from staff.models.organisation import Employee, Position
from staff.models.points import PointEntry
from staff.states import AppraisalState, CycleKind, CycleState, LineKind


class GradeBand(models.Model):
    """One of the four grades (STF-141): from which score, and the coefficient of the bonus (STF-155)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=20)
    name_en = models.CharField(_("name in English"), max_length=30)
    from_score = models.DecimalField(_("from score"), max_digits=5, decimal_places=2, unique=True)
    coefficient = models.DecimalField(_("coefficient of the bonus"), max_digits=4, decimal_places=2)
    measures = models.CharField(_("what follows"), max_length=200, blank=True)
    measures_en = models.CharField(_("what follows, in English"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ("-from_score",)

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class AppraisalWeight(models.Model):
    """How much an indicator counts in the appraisal of a post; the weights of a post make up 100."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="weights", verbose_name=_("post"))
    kind = models.CharField(_("counts"), max_length=6, choices=LineKind)
    kpi = models.ForeignKey(
        Kpi, on_delete=models.PROTECT, null=True, blank=True, related_name="weights", verbose_name=_("indicator")
    )
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("weight")
        verbose_name_plural = _("weights")
        ordering = ("position", "kind", "kpi")
        constraints = (
            models.UniqueConstraint(fields=("position", "kind", "kpi"), name="weight_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(weight__gt=0, weight__lte=100), name="weight_0_to_100"),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.kpi or self.get_kind_display()} {self.weight}"


class PayTerms(models.Model):
    """What a person's bonus is reckoned from, since a day. Amounts in yuan a month."""

    employee = models.ForeignKey(
        Employee, on_delete=models.CASCADE, related_name="pay_terms", verbose_name=_("employee")
    )
    since = models.DateField(_("since"))
    base_wage = models.DecimalField(_("base wage"), max_digits=10, decimal_places=2, null=True, blank=True)
    """Not known of everybody (STF-154 prints the figure of a member of staff masked)."""
    bonus_base = models.DecimalField(_("performance bonus at 100"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("pay terms")
        verbose_name_plural = _("pay terms")
        ordering = ("employee", "-since")
        constraints = (
            models.UniqueConstraint(fields=("employee", "since"), name="pay_terms_once"),
            models.CheckConstraint(
                condition=models.Q(bonus_base__gte=0) & (models.Q(base_wage=None) | models.Q(base_wage__gte=0)),
                name="pay_terms_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee} {self.since}"


class AppraisalCycle(models.Model):
    """The appraisal of a period for everybody (STF-131): monthly, half-yearly as a roll-up, annual in January."""

    kind = models.CharField(_("span"), max_length=5, choices=CycleKind)
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=CycleState, default=CycleState.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by")
    )
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    locked_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("locked by")
    )

    class Meta:
        verbose_name = _("appraisal of a period")
        verbose_name_plural = _("appraisals of periods")
        ordering = ("-first", "kind")
        permissions = (
            ("run_appraisal", gettext_noop("Open, check, publish and lock appraisals")),
            ("take_payroll", gettext_noop("See pay terms and download the bonus sheet")),
        )
        constraints = (
            models.UniqueConstraint(fields=("kind", "first"), name="cycle_once"),
            models.CheckConstraint(condition=models.Q(state__in=CycleState.values), name="cycle_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.first:%Y-%m} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the period."""
        return reverse("staff:cycle", args=[self.pk])


class Appraisal(models.Model):
    """One person's appraisal of a period: self-review, score of a superior, grade, bonus."""

    cycle = models.ForeignKey(
        AppraisalCycle, on_delete=models.PROTECT, related_name="appraisals", verbose_name=_("period")
    )
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="appraisals", verbose_name=_("employee")
    )
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("post")
    )
    superior = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appraisals_to_score",
        verbose_name=_("superior"),
    )
    state = models.CharField(_("state"), max_length=14, choices=AppraisalState, default=AppraisalState.WAITING)
    self_review = models.JSONField(_("self-review"), default=dict, blank=True)
    """Words of the employee under `tasks`, `results`, `problems`, `plans` (STF-135)."""
    self_reviewed_at = models.DateTimeField(_("self-review filed at"), null=True, blank=True)
    comment = models.TextField(_("comment of the superior"), blank=True)
    scored_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scored by")
    )
    scored_at = models.DateTimeField(_("scored at"), null=True, blank=True)
    reckoned = models.DecimalField(_("reckoned score"), max_digits=6, decimal_places=2, null=True, blank=True)
    adjustment = models.DecimalField(_("adjustment"), max_digits=5, decimal_places=2, default=0)
    adjustment_reason = models.CharField(_("reason of the adjustment"), max_length=300, blank=True)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True, blank=True)
    grade = models.ForeignKey(
        GradeBand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("grade")
    )
    coefficient = models.DecimalField(_("coefficient"), max_digits=4, decimal_places=2, null=True, blank=True)
    bonus_base = models.DecimalField(
        _("performance bonus at 100"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    bonus = models.DecimalField(_("bonus"), max_digits=10, decimal_places=2, null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    objection = models.TextField(_("objection"), blank=True)
    objected_at = models.DateTimeField(_("objected at"), null=True, blank=True)
    objection_answer = models.TextField(_("answer to the objection"), blank=True)
    objection_answered_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    snapshot = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    """What the page, the PDF and the bonus sheet print once the result is published."""
    paper = models.FileField(_("PDF"), upload_to="appraisals/%Y/%m/", max_length=200, blank=True)
    """Printed from the snapshot by a worker; emptied when the snapshot changes."""

    class Meta:
        verbose_name = _("appraisal")
        verbose_name_plural = _("appraisals")
        ordering = ("employee__name_pinyin", "pk")
        permissions = (("score_appraisal", gettext_noop("Score the appraisals of one's people")),)
        constraints = (
            models.UniqueConstraint(fields=("cycle", "employee"), name="appraisal_once"),
            models.CheckConstraint(condition=models.Q(state__in=AppraisalState.values), name="appraisal_state_known"),
            models.CheckConstraint(
                condition=models.Q(scored_by=None) | ~models.Q(scored_by=models.F("employee")),
                name="appraisal_not_scored_by_oneself",
            ),
            models.CheckConstraint(
                condition=models.Q(adjustment=0) | ~models.Q(adjustment_reason=""), name="adjustment_has_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee} {self.cycle}"

    def get_absolute_url(self) -> str:
        """Return the page of the appraisal."""
        return reverse("staff:appraisal", args=[self.pk])


class AppraisalLine(models.Model):
    """One thing that counts in a person's appraisal, with the figure behind it and its share of the score."""

    appraisal = models.ForeignKey(
        Appraisal, on_delete=models.CASCADE, related_name="lines", verbose_name=_("appraisal")
    )
    kind = models.CharField(_("counts"), max_length=6, choices=LineKind)
    kpi = models.ForeignKey(
        Kpi, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("indicator")
    )
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    """0 to 100; none where there was nothing to measure, and its weight goes to the others."""
    text = models.TextField(_("grounds"), blank=True)

    class Meta:
        verbose_name = _("line of an appraisal")
        verbose_name_plural = _("lines of appraisals")
        ordering = ("appraisal", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("appraisal", "kind", "kpi"), name="appraisal_line_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.kpi or self.get_kind_display()} {self.weight}"


class CountedEntry(models.Model):
    """That points were counted in a published appraisal: each entry counts once, whatever is booked afterwards."""

    appraisal = models.ForeignKey(
        Appraisal, on_delete=models.PROTECT, related_name="counted", verbose_name=_("appraisal")
    )
    entry = models.OneToOneField(
        PointEntry, on_delete=models.PROTECT, related_name="counted_in", verbose_name=_("point entry")
    )

    class Meta:
        verbose_name = _("counted point entry")
        verbose_name_plural = _("counted point entries")

    def __str__(self) -> str:
        return f"{self.appraisal} {self.entry}"
