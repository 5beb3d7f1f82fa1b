"""Forms of the agent's day. They check words and moments; what may be done with them the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Campaign
from service.models import AfterSale
from service.queries.desk import serving_people
from service.states import CallDirection, Channel, ConsultTopic, FollowUpKind, FollowUpResult
from staff.models import Employee, Shop

_QUIET = {"autocomplete": "off"}


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=_QUIET))


class NoteForm(forms.Form):
    """What came of it; may be left empty."""

    outcome = forms.CharField(label=_("Outcome"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))


class OutcomeForm(forms.Form):
    """What was done."""

    outcome = forms.CharField(label=_("What was done"), max_length=2000, widget=_lines(3))


class AnnotationForm(forms.Form):
    """What a conversation was about and what came of it."""

    annotation = forms.CharField(label=_("Annotation"), max_length=2000, widget=_lines(3))


class ClosingForm(forms.Form):
    """The annotation, unless there is one."""

    annotation = forms.CharField(label=_("Annotation"), max_length=2000, required=False, widget=_lines(3))


class ColleagueForm(forms.Form):
    """To whom something is passed on, and what they should know."""

    to = forms.TypedChoiceField(label=_("Colleague"), coerce=lambda key: Employee.objects.get(pk=key))
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer those who may serve buyers."""
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = serving_people()  # type: ignore[attr-defined]  # a choice field


class BuyerForm(forms.Form):
    """Which buyer, by the nick."""

    nick = forms.CharField(label=_("Buyer's nick"), max_length=100, widget=forms.TextInput(attrs=_QUIET))


class ConsultationForm(forms.Form):
    """A line of the consultation log."""

    topic = forms.ChoiceField(label=_("Topic"), choices=ConsultTopic.choices)
    goods = forms.CharField(label=_("Goods"), max_length=200, required=False, widget=forms.TextInput(attrs=_QUIET))
    problem = forms.CharField(label=_("Problem"), max_length=2000, widget=_lines(2))
    cause = forms.CharField(label=_("Cause"), max_length=2000, required=False, widget=_lines(2))
    solution = forms.CharField(label=_("Solution"), max_length=2000, required=False, widget=_lines(2))
    wants_follow_up = forms.BooleanField(label=_("Follow up the next day"), required=False, initial=True)


class BuyersConsultationForm(BuyerForm, ConsultationForm):
    """The same, of a question that is in no conversation here."""

    field_order = ("nick",)


class PromiseForm(forms.Form):
    """What was promised, and until when."""

    text = forms.CharField(label=_("What was promised"), max_length=300, widget=forms.TextInput(attrs=_QUIET))
    due_at = _moment(_("Until"))
    order_number = forms.CharField(
        label=_("Order number"), max_length=40, required=False, widget=forms.TextInput(attrs=_QUIET)
    )


class BuyersPromiseForm(BuyerForm, PromiseForm):
    """The same, of a buyer named by the nick."""

    field_order = ("nick",)


class FeedbackForm(forms.Form):
    """What a buyer reported."""

    text = forms.CharField(label=_("What the buyer reported"), max_length=2000, widget=_lines(3))


class BuyersFeedbackForm(BuyerForm, FeedbackForm):
    """The same, of a buyer named by the nick."""

    field_order = ("nick",)


class VisitForm(BuyerForm):
    """A buyer to be visited again."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (one.value, one.label) for one in (FollowUpKind.VISIT, FollowUpKind.AFTER_SALE, FollowUpKind.COMPLAINT)
        ],
    )
    case = forms.CharField(
        label=_("After-sale case"), max_length=20, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    due_at = _moment(_("Until"))
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.TextInput(attrs=_QUIET))

    def clean_case(self) -> AfterSale | None:
        """Return the case of the number.

        :raises ValidationError: if there is none.
        """
        number = self.cleaned_data["case"].strip()
        found = AfterSale.objects.filter(number=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no after-sale case of this number."))
        return found


class SheetForm(forms.Form):
    """The follow-up sheet (CS-068)."""

    result = forms.ChoiceField(label=_("Result"), choices=FollowUpResult.choices)
    channel = forms.ChoiceField(label=_("Reached by"), choices=Channel.choices)
    sheet = forms.CharField(label=_("What was said, what follows"), max_length=4000, required=False, widget=_lines(4))
    all_the_same = forms.BooleanField(
        label=_("File it although it is short; it counts as sloppy (CS-067)"), required=False
    )


class MoveForm(forms.Form):
    """A later moment, and why."""

    due_at = _moment(_("New moment"))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=_QUIET))


class MemoForm(forms.Form):
    """A line of the memo book."""

    text = forms.CharField(label=_("Memo"), max_length=2000, widget=_lines(2))
    remind_at = _moment(_("Remind me"), required=False)


class CallForm(forms.Form):
    """A telephone call (CS-059)."""

    direction = forms.ChoiceField(label=_("Who rang"), choices=CallDirection.choices)
    employee = forms.TypedChoiceField(label=_("Telephone of"), coerce=lambda key: Employee.objects.get(pk=key))
    rang_at = _moment(_("Rang at"))
    ring_seconds = forms.IntegerField(label=_("Rang for, seconds"), min_value=0, max_value=600, required=False)
    is_answered = forms.BooleanField(label=_("Call answered"), required=False, initial=True)
    nick = forms.CharField(
        label=_("Buyer's nick"), max_length=100, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    phone = forms.CharField(
        label=_("Telephone number"), max_length=40, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    text = forms.CharField(label=_("What it was about"), max_length=2000, required=False, widget=_lines(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer those who may serve buyers."""
        super().__init__(*args, **kwargs)
        self.fields["employee"].choices = serving_people()  # type: ignore[attr-defined]  # a choice field


class PhraseForm(forms.Form):
    """A quick phrase."""

    shortcut = forms.CharField(label=_("Shortcut"), max_length=20, widget=forms.TextInput(attrs=_QUIET))
    group = forms.CharField(label=_("Group"), max_length=40, required=False, widget=forms.TextInput(attrs=_QUIET))
    text = forms.CharField(
        label=_("Text"),
        max_length=2000,
        widget=_lines(4),
        help_text=_("{buyer} {order} {amount} {waybill} {carrier} {goods} {shop} {agent} are filled in."),
    )
    is_used = forms.BooleanField(label=_("In use"), required=False, initial=True)


class AutoReplyForm(forms.Form):
    """An automatic reply that was put into the chat tool."""

    shop = forms.TypedChoiceField(label=_("Shop"), coerce=lambda key: Shop.objects.get(pk=key))
    campaign = forms.TypedChoiceField(
        label=_("Campaign"), coerce=lambda key: Campaign.objects.get(pk=key), required=False, empty_value=None
    )
    text = forms.CharField(label=_("Text"), max_length=2000, widget=_lines(3))
    expires_at = _moment(_("Expires at"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the shops, and the campaigns that are not over."""
        super().__init__(*args, **kwargs)
        shops = Shop.objects.filter(is_open=True).values_list("pk", "name")
        campaigns = Campaign.objects.filter(is_cancelled=False).values_list("pk", "name", "shop__name")[:200]
        self.fields["shop"].choices = list(shops)  # type: ignore[attr-defined]  # a choice field
        self.fields["campaign"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", "—"),
            *((pk, f"{name} · {shop}") for pk, name, shop in campaigns),
        ]


class CampaignForm(forms.Form):
    """An offer of a shop with its days."""

    shop = forms.TypedChoiceField(label=_("Shop"), coerce=lambda key: Shop.objects.get(pk=key))
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs=_QUIET))
    offer = forms.CharField(label=_("Offer"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))
    starts_at = _moment(_("Begins"))
    ends_at = _moment(_("Ends"))
    reply_owner = forms.TypedChoiceField(
        label=_("Automatic reply by"),
        coerce=lambda key: Employee.objects.get(pk=key),
        required=False,
        empty_value=None,
    )

    def __init__(self, *args: Any, fixed_shop: bool = False, **kwargs: Any) -> None:
        """Offer shops and colleagues; the shop of a campaign that stands does not change."""
        super().__init__(*args, **kwargs)
        people = [("", "—"), *((str(pk), name) for pk, name in serving_people())]
        self.fields["reply_owner"].choices = people  # type: ignore[attr-defined]  # a choice field
        if fixed_shop:
            del self.fields["shop"]
        else:
            shops = Shop.objects.filter(is_open=True).values_list("pk", "name")
            self.fields["shop"].choices = list(shops)  # type: ignore[attr-defined]  # a choice field


class PresenceForm(forms.Form):
    """How one is now; who leaves says why and who stands in."""

    status = forms.ChoiceField(
        label=_("Status"), choices=(("online", _("Online")), ("away", _("Away")), ("offline", _("Offline")))
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False, widget=forms.TextInput(attrs=_QUIET))
    covered_by = forms.TypedChoiceField(
        label=_("Who stands in"),
        coerce=lambda key: Employee.objects.get(pk=key),
        required=False,
        empty_value=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the colleagues."""
        super().__init__(*args, **kwargs)
        people = [("", "—"), *((str(pk), name) for pk, name in serving_people())]
        self.fields["covered_by"].choices = people  # type: ignore[attr-defined]  # a choice field
