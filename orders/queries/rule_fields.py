"""The conditions of review rules as their form offers them: first what is looked at, then how it is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from orders.queries.rule_words import TESTS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


@dataclass(frozen=True)
class Field:
    """Something about an order, and the tests that look at it: key of the test → how the comparison reads."""

    label: Words
    tests: Mapping[str, Words]

    @property
    def group(self) -> Words:
        """Return the heading the field stands under."""
        return TESTS[next(iter(self.tests))].group


_BOUNDS = (_("at least"), _("at most"))

FIELDS: Mapping[str, Field] = {
    "amount": Field(_("Paid amount"), dict(zip(("amount_at_least", "amount_at_most"), _BOUNDS, strict=True))),
    "pieces": Field(_("Pieces"), dict(zip(("pieces_at_least", "pieces_at_most"), _BOUNDS, strict=True))),
    "lines": Field(_("Kinds of goods"), dict(zip(("lines_at_least", "lines_at_most"), _BOUNDS, strict=True))),
    "sku": Field(
        _("SKUs"),
        {"sku_any": _("has one of"), "sku_none": _("has none of"), "sku_only": _("has nothing but")},
    ),
    "stock": Field(_("Stock"), {"not_short": _("all is in stock"), "short": _("something is out of stock")}),
    "province": Field(_("Province"), {"province_any": _("is one of")}),
    "city": Field(_("City"), {"city_any": _("is one of")}),
    "remote": Field(_("Remote address"), {"remote": _("yes"), "not_remote": _("no")}),
    "message": Field(
        _("Buyer's message"),
        {"message_contains": _("contains one of"), "message_empty": _("is empty"), "message_filled": _("is not empty")},
    ),
    "memo": Field(
        _("Seller's memo"),
        {
            "memo_contains": _("contains one of"),
            "memo_lacks": _("contains none of"),
            "memo_empty": _("is empty"),
            "memo_filled": _("is not empty"),
        },
    ),
    "flag": Field(_("Flag"), {"flag_any": _("is one of")}),
    "tag": Field(_("Tags"), {"tag_any": _("has one of"), "tag_none": _("has none of")}),
    "trouble": Field(_("Exceptions"), {"trouble_none": _("has none at all"), "trouble_any": _("has one of")}),
    "buyer": Field(_("Buyer"), {"buyer_new": _("is new"), "buyer_returning": _("has bought before")}),
    "hour": Field(_("Hour of payment"), {"hour_between": _("is between")}),
    "shop": Field(_("Shop"), {"shop_any": _("is one of")}),
}

FIELD_OF: Mapping[str, str] = {test: name for name, field in FIELDS.items() for test in field.tests}
"""From a test to the field it looks at."""


def fields_by_group() -> list[tuple[str, list[tuple[str, Words]]]]:
    """Return the fields under their headings, as a choice draws them."""
    groups: dict[str, list[tuple[str, Words]]] = {}
    for name, field in FIELDS.items():
        groups.setdefault(str(field.group), []).append((name, field.label))
    return list(groups.items())


def fitting_test(field: str, test: str) -> str:
    """Return the test if it looks at the field, else the field's first; an unknown field counts as the first."""
    found = FIELDS.get(field) or next(iter(FIELDS.values()))
    return test if test in found.tests else next(iter(found.tests))
