"""Complaints and reviews."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from orders.models import Order
from service.models.aftersales import AfterSale
from service.models.buyers import Buyer
from service.models.conversations import Conversation
from service.models.imports import FileImport
from service.states import (
    Cause,
    ComplaintSource,
    ComplaintState,
    Rating,
    ReviewCause,
    ReviewState,
    Severity,
    Verdict,
)
from staff.models import Employee, OrgUnit, Shop


class Complaint(models.Model):
    """A complaint from receipt to the evaluation sheet (CS-031…CS-038)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", verbose_name=_("shop"))
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="grievances", verbose_name=_("buyer"))
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("order")
    )
    case = models.ForeignKey(
        AfterSale, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("case")
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    source = models.CharField(_("source"), max_length=10, choices=ComplaintSource)
    severity = models.CharField(_("severity"), max_length=6, choices=Severity, default=Severity.MINOR)
    state = models.CharField(_("state"), max_length=12, choices=ComplaintState, default=ComplaintState.RECEIVED)
    text = models.TextField(_("complaint"))
    repeats = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name=_("repeats")
    )
    """The complaint before it of the same buyer, where that was a short time ago or about the same order."""
    wish = models.CharField(_("what the buyer wants"), max_length=300, blank=True)
    received_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("received by"))
    received_at = models.DateTimeField(_("received at"))
    apologised_at = models.DateTimeField(_("apologised at"), null=True, blank=True)
    handler = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handler")
    )
    answer_by = models.DateTimeField(_("answer by"))
    late_handler = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """With whom it was when its time passed without an answer, where it was passed on later (CS-036)."""
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"), null=True, blank=True)
    registered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    event = models.TextField(_("what happened"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause, blank=True)
    cause_text = models.TextField(_("how it came"), blank=True)
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    culprit = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("whose step")
    )
    investigated_at = models.DateTimeField(_("investigated at"), null=True, blank=True)
    opinion = models.TextField(_("opinion on how to handle it"), blank=True)
    reported_to = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported to")
    )
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("levels up"), default=0)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    resolved_at = models.DateTimeField(_("result confirmed at"), null=True, blank=True)
    resolved_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    revisited_at = models.DateTimeField(_("visited again at"), null=True, blank=True)
    revisited_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rating = models.PositiveSmallIntegerField(_("how content, 1–5"), null=True, blank=True)
    evaluation = models.TextField(_("customer's evaluation"), blank=True)
    improvement = models.TextField(_("what is improved"), blank=True)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = pgettext_lazy("of buyers", "complaints")
        ordering = ("-received_at", "-pk")
        permissions = (
            ("receive_complaint", gettext_noop("Receive complaints")),
            ("handle_complaint", gettext_noop("Register, investigate and handle complaints")),
            ("confirm_complaint", gettext_noop("Confirm results of complaints")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ComplaintState.values), name="complaint_state_known"),
            models.CheckConstraint(condition=models.Q(severity__in=Severity.values), name="complaint_severity_known"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=("", *Verdict.values)), name="complaint_verdict_known"
            ),
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__gte=1, rating__lte=5), name="complaint_rating_1_to_5"
            ),
        )
        indexes = (
            models.Index(fields=("state", "answer_by"), name="complaint_state"),
            models.Index(fields=("answer_by",), name="complaint_answer_by"),
            models.Index(fields=("-received_at", "-id"), name="complaint_received"),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page of the complaint."""
        return reverse("service:complaint", args=[self.number])


class Review(models.Model):
    """What a buyer wrote of an order; a middling or bad one becomes a task (CS-020, CS-061)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", verbose_name=_("shop"))
    order_number = models.CharField(_("order number"), max_length=40)
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews", verbose_name=_("order")
    )
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("buyer"))
    goods = models.CharField(_("goods"), max_length=300, blank=True)
    rating = models.CharField(_("rating"), max_length=8, choices=Rating)
    text = models.TextField(_("text"), blank=True)
    has_text = models.BooleanField(_("with text"), default=False)
    """The buyer wrote something, not only the platform's default words."""
    reviewed_at = models.DateTimeField(_("reviewed at"))
    state = models.CharField(_("state"), max_length=8, choices=ReviewState, default=ReviewState.QUIET)
    agent = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("served by")
    )
    """Who talked to the buyer last before the order was placed or the review written; a person may correct it."""
    handler = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handler")
    )
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    reply = models.TextField(_("our reply"), blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=300, blank=True)
    handled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=10, choices=ReviewCause, blank=True)
    cause_text = models.CharField(_("how it came"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("cause", "confirmed by"),
    )
    settled_at = models.DateTimeField(_("cause confirmed at"), null=True, blank=True)
    batch = models.ForeignKey(FileImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.UUIDField(unique=True, editable=False)
    """Of shop, order, goods and buyer: a review read again is the same review."""

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-reviewed_at", "-pk")
        permissions = (
            ("handle_review", gettext_noop("Deal with middling and bad reviews")),
            ("settle_review", gettext_noop("Confirm causes of bad reviews")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ReviewState.values), name="review_state_known"),
            models.CheckConstraint(condition=models.Q(rating__in=Rating.values), name="review_rating_known"),
            models.CheckConstraint(
                condition=~models.Q(state=ReviewState.SETTLED)
                | models.Q(settled_by__isnull=False, settled_at__isnull=False) & ~models.Q(cause=""),
                name="review_settled_with_cause",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_by=None) | models.Q(agent=None) | ~models.Q(settled_by=models.F("agent")),
                name="review_not_settled_by_the_agent",
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_at"), name="review_state"),
            models.Index(fields=("-reviewed_at", "-id"), name="review_written"),
            models.Index(fields=("order_number",), name="review_order_number"),
            models.Index(fields=("settled_at",), name="review_settled", condition=models.Q(settled_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.order_number} {self.get_rating_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the review."""
        return reverse("service:review", args=[self.pk])


class ComplaintReport(models.Model):
    """A regular report on complaints, handed to the superior (CS-034, CS-035); its figures stay as they were."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    rows = models.JSONField(encoder=DjangoJSONEncoder)
    """The analysis of the span when the report was made."""
    findings = models.TextField(_("what stands out"))
    proposals = models.TextField(_("what is proposed"), blank=True)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    told = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("reported to"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    answer = models.TextField(_("what the superior says"), blank=True)

    class Meta:
        verbose_name = _("report on complaints")
        verbose_name_plural = _("reports on complaints")
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="complaint_report_span"),
            models.CheckConstraint(
                condition=~models.Q(told=models.F("made_by")), name="complaint_report_to_somebody_else"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page of the report."""
        return reverse("service:complaint_report_page", args=[self.number])
