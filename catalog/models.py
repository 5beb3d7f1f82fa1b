"""Goods: items as listed on the platform, SKUs as the shop knows them, and how the two names meet."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from shopops.kit.pinyin import search_keys
from staff.models import Employee, Shop


class Sku(models.Model):
    """A thing that can be counted, picked and shipped. Known by the merchant code (商家编码)."""

    code = models.CharField(_("merchant code"), max_length=64, unique=True)
    barcode = models.CharField(_("barcode"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=200)
    name_pinyin = models.CharField(max_length=400, editable=False)
    name_initials = models.CharField(max_length=200, editable=False)
    attributes = models.CharField(_("attributes"), max_length=200, blank=True)
    weight_g = models.PositiveIntegerField(_("weight, g"), default=0)
    cost = models.DecimalField(_("cost, yuan"), max_digits=14, decimal_places=2, null=True, blank=True)
    floor_price = models.DecimalField(_("lowest price, yuan"), max_digits=14, decimal_places=2, null=True, blank=True)
    picture = models.CharField(_("picture"), max_length=300, blank=True)
    is_bundle = models.BooleanField(_("bundle"), default=False)
    is_gift = models.BooleanField(_("gift"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        ordering = ("code",)
        permissions = (
            ("export_sku", gettext_noop("Export lists of goods")),
            ("import_goods", gettext_noop("Import goods")),
        )
        constraints = (
            models.UniqueConstraint(fields=("barcode",), condition=~models.Q(barcode=""), name="sku_barcode"),
        )
        indexes = (models.Index(fields=("name_initials",), name="sku_initials"),)

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the pinyin keys with the name."""
        full, initials = search_keys(self.name)
        self.name_pinyin, self.name_initials = full[:400], initials[:200]
        super().save(*args, **kwargs)


class BundlePart(models.Model):
    """How many pieces of a SKU one bundle is made of."""

    bundle = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="parts", verbose_name=_("bundle"))
    part = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="part_of", verbose_name=_("component"))
    quantity = models.PositiveSmallIntegerField(_("pieces"), default=1)

    class Meta:
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of a bundle")
        constraints = (
            models.UniqueConstraint(fields=("bundle", "part"), name="bundle_part_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bundle_part_some"),
            models.CheckConstraint(condition=~models.Q(bundle=models.F("part")), name="bundle_not_in_itself"),
        )

    def __str__(self) -> str:
        return f"{self.bundle} ⊃ {self.quantity} × {self.part}"


class Item(models.Model):
    """A listing on the platform (宝贝)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="items", verbose_name=_("shop"))
    platform_id = models.CharField(_("platform's id"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    skus = models.ManyToManyField(Sku, related_name="items", blank=True, verbose_name=_("SKUs"))
    is_listed = models.BooleanField(_("listed"), default=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("shop", "platform_id")
        constraints = (models.UniqueConstraint(fields=("shop", "platform_id"), name="item_platform_id"),)

    def __str__(self) -> str:
        return self.title


class SkuAlias(models.Model):
    """What the platform calls a SKU: remembered once, matched ever after."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="sku_aliases", verbose_name=_("shop"))
    code = models.CharField(_("platform's code"), max_length=200)
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("SKU"))
    remembered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, verbose_name=_("by"))
    remembered_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("alias of a SKU")
        verbose_name_plural = _("aliases of SKUs")
        ordering = ("shop", "code")
        constraints = (models.UniqueConstraint(fields=("shop", "code"), name="sku_alias_once"),)

    def __str__(self) -> str:
        return f"{self.code} → {self.sku}"


class Campaign(models.Model):
    """An offer of a shop with its days (CS-056); what a campaign is prepared with is kept beside it."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=80)
    offer = models.CharField(_("offer"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    reply_owner = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("automatic reply by"),
    )
    """Who adds the automatic reply for it, and takes it down."""
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="campaign_ends_later"),
        )
        indexes = (
            models.Index(fields=("starts_at",), name="campaign_starts"),
            models.Index(fields=("ends_at",), name="campaign_ends"),
        )

    def __str__(self) -> str:
        return self.name
