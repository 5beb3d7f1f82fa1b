"""Forms of quality inspection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from service.models import InspectionCriterion
from service.policy.quality import DRAW_PER_AGENT


class DrawForm(forms.Form):
    """Of which days conversations are drawn, and how many of each agent."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    per_agent = forms.IntegerField(label=_("Of each agent"), min_value=1, max_value=50)

    def __init__(self, data: Any = None, *, since: date, until: date) -> None:
        """Offer the days before."""
        super().__init__(data, initial={"first": since, "last": until, "per_agent": DRAW_PER_AGENT()})


class ScoreSheet(forms.Form):
    """Points for each criterion, and a remark."""

    note = forms.CharField(
        label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3, "maxlength": 1000})
    )

    def __init__(self, *args: Any, criteria: Sequence[InspectionCriterion], **kwargs: Any) -> None:
        """Ask for the points of each criterion."""
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            self.fields[f"points_{one.pk}"] = forms.IntegerField(
                label=_now("%(name)s (0–%(most)s)") % {"name": one, "most": one.most},
                help_text=one.guidance,
                min_value=0,
                max_value=one.most,
                widget=forms.NumberInput({"inputmode": "numeric"}),
            )
        self.order_fields([*(f"points_{one.pk}" for one in criteria), "note"])

    def points(self) -> dict[int, int]:
        """Return criterion → points, as they were given."""
        return {one.pk: self.cleaned_data[f"points_{one.pk}"] for one in self.criteria}
