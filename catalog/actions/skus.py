"""SKUs: add, change, say what a bundle is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import BundlePart, Sku
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee

FIELDS = frozenset(
    {
        "code",
        "barcode",
        "name",
        "attributes",
        "weight_g",
        "cost",
        "floor_price",
        "picture",
        "is_bundle",
        "is_gift",
        "is_active",
    }
)


@transaction.atomic
def add_sku(values: Mapping[str, Any], *, by: Employee | None, at: datetime) -> Sku:
    """Add a SKU.

    :raises Refused: if another has its merchant code or barcode.
    """
    sku = Sku(**{name: values[name] for name in FIELDS & set(values)})
    _save(sku)
    record("catalog.sku_added", sku, by=by, at=at)
    return sku


@transaction.atomic
def change_sku(sku: Sku, values: Mapping[str, Any], *, by: Employee | None, at: datetime) -> bool:
    """Change a SKU; say whether there was anything to change.

    :raises Refused: if another has its merchant code or barcode.
    """
    found = Sku.objects.select_for_update(no_key=True).get(pk=sku.pk)
    changes = {
        name: (getattr(found, name), values[name])
        for name in sorted(FIELDS & set(values))
        if getattr(found, name) != values[name]
    }
    for name, (_before, after) in changes.items():
        setattr(sku, name, after)
    if not changes:
        return False
    _save(sku)
    record("catalog.sku_changed", sku, by=by, at=at, changes=changes)
    return True


@transaction.atomic
def set_parts(bundle: Sku, parts: Mapping[int, int], *, by: Employee | None, at: datetime) -> None:
    """Say what a bundle is made of: SKU id → pieces. A bundle is made of plain SKUs only.

    :raises Refused: if it is no bundle, has no parts, or a part is a bundle.
    """
    if not bundle.is_bundle:
        raise Refused(sentence(_("%(sku)s is no bundle."), sku=bundle.code))
    if not parts:
        raise Refused(_("A bundle wants at least one part."))
    found = Sku.objects.in_bulk(parts)
    for key, quantity in parts.items():
        part = found.get(key)
        if part is None or quantity < 1:
            raise Refused(_("A part wants a SKU and a number of pieces."))
        if part.is_bundle:
            raise Refused(sentence(_("%(sku)s is a bundle itself; name its parts."), sku=part.code))
    before = _parts_in_words(bundle)
    BundlePart.objects.filter(bundle=bundle).exclude(part_id__in=parts).delete()
    for key, quantity in parts.items():
        BundlePart.objects.update_or_create(bundle=bundle, part=found[key], defaults={"quantity": quantity})
    after = _parts_in_words(bundle)
    if before != after:
        record("catalog.bundle_changed", bundle, by=by, at=at, changes={"parts": (before, after)})


def _parts_in_words(bundle: Sku) -> str:
    rows = BundlePart.objects.filter(bundle=bundle).order_by("part__code").values_list("part__code", "quantity")
    return "；".join(f"{code} ×{quantity}" for code, quantity in rows)


def _save(sku: Sku) -> None:
    try:
        with transaction.atomic():
            sku.save()
    except IntegrityError:
        other = Sku.objects.filter(code=sku.code).exclude(pk=sku.pk).exists()
        text = _("There is a SKU with the merchant code %(code)s already.") if other else None
        raise Refused(
            sentence(text or _("Another SKU has the barcode %(barcode)s."), code=sku.code, barcode=sku.barcode)
        ) from None
