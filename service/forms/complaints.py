"""Forms of complaints. They check words and figures; what may be done the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from service.models import Buyer, Conversation
from service.states import Cause, ComplaintSource, Severity, Verdict
from staff.forms.cases import PersonField, people
from staff.models import Employee, OrgUnit, Shop

LONGEST = 2000
RATINGS = (
    ("5", _("5 · very content")),
    ("4", _("4 · content")),
    ("3", _("3 · so-so")),
    ("2", _("2 · discontent")),
    ("1", _("1 · very discontent")),
)


def words(label: Any, *, rows: int = 3, required: bool = True, **kwargs: Any) -> forms.CharField:
    """Return a field for some sentences."""
    area = forms.Textarea({"rows": rows, "maxlength": LONGEST})
    return forms.CharField(label=label, max_length=LONGEST, required=required, widget=area, **kwargs)


class PersonForm(forms.Form):
    """The base of forms that offer people."""

    people_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who works here."""
        super().__init__(*args, **kwargs)
        for name in self.people_fields:
            self.fields[name].queryset = people()  # type: ignore[attr-defined]  # a choice field


class ComplaintForm(PersonForm):
    """A complaint as it comes in."""

    people_fields = ("handler",)

    nick = forms.CharField(label=_("Buyer's nick"), max_length=100, required=False)
    order_number = forms.CharField(label=_("Order number"), max_length=40, required=False)
    shop = forms.ModelChoiceField(queryset=Shop.objects.all(), label=_("Shop"))
    source = forms.ChoiceField(choices=ComplaintSource.choices, label=_("Source"))
    severity = forms.ChoiceField(choices=Severity.choices, label=_("How grave"), initial=Severity.MINOR)
    text = words(_("What the buyer complains about"), rows=4)
    wish = forms.CharField(label=_("What the buyer wants"), max_length=300, required=False)
    handler = PersonField(queryset=Employee.objects.none(), label=_("Handler"), required=False)
    apologised = forms.BooleanField(label=_("I have apologised to the buyer"), required=False)
    again = forms.BooleanField(label=_("This is another complaint of the same buyer"), required=False)
    buyer = forms.ModelChoiceField(queryset=Buyer.objects.all(), required=False, widget=forms.HiddenInput)
    conversation = forms.ModelChoiceField(queryset=Conversation.objects.all(), required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Find the order of the number; a complaint is somebody's."""
        values = super().clean() or {}
        number = str(values.get("order_number") or "").strip()
        values["order"] = None
        if number:
            values["order"] = Order.objects.filter(number=number).order_by("part").first()
            if values["order"] is None:
                self.add_error("order_number", _("There is no order of that number."))
        if not (values.get("buyer") or str(values.get("nick") or "").strip() or values["order"]):
            self.add_error("nick", _("Whose complaint is it? Give the nick or the order number."))
        return values


class RegisterForm(forms.Form):
    """The register sheet, audited by the handler."""

    severity = forms.ChoiceField(choices=Severity.choices, label=_("How grave"))
    text = words(_("What the buyer complains about"), rows=4)
    wish = forms.CharField(label=_("What the buyer wants"), max_length=300, required=False)


class InvestigationForm(PersonForm):
    """What happened and why."""

    people_fields = ("culprit",)

    event = words(_("What happened"))
    verdict = forms.ChoiceField(choices=Verdict.choices, label=_("What the investigation found"))
    cause = forms.ChoiceField(choices=Cause.choices, label=_("Cause"))
    unit = forms.ModelChoiceField(queryset=OrgUnit.objects.all(), label=_("Department"), required=False)
    culprit = PersonField(
        queryset=Employee.objects.none(),
        label=_("Whose step it was"),
        required=False,
        help_text=_("Leave department and person empty where the complaint is unfounded."),
    )
    cause_text = words(_("How it came"), rows=2, required=False)


class OpinionForm(PersonForm):
    """How it should be handled, and who is told."""

    people_fields = ("superior",)

    opinion = words(_("How to handle it"))
    superior = PersonField(
        queryset=Employee.objects.none(),
        label=_("Report to"),
        required=False,
        help_text=_("Empty reports to your superior."),
    )


class ResultForm(forms.Form):
    """What the buyer was told."""

    result = words(_("What the buyer was told"))


class RemarkForm(forms.Form):
    """A word to go with a step, if there is one."""

    remark = forms.CharField(label=_("Remark"), max_length=300, required=False)


class WhyForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2, "maxlength": 300}))


class ImprovementForm(forms.Form):
    """What is improved."""

    improvement = words(_("What is improved"), required=False)


class EvaluationForm(forms.Form):
    """The customer's evaluation sheet."""

    rating = forms.TypedChoiceField(choices=RATINGS, label=_("How content is the buyer"), coerce=int)
    evaluation = words(_("The buyer's words"))
    improvement = words(_("What is improved"), rows=2, required=False)


class PassForm(PersonForm):
    """To whom it goes."""

    people_fields = ("to",)

    to = PersonField(queryset=Employee.objects.none(), label=_("Pass to"))
    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)


class ReportForm(PersonForm):
    """What the superior is told."""

    people_fields = ("to",)

    to = PersonField(queryset=Employee.objects.none(), label=_("Report to"))
    words = words(_("How it stands"))


class ComplaintReportForm(PersonForm):
    """A regular report on complaints."""

    people_fields = ("to",)

    first = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    findings = words(_("Main findings"), rows=6)
    proposals = words(_("What is proposed"), rows=4, required=False)
    to = PersonField(queryset=Employee.objects.none(), label=_("Report to"))


class ReadForm(forms.Form):
    """What the superior says."""

    answer = words(_("What the superior says"), required=False)
