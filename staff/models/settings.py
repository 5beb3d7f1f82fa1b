"""What people set: values of settings, views of lists, days of the calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee


class SettingValue(models.Model):
    """The value in force of one declared setting that differs from its default."""

    name = models.CharField(_("setting"), max_length=80, unique=True)
    value = models.CharField(_("value"), max_length=500)
    changed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day that differs from the published calendar: a day off, or a make-up day of work."""

    day = models.DateField(_("day"), unique=True)
    is_working_day = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ("day",)

    def __str__(self) -> str:
        return self.day.isoformat()


class SavedView(models.Model):
    """A named set of filters, sort and columns of a list; private or shared."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(_("page"), max_length=60)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(_("filters"), max_length=2000)
    is_shared = models.BooleanField(_("shared"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("employee", "page", "name"), name="saved_view_name"),)

    def __str__(self) -> str:
        return self.name
