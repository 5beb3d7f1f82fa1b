"""Days on which the shop differs from the country's calendar."""

from __future__ import annotations

from django.contrib import admin
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from staff.admin.recorded import RecordedAdmin
from staff.models import CalendarDay
from staff.queries.calendar import forget_calendar, published_day


class CalendarDayAdmin(RecordedAdmin[CalendarDay]):
    """Days off and make-up days; the published calendar is shown beside."""

    list_display = ("day", "weekday", "is_working_day", "published", "note")
    list_filter = ("is_working_day",)
    search_fields = ("note",)
    date_hierarchy = "day"

    @admin.display(description=_("weekday"))
    def weekday(self, day: CalendarDay) -> str:
        """Return the day of the week."""
        return date_format(day.day, "l")

    @admin.display(description=_("published as"), boolean=True)
    def published(self, day: CalendarDay) -> bool:
        """Say whether the country works on that day."""
        return published_day(day.day)

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: ModelForm[CalendarDay], change: bool) -> None:
        """Save, and let deadlines follow at once."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_calendar)
