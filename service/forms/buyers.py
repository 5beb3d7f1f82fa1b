"""Forms of buyers, care, surveys and documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from service.forms.complaints import RATINGS, PersonForm, words
from service.models import BuyerGroup
from staff.forms.cases import PersonField
from staff.models import Employee, OrgUnit

_SHORT = {"rows": 2, "maxlength": 300}


def tags_field(**kwargs: Any) -> forms.CharField:
    """Return a field for tags with commas or blanks between."""
    return forms.CharField(
        label=_("Tags"), max_length=300, required=False, help_text=_("Commas between them."), **kwargs
    )


def split_tags(text: str) -> list[str]:
    """Return the tags of such a field."""
    for mark in "，、;；\n":
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",") if part.strip()]


class BuyerForm(forms.Form):
    """Group, tags, remark and birthday."""

    group = forms.ModelChoiceField(queryset=BuyerGroup.objects.all(), label=_("Group"), required=False)
    tags = tags_field()
    birthday = forms.CharField(
        label=_("Birthday"), max_length=5, required=False, help_text=_("Month and day, as the buyer told it: 05-21")
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea({"rows": 3, "maxlength": 500})
    )

    def clean_tags(self) -> list[str]:
        """Return the tags as a list."""
        return split_tags(self.cleaned_data["tags"])


class GroupForm(forms.Form):
    """Which group."""

    group = forms.ModelChoiceField(queryset=BuyerGroup.objects.all(), label=_("Group"))


class TagsForm(forms.Form):
    """Which tags are added."""

    add_tags = forms.CharField(label=_("Tags"), max_length=300, help_text=_("Commas between them."))

    def clean_add_tags(self) -> list[str]:
        """Return the tags as a list."""
        return split_tags(self.cleaned_data["add_tags"])


class BuyerRemarkForm(forms.Form):
    """What is appended to the remark."""

    remark = forms.CharField(label=_("Remark"), max_length=300, widget=forms.Textarea(_SHORT))


class ConsentForm(forms.Form):
    """What the buyer said to being written to."""

    may_contact = forms.TypedChoiceField(
        choices=(("yes", _("yes, they like to hear from us")), ("no", _("no"))),
        label=_("May be written to"),
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(label=_("Where they said so"), max_length=200, required=False)


class BlacklistForm(forms.Form):
    """Why and how long."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(_SHORT))
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until somebody takes them off."),
    )


class NeedForm(forms.Form):
    """What personal data are needed for."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class SurveyForm(PersonForm):
    """Whom the buyer is asked about."""

    people_fields = ("agent",)

    agent = PersonField(queryset=Employee.objects.none(), label=_("Served by"), required=False)
    about = forms.CharField(label=_("About"), max_length=120, required=False)


class AboutForm(forms.Form):
    """What many buyers are asked about."""

    about = forms.CharField(label=_("About"), max_length=120, required=False)


class SurveyAnswerForm(forms.Form):
    """What the buyer said."""

    rating = forms.TypedChoiceField(choices=RATINGS, label=_("How content is the buyer"), coerce=int)
    text = words(_("The buyer's words"), required=False)


class SendForm(forms.Form):
    """A message of care."""

    text = words(_("Care message"))
    note = forms.CharField(label=_("Remark"), max_length=200, required=False)


class SendManyForm(forms.Form):
    """One message for many."""

    text = words(
        _("Care message"),
        required=False,
        help_text=_("As you have sent it in the chat tool. Empty: each the message proposed for them."),
    )


class SkipForm(forms.Form):
    """Why a message is skipped."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DocumentForm(forms.Form):
    """What a customer handed in."""

    title = forms.CharField(label=_("What the documents are"), max_length=120)
    nick = forms.CharField(label=_("Buyer's nick"), max_length=100, required=False)
    order_number = forms.CharField(label=_("Order number"), max_length=40, required=False)
    is_qualified = forms.TypedChoiceField(
        choices=(("", _("not checked yet")), ("yes", _("yes")), ("no", _("no"))),
        label=_("In order"),
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class PassOnForm(forms.Form):
    """Which unit gets the documents."""

    to = forms.ModelChoiceField(queryset=OrgUnit.objects.all(), label=_("Pass on to"))
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class MailBackForm(forms.Form):
    """The waybill under which they go back."""

    waybill = forms.CharField(label=_("Waybill"), max_length=40)
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class HandForm(PersonForm):
    """Which colleague gets the documents."""

    people_fields = ("to",)

    to = PersonField(queryset=Employee.objects.none(), label=_("Give to"))
