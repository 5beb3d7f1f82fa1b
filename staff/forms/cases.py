"""Forms of reported cases and waivers. They check words and figures; what may be done the verbs decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.actions.cases import LONGEST_NAME
from staff.forms.evidence import EvidenceField
from staff.models import CaseReport, Clause, Employee
from staff.queries.cases import reportable_clauses
from staff.queries.clauses import DEPARTMENTS
from staff.queries.incidents import joinable

LONGEST = 2000
MOMENT = "%Y-%m-%dT%H:%M"
AREA = {"rows": 4, "maxlength": LONGEST}


def moment_field(label: Any, **kwargs: Any) -> forms.DateTimeField:
    """Return a field for a moment on the shop's clock."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        **kwargs,
    )


def people() -> Any:
    """Return everybody who works here."""
    return Employee.objects.filter(is_active=True).select_related("unit")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """One of the people, with their unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Return name and unit."""
        return f"{obj.name} · {obj.unit}" if obj.unit else str(obj.name)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Several of the people, with their units, to be ticked."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Return name and unit."""
        return f"{obj.name} · {obj.unit}" if obj.unit else str(obj.name)


class JoinForm(forms.Form):
    """Which report is about the same incident."""

    other = forms.ModelChoiceField(queryset=CaseReport.objects.none(), label=_("Same incident as"))

    def __init__(self, *args: Any, by: Employee, **kwargs: Any) -> None:
        """Take the reports that may be joined."""
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = joinable(by)  # type: ignore[attr-defined]


class CaseForm(forms.Form):
    """What happened, under which clause, to whom it is reported, and what proves it."""

    clause = forms.ModelChoiceField(queryset=Clause.objects.all(), label=_("Clause"), to_field_name="number")
    employee = PersonField(queryset=Employee.objects.none(), label=_("Who it is about"))
    others = PeopleField(queryset=Employee.objects.none(), label=_("Others it is about too"), required=False)
    happened_at = moment_field(_("When it happened"))
    grade = forms.CharField(required=False, max_length=20)
    points = forms.DecimalField(label=_("Points"), required=False, max_digits=6, decimal_places=2)
    fund = forms.DecimalField(label=_("Yuan"), required=False, max_digits=8, decimal_places=2)
    text = forms.CharField(label=_("What happened"), max_length=LONGEST, widget=forms.Textarea(AREA))
    witness = PersonField(queryset=Employee.objects.none(), label=_("Witness"), required=False)
    incident = forms.CharField(label=_("Incident"), required=False, max_length=LONGEST_NAME)
    joins = forms.ModelChoiceField(queryset=CaseReport.objects.none(), required=False)
    evidence = EvidenceField()

    def __init__(self, *args: Any, day: date, by: Employee, **kwargs: Any) -> None:
        """Offer the clauses that people report, by department, and everybody who works here."""
        super().__init__(*args, **kwargs)
        clauses = list(reportable_clauses(day))
        groups: dict[str, list[tuple[str, str]]] = {}
        for clause in clauses:
            groups.setdefault(str(DEPARTMENTS.get(clause.department, clause.department)), []).append(
                (clause.number, str(clause))
            )
        self.fields["clause"].choices = [("", "—"), *groups.items()]  # type: ignore[attr-defined]  # a choice field
        self.fields["employee"].queryset = people()  # type: ignore[attr-defined]
        self.fields["others"].queryset = people()  # type: ignore[attr-defined]
        self.fields["witness"].queryset = people()  # type: ignore[attr-defined]
        self.fields["joins"].queryset = joinable(by)  # type: ignore[attr-defined]

    @property
    def everybody(self) -> list[Employee]:
        """Everybody it is about."""
        return [self.cleaned_data["employee"], *self.cleaned_data["others"]]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3, "maxlength": 500}))


class AnswerForm(forms.Form):
    """A word to go with a decision, if there is one."""

    answer = forms.CharField(label=_("Remark"), max_length=500, required=False)


class WaiverForm(ReasonForm):
    """Why points are waived, with what proves it."""

    evidence = EvidenceField()


class FilesForm(forms.Form):
    """More files."""

    evidence = EvidenceField()
