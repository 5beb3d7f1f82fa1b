"""Score sheet of inspection, and the checklist before work."""

from __future__ import annotations

from service.models import ChecklistItem, InspectionCriterion
from staff.admin.recorded import RecordedAdmin


class InspectionCriterionAdmin(RecordedAdmin[InspectionCriterion]):
    """Lines of the score sheet for inspected conversations; sheets that are filled keep the lines they had."""

    list_display = ("name", "name_en", "most", "is_used", "position")
    list_editable = ("is_used", "position")


class ChecklistItemAdmin(RecordedAdmin[ChecklistItem]):
    """What is to be ready before work (CS-010, CS-011)."""

    list_display = ("text", "kind", "is_used", "position")
    list_filter = ("kind",)
    list_editable = ("is_used", "position")
