"""Forms of the warehouse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from shopops.kit.sentences import sentence
from staff.models import Employee, Shop
from staff.queries.people import people_who_may
from warehouse.models import Bin, Carrier, StockBalance
from warehouse.policy import WAVE_NOTES
from warehouse.queries.carriers import carriers_in_use
from warehouse.states import WaveKind


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class CarrierForm(forms.Form):
    """Which carrier."""

    carrier = forms.ModelChoiceField(Carrier.objects.none(), label=_("Carrier"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the carriers in use."""
        super().__init__(*args, **kwargs)
        self.fields["carrier"].queryset = carriers_in_use()  # type: ignore[attr-defined]  # a model choice


class WaybillForm(CarrierForm):
    """A waybill of a carrier."""

    waybill = forms.CharField(
        label=_("Waybill"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
    )
    field_order = ("carrier", "waybill")


class ResumeForm(forms.Form):
    """The receiver as he shall stand on the label from now on."""

    receiver_name = forms.CharField(label=_("Receiver"), max_length=60)
    receiver_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    province = forms.CharField(label=_("Province"), max_length=30, required=False)
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    district = forms.CharField(label=_("District"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=300)
    reason = forms.CharField(label=_("What was settled"), max_length=200, required=False)


class WeightForm(forms.Form):
    """What a parcel weighs."""

    grams = forms.IntegerField(label=_("Weight, g"), min_value=1, max_value=100_000)


class PickerForm(forms.Form):
    """Who picks."""

    picker = forms.ModelChoiceField(Employee.objects.none(), label=_("Picker"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer those who may pick."""
        super().__init__(*args, **kwargs)
        self.fields["picker"].queryset = people_who_may("warehouse.pick_wave")  # type: ignore[attr-defined]


class WishForm(forms.Form):
    """What a new wave should hold."""

    carrier = forms.ModelChoiceField(
        Carrier.objects.none(), label=_("Carrier"), required=False, empty_label=_("All carriers")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *WaveKind.choices])
    sku = forms.ModelChoiceField(Sku.objects.all(), required=False, widget=forms.HiddenInput)
    shop = forms.ModelChoiceField(Shop.objects.all(), label=_("Shop"), required=False, empty_label=_("All shops"))
    hours = forms.TypedChoiceField(
        label=_("To ship within"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("any time")),
            *((hours, sentence(_("%(hours)s h"), hours=hours)) for hours in (2, 6, 12, 24, 48)),
        ],
    )
    most = forms.IntegerField(label=_("Most notes"), required=False, min_value=1, max_value=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the carriers in use."""
        super().__init__(*args, **kwargs)
        self.fields["carrier"].queryset = carriers_in_use()  # type: ignore[attr-defined]
        self.fields["most"].widget.attrs["placeholder"] = str(WAVE_NOTES())


class ReceiptForm(forms.Form):
    """Goods that came in: one SKU a line, as pasted from a delivery note."""

    lines = forms.CharField(
        label=_("SKU and pieces, one a line"),
        help_text=_("Merchant code or barcode, then the number of pieces; a pasted spreadsheet will do."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "placeholder": "YS-0012 50"}),
        max_length=200_000,
    )
    reference = forms.CharField(label=_("Document"), max_length=60, required=False)
    reason = forms.CharField(label=_("Remark"), max_length=200, required=False)


class AdjustmentForm(forms.Form):
    """What was counted, or by how much the stock is wrong."""

    counted = forms.IntegerField(label=_("Counted on the shelf"), min_value=0, max_value=10_000_000)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class BinForm(forms.Form):
    """Where a SKU lies."""

    bin = forms.ModelChoiceField(Bin.objects.none(), label=_("Bin"), required=False)

    def __init__(self, *args: Any, balance: StockBalance | None = None, **kwargs: Any) -> None:
        """Offer the bins of the balance's warehouse."""
        super().__init__(*args, **kwargs)
        places = Bin.objects.all() if balance is None else Bin.objects.filter(warehouse=balance.warehouse_id)
        self.fields["bin"].queryset = places  # type: ignore[attr-defined]


class ReprintForm(forms.Form):
    """Which sheets to print again, and why."""

    first = forms.IntegerField(label=_("From sheet"), min_value=1, max_value=10_000)
    last = forms.IntegerField(label=_("To sheet"), min_value=1, max_value=10_000)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """Refuse sheets the wrong way round."""
        values = super().clean() or {}
        if values.get("first") and values.get("last") and values["first"] > values["last"]:
            self.add_error("last", _("The last sheet comes before the first."))
        return values


class SeveralFiles(forms.FileInput):
    """A file control that takes several."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Several files at once."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files as a list."""
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(SeveralFilesField, self).clean(one, initial) for one in files or [None]]


class TraceFilesForm(forms.Form):
    """Files of traces."""

    traces = SeveralFilesField(
        label=_("Files"), help_text=_("JSON of the seller centre, or a spreadsheet with waybill, time and text.")
    )
