"""Forms of staff: the next version of a clause."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.models import ClauseVersion, Position
from staff.queries.parameters import LABELS, NOT_SHOWN


class VersionForm(forms.Form):
    """What a clause costs and allows from a day on; one field for each of its parameters."""

    points = forms.DecimalField(label=_("Points"), max_digits=6, decimal_places=2, min_value=-100, max_value=100)
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=_("What changes, and why"), max_length=300)

    def __init__(self, version: ClauseVersion, *args: Any, tomorrow: date, **kwargs: Any) -> None:
        """Offer the values of the version it follows."""
        initial = {"points": version.points.normalize(), "valid_from": tomorrow}
        asked = {name: value for name, value in version.parameters.items() if name not in NOT_SHOWN}
        initial |= {f"with_{name}": value for name, value in asked.items()}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.version = version
        for name, value in asked.items():
            self.fields[f"with_{name}"] = _field(name, value)
        self.order_fields(["points", *(f"with_{name}" for name in asked), "valid_from", "note"])

    def clean_points(self) -> Decimal:
        """Keep the sign: a penalty does not become a reward by a slip."""
        points: Decimal = self.cleaned_data["points"]
        if self.version.points < 0 < points or points < 0 < self.version.points:
            raise forms.ValidationError(_("Penalties are negative, rewards positive; this clause keeps its sign."))
        return points

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as they were filled in."""
        return {name: self.cleaned_data.get(f"with_{name}", value) for name, value in self.version.parameters.items()}


def _field(name: str, value: Any) -> forms.Field:
    label = LABELS.get(name, name)
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False)
    if isinstance(value, int):
        return forms.IntegerField(label=label, min_value=1, max_value=1000)
    if name == "fallback_post":
        posts = Position.objects.filter(is_used=True).exclude(register_ids="")
        choices = [(row, str(post)) for post in posts for row in post.register_ids.split()[:1]]
        if str(value) not in dict(choices):
            choices.append((str(value), str(value)))
        return forms.ChoiceField(label=label, choices=choices)
    return forms.CharField(label=label, max_length=60)
