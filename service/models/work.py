"""What an agent keeps beside the chats: consultations, follow-ups, promises, feedback, phrases, memos, checklists."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from catalog.models import Campaign
from service.models.buyers import Buyer
from service.models.conversations import Conversation
from service.states import (
    ChecklistKind,
    ConsultTopic,
    FeedbackState,
    FollowUpKind,
    FollowUpResult,
    FollowUpState,
    PromiseState,
)
from staff.models import Duty, Employee, Shop


class Consultation(models.Model):
    """A line of the consultation log (咨询单): problem, cause, solution (CS-005)."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="consultations", verbose_name=_("buyer"))
    agent = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("agent"))
    topic = models.CharField(_("topic"), max_length=10, choices=ConsultTopic)
    goods = models.CharField(_("goods"), max_length=200, blank=True)
    problem = models.TextField(_("problem"))
    cause = models.TextField(_("cause"), blank=True)
    solution = models.TextField(_("solution"), blank=True)
    wants_follow_up = models.BooleanField(_("to be followed up"), default=True)
    logged_at = models.DateTimeField(_("logged at"))

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ("-logged_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(topic__in=ConsultTopic.values), name="consultation_topic_known"),
        )
        indexes = (models.Index(fields=("logged_at",), name="consultation_logged"),)

    def __str__(self) -> str:
        return f"{self.buyer} {self.get_topic_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the consultation."""
        return reverse("service:consultation", args=[self.pk])


class FollowUp(models.Model):
    """A buyer to be followed up by a day, and the sheet of it (CS-065…CS-068)."""

    kind = models.CharField(_("kind"), max_length=10, choices=FollowUpKind, default=FollowUpKind.NEXT_DAY)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("buyer"))
    consultation = models.OneToOneField(
        Consultation, on_delete=models.PROTECT, null=True, blank=True, related_name="follow_up"
    )
    case = models.ForeignKey(
        "service.AfterSale",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("after-sale case"),
    )
    """The case whose buyer is asked whether all is well now."""
    agent = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("agent"))
    reason = models.CharField(_("why"), max_length=200, blank=True)
    planned_at = models.DateTimeField(_("planned at"))
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=8, choices=FollowUpState, default=FollowUpState.DUE)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(_("by"), max_length=8, blank=True)
    result = models.CharField(_("result"), max_length=16, choices=FollowUpResult, blank=True)
    sheet = models.TextField(_("follow-up sheet"), blank=True)
    """What was said and what follows; an empty or too short one is sloppy (CS-067)."""

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ("due_at", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=FollowUpState.values), name="follow_up_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=FollowUpState.DONE)
                | models.Q(done_at__isnull=False, done_by__isnull=False) & ~models.Q(result=""),
                name="follow_up_done_with_result",
            ),
        )
        indexes = (
            models.Index(
                fields=("agent", "due_at"), name="follow_up_open", condition=models.Q(state=FollowUpState.DUE)
            ),
            models.Index(fields=("due_at",), name="follow_up_due"),
            models.Index(fields=("done_at",), name="follow_up_done", condition=models.Q(done_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.buyer} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the follow-up."""
        return reverse("service:follow_up", args=[self.pk])


class Promise(models.Model):
    """Something promised to a buyer until a moment (CS-064)."""

    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="promises", verbose_name=_("buyer"))
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="promises"
    )
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    text = models.CharField(_("what was promised"), max_length=300)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("promised by"))
    made_at = models.DateTimeField(_("promised at"))
    holder = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("held by", "with")
    )
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=8, choices=PromiseState, default=PromiseState.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ("due_at", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=PromiseState.values), name="promise_state_known"),
        )
        indexes = (
            models.Index(fields=("holder", "due_at"), name="promise_open", condition=models.Q(state=PromiseState.OPEN)),
            models.Index(fields=("due_at",), name="promise_due"),
        )

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """Return the page of the promise."""
        return reverse("service:promise", args=[self.pk])


class Feedback(models.Model):
    """A problem a buyer reported: dealt with or passed on in time (CS-039, CS-072)."""

    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("buyer"))
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback"
    )
    text = models.TextField(_("what the buyer reported"))
    noted_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by"))
    noted_at = models.DateTimeField(_("noted at"))
    holder = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("held by", "with")
    )
    holder_since = models.DateTimeField(_("with them since"))
    state = models.CharField(_("state"), max_length=10, choices=FeedbackState, default=FeedbackState.OPEN)
    passed_on_at = models.DateTimeField(_("passed on at"), null=True, blank=True)
    handled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    outcome = models.TextField(_("what was done"), blank=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ("-noted_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=FeedbackState.values), name="feedback_state_known"),
        )
        indexes = (
            models.Index(fields=("noted_at",), name="feedback_noted"),
            models.Index(
                fields=("holder", "holder_since"),
                name="feedback_open",
                condition=~models.Q(state=FeedbackState.HANDLED),
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """Return the page of the feedback."""
        return reverse("service:feedback", args=[self.pk])


class QuickPhrase(models.Model):
    """A phrase agents answer with, with variables such as {buyer} or {waybill} (CS-054)."""

    shortcut = models.CharField(_("shortcut"), max_length=20, unique=True)
    group = models.CharField(_("group"), max_length=40, blank=True)
    text = models.TextField(_("text"))
    is_used = models.BooleanField(_("in use"), default=True)
    used = models.PositiveIntegerField(_("times used"), default=0)
    changed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("quick phrase")
        verbose_name_plural = _("quick phrases")
        ordering = ("group", "shortcut")
        permissions = (("keep_phrases", gettext_noop("Keep quick phrases and automatic replies")),)

    def __str__(self) -> str:
        return self.shortcut


class AutoReply(models.Model):
    """An automatic reply in the chat tool, tied to the campaign it tells of (CS-055, CS-056)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", verbose_name=_("shop"))
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="auto_replies",
        verbose_name=_("campaign"),
    )
    text = models.TextField(_("text"))
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("in charge"))
    added_at = models.DateTimeField(_("added at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("automatic reply")
        verbose_name_plural = _("automatic replies")
        ordering = ("-added_at", "-pk")
        indexes = (models.Index(fields=("expires_at",), name="auto_reply_expires"),)

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        """Return the page of the automatic reply."""
        return reverse("service:auto_reply", args=[self.pk])


class Memo(models.Model):
    """A line of an agent's memo book (CS-046)."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="memos", verbose_name=_("employee"))
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written at"))
    remind_at = models.DateTimeField(_("remind at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("memo")
        verbose_name_plural = _("memos")
        ordering = ("-written_at", "-pk")
        indexes = (models.Index(fields=("employee", "-written_at"), name="memo_employee"),)

    def __str__(self) -> str:
        return self.text[:40]


class ChecklistItem(models.Model):
    """Something to have ready before work (CS-010, CS-011)."""

    kind = models.CharField(_("list"), max_length=10, choices=ChecklistKind)
    text = models.CharField(_("what is to be ready"), max_length=120)
    text_en = models.CharField(_("the same in English"), max_length=160)
    is_used = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("item of the shift checklist")
        verbose_name_plural = _("shift checklist")
        ordering = ("kind", "position", "pk")

    def __str__(self) -> str:
        return self.text


class ChecklistTick(models.Model):
    """That somebody had something ready at the beginning of a duty."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="ticks")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="ticks")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("tick of the shift checklist")
        verbose_name_plural = _("ticks of the shift checklist")
        constraints = (models.UniqueConstraint(fields=("duty", "item"), name="tick_once"),)

    def __str__(self) -> str:
        return f"{self.duty} {self.item}"
