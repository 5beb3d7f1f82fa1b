"""Payment slips: money taken by hand, handed in the same day."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from orders.models.orders import money
from staff.models import Employee, Shop


class PaymentSlip(models.Model):
    """A day's payment slip (缴款单): made out, handed in the same day, kept (ORD-026…ORD-028)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop")
    )
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("money taken by"))
    day = models.DateField(_("day"))
    amount = money(_("amount, yuan"))
    way = models.CharField(_("way of payment"), max_length=40)
    order_numbers = models.CharField(_("orders"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made out at"))
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    handed_to = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("received by")
    )
    lost_at = models.DateTimeField(_("found missing at"), null=True, blank=True)
    lost_noted_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("payment slip")
        verbose_name_plural = _("payment slips")
        ordering = ("-day", "-pk")
        permissions = (
            ("make_slip", gettext_noop("Make out payment slips")),
            ("take_slip", gettext_noop("Take money of payment slips in")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="slip_some_money"),
            models.CheckConstraint(
                condition=models.Q(handed_in_at=None, handed_to=None)
                | models.Q(handed_in_at__isnull=False, handed_to__isnull=False),
                name="slip_handed_in_to_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(handed_to=None) | ~models.Q(handed_to=models.F("employee")),
                name="slip_taken_in_by_another",
            ),
        )
        indexes = (models.Index(fields=("-day", "-id"), name="slip_day"),)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page of the slip."""
        return reverse("orders:slip", args=[self.number])
