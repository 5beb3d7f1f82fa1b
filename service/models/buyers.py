"""Buyers: who they are to the shop, how they are cared for, what was handed in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.models.orders import money
from service.states import CareOccasion, CareState, DocumentState
from shopops.kit.masking import mask_nick
from staff.models import Employee, OrgUnit


class BuyerGroup(models.Model):
    """A group buyers are sorted into by hand (CS-013)."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("group of buyers")
        verbose_name_plural = _("groups of buyers")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class VipLevel(models.Model):
    """A level buyers reach by what they bought (CS-015): whoever meets all its limits has it; the highest counts."""

    name = models.CharField(_("name"), max_length=30, unique=True)
    name_en = models.CharField(_("name in English"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True)
    least_paid = money(_("paid at least, yuan"))
    least_orders = models.PositiveIntegerField(_("orders at least"), default=1)
    within_days = models.PositiveIntegerField(_("within days"), default=365)
    benefits = models.CharField(_("what they get"), max_length=300, blank=True)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("VIP level")
        verbose_name_plural = _("VIP levels")
        ordering = ("rank",)

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class Buyer(models.Model):
    """Somebody who bought, asked or complained; known by the nick on the platform (CS-023).

    What is counted (`orders` … `rating`) is reckoned from the documents by a job and never typed.
    """

    nick = models.CharField(_("nick"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    province = models.CharField(_("province"), max_length=30, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    birthday = models.CharField(_("birthday, MM-DD"), max_length=5, blank=True)
    group = models.ForeignKey(
        BuyerGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="buyers", verbose_name=_("group")
    )
    tags = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("tags"))
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    may_contact = models.BooleanField(_("may be written to"), null=True, blank=True)
    """What the buyer said to messages of care and offers; NULL while nobody asked."""
    consent_at = models.DateTimeField(_("said so at"), null=True, blank=True)
    level = models.ForeignKey(
        VipLevel, on_delete=models.SET_NULL, null=True, blank=True, related_name="buyers", verbose_name=_("VIP level")
    )
    level_since = models.DateField(_("level since"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen at"))
    first_order_at = models.DateTimeField(_("first order at"), null=True, blank=True)
    last_order_at = models.DateTimeField(_("last order at"), null=True, blank=True)
    last_talk_at = models.DateTimeField(_("last talked at"), null=True, blank=True)
    orders = models.PositiveIntegerField(_("orders"), default=0)
    paid = money(_("paid, yuan"))
    refunded = money(_("refunded, yuan"))
    talks = models.PositiveIntegerField(_("conversations"), default=0)
    after_sales = models.PositiveIntegerField(_("after-sale cases"), default=0)
    complaints = models.PositiveIntegerField(pgettext_lazy("of buyers", "complaints"), default=0)
    bad_reviews = models.PositiveIntegerField(_("bad reviews"), default=0)
    rating = models.DecimalField(_("how content, 1–5"), max_digits=3, decimal_places=2, null=True, blank=True)
    due_again_on = models.DateField(_("due to buy again"), null=True, blank=True)
    is_lost = models.BooleanField(_("lost"), default=False)
    reckoned_at = models.DateTimeField(_("reckoned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        ordering = ("-last_order_at", "-pk")
        permissions = (
            ("keep_buyer", gettext_noop("Group, tag and remark buyers")),
            ("blacklist_buyer", gettext_noop("Put buyers on the blacklist")),
            ("care_for_buyer", gettext_noop("Write to buyers: care, visits, surveys")),
            ("export_buyers", gettext_noop("Export lists of buyers")),
        )
        indexes = (
            models.Index(fields=("phone_tail",), name="buyer_phone_tail", condition=~models.Q(phone_tail="")),
            models.Index(fields=("birthday",), name="buyer_birthday", condition=~models.Q(birthday="")),
            models.Index(
                models.F("last_order_at").desc(nulls_last=True), models.F("id").desc(), name="buyer_last_order"
            ),
            models.Index(models.F("last_talk_at").desc(nulls_last=True), models.F("id").desc(), name="buyer_last_talk"),
            models.Index(fields=("-paid", "-id"), name="buyer_paid"),
            models.Index(
                fields=("due_again_on",), name="buyer_due_again", condition=models.Q(due_again_on__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.nick

    def get_absolute_url(self) -> str:
        """Return the page of the buyer."""
        return reverse("service:buyer", args=[self.pk])

    @property
    def name_in_trail(self) -> str:
        """Return the nick as the trail shows it: a nick is personal data, and the trail is kept for years."""
        return mask_nick(self.nick)


class Blacklisting(models.Model):
    """That a buyer is on the blacklist, why and how long."""

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="blacklistings", verbose_name=_("buyer"))
    reason = models.CharField(_("reason"), max_length=300)
    listed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    listed_at = models.DateTimeField(_("at"))
    until = models.DateField(_("until"), null=True, blank=True)
    lifted_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the blacklist")
        verbose_name_plural = _("blacklist")
        ordering = ("-listed_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=~models.Q(reason=""), name="blacklisting_with_reason"),
            models.UniqueConstraint(
                fields=("buyer",), condition=models.Q(lifted_at=None), name="blacklisting_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.buyer}: {self.reason}"


class Care(models.Model):
    """A message of care that is due, was sent or skipped; once an occasion and day (CS-014, CS-022, CS-025)."""

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="cares", verbose_name=_("buyer"))
    occasion = models.CharField(_("occasion"), max_length=12, choices=CareOccasion)
    due_on = models.DateField(_("due on"))
    text = models.TextField(_("text"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=CareState, default=CareState.DUE)
    done_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message of care")
        verbose_name_plural = _("messages of care")
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=CareState.values), name="care_state_known"),
            models.CheckConstraint(condition=models.Q(occasion__in=CareOccasion.values), name="care_occasion_known"),
            models.UniqueConstraint(fields=("buyer", "occasion", "due_on"), name="care_once"),
        )
        indexes = (models.Index(fields=("due_on",), name="care_due", condition=models.Q(state=CareState.DUE)),)

    def __str__(self) -> str:
        return f"{self.buyer} {self.get_occasion_display()}"


class Survey(models.Model):
    """How content a buyer said to be (CS-040): 1 is very discontent, 5 very content."""

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="surveys", verbose_name=_("buyer"))
    agent = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("served by")
    )
    about = models.CharField(_("about"), max_length=120, blank=True)
    about_url = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    rating = models.PositiveSmallIntegerField(_("how content, 1–5"), null=True, blank=True)
    text = models.TextField(_("said"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__gte=1, rating__lte=5), name="survey_rating_1_to_5"
            ),
        )
        indexes = (models.Index(fields=("answered_at",), name="survey_answered"),)

    def __str__(self) -> str:
        return f"{self.buyer} {self.asked_at:%Y-%m-%d}"


class CustomerDocument(models.Model):
    """Documents of a customer: passed on at once or mailed back the same day; none stays overnight (CS-070, CS-071)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    buyer = models.ForeignKey(
        Buyer, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("buyer")
    )
    title = models.CharField(_("what it is"), max_length=120)
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    holder = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("in whose hands"))
    late_holder = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """With whom they stayed overnight, where they were handed over later (CS-071)."""
    received_at = models.DateTimeField(_("received at"))
    is_qualified = models.BooleanField(_("in order"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DocumentState, default=DocumentState.RECEIVED)
    passed_to = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("passed on to")
    )
    waybill = models.CharField(_("waybill"), max_length=40, blank=True)
    left_at = models.DateTimeField(_("left the department at"), null=True, blank=True)
    left_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("customer's document")
        verbose_name_plural = _("customers' documents")
        ordering = ("-received_at", "-pk")
        permissions = (("keep_documents", gettext_noop("Register customers' documents and pass them on")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=DocumentState.values), name="document_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=DocumentState.RECEIVED, left_at=None)
                | ~models.Q(state=DocumentState.RECEIVED) & models.Q(left_at__isnull=False),
                name="document_left_with_time",
            ),
        )
        indexes = (models.Index(fields=("received_at",), name="document_received"),)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page of the document."""
        return reverse("service:document", args=[self.number])
