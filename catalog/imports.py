"""A table of goods from a spreadsheet: merchant code, name, attributes, barcode, weight, cost, lowest price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.actions.skus import add_sku, change_sku
from catalog.models import Sku
from shopops.kit.refusals import Refused
from shopops.kit.spreadsheets import cell_text, open_spreadsheet
from staff.models import Employee

NAMES = {
    "code": ("商家编码", "商品编码", "规格编码", "sku编码", "sku", "货号", "merchantcode", "code"),
    "name": ("名称", "商品名称", "宝贝名称", "品名", "款名", "name"),
    "attributes": ("属性", "规格", "规格属性", "颜色规格", "商品属性", "attributes"),
    "barcode": ("条码", "条形码", "商品条码", "barcode"),
    "weight_g": ("重量", "重量g", "重量(克)", "重量（克）", "重量,g", "weight", "weightg", "weight,g"),
    "cost": ("成本", "成本价", "进价", "cost", "cost,yuan"),
    "floor_price": ("最低价", "最低售价", "限价", "lowestprice", "floorprice", "lowestprice,yuan"),
}
LENGTHS = {"code": 64, "name": 200, "attributes": 200, "barcode": 64}
MOST_COMPLAINTS = 300
_DIGITS = re.compile(r"\d{1,7}(?:\.0+)?")


@dataclass
class GoodsImport:
    """What was made of a table."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    complaints: list[dict[str, Any]] = field(default_factory=list)

    def complain(self, row: int, text: str) -> None:
        """Keep a complaint; of very many only the first."""
        self.refused += 1
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append({"row": row, "text": text})


@transaction.atomic
def import_goods(path: Path, *, name: str, by: Employee | None, at: datetime) -> GoodsImport:
    """Take a table of goods: new SKUs are added, known ones changed where the table says something else.

    Columns are known by their usual names, in any order; cells left empty change nothing.

    :raises Refused: if it is no spreadsheet or has no column of merchant codes; nothing is taken then.
    """
    result = GoodsImport()
    seen: dict[str, int] = {}
    for number, values in _rows(path, name):
        code = values.pop("code", "")
        if not code:
            result.complain(number, _("there is no merchant code"))
            continue
        if code in seen:
            result.complain(
                number,
                _("the merchant code %(code)s stands in row %(row)s already") % {"code": code, "row": seen[code]},
            )
            continue
        seen[code] = number
        try:
            _take(code, _understood(values), result, by=by, at=at)
        except (Refused, ValueError) as error:
            result.complain(number, str(error))
    return result


def _take(code: str, values: dict[str, Any], result: GoodsImport, *, by: Employee | None, at: datetime) -> None:
    sku = Sku.objects.filter(code=code).first()
    if sku is None:
        if not values.get("name"):
            raise ValueError(_("%(code)s is new and has no name") % {"code": code})
        add_sku({"code": code, **values}, by=by, at=at)
        result.new += 1
    elif change_sku(sku, values, by=by, at=at):
        result.changed += 1
    else:
        result.unchanged += 1


def _rows(path: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Give (row of the sheet, field → text) of the first sheet."""
    sheet = open_spreadsheet(path, name=name)[0]
    columns: dict[int, str] | None = None
    for batch in sheet.batches():
        for number, row in enumerate(batch.rows, start=batch.first):
            texts = [cell_text(cell).strip() for cell in row]
            if not any(texts):
                continue
            if columns is None:
                columns = _columns(texts)
                continue
            yield number, {columns[place]: text for place, text in enumerate(texts) if place in columns and text}
    if columns is None:
        raise Refused(_("The table is empty."))


def _columns(header: list[str]) -> dict[int, str]:
    known = {alias: key for key, aliases in NAMES.items() for alias in aliases}
    found: dict[int, str] = {}
    for place, text in enumerate(header):
        key = known.get("".join(text.lower().split()))
        if key and key not in found.values():
            found[place] = key
    if "code" not in found.values():
        raise Refused(_("The first row names no column of merchant codes (商家编码)."))
    return found


def _understood(values: dict[str, str]) -> dict[str, Any]:
    """Turn texts into values.

    :raises ValueError: with a sentence, if one is not what its column wants.
    """
    found: dict[str, Any] = {}
    for key, text in values.items():
        if key == "weight_g":
            if not _DIGITS.fullmatch(text):
                raise ValueError(_("“%(text)s” is no weight in g") % {"text": text[:30]})
            found[key] = int(text.partition(".")[0])
        elif key in {"cost", "floor_price"}:
            found[key] = _yuan(text)
        else:
            found[key] = text[: LENGTHS[key]]
    return found


def _yuan(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "").lstrip("¥￥"))
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is no amount") % {"text": text[:30]}) from None
    if not amount.is_finite() or not 0 <= amount < 10**11:
        raise ValueError(_("“%(text)s” is no amount") % {"text": text[:30]})
    return amount.quantize(Decimal("0.01"))
