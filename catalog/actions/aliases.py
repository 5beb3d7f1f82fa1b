"""What the platform calls a SKU: remembered, and forgotten again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku, SkuAlias
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee, Shop


@transaction.atomic
def remember_alias(sku: Sku, shop: Shop, code: str, *, by: Employee | None, at: datetime) -> SkuAlias:
    """Remember that a shop calls a SKU so.

    :raises Refused: if there is no name, or the shop calls another SKU so.
    """
    code = code.strip()[:200]
    if not code:
        raise Refused(_("What is it called on the platform?"))
    alias, is_new = SkuAlias.objects.get_or_create(
        shop=shop, code=code, defaults={"sku": sku, "remembered_by": by, "remembered_at": at}
    )
    if alias.sku_id != sku.pk:
        raise Refused(
            sentence(
                _("In %(shop)s “%(code)s” is %(sku)s already; forget that first."), shop=shop, code=code, sku=alias.sku
            )
        )
    if is_new:
        record("catalog.alias_remembered", sku, by=by, at=at, changes={"code": ("", f"{shop}: {code}")})
    return alias


@transaction.atomic
def forget_alias(alias: SkuAlias, *, by: Employee | None, at: datetime) -> None:
    """Forget what a shop calls a SKU; later imports ask again."""
    record("catalog.alias_forgotten", alias.sku, by=by, at=at, changes={"code": (f"{alias.shop}: {alias.code}", "")})
    alias.delete()
