"""Which shop the rows belong to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from staff.actions.events import record
from staff.models import Employee, Shop
from staff.states import Platform

TMALL_ENDS = ("旗舰店", "专卖店", "专营店")
"""Only shops on Tmall may be called so."""


def settle_shops(names: Iterable[str], *, chosen: Shop | str | None, by: Employee | None, at: datetime) -> list[Shop]:
    """Fill `import_shops` with the shop of each name in the files, and of rows that name none; return the new shops.

    A shop somebody has chosen takes all rows. Otherwise a named shop is made at first sight, and rows without a name
    belong to the one shop the files name, else to the first shop there is.
    """
    named = sorted({name for name in names if name})
    new: list[Shop] = []
    if isinstance(chosen, str) and chosen:
        chosen, made = _shop(chosen, by=by, at=at)
        new += [chosen] if made else []
    if isinstance(chosen, Shop):
        shops = dict.fromkeys(["", *named], chosen)
    else:
        shops = {}
        for name in named:
            shops[name], made = _shop(name, by=by, at=at)
            new += [shops[name]] if made else []
        rest = shops[named[0]] if len(named) == 1 else Shop.objects.order_by("-is_open", "pk").first()
        if rest is None:
            rest, made = _shop(_("My shop"), by=by, at=at)
            new += [rest] if made else []
        shops[""] = rest
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_shops")
        cursor.execute("CREATE TEMPORARY TABLE import_shops (name text PRIMARY KEY, id bigint, is_named boolean)")
        cursor.executemany(
            "INSERT INTO import_shops VALUES (%s, %s, %s)",
            [(name, shop.pk, bool(name) or isinstance(chosen, Shop)) for name, shop in shops.items()],
        )
    return new


def _shop(name: str, *, by: Employee | None, at: datetime) -> tuple[Shop, bool]:
    """Return the shop of that name, made if there is none."""
    platform = Platform.TMALL if name.endswith(TMALL_ENDS) else Platform.TAOBAO
    shop, made = Shop.objects.get_or_create(name=name.strip()[:100], defaults={"platform": platform})
    if made:
        record("orders.shop_first_seen", shop, by=by, at=at)
    return shop, made
