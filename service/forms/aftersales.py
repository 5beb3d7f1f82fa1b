"""Forms of after-sale cases. They check words and figures; what may be done the verbs decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from service.models import AfterSale
from service.queries.claimable import ClaimableLine, ClaimablePart
from service.queries.refunds import room_for_refund, usual_amount
from service.queries.returns import takes_parcels
from service.queries.shares import paid_each
from service.states import PAID_KINDS, SENT_KINDS, AfterSaleKind, AfterSaleState, Cause
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.models import Employee
from staff.queries.people import people_who_may
from warehouse.models import Carrier

_QUIET = {"autocomplete": "off"}
MOST_PIECES = 9999
SEVERAL = 20


def _sku(code: str) -> Sku:
    found = Sku.objects.filter(code=code.strip()).first()
    if found is None:
        raise Refused(sentence(_("There is no SKU “%(code)s”."), code=code.strip()[:40]))
    return found


def _pieces(left: int, goods: str, *, initial: int | None = None) -> forms.IntegerField:
    """Return a box for the pieces of some goods; more than are left the verb refuses in words."""
    field = forms.IntegerField(
        label=_("Pieces"),
        min_value=0,
        max_value=MOST_PIECES,
        required=False,
        initial=initial,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input is-pieces"}),
    )
    field.widget.attrs |= {"max": left, "aria-label": sentence(_("Pieces of %(goods)s"), goods=goods)}
    return field


class AfterSaleForm(forms.Form):
    """A new case about an order: its lines bring fields of their own."""

    kind = forms.ChoiceField(
        label=_("What the buyer wants"), choices=AfterSaleKind.choices, widget=forms.RadioSelect, initial="return"
    )
    amount = forms.DecimalField(
        label=_("Amount asked, yuan"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=_("Empty takes what was paid for the pieces; for a price difference give the difference."),
    )
    reason = forms.CharField(
        label=_("Buyer's words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    offer = forms.CharField(
        label=_("The cheaper offer: link and price"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
        help_text=_("For a price difference only; asked for within 7 days of receipt (CAT-082)."),
    )
    asked_at = forms.DateTimeField(
        label=_("Requested at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("Now, if empty."),
    )

    def __init__(self, *args: Any, lines: Sequence[ClaimableLine], **kwargs: Any) -> None:
        """Ask for the pieces of each line, and for what is sent in its place."""
        super().__init__(*args, **kwargs)
        self.lines = lines
        for one in lines:
            self.fields[one.field_name] = _pieces(
                one.left, one.line.title or one.line.code, initial=one.left if len(lines) == 1 else None
            )
            for part in one.parts:
                self.fields[part.field_name] = _pieces(part.left, part.part.sku.name)
            self.fields[one.instead_name] = forms.CharField(
                label=_("Send instead"),
                required=False,
                max_length=64,
                widget=forms.TextInput(attrs={**_QUIET, "class": "input", "aria-label": _("Send instead")}),
            )

    def wish(self, room: Decimal) -> dict[str, Any]:
        """Return what is to be opened, after `is_valid`.

        :raises Refused: if a SKU is not known.
        """
        values = self.cleaned_data
        pieces = {one.line.pk: values[one.field_name] or 0 for one in self.lines}
        kind = values["kind"]
        instead = {
            one.line.pk: _sku(values[one.instead_name])
            for one in self.lines
            if kind in SENT_KINDS and pieces[one.line.pk] and values[one.instead_name]
        }
        parts = {part: values[part.field_name] or 0 for one in self.lines for part in one.parts}
        share = sum((paid_each(one.line) * pieces[one.line.pk] for one in self.lines), Decimal(0))
        share += sum((part.share * count for part, count in parts.items()), Decimal(0))
        amount = values["amount"]
        if amount is None or kind not in PAID_KINDS:
            amount = usual_amount(kind, share, room)
        is_difference = kind == AfterSaleKind.PRICE_MATCH
        reason = " ".join(filter(None, (values["offer"] if is_difference else "", values["reason"])))
        return {
            "kind": kind,
            "lines": {} if is_difference else pieces,
            "parts": {} if is_difference else {_key(part): count for part, count in parts.items()},
            "amount": amount,
            "reason": reason,
            "instead": instead,
            "asked_at": values["asked_at"],
        }

    def check_asked(self, at: datetime) -> None:
        """Refuse a moment in the future.

        :raises Refused: if it is.
        """
        asked = self.cleaned_data["asked_at"]
        if asked is not None and asked > at:
            raise Refused(_("The buyer cannot have asked in the future."))


def _key(part: ClaimablePart) -> tuple[int, int]:
    return part.line.pk, part.part.sku.pk


class AnswerForm(forms.Form):
    """What the buyer is told."""

    answer = forms.CharField(label=_("Answer to the buyer"), max_length=300, required=False)


class WhyForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=_QUIET))


class NoteForm(forms.Form):
    """A word about it."""

    reason = forms.CharField(label=_("Remark"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))


class VerdictForm(WhyForm):
    """How the platform decided."""

    verdict = forms.ChoiceField(
        label=_("Decided"), choices=(("buyer", _("for the buyer")), ("shop", _("for the shop")))
    )
    field_order = ("verdict", "reason")


class HandOnForm(forms.Form):
    """To whom a case goes."""

    to = forms.ModelChoiceField(Employee.objects.none(), label=_("Pass to"))
    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer who may handle cases."""
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people_who_may("service.handle_aftersale").order_by("name")  # type: ignore[attr-defined]  # a model choice


class ReturnWaybillForm(forms.Form):
    """Under which waybill the buyer sends the goods."""

    waybill = forms.CharField(label=_("Return waybill"), max_length=40, widget=forms.TextInput(attrs=_QUIET))
    carrier = forms.CharField(
        label=_("Carrier"), max_length=40, required=False, widget=forms.TextInput(attrs={"list": "carrier-names"})
    )


class AmountForm(forms.Form):
    """How much, and a word about it."""

    amount = forms.DecimalField(label=_("Amount, yuan"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    reason = forms.CharField(label=_("Remark"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET))


class ChangeForm(forms.Form):
    """What is corrected."""

    amount = forms.DecimalField(
        label=_("Amount asked, yuan"), min_value=Decimal(0), max_digits=12, decimal_places=2, required=False
    )
    times_out_at = forms.DateTimeField(
        label=_("The platform decides at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)


class SendForm(forms.Form):
    """Which SKU is sent for each line of a case."""

    def __init__(self, *args: Any, case: AfterSale | None = None, **kwargs: Any) -> None:
        """Ask for a merchant code a line; its own where nothing else was wished."""
        super().__init__(*args, **kwargs)
        for line in case.lines.select_related("sku", "instead", "order_line") if case else ():
            shown = line.instead or line.sku
            title = line.sku.name if line.is_part and line.sku else line.order_line.title
            self.fields[f"sku_{line.pk}"] = forms.CharField(
                label=f"{title[:30]} ×{line.quantity}",
                initial=shown.code if shown else "",
                max_length=64,
                required=False,
                widget=forms.TextInput(attrs=_QUIET),
            )

    def chosen(self) -> dict[int, Sku]:
        """Return line → SKU to be sent, after `is_valid`.

        :raises Refused: if a SKU is not known.
        """
        return {
            int(name.removeprefix("sku_")): _sku(code)
            for name, code in self.cleaned_data.items()
            if name.startswith("sku_") and code
        }


class CauseForm(forms.Form):
    """What caused a case, whose step it was, how it came and what it cost."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Cause.choices)
    culprit = forms.ModelChoiceField(
        Employee.objects.none(), label=_("Whose step it was"), required=False, empty_label=_("nobody here")
    )
    text = forms.CharField(label=_("How it came"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    goods = forms.DecimalField(label=_("goods lost, yuan"), min_value=Decimal(0), max_digits=12, decimal_places=2)
    postage = forms.DecimalField(label=_("Postage, yuan"), min_value=Decimal(0), max_digits=12, decimal_places=2)
    compensation = forms.DecimalField(
        label=_("compensation, yuan"), min_value=Decimal(0), max_digits=12, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who works here."""
        super().__init__(*args, **kwargs)
        self.fields["culprit"].queryset = Employee.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]  # a model choice


class ArrivalForm(forms.Form):
    """A parcel at the return desk."""

    waybill = forms.CharField(label=_("Waybill"), max_length=40, widget=forms.TextInput(attrs=_QUIET))
    case = forms.ModelChoiceField(
        AfterSale.objects.none(), to_field_name="number", required=False, widget=forms.HiddenInput
    )
    carrier = forms.CharField(label=_("Carrier"), max_length=40, required=False)
    content = forms.CharField(
        label=_("What is in it"), max_length=300, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    photo = forms.FileField(label=_("Photo"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Look cases up by number."""
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = AfterSale.objects.select_related("order")  # type: ignore[attr-defined]  # a model choice


class MatchForm(forms.Form):
    """To which case a parcel belongs."""

    case = forms.CharField(label=_("Case, order or refund number"), max_length=40, widget=forms.TextInput(attrs=_QUIET))

    def found(self) -> AfterSale:
        """Return the case, after `is_valid`: by its number, or the only one of an order or refund that awaits goods.

        :raises Refused: if there is none, or several.
        """
        number = self.cleaned_data["case"].strip().upper()
        cases = AfterSale.objects.select_related("order").filter(
            Q(number=number) | Q(platform_number=number) | Q(order__number=number)
        )
        found = list(cases.order_by("-asked_at")[:SEVERAL])
        awaited = [case for case in found if takes_parcels(case)] if len(found) > 1 else found
        if not awaited:
            raise Refused(sentence(_("There is no case “%(number)s”."), number=number[:20]))
        if len(awaited) > 1:
            raise Refused(sentence(_("%(number)s has several cases; give the number of the case."), number=number[:20]))
        return awaited[0]


def refund_initial(case: AfterSale) -> dict[str, Any]:
    """Return what the refund form offers: what was asked for, never more than is left."""
    return {"amount": min(case.amount, max(room_for_refund(case.order, but=case), Decimal(0)))}


def carrier_names() -> list[str]:
    """Return the carriers people may choose from."""
    return list(Carrier.objects.filter(is_active=True).values_list("name", flat=True))


def goods_come_back(case: AfterSale) -> bool:
    """Say whether the buyer's waybill is wanted."""
    return case.state in {AfterSaleState.AGREED, AfterSaleState.ON_THE_WAY}
