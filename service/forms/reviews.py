"""Forms of reviews."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from service.forms.complaints import PersonForm, words
from service.states import ReviewCause
from staff.forms.cases import PersonField
from staff.models import Employee


class HandleForm(forms.Form):
    """What was replied and what came of it."""

    reply = words(_("Reply under the review"), required=False)
    outcome = forms.CharField(
        label=_("What came of it"), max_length=300, widget=forms.Textarea({"rows": 2, "maxlength": 300})
    )


class ReplyForm(forms.Form):
    """A reply."""

    reply = words(_("Reply under the review"))


class SettleForm(PersonForm):
    """Why the review is bad."""

    people_fields = ("agent",)

    cause = forms.ChoiceField(choices=[("", "—"), *ReviewCause.choices], label=_("Cause"))
    agent = PersonField(
        queryset=Employee.objects.none(),
        label=_("Served by"),
        required=False,
        help_text=_("Proposed: who talked to the buyer last. Correct it where it was somebody else."),
    )
    cause_text = forms.CharField(
        label=_("How it came"), max_length=300, required=False, widget=forms.Textarea({"rows": 2, "maxlength": 300})
    )


class GiveForm(PersonForm):
    """Who deals with it."""

    people_fields = ("to",)

    to = PersonField(queryset=Employee.objects.none(), label=_("Pass to"))
