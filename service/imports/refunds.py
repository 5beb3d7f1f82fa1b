"""The refund list of the seller centre: cases made and followed by their refund number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from service.actions.platform_refunds import PlatformRefund, follow_platform, open_as_on_platform
from service.imports.registry import Field, Peek, Upload, register_reader
from service.imports.running import Run
from service.models import AfterSale
from service.queries.claimable import ClaimableLine, claimable_lines
from service.states import AfterSaleKind, FileKind
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.taobao.chunks import Chunk
from shopops.taobao.columns import REFUND_FIELDS, ReportKind
from shopops.taobao.complaints import Severity
from shopops.taobao.reports import Report, open_mapped_report, open_report

KINDS: tuple[tuple[str, AfterSaleKind], ...] = (
    ("差价", AfterSaleKind.REFUND),
    ("换", AfterSaleKind.EXCHANGE),
    ("维修", AfterSaleKind.REPAIR),
    ("补", AfterSaleKind.RESEND),
    ("退货", AfterSaleKind.RETURN),
)
"""What the platform calls the kinds; the first word found counts, anything else is a refund without goods."""
NOT_DISPUTED = ("", "未介入", "无需介入", "不需要客服介入", "无", "否")
FIELDS = (
    "refund_number",
    "order_number",
    "outer_code",
    "title",
    "requested_at",
    "due_at",
    "finished_at",
    "refund_amount",
    "refund_status",
    "after_sales_type",
    "platform_involved",
    "reason",
    "explanation",
    "waybill",
    "carrier",
)
LABELS = {
    "refund_number": _("refund number"),
    "order_number": _("order number"),
    "outer_code": _("merchant code"),
    "title": _("listing title"),
    "requested_at": _("requested at"),
    "due_at": _("platform decides at"),
    "finished_at": _("refund ended at"),
    "refund_amount": _("refund asked, yuan"),
    "refund_status": _("refund status"),
    "after_sales_type": _("what the buyer wants"),
    "platform_involved": _("platform's service"),
    "reason": _("buyer's reason"),
    "explanation": _("buyer's explanation"),
    "waybill": _("return waybill"),
    "carrier": _("carrier"),
}
NEEDED = ("refund_number", "order_number", "refund_amount", "refund_status")


def recognises(peek: Peek) -> bool:
    """Say whether a file is a refund list."""
    return peek.has_columns("退款编号", "退款状态")


def load(run: Run) -> None:
    """Read every file; each row becomes a case, or moves the case of its refund number on.

    :raises Refused: if a file is no refund list, or its numbers are damaged.
    """
    run.counts |= {"new": 0, "changed": 0, "unchanged": 0}
    for upload in run.uploads:
        report = _opened(upload, run.mapping)
        done = 0
        for chunk in report.chunks():
            _complain(run, upload, report, chunk)
            _take(run, upload, report, chunk)
            done += len(chunk) + len(chunk.rejected)
            run.step(done, done, upload.name)
        for problem in report.problems:
            run.complain(upload.name, problem.row, problem.column, problem.message)


def _opened(upload: Upload, mapping: Mapping[str, str]) -> Report:
    if mapping:
        return open_mapped_report(upload.path, name=upload.name, kind=ReportKind.REFUNDS, headers=mapping)
    return open_report(upload.path, name=upload.name, kind=ReportKind.REFUNDS)


def _complain(run: Run, upload: Upload, report: Report, chunk: Chunk) -> None:
    for row in chunk.rejected:
        first = row.reasons[0]
        run.reject(upload.name, report.header, row.cells, first.message, row=row.row, column=first.column)
    for one in chunk.complaints:
        if one.severity is Severity.WARN:
            run.complain(upload.name, one.row, one.column, one.message)


def _take(run: Run, upload: Upload, report: Report, chunk: Chunk) -> None:
    rows = [dict(zip(FIELDS, values, strict=True)) for values in chunk.rows(FIELDS)]
    numbers = {str(row["refund_number"]) for row in rows}
    cases = {
        case.platform_number: case
        for case in AfterSale.objects.filter(platform_number__in=numbers).select_related("order")
    }
    orders = _orders(run, {str(row["order_number"]) for row in rows})
    for number, row in zip(chunk.numbers, rows, strict=True):
        try:
            with transaction.atomic():
                _one(run, row, cases, orders)
        except Refused as refusal:
            cases.pop(str(row["refund_number"]), None)
            cells = [str(row.get(name) or "") for name in FIELDS]
            header = [report.header_of(name) for name in FIELDS]
            run.reject(upload.name, header, cells, refusal.sentence, row=number)


def _orders(run: Run, numbers: Iterable[str]) -> dict[str, Order]:
    found = Order.objects.filter(number__in=set(numbers), part=1).select_related("shop").order_by("pk")
    if run.shop is not None:
        found = found.filter(shop=run.shop)
    return {order.number: order for order in found}


def _one(run: Run, row: Mapping[str, Any], cases: dict[str, AfterSale], orders: Mapping[str, Order]) -> None:
    """Take one row.

    :raises Refused: if its order is not known, or it cannot be.
    """
    number = str(row["refund_number"])
    known = cases.get(number)
    order = known.order if known is not None else orders.get(str(row["order_number"]))
    if order is None:
        raise Refused(
            sentence(_("Order %(number)s is not known; import the orders first."), number=row["order_number"])
        )
    told = _told(run, row, order, is_new=known is None)
    if known is not None:
        changed = follow_platform(known, told, by=run.by, at=run.at)
        run.counts["changed" if changed else "unchanged"] += 1
        if changed:
            _since(run, told.finished_at or known.asked_at)
        return
    cases[number] = open_as_on_platform(order, told, batch=run.batch, by=run.by, at=run.at)
    run.counts["new"] += 1
    _since(run, cases[number].asked_at)


def _since(run: Run, moment: datetime) -> None:
    day = shop_day(moment)
    run.first_day = day if run.first_day is None else min(run.first_day, day)


def _told(run: Run, row: Mapping[str, Any], order: Order, *, is_new: bool) -> PlatformRefund:
    amount = Decimal(row["refund_amount"] or 0)
    kind = kind_called(str(row["after_sales_type"] or ""), has_waybill=bool(row["waybill"]))
    asked = _moment(row["requested_at"])
    reason = " ".join(filter(None, (row["reason"], row["explanation"])))
    involved = "".join(str(row["platform_involved"] or "").split())
    return PlatformRefund(
        number=str(row["refund_number"]),
        kind=kind,
        status=str(row["refund_status"] or ""),
        amount=amount,
        asked_at=min(asked, run.at) if asked else None,
        due_at=_moment(row["due_at"]),
        finished_at=_moment(row["finished_at"]),
        reason=reason[:300],
        waybill=str(row["waybill"] or ""),
        carrier=str(row["carrier"] or ""),
        is_disputed="介入" in involved and involved not in NOT_DISPUTED and "未" not in involved,
        pieces=pieces_meant(order, str(row["outer_code"] or ""), str(row["title"] or ""), amount) if is_new else {},
    )


def kind_called(word: str, *, has_waybill: bool) -> AfterSaleKind:
    """Return the kind of the platform's word; without one, goods that come back tell."""
    found = next((kind for part, kind in KINDS if part in word), None)
    if found is not None:
        return found
    return AfterSaleKind.RETURN if has_waybill and "仅" not in word else AfterSaleKind.REFUND


def pieces_meant(order: Order, code: str, title: str, amount: Decimal) -> dict[int, int]:
    """Return the pieces a refund is about: of the line with that code or title, as many as the amount pays for.

    The file names no line number; where nothing is left to claim of the line, the refund is about money only.
    """
    lines = [line for line in claimable_lines(order) if line.left]
    meant = [one for one in lines if _is_meant(one, code, title)] or (lines if len(lines) == 1 else [])
    if not meant:
        return {}
    line = meant[0]
    pieces = round(amount / line.share) if line.share else line.left
    return {line.line.pk: max(1, min(pieces, line.left))}


def _is_meant(one: ClaimableLine, code: str, title: str) -> bool:
    names = {one.line.code, one.line.sku.code if one.line.sku else ""} - {""}
    return (bool(code) and code in names) or (bool(title) and one.line.title == title)


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


_GUESSES = {known.name: known.headers for known in REFUND_FIELDS}
register_reader(
    FileKind.REFUNDS,
    recognises=recognises,
    load=load,
    fields=tuple(Field(name, LABELS[name], name in NEEDED, _GUESSES[name]) for name in FIELDS),
)
