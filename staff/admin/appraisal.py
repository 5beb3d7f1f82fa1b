"""Grades and weights of appraisals. Pay terms are no business of the admin site: their page writes down who looks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.actions.appraisal_setup import HUNDRED, kind_of
from staff.admin.recorded import RecordedAdmin
from staff.models import AppraisalWeight, GradeBand


class GradeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A grade among the others: more score never means less bonus, and every score has a grade."""

    class Meta:
        model = GradeBand
        fields = ("code", "name", "name_en", "from_score", "coefficient", "measures", "measures_en")

    def clean(self) -> dict[str, Any]:
        """Compare with the other grades."""
        data: dict[str, Any] = super().clean() or {}
        start, coefficient = data.get("from_score"), data.get("coefficient")
        if start is None or coefficient is None:
            return data
        if start < 0 or coefficient < 0:
            raise ValidationError(_("An amount cannot be below 0."))
        others = list(GradeBand.objects.exclude(pk=self.instance.pk))
        if all(other.from_score > 0 for other in others) and start > 0:
            raise ValidationError(_("One grade starts from 0, so that every score has one."))
        for other in others:
            if (other.from_score < start) != (other.coefficient <= coefficient) and other.coefficient != coefficient:
                raise ValidationError(_("A higher grade has no lower coefficient: %(other)s."), params={"other": other})
        return data


class GradeBandAdmin(RecordedAdmin[GradeBand]):
    """The four grades (STF-141); their bands and coefficients may change, for results that are not published."""

    form = GradeForm
    list_display = ("name", "name_en", "from_score", "coefficient", "measures")

    def has_delete_permission(self, request: HttpRequest, obj: GradeBand | None = None) -> bool:  # noqa: ARG002
        """Keep grades: results refer to them."""
        return False


class WeightFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # generic only for the type checker
    """The weights of a post together."""

    def clean(self) -> None:
        """Make sure that they make up 100, or that there are none."""
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        weights = [form.cleaned_data.get("weight") or 0 for form in kept]
        if weights and sum(weights) != HUNDRED:
            raise ValidationError(_("The weights make up %(total)s, not 100."), params={"total": sum(weights)})

    def save_new(self, form: Any, commit: bool = True) -> AppraisalWeight:
        """Let the kind follow from the indicator."""
        form.instance.kind = kind_of(form.cleaned_data.get("kpi"))
        made: AppraisalWeight = super().save_new(form, commit=commit)
        return made

    def save_existing(self, form: Any, obj: AppraisalWeight, commit: bool = True) -> AppraisalWeight:
        """Let the kind follow from the indicator."""
        form.instance.kind = kind_of(form.cleaned_data.get("kpi"))
        kept: AppraisalWeight = super().save_existing(form, obj, commit=commit)
        return kept


class WeightInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only for the type checker
    """How much each indicator counts in the appraisal of the post; no indicator is the points of the month."""

    model = AppraisalWeight
    formset = WeightFormSet
    extra = 0
    fields = ("kpi", "weight")
    verbose_name = _("weight")
    verbose_name_plural = _("weights in the appraisal (together 100; without an indicator: points of the month)")
