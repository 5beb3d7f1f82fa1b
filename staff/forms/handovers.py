"""Forms of handovers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms.cases import PersonField, people
from staff.models import Employee
from staff.states import ItemState

LONGEST = 2000


class DecisionForm(forms.Form):
    """What becomes of one open thing."""

    state = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (ItemState.OFFERED, ItemState.KEPT, ItemState.DONE)]
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class OfferForm(forms.Form):
    """To whom, and what the next shift should know."""

    receiver = PersonField(
        queryset=Employee.objects.none(), label=_("To whom"), required=False, empty_label=_("the leader")
    )
    rest = forms.CharField(
        label=_("Note for everything that is not decided yet"),
        required=False,
        max_length=300,
        help_text=_("With it the rest is handed over in one go; what you decided above stays."),
    )
    note = forms.CharField(
        label=_("What the next shift should know"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4, "maxlength": LONGEST}),
    )

    def __init__(self, *args: Any, by: Employee, **kwargs: Any) -> None:
        """Offer everybody else."""
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = people().exclude(pk=by.pk)  # type: ignore[attr-defined]


class AcceptanceForm(forms.Form):
    """Which item, and for the leader: to whom it goes."""

    item = forms.IntegerField(required=False, min_value=1)
    to = PersonField(queryset=Employee.objects.none(), label=_("Give it to"), required=False, empty_label=_("me"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody."""
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people()  # type: ignore[attr-defined]
        self.fields["to"].widget.attrs["aria-label"] = _("Give it to")
