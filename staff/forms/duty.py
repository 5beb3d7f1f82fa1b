"""Forms of rosters, swaps, presence and attendance. They check words; what may be done the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms.cases import PersonField, people
from staff.models import Duty, Employee, RosterPattern, Shift
from staff.queries.swaps import offered_in_return
from staff.states import AttendanceResult, PresenceStatus

DAY = {"type": "date"}


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, widget=forms.DateInput(DAY, format="%Y-%m-%d"), **kwargs)


def short_text(label: Any, *, required: bool = False, most: int = 300) -> forms.CharField:
    """Return a field for a line or two."""
    area = forms.Textarea({"rows": 2, "maxlength": most})
    return forms.CharField(label=label, required=required, max_length=most, widget=area)


class PlanForm(forms.Form):
    """By which pattern whom to plan, from when to when, and how far each is ahead in the cycle."""

    pattern = forms.ModelChoiceField(queryset=RosterPattern.objects.none(), label=_("Pattern"))
    first = day_field(_("First day"))
    last = day_field(_("Last day"))

    def __init__(self, *args: Any, staff: list[Employee] = [], **kwargs: Any) -> None:  # noqa: B006 -- only read
        """Offer the patterns in use; the people come with the page, each with a box and an offset."""
        super().__init__(*args, **kwargs)
        self.fields["pattern"].queryset = RosterPattern.objects.filter(is_used=True)  # type: ignore[attr-defined]
        self.staff = staff
        for person in staff:
            self.fields[f"person-{person.pk}"] = forms.BooleanField(required=False)
            self.fields[f"offset-{person.pk}"] = forms.IntegerField(required=False, min_value=0, max_value=60)

    @property
    def chosen(self) -> list[tuple[Employee, int]]:
        """Return who was ticked, with their offsets."""
        values = self.cleaned_data
        return [
            (person, values.get(f"offset-{person.pk}") or 0)
            for person in self.staff
            if values.get(f"person-{person.pk}")
        ]


class DutyForm(forms.Form):
    """One duty."""

    employee = PersonField(queryset=Employee.objects.none(), label=_("Employee"))
    day = day_field(_("Day"))
    shift = forms.ModelChoiceField(queryset=Shift.objects.none(), label=_("Shift"))
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who works here and the shifts in use."""
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people()  # type: ignore[attr-defined]
        self.fields["shift"].queryset = Shift.objects.filter(is_used=True)  # type: ignore[attr-defined]


class SpanForm(forms.Form):
    """A span of days."""

    first = day_field(_("First day"))
    last = day_field(_("Last day"))


class CopyForm(forms.Form):
    """Which week is copied to which; any day of them names them."""

    source = day_field(_("Week that is copied"))
    target = day_field(_("To the week of"))


class ShiftForm(forms.Form):
    """Another shift for a duty."""

    shift = forms.ModelChoiceField(queryset=Shift.objects.none(), label=_("Shift"))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the shifts in use."""
        super().__init__(*args, **kwargs)
        self.fields["shift"].queryset = Shift.objects.filter(is_used=True)  # type: ignore[attr-defined]


class DutyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """A colleague's duty."""

    def label_from_instance(self, obj: Any) -> str:
        """Return day, shift and name."""
        return f"{obj.day:%m-%d} {obj.shift} · {obj.employee.name}"


class SwapForm(forms.Form):
    """Whom to ask, for which of their duties in return."""

    colleague = PersonField(
        queryset=Employee.objects.none(),
        label=_("Colleague"),
        error_messages={"invalid_choice": _("Ask somebody else of your unit; nobody swaps with themselves.")},
    )
    in_return = DutyChoice(
        queryset=Duty.objects.none(),
        label=_("In return"),
        required=False,
        empty_label=_("nothing in return"),
        error_messages={"invalid_choice": _("Choose a coming duty of the colleague, or nothing.")},
    )
    reason = short_text(_("Reason"))

    def __init__(self, *args: Any, by: Employee, at: Any, **kwargs: Any) -> None:
        """Offer the colleagues of the unit and their coming duties."""
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = people().filter(unit=by.unit_id).exclude(pk=by.pk)  # type: ignore[attr-defined]
        self.fields["in_return"].queryset = offered_in_return(by, at=at)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A few words, if any."""

    answer = forms.CharField(label=_("Answer"), required=False, max_length=300)


class StatusForm(forms.Form):
    """How one is from now on."""

    status = forms.ChoiceField(
        label=_("Status"), choices=[one for one in PresenceStatus.choices if one[0] != PresenceStatus.IDLE]
    )
    covered_by = PersonField(queryset=Employee.objects.none(), label=_("Who covers"), required=False)
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)

    def __init__(self, *args: Any, by: Employee, **kwargs: Any) -> None:
        """Offer the colleagues of the unit."""
        super().__init__(*args, **kwargs)
        self.fields["covered_by"].queryset = people().filter(unit=by.unit_id).exclude(pk=by.pk)  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """What a supervisor saw: nobody there, or back again."""

    employee = forms.ModelChoiceField(queryset=Employee.objects.filter(is_active=True), label=_("Whom"))
    ends = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("What was seen"), required=False, max_length=200)


class CorrectionForm(forms.Form):
    """What attendance really was, and why."""

    result = forms.ChoiceField(label=_("Corrected to"), choices=AttendanceResult.choices)
    reason = short_text(_("Reason"), required=True)
