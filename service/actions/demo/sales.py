"""What buyers did: orders and their lines, with the hours, weekends and the campaign of a believable shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from orders.models import ImportBatch, Order, OrderLine
from orders.states import FlagColour, OrderState, PlatformStatus
from service.actions.demo.buyers import Buyers
from service.actions.demo.goods import Article
from service.actions.demo.words import MEMOS, MESSAGES
from shopops.kit.clock import start_of_day
from shopops.kit.copying import copy_in, give_keys
from staff.models import Shop

HOURS = (2, 1, 1, 0.5, 0.5, 1, 2, 4, 6, 8, 11, 10, 8, 8, 9, 9, 8, 7, 7, 9, 13, 15, 12, 6)
WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.05, 1.2, 1.25)
CAMPAIGN = (11, 11)
CAMPAIGN_FACTOR = 6.0


@dataclass
class Sale:
    """An order on its way through the demo, with what later steps need to know."""

    order: Order
    lines: list[OrderLine]
    articles: list[Article]
    refunded_early: bool = False
    confirmed_by_id: int | None = None
    marks: set[str] = field(default_factory=set)


def orders_a_day(days: list[date], total: int) -> dict[date, int]:
    """Spread the orders over the days: weekends sell more, the campaign day most of all."""
    weights = [WEEKDAYS[day.weekday()] * _campaign(day, days) for day in days]
    shares = [total * weight / sum(weights) for weight in weights]
    counts = [int(share) for share in shares]
    rests = sorted(range(len(days)), key=lambda number: shares[number] - counts[number], reverse=True)
    for number in rests[: total - sum(counts)]:
        counts[number] += 1
    return dict(zip(days, counts, strict=True))


def _campaign(day: date, days: list[date]) -> float:
    """Return how much stronger a campaign makes the day: 11 November, or the middle of a span without one."""
    peak = next((one for one in days if (one.month, one.day) == CAMPAIGN), days[len(days) // 2])
    distance = abs((day - peak).days)
    return {0: CAMPAIGN_FACTOR, 1: 2.2, 2: 1.4}.get(distance, 1.0)


def make_sales(
    *,
    shops: list[Shop],
    articles: list[Article],
    batches: dict[int, ImportBatch],
    days: list[date],
    total: int,
    at: datetime,
    random: Random,
) -> list[Sale]:
    """Make the orders of all days, oldest first, as the platform would have exported them at `at`."""
    buyers = Buyers(random)
    by_shop = {shop.pk: [article for article in articles if article.item.shop_id == shop.pk] for shop in shops}
    sales: list[Sale] = []
    for day, count in orders_a_day(days, total).items():
        moments = sorted(_moment(day, random, at) for _number in range(count))
        for moment in moments:
            shop = shops[0] if random.random() < 0.7 else shops[1]  # noqa: PLR2004 -- seven of ten at the flagship
            sales.append(_sale(shop, by_shop[shop.pk], buyers, batches[shop.pk], moment, at, random, len(sales)))
    return sales


def write_sales(sales: list[Sale]) -> None:
    """Write orders and lines."""
    give_keys([sale.order for sale in sales])
    copy_in([sale.order for sale in sales])
    for sale in sales:
        for line in sale.lines:
            line.order_id = sale.order.pk
    copy_in([line for sale in sales for line in sale.lines])


def _moment(day: date, random: Random, at: datetime) -> datetime:
    """Return when on that day somebody bought, never after `at`."""
    hour = random.choices(range(24), weights=HOURS)[0]
    moment = start_of_day(day) + timedelta(hours=hour, seconds=random.randint(0, 3599))
    return min(moment, at - timedelta(minutes=random.randint(3, 240)))


def _sale(
    shop: Shop,
    articles: list[Article],
    buyers: Buyers,
    batch: ImportBatch,
    placed_at: datetime,
    at: datetime,
    random: Random,
    number: int,
) -> Sale:
    """Make one order: what, by whom, whether and when paid."""
    buyer = buyers.next()
    wanted = random.choices(
        articles, weights=[article.weight for article in articles], k=random.choice((1, 1, 1, 2, 2, 3))
    )
    chosen = list({article.sku.pk: article for article in wanted}.values())
    order = Order(
        shop=shop,
        number=f"{4_300_000_000_000 + number * 7919 + random.randint(0, 7000)}{random.randint(100_000, 999_999)}",
        buyer_nick=buyer.nick,
        receiver_name=buyer.name,
        receiver_phone=buyer.phone,
        phone_tail=buyer.phone[-4:],
        province=buyer.province,
        city=buyer.city,
        district=buyer.district,
        address=buyer.address,
        postcode=buyer.postcode,
        placed_at=placed_at,
        digest=UUID(int=random.getrandbits(128)),
        first_batch=batch,
        last_batch=batch,
    )
    if random.random() < 0.12:  # noqa: PLR2004
        order.buyer_message = random.choice(MESSAGES)
    if random.random() < 0.08:  # noqa: PLR2004
        order.seller_memo = random.choice(MEMOS)
        order.flag = random.choice(list(FlagColour)[1:])
    lines = [_line(order, article, random) for article in chosen]
    _price(order, lines, random)
    _pay(order, lines, placed_at, at, random)
    sale = Sale(order, lines, chosen)
    if order.paid_at and random.random() < 0.02:  # noqa: PLR2004
        sale.refunded_early = True
    return sale


def _line(order: Order, article: Article, random: Random) -> OrderLine:
    """Make a line; the list price stands above what is charged, as on the platform."""
    return OrderLine(
        order=order,
        key=f"{order.number}-{article.sku.code}",
        platform_item=article.item.platform_id,
        code=article.sku.code,
        title=article.title,
        attributes=article.sku.attributes,
        sku=article.sku,
        quantity=random.choices((1, 2, 3), weights=(82, 14, 4))[0],
        list_price=(article.price * Decimal("1.25")).quantize(Decimal("0.01")),
        status=PlatformStatus.PAID,
        digest=UUID(int=random.getrandbits(128)),
    )


def _price(order: Order, lines: list[OrderLine], random: Random) -> None:
    """Charge each line its share and add up the order."""
    for line in lines:
        charged = line.list_price * Decimal(str(random.choice((0.8, 0.8, 0.8, 0.76, 0.72))))
        line.paid = (charged * line.quantity).quantize(Decimal("0.01"))
    order.goods_amount = sum((line.paid for line in lines), Decimal(0))
    order.postage = Decimal(0) if order.goods_amount >= 48 else Decimal(8)  # noqa: PLR2004 -- free from 48 yuan
    order.total = order.goods_amount + order.postage
    order.pieces = sum(line.quantity for line in lines)
    order.kinds = len(lines)
    order.summary = "，".join(f"{line.title} ×{line.quantity}" for line in lines)[:300]


def _pay(order: Order, lines: list[OrderLine], placed_at: datetime, at: datetime, random: Random) -> None:
    """Let most buyers pay within minutes; the platform closes what stays unpaid for a day."""
    paid_at = placed_at + timedelta(seconds=min(random.lognormvariate(4.2, 1.4), 80_000))
    if random.random() < 0.94 and paid_at <= at:  # noqa: PLR2004
        order.paid_at, order.paid = paid_at, order.total
        order.state, order.platform_status = OrderState.REVIEW, PlatformStatus.PAID
    elif placed_at < at - timedelta(days=1):
        order.state, order.platform_status = OrderState.CLOSED, PlatformStatus.CLOSED
        order.finished_at = placed_at + timedelta(days=1)
    else:
        order.state, order.platform_status = OrderState.UNPAID, PlatformStatus.UNPAID
    if order.paid_at is None:
        for line in lines:
            line.status, line.paid = order.platform_status, Decimal(0)
