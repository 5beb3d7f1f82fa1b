"""Shifts and roster patterns, kept by leaders."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.admin.recorded import RecordedAdmin
from staff.models import RosterPattern, Shift
from staff.models.duty import hours_in_words
from staff.queries.duty import span_of_shift

LONGEST_CYCLE = 56


class ShiftAdmin(RecordedAdmin[Shift]):
    """Shifts; those on rosters are put out of use, not deleted. Duties that are planned keep their hours."""

    list_display = ("name", "name_en", "code", "kind", "hours", "meal_starts", "meal_minutes", "is_used")
    list_filter = ("kind", "is_used")
    search_fields = ("name", "name_en", "code")

    @admin.display(description=_("hours of the shift"))
    def hours(self, shift: Shift) -> str:
        """Return from when to when."""
        return hours_in_words(*span_of_shift(shift, _ANY_DAY))

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Never delete a shift: rosters of the past name it."""
        return False


class PatternForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A cycle whose every word is the code of a shift, or nothing for a day off."""

    def clean_days(self) -> list[str]:
        """See that the cycle names shifts that are in use."""
        days = [str(code).strip() for code in self.cleaned_data["days"]]
        if not any(days) or len(days) > LONGEST_CYCLE:
            raise ValidationError(_("A cycle has one to %(most)s days, and at least one shift."), params=_MOST)
        unknown = sorted({code for code in days if code} - set(_codes()))
        if unknown:
            raise ValidationError(_("No shift in use is called so: %(codes)s."), params={"codes": ", ".join(unknown)})
        return days

    class Meta:
        model = RosterPattern
        fields = ("name", "unit", "anchor", "days", "is_used")


class RosterPatternAdmin(RecordedAdmin[RosterPattern]):
    """Roster patterns; a duty that was planned by one keeps its own hours."""

    form = PatternForm
    list_display = ("name", "unit", "anchor", "length", "is_used")
    list_filter = ("is_used",)
    search_fields = ("name",)

    @admin.display(description=_("days of the cycle"))
    def length(self, pattern: RosterPattern) -> int:
        """Return how many days the cycle has."""
        return len(pattern.days)


def _codes() -> list[str]:
    return list(Shift.objects.filter(is_used=True).values_list("code", flat=True))


_MOST = {"most": LONGEST_CYCLE}
_ANY_DAY = date(2026, 1, 5)
