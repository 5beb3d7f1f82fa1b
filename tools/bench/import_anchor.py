"""The anchor of imports: csv.reader, COPY into temporary tables, upsert. No checks, no damage found, nothing logged.

It fills every column of orders and lines that such a file can fill without a thought, in the same tables with the
same indexes and foreign keys, in one transaction.
"""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction

from staff.models import Shop
from tools.bench.imports import csv_rows

STATUS = """CASE status WHEN '等待买家付款' THEN 'unpaid' WHEN '买家已付款，等待卖家发货' THEN 'paid'
 WHEN '卖家已发货，等待买家确认' THEN 'shipped' WHEN '交易成功' THEN 'success' ELSE 'closed' END"""
STATE = """CASE status WHEN '等待买家付款' THEN 'unpaid' WHEN '买家已付款，等待卖家发货' THEN 'review'
 WHEN '卖家已发货，等待买家确认' THEN 'shipped' WHEN '交易成功' THEN 'completed' ELSE 'closed' END"""

UPSERT_ORDERS = f"""
INSERT INTO orders_order (shop_id, number, part, parts, state, platform_status, buyer_nick, buyer_account,
    receiver_name, receiver_phone, phone_tail, province, city, district, address, postcode, goods_amount, postage,
    total, paid, refund, pieces, kinds, summary, placed_at, paid_at,
    buyer_message, seller_memo, remark, flag, tags, troubles, is_blocked,
    is_short, hold_reason, carrier_name, waybill, extra)
SELECT %(shop)s, number, 1, 1, {STATE}, {STATUS}, nick, account, receiver, ltrim(phone, ''''), right(phone, 4),
    split_part(address, ' ', 1), split_part(address, ' ', 2), split_part(address, ' ', 3), split_part(address, ' ', 4),
    '', goods::numeric, postage::numeric, total::numeric, paid::numeric, refund::numeric, pieces::int, kinds::int,
    left(title, 300), (placed || '+08')::timestamptz, (nullif(paid_at, '') || '+08')::timestamptz, message, memo, '', 0,
    '{{}}', '{{}}', false, false, '', carrier, ltrim(waybill, 'No:'), '{{}}'
FROM anchor_orders
ON CONFLICT (number, shop_id, part) DO UPDATE SET state = EXCLUDED.state, platform_status = EXCLUDED.platform_status,
    receiver_name = EXCLUDED.receiver_name, receiver_phone = EXCLUDED.receiver_phone, address = EXCLUDED.address,
    goods_amount = EXCLUDED.goods_amount, total = EXCLUDED.total, paid = EXCLUDED.paid, refund = EXCLUDED.refund,
    paid_at = EXCLUDED.paid_at, seller_memo = EXCLUDED.seller_memo, waybill = EXCLUDED.waybill
"""

UPSERT_LINES = f"""
INSERT INTO orders_orderline (order_id, key, kind, platform_item, code, title, attributes, quantity, away, list_price,
    paid, is_paid_given, status, refund_status, refund, remark, extra)
SELECT o.id, l.code || '#' || l.row, 'sale', '', l.code, l.title, l.attributes, l.quantity::int, 0, l.price::numeric, 0,
    false, {STATUS}, '', 0, l.note, '{{}}'
FROM anchor_lines l JOIN orders_order o ON o.number = l.number AND o.shop_id = %(shop)s AND o.part = 1
ON CONFLICT (order_id, key) DO UPDATE SET status = EXCLUDED.status, quantity = EXCLUDED.quantity
"""

ORDER_CELLS = {
    "number": 0,
    "nick": 1,
    "account": 2,
    "goods": 3,
    "postage": 4,
    "total": 6,
    "paid": 8,
    "status": 10,
    "message": 11,
    "receiver": 12,
    "address": 13,
    "phone": 16,
    "placed": 17,
    "paid_at": 18,
    "title": 19,
    "kinds": 20,
    "waybill": 21,
    "carrier": 22,
    "memo": 23,
    "pieces": 24,
    "refund": 44,
}
LINE_CELLS = {"number": 0, "title": 1, "price": 2, "quantity": 3, "attributes": 5, "note": 7, "status": 8, "code": 9}


def anchor_import(orders: Path, lines: Path) -> None:
    """Import the pair the plain way."""
    with transaction.atomic(), connection.cursor() as cursor:
        shop, _made = Shop.objects.get_or_create(name="anchor")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(f"CREATE TEMPORARY TABLE anchor_orders ({' text, '.join(ORDER_CELLS)} text) ON COMMIT DROP")
        cursor.execute(
            f"CREATE TEMPORARY TABLE anchor_lines (row int, {' text, '.join(LINE_CELLS)} text) ON COMMIT DROP"
        )
        places = tuple(ORDER_CELLS.values())
        with cursor.copy("COPY anchor_orders FROM STDIN") as copy:
            for row in csv_rows(orders):
                copy.write_row([row[place] for place in places])
        places = tuple(LINE_CELLS.values())
        with cursor.copy("COPY anchor_lines FROM STDIN") as copy:
            for number, row in enumerate(csv_rows(lines)):
                copy.write_row([number, *(row[place] for place in places)])
        cursor.execute("ANALYZE anchor_orders (number)")
        cursor.execute(UPSERT_ORDERS, {"shop": shop.pk})
        cursor.execute("ANALYZE orders_order (id, number, shop_id, part)")
        cursor.execute(UPSERT_LINES, {"shop": shop.pk})
