"""The tally of a month: who did how much, and which paid orders it left over (ORD-023…ORD-025)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from orders.models import Order
from orders.queries.listed import TONES
from orders.states import IN_REVIEW, OrderState
from shopops.kit.clock import shop_day, start_of_day
from staff.models import ClauseVersion, Employee, Shop
from staff.queries.rulebook import holder_of, in_force

OPEN = (*IN_REVIEW, OrderState.APPROVED)
RULES, NOBODY = "rules", "nobody"
APPROVED = Case(When(confirmed_at__isnull=False, then=Value(True)), default=Value(False))
CLAUSE, DAYS = "ORD-025", 7
FIRST_YEAR = 2000
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """A month, and until when what it leaves over has to be dealt with."""

    first: date
    at: datetime

    @cached_property
    def start(self) -> datetime:
        """Return when it began."""
        return start_of_day(self.first)

    @cached_property
    def next(self) -> date:
        """Return the first day of the next month."""
        return (self.first + timedelta(days=32)).replace(day=1)

    @cached_property
    def end(self) -> datetime:
        """Return when it was over."""
        return start_of_day(self.next)

    @cached_property
    def listed_at(self) -> datetime:
        """Return the moment the list of left-over orders is of: the month's end, or now while the month runs."""
        return min(self.end, self.at)

    @cached_property
    def clause(self) -> ClauseVersion | None:
        """Return the version of the clause that prices what is left over after the first week (ORD-025)."""
        return in_force(self.next).filter(clause__number=CLAUSE).select_related("clause").first()

    @cached_property
    def days(self) -> int:
        """Return how many days of the next month there are for what is left over."""
        return int(self.clause.parameters.get("days", DAYS)) if self.clause else DAYS

    @cached_property
    def limit(self) -> datetime:
        """Return the end of the first week of the next month (ORD-024)."""
        return start_of_day(self.next + timedelta(days=self.days))

    @property
    def last_day(self) -> date:
        """Return the last day there is for what is left over."""
        return self.next + timedelta(days=self.days - 1)

    @cached_property
    def answers(self) -> Employee | None:
        """Return who answers for orders nobody has approved."""
        post = str(self.clause.parameters.get("fallback_post", "")) if self.clause else ""
        return holder_of(post, on=shop_day(min(self.limit, self.at)))

    @cached_property
    def listed_ids(self) -> list[int]:
        """Return the orders on the list. They are looked for among all ever paid, so they are looked for once."""
        return list(left_over(self.end, self.listed_at).values_list("pk", flat=True))

    @property
    def days_left(self) -> int:
        """Return how many days, begun ones included, there are until the first week is over; 0 when it is."""
        return max(0, -((self.at - self.limit) // timedelta(days=1)))

    @property
    def is_running(self) -> bool:
        """Say whether the month is not over yet."""
        return self.at < self.end

    @property
    def has_time(self) -> bool:
        """Say whether the first week of the next month is not over yet."""
        return self.at < self.limit


def asked_month(text: str, *, at: datetime) -> Month:
    """Return the month of a text such as 2026-10, at most this one.

    Anything else stands for the month that wants work: the last one in its first week, then this one.
    """
    today = shop_day(at)
    this = today.replace(day=1)
    if match := _MONTH.fullmatch(text):
        asked = date(max(int(match[1]), FIRST_YEAR), int(match[2]), 1)
        return Month(min(asked, this), at)
    last = Month((this - timedelta(days=1)).replace(day=1), at)
    return last if last.has_time else Month(this, at)


def left_over(month: datetime, limit: datetime) -> QuerySet[Order]:
    """Return the orders paid before `month` that had neither left nor been closed at `limit`."""
    still_here = (
        Q(state__in=OPEN) | Q(shipped_at__gt=limit) | Q(state=OrderState.CLOSED, finished_at__gt=limit, shipped_at=None)
    )
    return Order.objects.filter(still_here, paid_at__lt=month)


def listed(month: Month) -> QuerySet[Order]:
    """Return the orders on the list of a month; `left_at` is when each left, or was closed."""
    return Order.objects.filter(pk__in=month.listed_ids).annotate(left_at=Coalesce("shipped_at", "finished_at"))


def parts_of(month: Month) -> dict[str, Q]:
    """Return the parts of the list: still here, dealt with in the first week, and after it."""
    here = Q(state__in=OPEN)
    return {
        "waiting": here,
        "in_time": ~here & Q(left_at__lte=month.limit),
        "late": ~here & Q(left_at__gt=month.limit),
    }


def of_person(orders: QuerySet[Order], key: str) -> QuerySet[Order]:
    """Return the orders of one line of the tally by person."""
    if key in {RULES, NOBODY}:
        return orders.filter(confirmed_by=None, confirmed_at__isnull=key == NOBODY)
    return orders.filter(confirmed_by=int(key))


@dataclass
class PersonRow:
    """What somebody approved in a month, and what of it was left over.

    `key` is the employee's id, RULES for what rules released, or NOBODY for what nobody has approved.
    """

    key: str
    name: str
    orders: int = 0
    pieces: int = 0
    sales: Decimal = Decimal(0)
    listed: int = 0
    waiting: int = 0
    shops: list[tuple[str, int, Decimal]] = field(default_factory=list)


@dataclass
class ShopRow:
    """What a shop sold in a month."""

    shop_id: int
    name: str
    paid: int = 0
    sales: Decimal = Decimal(0)
    refunds: Decimal = Decimal(0)
    approved: int = 0
    listed: int = 0
    waiting: int = 0

    @property
    def average(self) -> Decimal:
        """Return the average order."""
        return (self.sales / self.paid).quantize(Decimal("0.01")) if self.paid else Decimal(0)


@dataclass
class Tally:
    """The tally of a month."""

    month: Month
    people: list[PersonRow]
    shops: list[ShopRow]

    @property
    def total(self) -> ShopRow:
        """Return the whole company."""
        whole = ShopRow(0, "")
        for row in self.shops:
            for name in ("paid", "sales", "refunds", "approved", "listed", "waiting"):
                setattr(whole, name, getattr(whole, name) + getattr(row, name))
        return whole


def tally_of(month: Month) -> Tally:
    """Return who did how much in a month, by person and by shop; six queries."""
    shops = {pk: ShopRow(pk, name) for pk, name in Shop.objects.order_by("pk").values_list("pk", "name")}
    people: dict[str, PersonRow] = {}
    names = dict(Employee.objects.values_list("pk", "name"))
    span = {"gte": month.start, "lt": month.end}
    paid = Order.objects.filter(part=1, **{f"paid_at__{word}": moment for word, moment in span.items()})
    for shop, count, sales, refunds in paid.values_list("shop_id").annotate(Count("pk"), Sum("total"), Sum("refund")):
        shops[shop].paid, shops[shop].sales, shops[shop].refunds = count, sales, refunds

    def person(pk: int | None, *, is_approved: bool) -> PersonRow:
        key = str(pk) if pk else RULES if is_approved else NOBODY
        return people.setdefault(key, PersonRow(key, names.get(pk, "") if pk else ""))

    approved = Order.objects.filter(**{f"confirmed_at__{word}": moment for word, moment in span.items()})
    by_person = approved.values_list("confirmed_by_id", "shop_id").order_by("shop_id")
    for key, shop, count, pieces, sales in by_person.annotate(Count("pk"), Sum("pieces"), Sum("total")):
        row = person(key, is_approved=True)
        row.orders, row.pieces, row.sales = row.orders + count, row.pieces + pieces, row.sales + sales
        row.shops.append((shops[shop].name, count, sales))
        shops[shop].approved += count
    left = listed(month).annotate(is_approved=APPROVED)
    left_counts = left.values_list("confirmed_by_id", "is_approved", "shop_id")
    for key, is_approved, shop, count, waiting in left_counts.annotate(
        Count("pk"), waiting=Count("pk", filter=Q(state__in=OPEN))
    ):
        row = person(key, is_approved=is_approved)
        row.listed, row.waiting = row.listed + count, row.waiting + waiting
        shops[shop].listed, shops[shop].waiting = shops[shop].listed + count, shops[shop].waiting + waiting
    ordered = sorted(people.values(), key=lambda row: (not row.name, -row.orders, row.name))
    return Tally(month, ordered, list(shops.values()))


@dataclass(frozen=True)
class LeftRow:
    """An order of the list, and what has become of it."""

    order: Order
    left_at: datetime | None
    """When it left or was closed; None while it is here."""
    is_in_time: bool

    @property
    def is_here(self) -> bool:
        """Say whether it still is here."""
        return self.left_at is None

    @property
    def tone(self) -> str:
        """Return the colour of its state."""
        return TONES[OrderState(self.order.state)]


def left_rows(orders: QuerySet[Order], month: Month, *, most: int | None = None, skip: int = 0) -> list[LeftRow]:
    """Return rows of the list, what is still here first and the oldest payment first; one query."""
    first = Case(When(state__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    ordered = orders.select_related("shop", "confirmed_by").order_by(first, "paid_at", "pk")
    found = ordered[skip : skip + most] if most else ordered[skip:]
    rows = []
    for order in found:
        left_at = None if order.state in OPEN else order.shipped_at or order.finished_at
        rows.append(LeftRow(order, left_at, (left_at or month.at) <= month.limit))
    return rows


def part_counts(orders: QuerySet[Order], month: Month) -> dict[str, int]:
    """Return how many rows each part of the list has, and the whole; one query."""
    parts = {name: Count("pk", filter=where) for name, where in parts_of(month).items()}
    counts: dict[str, int] = orders.aggregate(all=Count("pk"), **parts)
    return counts
