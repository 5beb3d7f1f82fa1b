"""Duty: shifts, who works when, leave, swaps, presence in the chat tool, attendance."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Func
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import SHANGHAI
from staff.models.organisation import Employee, OrgUnit
from staff.models.points import Excuse
from staff.states import (
    AttendanceResult,
    DutyState,
    LeaveKind,
    LeaveState,
    PresenceSource,
    PresenceStatus,
    ShiftKind,
    SwapState,
)


class _Span(Func):
    """A span of time as PostgreSQL's range."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class _Same(Func):
    """A whole number as a range of itself: exclusion by equality without an extension of the server."""

    function = "INT8RANGE"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"
    output_field = BigIntegerRangeField()


def _one_at_a_time(name: str, condition: models.Q) -> ExclusionConstraint:
    """Return the constraint that spans of one employee do not overlap."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            (_Same("employee_id"), RangeOperators.OVERLAPS),
            (_Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


def hours_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """Return a span on the shop's clock, such as 16:00–24:00."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    over = "24:00" if end.date() > start.date() and not (end.hour or end.minute) else f"{end:%H:%M}"
    return f"{start:%H:%M}–{over}"


class Shift(models.Model):
    """Hours in which people work (STF-096…STF-099). It may go past midnight."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=30)
    name_en = models.CharField(_("name in English"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=ShiftKind)
    starts = models.TimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("length, minutes"))
    meal_starts = models.TimeField(_("meal starts"), null=True, blank=True)
    meal_minutes = models.PositiveSmallIntegerField(_("meal, minutes"), default=0)
    is_used = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=ShiftKind.values), name="shift_kind_known"),
            models.CheckConstraint(condition=models.Q(minutes__gt=0, minutes__lte=1440), name="shift_within_a_day"),
        )

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class RosterPattern(models.Model):
    """A cycle of shifts that repeats from `anchor` on: one code of a shift for each day, empty for a day off."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    anchor = models.DateField(_("counted from"))
    days = ArrayField(models.CharField(max_length=50, blank=True), verbose_name=_("shifts of the cycle"))
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("roster pattern")
        verbose_name_plural = _("roster patterns")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """That an employee works a shift on a day; `starts_at` and `ends_at` are the hours of it, fixed when planned.

    The clocks of the rulebook run inside duty; whoever is on leave or taken off is not on duty.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="duties", verbose_name=_("employee"))
    day = models.DateField(_("day"))
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+", verbose_name=_("shift"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    state = models.CharField(_("state"), max_length=10, choices=DutyState, default=DutyState.PLANNED)
    pattern = models.ForeignKey(RosterPattern, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    planned_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ("starts_at", "pk")
        permissions = (
            ("plan_duty", gettext_noop("Plan rosters, weekend duty and swaps")),
            ("import_presence", gettext_noop("Import status logs, note who is there")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=DutyState.values), name="duty_state_known"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="duty_ends_later"),
            _one_at_a_time("duty_one_at_a_time", ~models.Q(state=DutyState.CANCELLED)),
        )
        indexes = (
            models.Index(fields=("day", "employee"), name="duty_day"),
            models.Index(fields=("starts_at", "ends_at"), name="duty_hours"),
        )

    def __str__(self) -> str:
        return f"{self.employee} {self.day:%Y-%m-%d} {self.shift}"

    @property
    def hours(self) -> str:
        """Return from when to when on the shop's clock."""
        return hours_in_words(self.starts_at, self.ends_at)


class Leave(models.Model):
    """An application for leave. Approved, it takes the duties inside it off and excuses what happens meanwhile."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="leaves", verbose_name=_("employee"))
    kind = models.CharField(_("kind"), max_length=10, choices=LeaveKind)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=LeaveState, default=LeaveState.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    excuse = models.OneToOneField(Excuse, on_delete=models.SET_NULL, null=True, blank=True, related_name="leave")
    stand_in = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stand-in")
    )

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ("-starts_at", "-pk")
        permissions = (("decide_leave", gettext_noop("Approve and refuse leave")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=LeaveState.values), name="leave_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=LeaveKind.values), name="leave_kind_known"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="leave_ends_later"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("employee")),
                name="leave_decided_by_another",
            ),
        )
        indexes = (
            models.Index(fields=("starts_at",), name="leave_waiting", condition=models.Q(state=LeaveState.ASKED)),
            models.Index(fields=("employee", "starts_at"), name="leave_employee"),
        )

    def __str__(self) -> str:
        return f"{self.employee} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the leave."""
        return reverse("staff:leave", args=[self.pk])


class DutySwap(models.Model):
    """That somebody asks a colleague to take a duty, for one of theirs or for nothing."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="swaps", verbose_name=_("duty"))
    asked_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    colleague = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("colleague"))
    in_return = models.ForeignKey(
        Duty, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("in return")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SwapState, default=SwapState.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("swap of duties")
        verbose_name_plural = _("swaps of duties")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=SwapState.values), name="swap_state_known"),
            models.CheckConstraint(condition=~models.Q(colleague=models.F("asked_by")), name="swap_with_somebody_else"),
            models.UniqueConstraint(
                fields=("duty",),
                condition=models.Q(state__in=(SwapState.ASKED, SwapState.AGREED)),
                name="swap_one_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.duty} → {self.colleague}"


class Presence(models.Model):
    """A span in which the chat tool, the button here or a supervisor's check said how an agent was.

    Spans of one person and source do not overlap; `ends_at` is open while it lasts.
    """

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="presence", verbose_name=_("employee")
    )
    status = models.CharField(_("status"), max_length=8, choices=PresenceStatus)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=6, choices=PresenceSource, default=PresenceSource.BUTTON)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    covered_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("covered by")
    )
    noted_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presence")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(status__in=PresenceStatus.values), name="presence_status_known"),
            models.CheckConstraint(condition=models.Q(source__in=PresenceSource.values), name="presence_source_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="presence_ends_later",
            ),
            *(_one_at_a_time(f"presence_once_{source}", models.Q(source=source.value)) for source in PresenceSource),
        )
        indexes = (
            models.Index(fields=("starts_at",), name="presence_starts"),
            models.Index(fields=("employee",), name="presence_open", condition=models.Q(ends_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.employee} {self.get_status_display()}"


class Attendance(models.Model):
    """How a duty was kept: derived from presence and derivable again; a correction stands beside it with its reason."""

    duty = models.OneToOneField(Duty, on_delete=models.CASCADE, related_name="attendance", verbose_name=_("duty"))
    came_at = models.DateTimeField(_("came at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    worked_minutes = models.PositiveIntegerField(_("worked, minutes"), default=0)
    result = models.CharField(_("result"), max_length=10, choices=AttendanceResult)
    read_at = models.DateTimeField(_("worked out at"))
    corrected_to = models.CharField(_("corrected to"), max_length=10, choices=AttendanceResult, blank=True)
    corrected_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ("-duty__starts_at", "-pk")
        permissions = (("correct_attendance", gettext_noop("Correct attendance")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(corrected_to="", corrected_by=None)
                | ~models.Q(corrected_to="") & models.Q(corrected_by__isnull=False) & ~models.Q(reason=""),
                name="attendance_corrected_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.duty} {self.get_result_display()}"
