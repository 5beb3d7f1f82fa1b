"""The form of leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms.cases import PersonField, moment_field, people
from staff.forms.duty import short_text
from staff.models import Employee
from staff.states import LeaveKind


class LeaveForm(forms.Form):
    """From when to when, why, and who stands in."""

    kind = forms.ChoiceField(label=_("Kind"), choices=LeaveKind.choices)
    starts_at = moment_field(_("From"))
    ends_at = moment_field(_("Until"))
    stand_in = PersonField(queryset=Employee.objects.none(), label=_("Stand-in"), required=False)
    reason = short_text(_("Reason"), required=True)

    def __init__(self, *args: Any, by: Employee, **kwargs: Any) -> None:
        """Offer the colleagues of the unit."""
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].queryset = people().filter(unit=by.unit_id).exclude(pk=by.pk)  # type: ignore[attr-defined]
