"""Forms of quality inspection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from service.models import Inspection, InspectionCriterion
from service.policy.quality import DRAW_PER_AGENT
from service.queries.desk import serving_people
from service.queries.inspections import criterion_name
from service.states import DrawRule, InspectionState
from staff.models import Employee

_LONGEST_NAME = 26
"""Of a field for a remark: longer numbers name no message."""


class DrawForm(forms.Form):
    """Of which days, from which conversations, of whom, and how many of each agent are drawn."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    rule = forms.ChoiceField(label=_("Drawn from"), choices=DrawRule.choices)
    per_agent = forms.IntegerField(label=_("Of each agent"), min_value=1, max_value=50)
    agents = forms.TypedMultipleChoiceField(
        label=_("Only these agents"),
        coerce=lambda key: Employee.objects.get(pk=key),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, since: date, until: date) -> None:
        """Offer the days before, and those who serve buyers."""
        usual = {"first": since, "last": until, "per_agent": DRAW_PER_AGENT(), "rule": DrawRule.ANY}
        super().__init__(data, initial=usual)
        self.fields["agents"].choices = serving_people()  # type: ignore[attr-defined]  # a choice field


class AnswerForm(forms.Form):
    """What the agent is answered."""

    answer = forms.CharField(
        label=_("Answer to the agent"), max_length=1000, widget=forms.Textarea({"rows": 3, "maxlength": 1000})
    )


class ScoreSheet(forms.Form):
    """Points and a note for each criterion, remarks on messages, a remark on the whole; an answer if contested."""

    note = forms.CharField(
        label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3, "maxlength": 1000})
    )
    answer = AnswerForm.base_fields["answer"]

    def __init__(
        self, data: Any = None, *, criteria: Sequence[InspectionCriterion], inspection: Inspection, **kwargs: Any
    ) -> None:
        """Ask for the points of each criterion; a contested sheet shows those it has."""
        given = {one["criterion"]: one for one in inspection.scores}
        initial: dict[str, Any] = {"note": inspection.note}
        super().__init__(data, initial=initial, **kwargs)
        self.criteria = criteria
        if inspection.state != InspectionState.DISPUTED:
            del self.fields["answer"]
        for one in criteria:
            self.fields[f"points_{one.pk}"] = forms.IntegerField(
                label=criterion_name(one),
                min_value=0,
                max_value=one.most,
                widget=forms.NumberInput({"inputmode": "numeric", "data-points": str(one.most)}),
            )
            self.fields[f"note_{one.pk}"] = forms.CharField(
                label=_now("What was missing: %(name)s") % {"name": criterion_name(one)},
                required=False,
                max_length=300,
                widget=forms.TextInput({"autocomplete": "off", "placeholder": _now("what was missing")}),
            )
            if one.pk in given:
                initial[f"points_{one.pk}"] = given[one.pk]["points"]
                initial[f"note_{one.pk}"] = given[one.pk].get("note", "")

    @property
    def rows(self) -> list[tuple[InspectionCriterion, forms.BoundField, forms.BoundField, int]]:
        """Return a line each: criterion, points, note, its weight in per cent."""
        most = sum(one.most for one in self.criteria) or 1
        return [
            (one, self[f"points_{one.pk}"], self[f"note_{one.pk}"], round(100 * one.most / most))
            for one in self.criteria
        ]

    def points(self) -> dict[int, int]:
        """Return criterion → points, as they were given."""
        return {one.pk: self.cleaned_data[f"points_{one.pk}"] for one in self.criteria}

    def notes(self) -> dict[int, str]:
        """Return criterion → note, as they were written."""
        return {one.pk: self.cleaned_data[f"note_{one.pk}"] for one in self.criteria}

    def remarks(self) -> dict[int, str]:
        """Return message → remark, as they were written beside the conversation."""
        prefix = "remark_"
        return {
            int(name.removeprefix(prefix)): str(words)
            for name, words in self.data.items()
            if name.startswith(prefix) and name.removeprefix(prefix).isdecimal() and len(name) < _LONGEST_NAME
        }
