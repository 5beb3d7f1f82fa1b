"""The home page: my work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import Point, Series, compact, percent, plain, sparkline, trend, yuan
from shopops.kit.clock import SHANGHAI, now
from shopops.kit.metrics import METRICS
from shopops.kit.navigation import menu_for
from staff.models import Employee
from staff.queries.home import Figures, Tile, company_figures, own_tiles, work_of
from staff.queries.notifications import latest_news
from staff.views.radar import radar_card

ICONS = {
    "yuan": "wallet",
    "share": "percent",
    "hours": "timer",
    "minutes": "timer",
    "seconds": "timer",
    "count": "hash",
}
NOON, EVENING, NIGHT = 12, 18, 5
MOST_NEWS = 6
SPARK_TONES = {"good": "good", "danger": "bad", "muted": "accent"}


@dataclass(frozen=True)
class TileShown:
    """A tile as it is drawn."""

    label: str
    value: str
    delta: str
    tone: str
    icon: str
    spark: SafeString
    href: str


@allowed(SIGNED_IN)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, what is new, and yesterday's figures."""
    employee = request.user
    assert isinstance(employee, Employee)  # noqa: S101 -- signed in, says the decorator
    at = now()
    work = work_of(employee, at=at)
    figures = company_figures(employee, at=at)
    day, tiles = (figures.day, figures.tiles) if figures else own_tiles(employee, at=at)
    return render(
        request,
        "staff/home.html",
        {
            "at": at,
            "today": at.astimezone(SHANGHAI),
            "greeting": greeting(at),
            "weekday": weekday(at.astimezone(SHANGHAI).date()),
            "work": [one for one in work if one.waiting.count],
            "idle": [one for one in work if not one.waiting.count],
            "overdue": sum(one.waiting.overdue for one in work),
            "waiting": sum(one.waiting.count for one in work),
            "day": day,
            "is_company": figures is not None,
            "tiles": [_shown(tile, figures) for tile in tiles],
            "chart": _chart(figures) if figures else None,
            "news": latest_news(employee)[:MOST_NEWS],
            "entries": [
                entry for _department, entries in menu_for(employee) for entry in entries if entry.key != "staff.home"
            ][:8],
            **radar_card(request, at=at),
        },
    )


def greeting(at: datetime) -> str:
    """Return the greeting for the hour on the shop's clock."""
    hour = at.astimezone(SHANGHAI).hour
    if hour < NIGHT or hour >= EVENING:
        return _("Good evening")
    return _("Good morning") if hour < NOON else _("Good afternoon")


def weekday(day: date) -> str:
    """Return the day of the week."""
    return (
        pgettext("weekday", "Monday"),
        pgettext("weekday", "Tuesday"),
        pgettext("weekday", "Wednesday"),
        pgettext("weekday", "Thursday"),
        pgettext("weekday", "Friday"),
        pgettext("weekday", "Saturday"),
        pgettext("weekday", "Sunday"),
    )[day.weekday()]


def written(unit: str, value: Decimal) -> str:
    """Return a figure as a tile shows it."""
    if unit == "yuan":
        return yuan(value)
    if unit == "share":
        return percent(value)
    return plain(value)


def _shown(tile: Tile, figures: Figures | None) -> TileShown:
    change = tile.change
    delta = ""
    if change is not None and tile.metric.unit == "share":
        delta = f"{change * 100:+.1f}pp"
    elif change is not None:
        delta = f"{change * 100:+.1f}%"
    return TileShown(
        label=str(tile.metric.label),
        value=written(tile.metric.unit, tile.value),
        delta=delta.replace("-", "−"),
        tone=tile.tone,
        icon=ICONS[tile.metric.unit],
        spark=sparkline(tile.trend, title=str(tile.metric.label), tone=SPARK_TONES[tile.tone]),
        href=_kpi_url(figures.day) if figures else "",
    )


def _chart(figures: Figures) -> SafeString | None:
    """Draw thirty days of sales over the number of orders paid."""
    sales, paid = figures.headlines.get("orders.sales"), figures.headlines.get("orders.paid")
    if sales is None or not any(sales["trend"]):
        return None
    values = [None if text is None else Decimal(text) for text in sales["trend"]]
    bars = None
    if paid is not None:
        counts = [None if text is None else Decimal(text) for text in paid["trend"]]
        bars = Series(str(METRICS["orders.paid"].label), counts)
    name = str(METRICS["orders.sales"].label)
    points = [Point(day[5:], value) for day, value in zip(figures.days, values, strict=True)]
    return trend(points, title=name, name=name, bars=bars, show=yuan, axis=compact)


def _kpi_url(day: date) -> str:
    try:
        return f"{reverse('staff:kpi')}?day={day.isoformat()}"
    except NoReverseMatch:
        return ""
