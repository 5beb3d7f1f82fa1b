"""Forms of indicators: a score with its grounds, and what is good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import Form
else:
    Form = forms.Form


class ScoreForm(Form):
    """A score of somebody's month."""

    kpi = forms.IntegerField(widget=forms.HiddenInput)
    employee = forms.IntegerField(widget=forms.HiddenInput)
    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", widget=forms.HiddenInput)
    score = forms.DecimalField(label=_("Score"), min_value=0, max_value=100, max_digits=5, decimal_places=2)
    text = forms.CharField(label=_("Grounds"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class BoundsForm(Form):
    """What is good of an indicator."""

    target = forms.DecimalField(label=_("Target"), required=False, max_digits=14, decimal_places=4)
    warn_at = forms.DecimalField(label=_("Amber from"), required=False, max_digits=14, decimal_places=4)
    floor = forms.DecimalField(label=_("Worth nothing at"), required=False, max_digits=14, decimal_places=4)
    is_used = forms.BooleanField(label=_("In use"), required=False)
