"""Forms of the catalog."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Sku
from catalog.queries.skus import parts_of_bundle, skus_called
from staff.models import Shop

_PART = re.compile(r"^(?P<code>\S+?)\s*[×xX*,，\s]\s*(?P<pieces>\d{1,3})$")


class SkuForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Everything of a SKU, and of a bundle its parts."""

    parts = forms.CharField(
        label=gettext_lazy("Parts of the bundle"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "YS-0012 × 2"}),
        help_text=gettext_lazy("One a line: merchant code and pieces. Only for bundles."),
    )

    class Meta:
        model = Sku
        fields = (
            "code",
            "barcode",
            "name",
            "attributes",
            "weight_g",
            "cost",
            "floor_price",
            "is_active",
            "is_gift",
            "is_bundle",
        )

    def __init__(self, *args: Any, may_see_cost: bool = True, **kwargs: Any) -> None:
        """Fill in the parts of a bundle; hide what the person may not see."""
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.is_bundle:
            self.fields["parts"].initial = "\n".join(
                f"{one.part.code} × {one.quantity}" for one in parts_of_bundle(self.instance)
            )
        if not may_see_cost:
            del self.fields["cost"]
        self.fields["attributes"].widget.attrs["placeholder"] = "颜色分类:米白;尺码:M"

    def clean_code(self) -> str:
        """Take blanks off the merchant code."""
        return str(self.cleaned_data["code"]).strip()

    def clean_parts(self) -> dict[int, int]:
        """Return the parts as SKU id → pieces."""
        asked: list[tuple[str, int]] = []
        for line in str(self.cleaned_data["parts"]).splitlines():
            if not line.strip():
                continue
            match = _PART.match(line.strip())
            if match is None or not int(match["pieces"]):
                raise ValidationError(_("“%(line)s” is no code with a number of pieces.") % {"line": line.strip()[:60]})
            asked.append((match["code"], int(match["pieces"])))
        skus = skus_called(code for code, _pieces in asked)
        parts: dict[int, int] = {}
        for code, pieces in asked:
            if code not in skus:
                raise ValidationError(_("No SKU is called %(code)s.") % {"code": code})
            if skus[code].is_bundle:
                raise ValidationError(_("%(code)s is a bundle itself; name its parts.") % {"code": code})
            parts[skus[code].pk] = parts.get(skus[code].pk, 0) + pieces
        return parts

    def clean(self) -> dict[str, Any]:
        """Refuse a bundle without parts, and parts of what is no bundle."""
        values = super().clean() or {}
        if "parts" in values and bool(values.get("is_bundle")) != bool(values["parts"]):
            self.add_error(
                "parts", _("A bundle wants its parts.") if values.get("is_bundle") else _("Only a bundle has parts.")
            )
        return values


class AliasForm(forms.Form):
    """What a shop calls a SKU."""

    shop = forms.ModelChoiceField(Shop.objects.all(), label=gettext_lazy("Shop"))
    code = forms.CharField(label=gettext_lazy("Name on the platform"), max_length=200)


class GoodsFileForm(forms.Form):
    """A table of goods."""

    table = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("Columns: merchant code, name, attributes, barcode, weight in g, cost, lowest price."),
    )
