"""Forms of appeals: the objection, and what a judge says of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms.evidence import EvidenceField
from staff.states import Verdict

LONGEST = 2000
AREA = {"rows": 4, "maxlength": LONGEST}


class AppealForm(forms.Form):
    """Why the points are wrong, and what proves it."""

    text = forms.CharField(label=_("Why the points are wrong"), max_length=LONGEST, widget=forms.Textarea(AREA))
    evidence = EvidenceField()


class OpinionForm(forms.Form):
    """What a judge says of an appeal."""

    verdict = forms.ChoiceField(label=_("Verdict"), widget=forms.RadioSelect)
    left = forms.DecimalField(
        label=_("Points that are left"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text=_("Only where they are reduced; without a sign."),
    )
    text = forms.CharField(label=_("Reasons"), max_length=LONGEST, widget=forms.Textarea(AREA))

    def __init__(self, *args: Any, balance: Decimal, **kwargs: Any) -> None:
        """Offer a reduction only where there are points to reduce."""
        super().__init__(*args, **kwargs)
        self.balance = balance
        fits = [one for one in Verdict if one != Verdict.REDUCE or balance]
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]  # a choice field
            (one.value, one.label) for one in fits
        ]
        if not balance:
            del self.fields["left"]

    @property
    def chosen(self) -> Verdict:
        """The verdict chosen."""
        return Verdict(self.cleaned_data["verdict"])

    @property
    def points(self) -> Decimal | None:
        """The points left, with the sign of those charged; None where they are not reduced or not said."""
        left: Decimal | None = self.cleaned_data.get("left")
        if self.chosen != Verdict.REDUCE or left is None:
            return None
        return -left if self.balance < 0 else left
