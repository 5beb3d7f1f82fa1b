"""Forms for trials: what to replay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.models import ClauseVersion
from staff.queries.trials import replayable_versions, version_in_words


class ReplayForm(forms.Form):
    """A span, the versions to apply to it instead of those of its days, and why."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    versions = forms.TypedMultipleChoiceField(
        label=_("Versions to apply instead of those of the day"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Why it is replayed"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, yesterday: date, **kwargs: Any) -> None:
        """Offer the month so far, or the one before on its first day."""
        first = yesterday.replace(day=1)
        super().__init__(*args, **{**kwargs, "initial": {"first": first, "last": yesterday}})
        self.yesterday = yesterday
        self.offered = {version.pk: version for version in replayable_versions()}
        choices = [
            (key, f"{version_in_words(one)} · {one.valid_from.isoformat()}") for key, one in self.offered.items()
        ]
        self.fields["versions"].choices = choices  # type: ignore[attr-defined]  # a field with choices

    @property
    def chosen(self) -> list[ClauseVersion]:
        """The versions that were ticked."""
        return [self.offered[key] for key in self.cleaned_data.get("versions", ())]

    def clean(self) -> dict[str, Any]:
        """Replay days that are over, at most a year of them, with one version a clause."""
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        elif first and last and last - first > timedelta(days=366):
            self.add_error("last", _("Choose a year at most."))
        if last and last > self.yesterday:
            self.add_error("last", _("Only days that are over can be tallied anew."))
        clauses = [version.clause_id for version in self.chosen]
        if len(set(clauses)) < len(clauses):
            self.add_error("versions", _("Choose one version a clause."))
        return given
