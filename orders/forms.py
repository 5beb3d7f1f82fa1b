"""Forms around orders. They check words and figures; what may be done with them the verbs decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from orders import policy
from orders.filters import carrier_choices, flag_choices
from orders.models import OrderLine
from orders.queries.whole import LineShown
from orders.states import ChaseResult, ExceptionKind
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.refusals import Refused
from shopops.kit.scripts import scripts_of
from staff.models import Shop
from warehouse.forms import SeveralFilesField
from warehouse.models import Carrier

PERSONS_KINDS = (
    ExceptionKind.OTHER,
    ExceptionKind.REFUND,
    ExceptionKind.ADDRESS,
    ExceptionKind.PRICE,
    ExceptionKind.MALICIOUS,
    ExceptionKind.LOGISTICS,
)
"""What people raise by hand; the other kinds are the system's."""
_QUIET = {"autocomplete": "off"}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs=_QUIET))


class HoldForm(ReasonForm):
    """How long an order waits, and why."""

    span = forms.ChoiceField(
        label=_("Until"),
        choices=(
            ("usual", _("the usual length of a hold")),
            ("1", _("in one hour")),
            ("2", _("in 2 hours")),
            ("4", _("in 4 hours")),
            ("morning", _("tomorrow at 09:00")),
            ("24", _("in 24 hours")),
            ("72", _("in 3 days")),
            ("moment", _("the moment below")),
        ),
        initial="usual",
    )
    moment = forms.DateTimeField(
        label=_("Moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    field_order = ("span", "moment", "reason")

    def clean(self) -> dict[str, Any]:
        """Want a moment where one was promised."""
        found = super().clean() or self.cleaned_data
        if found.get("span") == "moment" and not found.get("moment"):
            self.add_error("moment", forms.ValidationError(_("Give the moment.")))
        return found


def hold_end(span: str, moment: datetime | None, at: datetime) -> datetime:
    """Return when a hold that begins now ends.

    :raises Refused: if a moment was promised and none given.
    """
    if span == "moment":
        if moment is None:
            raise Refused(_("Give the moment."))
        return moment
    if span == "morning":
        return start_of_day(shop_day(at.astimezone(SHANGHAI)) + timedelta(days=1)) + timedelta(hours=9)
    return at + timedelta(hours=policy.HOLD_HOURS() if span == "usual" else int(span))


class FlagForm(forms.Form):
    """Which of the six flags."""

    flag = forms.TypedChoiceField(label=_("Flag"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the flags with what they mean here."""
        super().__init__(*args, **kwargs)
        self.fields["flag"].choices = list(flag_choices())  # type: ignore[attr-defined]  # a choice field


class CarrierForm(forms.Form):
    """Which carrier."""

    carrier = forms.TypedChoiceField(label=_("Carrier"), coerce=lambda key: Carrier.objects.get(pk=key))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the carriers in use."""
        super().__init__(*args, **kwargs)
        self.fields["carrier"].choices = list(carrier_choices())  # type: ignore[attr-defined]  # a choice field


class TagForm(forms.Form):
    """A tag to put on, and one to take off."""

    add = forms.CharField(label=_("Put on"), max_length=20, required=False, widget=forms.TextInput(attrs=_QUIET))
    remove = forms.CharField(label=_("Take off"), max_length=20, required=False, widget=forms.TextInput(attrs=_QUIET))

    def clean(self) -> dict[str, Any]:
        """Want one of the two."""
        found = super().clean() or self.cleaned_data
        if not found.get("add") and not found.get("remove"):
            raise forms.ValidationError(_("Name a tag to put on or to take off."))
        return found


class RemarkForm(forms.Form):
    """A line of the internal remark."""

    text = forms.CharField(label=_("Internal remark"), max_length=500, widget=forms.TextInput(attrs=_QUIET))


class AddressForm(forms.Form):
    """To whom and where; what is left empty stays as it is, so nobody has to see the old address to correct it."""

    receiver_name = forms.CharField(label=_("Receiver"), max_length=60, required=False)
    receiver_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    province = forms.CharField(label=_("Province"), max_length=30, required=False)
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    district = forms.CharField(label=_("District"), max_length=40, required=False)
    address = forms.CharField(label=_("Street and number"), max_length=300, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class FinanceForm(forms.Form):
    """What finance is asked."""

    amount = forms.DecimalField(label=_("Amount, yuan"), min_value=0, max_digits=14, decimal_places=2)
    question = forms.CharField(label=_("What is to be confirmed"), max_length=300, widget=forms.TextInput(attrs=_QUIET))


class AnswerForm(forms.Form):
    """Finance's word: two buttons, the sum that arrived, and a remark."""

    confirmed = forms.TypedChoiceField(
        label=_("Answer"), choices=(("yes", _("Confirm")), ("no", _("Deny"))), coerce=lambda word: word == "yes"
    )
    amount = forms.DecimalField(label=_("Arrived, yuan"), min_value=0, max_digits=14, decimal_places=2)
    answer = forms.CharField(label=_("Remark"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))


class AnswersForm(forms.Form):
    """Finance's word on many questions at once."""

    answer = forms.CharField(label=_("Remark"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))


class DenialForm(forms.Form):
    """Finance's no to many questions at once."""

    answer = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=_QUIET))


class ExceptionForm(forms.Form):
    """Something that wants somebody."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in PERSONS_KINDS])
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=_QUIET))


class OutcomeForm(forms.Form):
    """What came of an exception."""

    outcome = forms.CharField(
        label=_("What came of it"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET)
    )


class PriceForm(ReasonForm):
    """What an unpaid order costs from now on."""

    total = forms.DecimalField(label=_("New total, yuan"), min_value=0, max_digits=14, decimal_places=2)
    field_order = ("total", "reason")


class ContactForm(forms.Form):
    """What a buyer said who was asked to pay."""

    result = forms.ChoiceField(label=_("The buyer"), choices=ChaseResult.choices)
    script = forms.ChoiceField(
        label=_("Script"),
        required=False,
        help_text=_("The quick phrase you used; which works best stands in the results."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the scripts kept for asking buyers to pay."""
        super().__init__(*args, **kwargs)
        offered = [("", _("without a script")), *scripts_of("orders.contact")]
        self.fields["script"].choices = offered  # type: ignore[attr-defined]  # a choice field


class MatchForm(forms.Form):
    """Which SKU something is."""

    sku = forms.CharField(label=_("Merchant code"), max_length=64)
    remember = forms.BooleanField(label=_("Remember for this shop"), required=False, initial=True)

    def clean_sku(self) -> Sku:
        """Return the SKU of that code or barcode."""
        word = str(self.cleaned_data["sku"]).strip()
        found = Sku.objects.filter(code=word).first() or Sku.objects.filter(barcode=word).exclude(barcode="").first()
        if found is None:
            raise forms.ValidationError(_("There is no SKU “%(word)s”."), params={"word": word})
        return found


class NewSkuForm(forms.Form):
    """What is known of a SKU that is added while goods are matched; the rest is added with the goods."""

    code = forms.CharField(label=_("Merchant code"), max_length=64, widget=forms.TextInput(attrs=_QUIET))
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs=_QUIET))
    attributes = forms.CharField(
        label=_("Attributes"), max_length=200, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    barcode = forms.CharField(label=_("Barcode"), max_length=64, required=False, widget=forms.TextInput(attrs=_QUIET))


class SplitForm(forms.Form):
    """How many pieces of each line go into a new part: a field for each line of an order."""

    def __init__(self, *args: Any, lines: Iterable[OrderLine | LineShown], **kwargs: Any) -> None:
        """Make a field for each line that has pieces left."""
        super().__init__(*args, **kwargs)
        for line in lines:
            if line.here:
                self.fields[f"line_{line.id}"] = forms.IntegerField(
                    label=line.title or line.known_as,
                    min_value=0,
                    max_value=line.here,
                    required=False,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )

    @property
    def pieces(self) -> dict[int, int]:
        """Return from the id of each line to the pieces that go."""
        return {
            int(name.removeprefix("line_")): count
            for name, count in self.cleaned_data.items()
            if name.startswith("line_") and count
        }


class ImportForm(forms.Form):
    """Reports to import, whose they are, and whether only to try."""

    reports = SeveralFilesField(
        label=_("Files"),
        help_text=_("Order report (订单报表) and item report (宝贝报表), CSV or Excel, several at once, in any order."),
    )
    shop = forms.ModelChoiceField(
        Shop.objects.order_by("pk"), label=_("Shop"), required=False, empty_label=_("the one the file names")
    )
    rehearse = forms.BooleanField(label=_("Only rehearse: show what would happen, change nothing"), required=False)


class SlipForm(forms.Form):
    """A payment slip."""

    amount = forms.DecimalField(label=_("Amount, yuan"), max_digits=10, decimal_places=2, min_value=Decimal("0.01"))
    way = forms.CharField(label=_("How it was paid"), max_length=40)
    shop = forms.ModelChoiceField(queryset=Shop.objects.all(), label=_("Shop"), required=False)
    order_numbers = forms.CharField(label=_("Order numbers"), max_length=500, required=False)
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class SlipRemarkForm(forms.Form):
    """A word to go with the money."""

    remark = forms.CharField(label=_("Remark"), max_length=300, required=False)
