"""Review rules and the trace of why each fired or not."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from orders.models.orders import Order
from staff.models import Employee, Shop


class ReviewRule(models.Model):
    """Conditions on an order, and what to do when they hold. Rules run in their order."""

    position = models.PositiveSmallIntegerField(_("order"), default=10)
    name = models.CharField(_("name"), max_length=80, unique=True)
    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("only shop")
    )
    conditions = models.JSONField(_("conditions"), default=list)
    """[[{"test", "value"}, …], …]: in every group at least one has to hold; words in `queries.rule_words`."""
    actions = models.JSONField(_("actions"), default=list)
    """[{"do": "approve"}, {"do": "hold", "hours": 2, "reason": "…"}, {"do": "tag", "tag": "…"}, …]"""
    is_on = models.BooleanField(_("on"), default=True)
    is_shadow = models.BooleanField(_("only record what it would do"), default=False)
    stops = models.BooleanField(_("later rules do not run when this one fires"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("review rule")
        verbose_name_plural = _("review rules")
        ordering = ("position", "pk")
        permissions = (("manage_rules", gettext_noop("Change review rules")),)

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """A review rule as it was for a time. Never changed; traces point here."""

    rule = models.ForeignKey(ReviewRule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80)
    conditions = models.JSONField(_("conditions"))
    actions = models.JSONField(_("actions"))
    changed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("version of a review rule")
        verbose_name_plural = _("versions of review rules")
        ordering = ("rule", "-version")
        constraints = (models.UniqueConstraint(fields=("rule", "version"), name="rule_version_number"),)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class RuleTrace(models.Model):
    """What the rules made of an order in one run: a ladder of conditions, one rung a rule."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="rule_traces")
    at = models.DateTimeField(_("at"))
    rungs = models.JSONField(_("rungs"), default=list)
    """[{"r": rule, "v": version, "h": "101", "f": fired, "s": shadow, "d": [[action, result, …], …]}]

    Short on purpose: a million orders have one each. `h` has a digit for every condition of that version, in order.
    """

    class Meta:
        verbose_name = _("rule trace")
        verbose_name_plural = _("rule traces")
        ordering = ("-at", "-pk")
        indexes = (BrinIndex(fields=("at",), name="rule_trace_at", autosummarize=True, pages_per_range=32),)

    def __str__(self) -> str:
        return f"{self.order} · {self.at:%Y-%m-%d %H:%M}"
