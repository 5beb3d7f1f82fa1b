"""Conversations with buyers: messages, sessions cut from them, turns timed in them."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from service.models.buyers import Buyer
from service.models.imports import FileImport
from service.states import (
    CallDirection,
    Channel,
    ConversationState,
    DrawRule,
    InspectionState,
    MessageKind,
    Sender,
    TurnExclusion,
)
from staff.models import Employee, Shop


class Conversation(models.Model):
    """A session: what a buyer and the shop wrote until a pause or a closing ends it (CS-001, CS-051).

    Cut from the messages by rules that have a version (`cut_by`); cutting again after older messages came in keeps
    what people did with it. Times and counts are of messages and turns, never typed.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, db_index=False, verbose_name=_("shop"))
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="conversations", verbose_name=_("buyer"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.CHAT)
    state = models.CharField(_("state"), max_length=10, choices=ConversationState, default=ConversationState.WAITING)
    agent = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="conversations", verbose_name=_("agent")
    )
    """Who answers for it now: who took it, it was passed to, or wrote last; nobody while nobody has."""
    opened_at = models.DateTimeField(_("opened at"))
    """The buyer's first message; of one the shop began, its own."""
    report_day = models.DateField(_("counts for"))
    """Before 18:00 the same day, later the next working day (CS-052)."""
    is_night = models.BooleanField(_("left overnight"), default=False)
    """It was opened while nobody was on duty: due by 12:00 of the next working day (CS-051)."""
    due_at = models.DateTimeField(_("to be finished by"), null=True, blank=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    """The buyer's earliest message that has no answer of a person yet."""
    first_reply_at = models.DateTimeField(_("first reply at"), null=True, blank=True)
    first_reply_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_at = models.DateTimeField(_("last message at"))
    buyer_messages = models.PositiveIntegerField(_("buyer's messages"), default=0)
    agent_messages = models.PositiveIntegerField(_("our messages"), default=0)
    robot_messages = models.PositiveIntegerField(_("robot's messages"), default=0)
    preview = models.CharField(_("last words"), max_length=120, blank=True)
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    annotation = models.TextField(_("annotation"), blank=True)
    annotated_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    annotated_at = models.DateTimeField(_("annotated at"), null=True, blank=True)
    closed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Whoever closed it; empty where it was answered, and ended by silence."""
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    in_hand = models.BooleanField(_("kept open by a person"), default=False, db_default=False, editable=False)
    """Somebody passed it on, took it to a superior or opened it again: only a person closes it from then on."""
    escalated_to = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    escalated_at = models.DateTimeField(_("taken to a superior at"), null=True, blank=True)
    cut_by = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ("-last_at", "-pk")
        permissions = (
            ("serve_buyer", gettext_noop("Serve buyers: conversations, follow-ups, promises")),
            ("lead_service", gettext_noop("Take, pass on and close the work of other agents")),
            ("export_conversations", gettext_noop("Export conversations")),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=ConversationState.values), name="conversation_state_known"
            ),
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="conversation_channel_known"),
        )
        indexes = (
            models.Index(fields=("buyer", "-last_at"), name="conversation_buyer"),
            models.Index(fields=("-last_at", "-id"), name="conversation_last"),
            models.Index(fields=("opened_at",), name="conversation_opened"),
            models.Index(fields=("report_day", "agent"), name="conversation_report_day"),
            models.Index(
                fields=("waiting_since", "id"),
                name="conversation_waiting",
                condition=models.Q(state=ConversationState.WAITING),
            ),
            models.Index(
                fields=("agent", "due_at"),
                name="conversation_open",
                condition=~models.Q(state=ConversationState.CLOSED),
            ),
            models.Index(fields=("due_at",), name="conversation_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=("order_number",), name="conversation_order", condition=~models.Q(order_number="")),
        )

    def __str__(self) -> str:
        return f"{self.buyer} {self.opened_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return the page of the conversation."""
        return reverse("service:conversation", args=[self.pk])


class Message(models.Model):
    """One message. `digest` tells repeated imports of the same message apart from another of the same words."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="+", db_index=False)
    sender = models.PositiveSmallIntegerField(pgettext_lazy("of a message", "sender"), choices=Sender)
    nick = models.CharField(_("nick"), max_length=100, blank=True)
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("at"))
    kind = models.PositiveSmallIntegerField(_("kind"), choices=MessageKind, default=MessageKind.TEXT)
    text = models.TextField(_("text"), blank=True)
    digest = models.UUIDField(editable=False)
    batch = models.ForeignKey(
        FileImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("at", "pk")
        constraints = (models.UniqueConstraint(fields=("buyer", "at", "digest"), name="message_once"),)
        indexes = (models.Index(fields=("conversation", "at", "id"), name="message_conversation"),)

    def __str__(self) -> str:
        return self.text[:40]


class Turn(models.Model):
    """A buyer's question and the first answer of a person to it: what every time of service is measured from.

    A turn is of who answered; one without an answer is of whoever was responsible for the conversation. The clock
    starts at `runs_from`: the question, or the beginning of duty of whoever answered where that came later.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns", db_index=False)
    question = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)
    answer = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("asked at"))
    runs_from = models.DateTimeField(_("clock from"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    is_first = models.BooleanField(_("first of the conversation"), default=False)
    excluded = models.CharField(_("left out"), max_length=8, choices=TurnExclusion, blank=True)
    report_day = models.DateField(_("counts for"))

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("conversation", "question"), name="turn_once"),
            models.CheckConstraint(condition=models.Q(excluded__in=TurnExclusion.values), name="turn_exclusion_known"),
        )
        indexes = (
            models.Index(
                fields=("asked_at",), include=("employee", "seconds", "is_first", "excluded"), name="turn_asked"
            ),
            models.Index(
                fields=("report_day", "employee"), include=("seconds", "is_first", "excluded"), name="turn_day"
            ),
            models.Index(
                fields=("runs_from",),
                name="turn_slow_first",
                condition=models.Q(is_first=True, excluded="")
                & (models.Q(seconds__gt=30) | models.Q(answered_at=None)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.asked_at:%H:%M:%S}"


class PhoneCall(models.Model):
    """A telephone call, entered by hand (CS-059)."""

    direction = models.CharField(_("direction"), max_length=3, choices=CallDirection, default=CallDirection.IN)
    buyer = models.ForeignKey(
        Buyer, on_delete=models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("buyer")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("agent"))
    rang_at = models.DateTimeField(_("rang at"))
    ring_seconds = models.PositiveSmallIntegerField(_("rang for, s"), null=True, blank=True)
    is_answered = models.BooleanField(_("answered"), default=True)
    text = models.TextField(_("what it was about"), blank=True)
    noted_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by"))
    noted_at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("telephone call")
        verbose_name_plural = _("telephone calls")
        ordering = ("-rang_at", "-pk")
        indexes = (models.Index(fields=("rang_at",), name="call_rang"),)

    def __str__(self) -> str:
        return f"{self.employee} {self.rang_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """Return the page of the call."""
        return reverse("service:call", args=[self.pk])


class InspectionCriterion(models.Model):
    """A line of the score sheet for inspected conversations."""

    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80)
    guidance = models.CharField(_("what to look at"), max_length=300, blank=True)
    most = models.PositiveSmallIntegerField(_("points at most"), default=10)
    is_used = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("criterion of inspection")
        verbose_name_plural = _("criteria of inspection")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """A conversation drawn for quality inspection, and its score sheet."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("conversation")
    )
    agent = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("agent"))
    state = models.CharField(_("state"), max_length=8, choices=InspectionState, default=InspectionState.DRAWN)
    drawn_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    drawn_at = models.DateTimeField(_("drawn at"))
    inspector = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inspector")
    )
    scored_at = models.DateTimeField(_("scored at"), null=True, blank=True)
    scores = models.JSONField(_("scores"), default=list)
    """[{"criterion", "name", "name_en", "most", "points", "note"}], frozen when scored."""
    total = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("remark"), blank=True)
    rule = models.CharField(_("drawn from"), max_length=8, choices=DrawRule, default=DrawRule.ANY)
    remarks = models.JSONField(_("remarks on messages"), default=list)
    """[{"message", "text"}]: what the inspector says of single messages."""
    contested_at = models.DateTimeField(_("contested at"), null=True, blank=True)
    contest = models.TextField(_("what the agent objects"), blank=True)
    answered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(_("answer to the objection"), blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ("-drawn_at", "-pk")
        permissions = (("inspect_conversation", gettext_noop("Draw and score conversations")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=InspectionState.values), name="inspection_state_known"),
            models.CheckConstraint(condition=models.Q(rule__in=DrawRule.values), name="inspection_rule_known"),
            models.CheckConstraint(
                condition=models.Q(inspector=None) | ~models.Q(inspector=models.F("agent")),
                name="inspection_by_another",
            ),
            models.UniqueConstraint(
                fields=("conversation", "agent"),
                condition=~models.Q(state=InspectionState.DROPPED),
                name="inspection_once",
            ),
        )
        indexes = (models.Index(fields=("scored_at",), name="inspection_scored"),)

    def __str__(self) -> str:
        return f"{self.conversation} · {self.agent}"

    def get_absolute_url(self) -> str:
        """Return the page of the inspection."""
        return reverse("service:inspection", args=[self.pk])
