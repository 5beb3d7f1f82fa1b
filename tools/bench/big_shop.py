"""A shop of a million orders for the benches that read: half a year of sales, written by the database itself.

About one order in twenty-four is open; text, prices and gaps are spread as in a real shop, rows lie in the order in
which they came. Indexes and foreign keys of the two big tables are put away while they are filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

DAYS = 180
SKUS = 20_000
BUYERS = 300_000
SHOPS = ("云杉家居旗舰店", "云杉家居专营店", "云杉生活企业店")

FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜敏静丽强磊军洋勇艳"
PROVINCES = "'{浙江省,广东省,江苏省,山东省,四川省,河南省,湖北省,北京,上海,福建省}'::text[]"
CITIES = "'{杭州市,广州市,南京市,济南市,成都市,郑州市,武汉市,北京市,上海市,厦门市}'::text[]"
DISTRICTS = "'{西湖区,天河区,鼓楼区,历下区,锦江区,金水区,武昌区,朝阳区,浦东新区,思明区}'::text[]"
REVIEWED = "state IN ('approved', 'shipped', 'signed', 'completed')"
SENT = "state IN ('shipped', 'signed', 'completed')"

# A number between 0 and 1 that depends on the order and on what it is for, so that a column can be computed alone.
_CHANCE = "(hashint8(n * 7919 + {salt}) & 1048575) / 1048576.0"


def chance(salt: int) -> str:
    """Return the SQL of a number between 0 and 1, the same for the same order `n` and salt."""
    return _CHANCE.format(salt=salt)


STATE = f"""CASE
    WHEN age < 4 * 3600 AND c1 < 0.22 THEN 'unpaid'
    WHEN age < 36 * 3600 AND c1 < 0.62 THEN 'review'
    WHEN age < 36 * 3600 AND c1 < 0.66 THEN 'held'
    WHEN age < 36 * 3600 AND c1 < 0.67 THEN 'finance'
    WHEN age < 60 * 3600 AND c1 < 0.86 THEN 'approved'
    WHEN {chance(2)} < 0.07 THEN 'closed'
    WHEN age < 7.5 * 86400 THEN 'shipped'
    WHEN age < 11 * 86400 THEN 'signed'
    ELSE 'completed' END"""

ORDER_VALUES = {
    "shop_id": "(%(shops)s)[1 + (n %% 3)::int]",
    "number": "(4300000000000000000 + n * 7919)::text",
    "part": "1",
    "parts": "1",
    "state": "state",
    "platform_status": """CASE WHEN state IN ('unpaid', 'closed') THEN state WHEN state = 'completed' THEN 'success'
        WHEN state IN ('shipped', 'signed') THEN 'shipped' ELSE 'paid' END""",
    "buyer_nick": "'买家' || buyer || 't'",
    "receiver_name": f"substr('{FAMILY}', 1 + buyer %% 12, 1) || substr('{GIVEN}', 1 + buyer / 12 %% 12, 1)"
    " || substr('文华玉明德海云宁安', 1 + buyer / 144 %% 9, 1)",
    "receiver_phone": "'1' || (3000000000 + buyer::bigint * 23 %% 6999999999)::text",
    "phone_tail": "right((3000000000 + buyer::bigint * 23 %% 6999999999)::text, 4)",
    "province": f"({PROVINCES})[1 + buyer %% 10]",
    "city": f"({CITIES})[1 + buyer %% 10]",
    "district": f"({DISTRICTS})[1 + buyer %% 10]",
    "address": "'文三路' || buyer %% 900 || '号' || buyer %% 30 || '幢' || buyer %% 1800 || '室'",
    "postcode": "(310000 + buyer %% 9999)::text",
    "goods_amount": "amount",
    "total": "amount",
    "paid": "CASE WHEN state = 'unpaid' THEN 0 ELSE amount END",
    "pieces": "pieces",
    "kinds": "lines",
    "summary": "'北欧简约陶瓷马克杯大容量办公室家用' || n %% 20000 || ' ×' || pieces",
    "placed_at": "placed_at",
    "paid_at": "CASE WHEN state <> 'unpaid' THEN placed_at + age_to_pay END",
    "ship_by": "CASE WHEN state NOT IN ('unpaid', 'closed') THEN placed_at + interval '24 hours' END",
    "confirmed_at": f"CASE WHEN {REVIEWED} THEN placed_at + interval '3 hours' END",
    "confirmed_by_id": f"CASE WHEN {REVIEWED} THEN %(by)s::bigint END",
    "shipped_at": f"CASE WHEN {SENT} THEN placed_at + interval '20 hours' END",
    "finished_at": "CASE WHEN state = 'completed' THEN placed_at + interval '9 days' END",
    "buyer_message": f"CASE WHEN {chance(3)} < 0.12 THEN '麻烦尽快发货，送人用的，谢谢 ' || n %% 5000 ELSE '' END",
    "seller_memo": f"CASE WHEN {chance(4)} < 0.08 THEN '老客户，送一张贺卡 ' || n %% 3000 ELSE '' END",
    "remark": "''",
    "flag": f"CASE WHEN {chance(5)} < 0.08 THEN 1 + (n %% 5)::int ELSE 0 END",
    "tags": f"(CASE WHEN {chance(6)} < 0.03 THEN '{{老客}}' ELSE '{{}}' END)::varchar[]",
    "troubles": "(CASE WHEN is_short THEN '{short}' WHEN is_blocked THEN '{address}' ELSE '{}' END)::varchar[]",
    "is_blocked": "is_blocked",
    "is_short": "is_short",
    "held_until": "CASE WHEN state = 'held' THEN %(at)s::timestamptz + interval '1 day' END",
    "hold_reason": "CASE WHEN state = 'held' THEN '等买家改地址' ELSE '' END",
    "carrier_name": f"CASE WHEN {SENT} THEN '中通快递' ELSE '' END",
    "waybill": f"CASE WHEN {SENT} THEN '75' || (10000000000 + n * 31)::text ELSE '' END",
    "digest": "md5(n::text)::uuid",
    "first_batch_id": "%(batch)s",
}
ORDERS = f"""
    SELECT o.*, state = 'review' AND {chance(7)} < 0.05 AS is_short,
           state = 'review' AND {chance(8)} < 0.06 AS is_blocked
    FROM (
        SELECT n, buyer, lines, lines + (hashint8(n) & 1) AS pieces, placed_at, age_to_pay,
               (9.9 + (hashint8(n + 5) & 16383) / 100.0)::numeric(14, 2) AS amount, {STATE} AS state
        FROM (
            SELECT n, {chance(1)} AS c1,
                   ((hashint8(n * 3) & 2147483647) %% %(buyers)s) AS buyer,
                   1 + (({chance(9)}) > 0.55)::int + (({chance(9)}) > 0.85)::int AS lines,
                   extract(epoch FROM %(at)s::timestamptz - placed_at) AS age, placed_at,
                   make_interval(secs => 20 + (hashint8(n + 1) & 511)) AS age_to_pay
            FROM (
                SELECT n, %(first)s::timestamptz + make_interval(secs => %(span)s * (n::float8 / %(last)s)) AS placed_at
                FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n
            ) placed
        ) drawn
    ) o
"""
LINE_VALUES = {
    "order_id": "o.id",
    "key": "o.number || '-' || k",
    "kind": "'sale'",
    "platform_item": "(640000000000 + o.id %% 4000)::text",
    "code": "s.code",
    "title": "s.name",
    "attributes": "s.attributes",
    "sku_id": "s.id",
    "quantity": "CASE WHEN k = 1 THEN 1 + o.pieces - o.kinds ELSE 1 END",
    "list_price": "(o.goods_amount * 1.25 / o.kinds)::numeric(14, 2)",
    "paid": "(o.goods_amount / o.kinds)::numeric(14, 2)",
    "status": "o.platform_status",
    "digest": "md5(o.id::text || k)::uuid",
}
LINES = """
    FROM orders_order o CROSS JOIN LATERAL generate_series(1, o.kinds) k
    JOIN catalog_sku s ON s.id = %(sku)s + ((hashint8(o.id * 10 + k) & 2147483647)
        %% (CASE WHEN (hashint8(o.id) & 7) < 5 THEN 2000 ELSE %(skus)s END))
    WHERE o.id > %(after)s
"""


def make_house(at: datetime) -> Any:
    """Write what orders need: people and roles, shops, SKUs with stock, a batch; return who works there."""
    from django.core.management import call_command

    from catalog.models import Sku
    from orders.models import ImportBatch
    from orders.states import ImportState
    from service.actions.demo.rules import make_rules
    from shopops.kit.copying import copy_in
    from staff.actions.people import make_demo_people
    from staff.models import Employee, Shop
    from warehouse.models import StockBalance, Warehouse

    call_command("setup_roles", verbosity=0)
    call_command("load_carriers", verbosity=0)
    make_demo_people(at=at)
    make_rules(at=at)
    person = Employee.objects.get(username="lina")
    for name in SHOPS:
        Shop.objects.create(name=name)
    ImportBatch.objects.create(
        shop=Shop.objects.order_by("pk")[0], state=ImportState.DONE, files=[], digest="bench", started_by=person,
        started_at=at, finished_at=at,
    )  # fmt: skip
    skus = copy_in(
        [
            Sku(
                code=f"MUG-{number:05d}",
                barcode=f"69{number:011d}",
                name=f"北欧陶瓷杯 {number}",
                attributes="颜色:白;容量:400ml",
            )
            for number in range(SKUS)
        ]
    )
    house = Warehouse.objects.order_by("pk")[0]
    copy_in([StockBalance(warehouse=house, sku=sku, on_hand=5_000) for sku in skus])
    return person


def write_orders(begin: int, end: int, *, last: int, at: datetime) -> None:
    """Write the orders numbered `begin` to `end` with their lines; `last` of them would fill the half year.

    :raises ValueError: if `make_house` has not been called.
    """
    from catalog.models import Sku
    from orders.models import ImportBatch, Order, OrderLine
    from staff.models import Employee, Shop

    values = {
        "begin": begin,
        "end": end,
        "last": last,
        "at": at,
        "first": at - timedelta(days=DAYS),
        "span": DAYS * 86400 - 600,
        "buyers": BUYERS,
        "skus": SKUS,
        "sku": Sku.objects.filter(code__startswith="MUG-").order_by("pk").values_list("pk", flat=True)[0],
        "shops": list(Shop.objects.filter(name__in=SHOPS).order_by("pk").values_list("pk", flat=True)),
        "batch": ImportBatch.objects.order_by("pk").values_list("pk", flat=True)[0],
        "by": Employee.objects.get(username="lina").pk,
        "after": Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0,
    }
    with bare_tables("orders_order", "orders_orderline"), connection.cursor() as cursor:
        cursor.execute(*_insert(Order, ORDER_VALUES, f"FROM ({ORDERS}) o", values))
        cursor.execute(*_insert(OrderLine, LINE_VALUES, LINES, values))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE orders_order, orders_orderline, catalog_sku, warehouse_stockbalance")
        cursor.execute("CHECKPOINT")


def empty_orders() -> None:
    """Remove all orders and what hangs on them."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_order RESTART IDENTITY CASCADE")


def _insert(
    model: type[models.Model], expressions: dict[str, str], source: str, values: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the statement that writes the expressions, and every other column at the default of its field."""
    blank = model()
    filled = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.column in expressions:
            continue
        filled[str(field.column)] = field.get_db_prep_save(getattr(blank, field.attname), connection)
    names = [*expressions, *filled]
    selected = [*expressions.values(), *(f"%(blank_{name})s" for name in filled)]
    quoted = ", ".join(map(connection.ops.quote_name, names))
    sql = f"INSERT INTO {model._meta.db_table} ({quoted}) SELECT {', '.join(selected)} {source}"
    return sql, values | {f"blank_{name}": value for name, value in filled.items()}


@contextmanager
def bare_tables(*tables: str) -> Iterator[None]:
    """Put away everything of the tables that makes filling them slow, and make it anew afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u')""",
            [list(tables)],
        )
        constraints: Sequence[tuple[str, str, str]] = cursor.fetchall()
        cursor.execute(
            """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
               WHERE i.indrelid = ANY(%s::regclass[])
                 AND NOT EXISTS (
                     SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))""",
            [list(tables)],
        )
        indexes: Sequence[tuple[str, str]] = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in sorted(constraints, key=lambda one: one[2].startswith("FOREIGN")):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("RESET maintenance_work_mem")
