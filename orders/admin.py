"""Reference data of orders in the admin site; orders themselves are worked on with verbs, not edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from orders.models import ReviewRule

if TYPE_CHECKING:
    RuleAdminBase = admin.ModelAdmin[ReviewRule]
else:
    RuleAdminBase = admin.ModelAdmin


@admin.register(ReviewRule)
class ReviewRuleAdmin(RuleAdminBase):
    """Review rules to look at; they are changed on their own page, which keeps every version."""

    list_display = ("position", "name", "shop", "is_on", "is_shadow", "version", "changed_by", "changed_at")
    list_filter = ("is_on", "is_shadow", "shop")
    search_fields = ("name",)
    ordering = ("position", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- the base class's signature
        """Refuse: rules are made on their own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ReviewRule | None = None) -> bool:  # noqa: ARG002
        """Refuse: a change without a version would leave traces that point at nothing."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReviewRule | None = None) -> bool:  # noqa: ARG002
        """Refuse: rules are switched off."""
        return False
