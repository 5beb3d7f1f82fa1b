"""The rulebook as data: regulations, their clauses, the versions of each."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee, OrgUnit, Position
from staff.states import ClauseKind, ExcuseKind, Machine, Per, VersionState

TERMS = (
    "points",
    "grades",
    "fund",
    "per",
    "escalates_from",
    "escalates_by",
    "superior_points",
    "superior_post",
    "monthly_cap",
    "excuses",
    "exemption",
    "exemption_en",
    "appeal_days",
    "parameters",
)
"""The columns of a version that say what it costs, whom and when not; a new version takes them over with `WORDS`."""
WORDS = ("text", "text_en")


class Rulebook(models.Model):
    """One of the shop's regulations; its owner interprets it."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=120)
    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )

    class Meta:
        verbose_name = _("regulation")
        verbose_name_plural = _("regulations")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class Clause(models.Model):
    """A clause of a regulation, known by its row in the register, such as ORD-016."""

    rulebook = models.ForeignKey(
        Rulebook, on_delete=models.PROTECT, related_name="clauses", verbose_name=_("regulation")
    )
    number = models.CharField(_("clause"), max_length=12, unique=True)
    department = models.CharField(_("department"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=ClauseKind)
    title = models.CharField(_("title"), max_length=100)
    title_en = models.CharField(_("title in English"), max_length=120)
    machine = models.CharField(_("found"), max_length=4, choices=Machine, default=Machine.FORM)
    """Whether the system finds what falls under it, or a person reports it."""
    detector = models.CharField(_("detector"), max_length=60, blank=True)
    binds = models.ManyToManyField(Position, blank=True, related_name="clauses", verbose_name=_("posts it binds"))
    """Nobody named means everybody."""
    dropped_on = models.DateField(_("no longer in the files since"), null=True, blank=True)
    """The day load_rulebook missed it in the files; it is kept, for what was charged under it."""

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ("number",)
        permissions = (
            ("publish_clause", gettext_noop("Publish versions of clauses")),
            ("draft_clause", gettext_noop("Draft versions of clauses and try them")),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title_en if get_language() == 'en' else self.title}"


class ClauseVersion(models.Model):
    """What a clause says and costs from one day to another. Immutable once published; drafts have no number yet.

    Words in braces in the text stand for the points and the parameters, so that text and numbers cannot differ.
    """

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="versions", verbose_name=_("clause"))
    version = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    """The first day on which it no longer holds."""
    text = models.TextField(_("text"))
    text_en = models.TextField(_("text in English"))
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=0)
    grades = models.JSONField(_("points by grade"), default=dict, blank=True)
    """Grade of the case → points as decimal text, where they slide with severity; the grade is said with the case."""
    fund = models.DecimalField(_("yuan into the happiness fund"), max_digits=8, decimal_places=2, default=0)
    """Always positive; the kind of the clause says who pays: under a penalty the person pays into the happiness fund,
    under a reward the company pays the person."""
    per = models.CharField(_("charged"), max_length=6, choices=Per, default=Per.CASE)
    escalates_from = models.PositiveSmallIntegerField(_("dearer from the case number"), null=True, blank=True)
    """From so many cases of one person in a calendar month, counted from one."""
    escalates_by = models.DecimalField(_("times"), max_digits=4, decimal_places=2, default=1)
    superior_points = models.DecimalField(_("points of the superior"), max_digits=6, decimal_places=2, default=0)
    superior_post = models.CharField(_("post of the superior"), max_length=12, blank=True)
    """Row of the register of the post whose holder answers besides; empty is the head of the person's unit."""
    monthly_cap = models.DecimalField(_("most points a month"), max_digits=6, decimal_places=2, null=True, blank=True)
    """As a positive number; what would go beyond it is not booked."""
    excuses = ArrayField(models.CharField(max_length=10, choices=ExcuseKind), default=list, blank=True)
    exemption = models.CharField(_("exemption"), max_length=200, blank=True)
    exemption_en = models.CharField(_("exemption in English"), max_length=240, blank=True)
    appeal_days = models.PositiveSmallIntegerField(_("days to appeal"), default=7)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    drafted_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"), null=True, blank=True)
    put_forward_at = models.DateTimeField(_("put forward at"), null=True, blank=True)
    """When its drafter said that it is ready for the second person; a change takes that back."""
    published_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by")
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
                condition=models.Q(valid_to=None, state=VersionState.PUBLISHED),
                name="clause_one_version_open",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="clause_version_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(state__in=VersionState.values), name="version_state_known"),
            models.CheckConstraint(condition=models.Q(per__in=Per.values), name="version_per_known"),
            models.CheckConstraint(
                condition=models.Q(state=VersionState.PUBLISHED, version__isnull=False, published_at__isnull=False)
                | ~models.Q(state=VersionState.PUBLISHED) & models.Q(version=None, published_at=None),
                name="version_numbered_when_published",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by=None)
                | models.Q(drafted_by=None)
                | ~models.Q(published_by=models.F("drafted_by")),
                name="version_published_by_a_second_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.clause.number} v{self.version}" if self.version else f"{self.clause.number} {_('draft')}"

    def get_absolute_url(self) -> str:
        """Return the page of the draft; a published version keeps it."""
        return reverse("staff:draft", args=[self.pk])
