"""VIP levels and groups of buyers."""

from __future__ import annotations

from service.models import BuyerGroup, VipLevel
from staff.admin.recorded import RecordedAdmin


class VipLevelAdmin(RecordedAdmin[VipLevel]):
    """Levels buyers reach by what they bought; reckoned every night (CS-015)."""

    list_display = ("name", "rank", "least_paid", "least_orders", "within_days", "is_used")
    list_editable = ("is_used",)
    ordering = ("rank",)


class BuyerGroupAdmin(RecordedAdmin[BuyerGroup]):
    """Groups buyers are sorted into by hand (CS-013)."""

    list_display = ("name", "position")
    list_editable = ("position",)
    search_fields = ("name",)
