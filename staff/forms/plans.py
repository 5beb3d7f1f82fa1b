"""Forms of the plans of a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.actions.plans import LONGEST
from staff.models import OrgUnit


class PlanForm(forms.Form):
    """Whose plan of which year it is, the goals, and how they are measured."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    unit = forms.ModelChoiceField(
        label=_("Plan of"), queryset=OrgUnit.objects.none(), required=False, empty_label=_("my own work")
    )
    goals = forms.CharField(
        label=_("Goals of the year"), max_length=LONGEST, widget=forms.Textarea({"rows": 7, "maxlength": LONGEST})
    )
    measures = forms.CharField(
        label=_("How they are measured"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 5, "maxlength": LONGEST}),
    )

    def __init__(self, *args: Any, years: Sequence[int], units: Sequence[OrgUnit], **kwargs: Any) -> None:
        """Offer the years that may be planned and the units somebody heads."""
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]  # a choice field
        self.fields["unit"].queryset = OrgUnit.objects.filter(pk__in=[one.pk for one in units])  # type: ignore[attr-defined]
        if not units:
            self.fields["unit"].widget = forms.HiddenInput()
