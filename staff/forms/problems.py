"""Forms of problems, meetings and work reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms.cases import PeopleField, moment_field, people
from staff.forms.duty import day_field
from staff.models import Employee, OrgUnit
from staff.queries.duty import units_with_people
from staff.states import MeetingKind, WorkReportKind

LONGEST = 4000


def long_text(label: Any, *, rows: int = 5, required: bool = True) -> forms.CharField:
    """Return a field for some paragraphs."""
    area = forms.Textarea({"rows": rows, "maxlength": LONGEST})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=area)


class ProblemForm(forms.Form):
    """What the problem is, what happened, what one proposes, and what it is about."""

    title = forms.CharField(label=_("What the problem is"), max_length=120)
    text = long_text(_("What happened"))
    proposal = long_text(_("What I propose"), rows=3, required=False)
    about = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    url = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)


class SolutionForm(forms.Form):
    """How it was solved."""

    solution = long_text(_("How it was solved"), rows=4)


class MeetingForm(forms.Form):
    """Which meeting, when, and who is invited."""

    kind = forms.ChoiceField(label=_("Kind"), choices=MeetingKind.choices)
    unit = forms.ModelChoiceField(queryset=OrgUnit.objects.none(), label=_("Unit"))
    title = forms.CharField(label=_("Subject"), max_length=120)
    starts_at = moment_field(_("Starts at"))
    people = PeopleField(queryset=Employee.objects.none(), label=_("Invited"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the units with people, and everybody."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_with_people()  # type: ignore[attr-defined]
        self.fields["people"].queryset = people().order_by("unit__position", "name_pinyin")  # type: ignore[attr-defined]


class MinutesForm(forms.Form):
    """The minutes of a meeting."""

    minutes = long_text(_("Minutes of the meeting"), rows=8)


class WorkReportForm(forms.Form):
    """A report of a day or week."""

    kind = forms.ChoiceField(label=_("Kind"), choices=WorkReportKind.choices)
    day = day_field(_("Day"))
    text = long_text(_("Text of the report"), rows=6)
    plan = long_text(_("Plan of next week"), rows=5, required=False)


class RemarkForm(forms.Form):
    """What the superior says."""

    remark = forms.CharField(label=_("Superior's words"), required=False, max_length=300)
