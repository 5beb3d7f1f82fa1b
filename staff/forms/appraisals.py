"""What people enter about appraisals: self-reviews, scores, weights, pay terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.actions.appraisal_forms import LONGEST, FormScore
from staff.models import AppraisalLine, Kpi
from staff.policy.appraisal import ADJUST_MOST

MOST_YUAN = Decimal(1_000_000)


def _words(label: Any, *, required: bool = True, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows}),
        help_text=help_text,
    )


class SelfReviewForm(forms.Form):
    """The month-end summary (STF-135)."""

    tasks = _words(_("Tasks of the month"))
    results = _words(_("What came of them"))
    problems = _words(_("Problems"), required=False, rows=2)
    plans = _words(_("What I shall improve"), required=False, rows=2)


class ScoreForm(forms.Form):
    """The superior's score: a score and a remark for each line on the form, a comment, an adjustment."""

    comment = _words(_("Comment"), help_text=_("The employee reads it with the result."))
    adjustment = forms.DecimalField(label=_("Adjustment"), required=False, max_digits=4, decimal_places=2)
    reason = forms.CharField(label=_("Reason of the adjustment"), required=False, max_length=300)

    def __init__(
        self, lines: Sequence[AppraisalLine], kept: Mapping[int, tuple[Decimal, str]], *args: Any, **kw: Any
    ) -> None:
        """Offer a score and a remark for each line, filled with what its named person gave."""
        super().__init__(*args, **kw)
        self.lines = lines
        most = ADJUST_MOST()
        adjustment = self.fields["adjustment"]
        adjustment.help_text = _("Up to ±%(most)s points, with a reason. Leave it empty if there is none.") % {
            "most": f"{most.normalize():f}"
        }
        for line in lines:
            score, text = kept.get(line.kpi_id or 0, (None, line.text))
            self.fields[f"score_{line.pk}"] = forms.DecimalField(
                label=_("Score"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2,
                initial=_plain(score),
                widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
            )  # fmt: skip
            self.fields[f"text_{line.pk}"] = forms.CharField(
                label=_("Grounds"), required=False, max_length=2000, initial=text, widget=forms.Textarea({"rows": 2})
            )

    @property
    def rows(self) -> list[tuple[AppraisalLine, forms.BoundField, forms.BoundField]]:
        """Return the lines with their two fields."""
        return [(line, self[f"score_{line.pk}"], self[f"text_{line.pk}"]) for line in self.lines]

    @property
    def scores(self) -> dict[int, FormScore]:
        """Return what was given, by line."""
        data = self.cleaned_data
        return {
            line.pk: FormScore(data.get(f"score_{line.pk}"), data.get(f"text_{line.pk}") or "") for line in self.lines
        }


class WeightsForm(forms.Form):
    """How much each indicator counts in the appraisal of a post."""

    points = forms.DecimalField(
        label=_("Points of the month"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )

    def __init__(self, kpis: Sequence[Kpi], weights: Mapping[int | None, Decimal], *args: Any, **kw: Any) -> None:
        """Offer a weight for each indicator, empty where it does not count."""
        super().__init__(*args, **kw)
        self.kpis = kpis
        self.fields["points"].initial = _plain(weights.get(None))
        for kpi in kpis:
            self.fields[f"kpi_{kpi.pk}"] = forms.DecimalField(
                label=str(kpi), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2,
                initial=_plain(weights.get(kpi.pk)),
            )  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs |= {"inputmode": "decimal", "data-sum": "", "class": "input"}

    @property
    def rows(self) -> list[tuple[Kpi, forms.BoundField]]:
        """Return the indicators with their fields."""
        return [(kpi, self[f"kpi_{kpi.pk}"]) for kpi in self.kpis]

    @property
    def weights(self) -> dict[Kpi | None, Decimal]:
        """Return what counts."""
        data = self.cleaned_data
        found: dict[Kpi | None, Decimal] = {}
        if data.get("points"):
            found[None] = data["points"]
        return found | {kpi: data[f"kpi_{kpi.pk}"] for kpi in self.kpis if data.get(f"kpi_{kpi.pk}")}


class PayTermsForm(forms.Form):
    """What somebody's bonus is reckoned from."""

    since = forms.DateField(label=_("since"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    bonus_base = forms.DecimalField(
        label=_("performance bonus at 100"), min_value=0, max_value=MOST_YUAN, max_digits=10, decimal_places=2
    )
    base_wage = forms.DecimalField(
        label=_("base wage"), required=False, min_value=0, max_value=MOST_YUAN, max_digits=10, decimal_places=2
    )


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
