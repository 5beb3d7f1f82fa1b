"""What is handed over at the end of a shift, raised to superiors, met about, and handed in by a deadline."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from staff.models.duty import Duty
from staff.models.organisation import Employee, OrgUnit
from staff.states import (
    AttendeeState,
    HandoverState,
    ItemState,
    MeetingKind,
    ProblemState,
    WorkReportKind,
)


class Handover(models.Model):
    """The handover book of one person at the end of a shift (CS-007, STF-099)."""

    giver = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="handovers", verbose_name=_("from"))
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="handovers", verbose_name=_("duty")
    )
    receiver = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="received", verbose_name=_("to")
    )
    leader = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leader")
    )
    """With whom stays what is not accepted."""
    state = models.CharField(_("state"), max_length=8, choices=HandoverState, default=HandoverState.DRAFT)
    note = models.TextField(_("what the next shift should know"), blank=True)
    begun_at = models.DateTimeField(_("begun at"))
    offered_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ("-begun_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=HandoverState.values), name="handover_state_known"),
            models.CheckConstraint(
                condition=models.Q(receiver=None) | ~models.Q(receiver=models.F("giver")), name="handover_to_another"
            ),
            models.UniqueConstraint(
                fields=("giver",), condition=models.Q(state=HandoverState.DRAFT), name="handover_one_draft"
            ),
        )
        indexes = (models.Index(fields=("receiver", "state"), name="handover_receiver"),)

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver or self.leader or ''}"

    def get_absolute_url(self) -> str:
        """Return the page of the handover."""
        return reverse("staff:handover", args=[self.pk])


class HandoverItem(models.Model):
    """One open thing in a handover; `holding` names the registry entry that lists such things and passes them on."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    holding = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    label = models.CharField(_("thing"), max_length=160)
    url = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ItemState, default=ItemState.LISTED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    answered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("item of a handover")
        verbose_name_plural = _("items of a handover")
        ordering = ("due_at", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="handover_item_state_known"),
            models.UniqueConstraint(fields=("handover", "holding", "subject_id"), name="handover_item_once"),
        )

    def __str__(self) -> str:
        return self.label


class Problem(models.Model):
    """A problem a post raises to its superior, who solves it in one to two days (CS-009, STF-125, STF-126)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("problem"), max_length=120)
    text = models.TextField(_("what happened"))
    proposal = models.TextField(_("proposal"), blank=True)
    raised_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="problems_raised", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised at"))
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    owner = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="problems_owned", verbose_name=_("who solves it")
    )
    owner_since = models.DateTimeField(_("with them since"))
    due_at = models.DateTimeField(_("due at"))
    level = models.PositiveSmallIntegerField(_("levels up"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=ProblemState, default=ProblemState.RAISED)
    solution = models.TextField(_("solution"), blank=True)
    solved_at = models.DateTimeField(_("solved at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    about = models.CharField(_("about"), max_length=120, blank=True)
    about_url = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ("due_at", "pk")
        permissions = (("raise_problem", gettext_noop("Raise problems to superiors")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ProblemState.values), name="problem_state_known"),
        )
        indexes = (
            models.Index(fields=("due_at",), name="problem_open", condition=models.Q(state=ProblemState.RAISED)),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page of the problem."""
        return reverse("staff:problem", args=[self.number])


class ProblemSpan(models.Model):
    """Whose a problem was until when, so that each level answers for its own limit only."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="spans")
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("who solves it"))
    since = models.DateTimeField()
    due_at = models.DateTimeField(_("due at"))
    until = models.DateTimeField(null=True, blank=True)
    """When it was solved, withdrawn or taken one level up; open while it is with them."""

    class Meta:
        verbose_name = _("level of a problem")
        verbose_name_plural = _("levels of a problem")
        ordering = ("since", "pk")
        indexes = (models.Index(fields=("due_at",), name="problem_span_due"),)

    def __str__(self) -> str:
        return f"{self.problem} · {self.owner}"


class Meeting(models.Model):
    """A meeting or training of a unit (CS-074, CS-075)."""

    kind = models.CharField(_("kind"), max_length=8, choices=MeetingKind)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("unit"))
    title = models.CharField(_("subject"), max_length=120)
    starts_at = models.DateTimeField(_("starts at"))
    minutes_text = models.TextField(_("minutes"), blank=True)
    called_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("called by"))
    called_at = models.DateTimeField(_("called at"))
    closed_at = models.DateTimeField(_("list closed at"), null=True, blank=True)
    """When who was there was settled; nobody is charged before."""

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("-starts_at", "-pk")
        permissions = (("call_meeting", gettext_noop("Call meetings and note who was there")),)
        indexes = (models.Index(fields=("closed_at",), name="meeting_closed"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the meeting."""
        return reverse("staff:meeting", args=[self.pk])


class Attendee(models.Model):
    """Somebody invited to a meeting, and whether they came."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("employee")
    )
    state = models.CharField(_("state"), max_length=8, choices=AttendeeState, default=AttendeeState.INVITED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        ordering = ("employee__name_pinyin", "pk")
        constraints = (models.UniqueConstraint(fields=("meeting", "employee"), name="attendee_once"),)

    def __str__(self) -> str:
        return f"{self.employee} {self.get_state_display()}"


class WorkReport(models.Model):
    """A report somebody hands in by a deadline: the day's sales or figures, the week's summary (CS-016, STF-122)."""

    kind = models.CharField(_("kind"), max_length=12, choices=WorkReportKind)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="reports", verbose_name=_("employee"))
    day = models.DateField(_("of"))
    """The day it is about; of a week its Monday."""
    text = models.TextField(_("report"))
    plan = models.TextField(_("plan"), blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    """What the system had measured at that moment: [{"name", "label", "value"}], frozen."""
    handed_in_at = models.DateTimeField(_("handed in at"))
    read_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    remark = models.CharField(_("superior's remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("work report")
        verbose_name_plural = _("work reports")
        ordering = ("-day", "-pk")
        permissions = (("read_reports", gettext_noop("Read the reports of one's people")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=WorkReportKind.values), name="work_report_kind_known"),
            models.UniqueConstraint(fields=("kind", "employee", "day"), name="work_report_once"),
        )
        indexes = (models.Index(fields=("kind", "day"), name="work_report_day"),)

    def __str__(self) -> str:
        return f"{self.employee} {self.get_kind_display()} {self.day:%Y-%m-%d}"
