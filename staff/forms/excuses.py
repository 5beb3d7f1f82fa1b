"""The form of an excuse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms.cases import PersonField, moment_field, people
from staff.models import Clause, Employee
from staff.states import ExcuseKind


class ExcuseForm(forms.Form):
    """Why something that happened in a span costs nothing."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ExcuseKind.choices)
    employee = PersonField(
        queryset=Employee.objects.none(), label=_("Whom"), required=False, empty_label=_("everybody")
    )
    clause = forms.ModelChoiceField(
        queryset=Clause.objects.all(),
        label=_("Clause"),
        to_field_name="number",
        required=False,
        empty_label=_("every clause that admits the kind"),
    )
    starts_at = moment_field(_("From"))
    ends_at = moment_field(_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3, "maxlength": 500}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who works here, and the clauses that admit an excuse."""
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people()  # type: ignore[attr-defined]  # a choice field
        self.fields["clause"].queryset = (  # type: ignore[attr-defined]  # a choice field
            Clause.objects.filter(versions__published_at__isnull=False)
            .exclude(versions__excuses=[])
            .distinct()
            .order_by("number")
        )
