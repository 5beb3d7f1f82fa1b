"""The department's numbers and words: what a manager may change without a programmer."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

HOLD_HOURS = Setting(
    "orders.hold_hours",
    24,
    label=_("Usual length of a hold"),
    help=_("Offered when somebody puts an order on hold; released by itself when the time is over."),
    unit=_("hours"),
    least=1,
    most=720,
)
APPROVE_LIMIT = Setting(
    "orders.approve_limit",
    Decimal("5000.00"),
    label=_("Largest order one person approves without finance"),
    help=_("Larger ones are asked of finance first (ORD-003, ORD-029). 0 switches the limit off."),
    unit=_("yuan"),
    least=0,
)
MONTH_SALES_PLAN = Setting(
    "orders.month_sales_plan",
    0,
    label=_("Sales plan of a month"),
    help=_("What the team is to sell in a month, before refunds; each day counts its part (STF-186). 0 is no plan."),
    unit=_("yuan"),
    least=0,
)
PRICE_FACTOR = Setting(
    "orders.price_factor",
    Decimal("3.0"),
    label=_("A price is odd when this many times above or below the usual one"),
    help=_("The usual price is the median of the last 30 days. A price below a SKU's lowest price is always odd."),
    least=Decimal("1.1"),
    most=100,
)
PRICE_LEAST_LINES = Setting(
    "orders.price_least_lines",
    10,
    label=_("Sales needed before a usual price is believed"),
    unit=_("lines"),
    least=1,
)
PRICE_TO_FINANCE = Setting(
    "orders.price_to_finance",
    True,
    label=_("Send orders with an odd price to finance"),
    help=_("Otherwise they stay on the review desk with the exception."),
)
ADDRESS_LEAST = Setting(
    "orders.address_least",
    4,
    label=_("Shortest believable street address"),
    unit=_("characters"),
    least=1,
    most=50,
)
REMOTE_PROVINCES = Setting(
    "orders.remote_provinces",
    "新疆 西藏 内蒙古 青海 宁夏 甘肃 海南",
    label=_("Remote provinces"),
    help=_("Beginnings of province names, with blanks between; rules can ask whether an address is remote."),
)
PRICE_CHANGE_PERCENT = Setting(
    "orders.price_change_percent",
    Decimal("10.0"),
    label=_("Customer service may change an unpaid order's price by"),
    help=_("Beyond this the shop's head has to do it (register C13); every change leaves an event."),
    unit="%",
    least=0,
    most=100,
)
CHASE_LIMIT = Setting(
    "orders.chase_limit",
    2,
    label=_("Times a buyer is asked to pay for one order"),
    help=_("ORD-020: urge politely, and not for ever."),
    least=1,
    most=10,
)
CHASE_BUYER_DAY_LIMIT = Setting(
    "orders.chase_buyer_day_limit",
    1,
    label=_("Orders a buyer is asked to pay for in a day"),
    help=_("Whoever left several orders unpaid is not asked about each of them on the same day (ORD-020)."),
    least=1,
    most=10,
)
CHASE_AFTER_MINUTES = Setting(
    "orders.chase_after_minutes",
    30,
    label=_("An unpaid order is chased after"),
    unit=_("minutes"),
    least=1,
    most=2880,
)
FLAG_MEANINGS = tuple(
    Setting(f"orders.flag_{colour}", "", label=label, help=_("Shown beside the flag; empty shows the colour only."))
    for colour, label in (
        ("grey", _("What the grey flag means here")),
        ("red", _("What the red flag means here")),
        ("yellow", _("What the yellow flag means here")),
        ("green", _("What the green flag means here")),
        ("blue", _("What the blue flag means here")),
        ("purple", _("What the purple flag means here")),
    )
)
"""In the order of the flags' numbers."""
