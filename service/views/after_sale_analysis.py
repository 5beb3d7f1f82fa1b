"""What after-sales cost and why: charts first, then the worst goods."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from service.queries.after_sale_figures import Bar, figures_of
from shopops.kit.access import allowed
from shopops.kit.charts import Point, Series, horizontal_bars, percent, plain, trend, yuan
from shopops.kit.clock import now, shop_day
from staff.models import Shop

SPANS = (30, 90, 365)


@allowed("service.view_aftersale")
@require_GET
def after_sale_analysis(request: HttpRequest) -> HttpResponse:
    """Show cases and cost by cause, kind, person, month and goods, of a span of days."""
    today = shop_day(now())
    first, last = _span(request, today)
    shops = list(Shop.objects.order_by("pk"))
    shop = next((one for one in shops if str(one.pk) == request.GET.get("shop", "")), None)
    found = figures_of(first, last, shop=shop.pk if shop else None)
    days = {"asked_from": first.isoformat(), "asked_to": last.isoformat()} | ({"shop": shop.pk} if shop else {})
    context: dict[str, Any] = {
        "first": first,
        "last": last,
        "shops": shops,
        "shop": shop,
        "spans": [(span, (today - timedelta(days=span - 1)), today) for span in SPANS],
        "found": found,
        "rate": percent(found.rate) if found.rate is not None else "–",
        "causes": _bars(found.by_cause, _("Cases by cause"), _("Cases"), days, "cause"),
        "costs": _costs(found.by_cause, days),
        "kinds": _bars(found.by_kind, _("Cases by kind"), _("Cases"), days, "kind"),
        "people": _bars(
            found.by_person, _("Confirmed causes by whose step it was"), _("Cases"), {**days, "sure": "no"}, "culprit"
        ),
        "months": trend(
            [Point(bar.label, bar.cost, href=_month_url(bar.key, last, shop)) for bar in found.by_month],
            title=_("Cost and cases by month"),
            name=_("Cost"),
            show=yuan,
            bars=Series(_("Cases"), [bar.cases for bar in found.by_month]),
            show_bars=plain,
            size=(1100, 240),
        ),
        "goods": [
            (line, percent(line.rate) if line.rate is not None else "–", _url(days, goods=line.code))
            for line in found.goods
        ],
        "list_url": _url(days),
        "paid_url": _url(days, tab="done"),
        "causes_url": _url(days, tab="causes"),
    }
    return render(request, "service/aftersales/analysis.html", context)


def _span(request: HttpRequest, today: date) -> tuple[date, date]:
    """Return the days asked for; the last thirty if they are none, or the wrong way round."""
    first, last = _day(request.GET.get("first", "")), _day(request.GET.get("last", ""))
    if first is None or last is None or first > last:
        return today - timedelta(days=SPANS[0] - 1), today
    return max(first, last - timedelta(days=2 * SPANS[-1])), last


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2010, 1, 1) <= day <= date(2099, 1, 1) else None


def _url(days: dict[str, Any], **more: Any) -> str:
    code = more.pop("goods", "")
    words = {"tab": "valid", **days, **more, **({"q": code} if code else {})}
    return f"{reverse('service:after_sales')}?{urlencode(words)}"


def _month_url(month: str, last: date, shop: Shop | None) -> str:
    """Return the cases asked for in a month, up to the last day of the span."""
    first = date.fromisoformat(f"{month}-01")
    end = min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), last)
    days = {"asked_from": first.isoformat(), "asked_to": end.isoformat()}
    return _url(days | ({"shop": shop.pk} if shop else {}))


def _bars(bars: list[Bar], title: str, name: str, days: dict[str, Any], field: str) -> Any:
    points = [Point(bar.label, bar.cases, href=_url(days, **{field: bar.key})) for bar in bars]
    return horizontal_bars(points, title=title, name=name)


def _costs(bars: list[Bar], days: dict[str, Any]) -> Any:
    points = [
        Point(bar.label, bar.cost, href=_url(days, cause=bar.key)) for bar in sorted(bars, key=lambda bar: -bar.cost)
    ]
    return horizontal_bars(points, title=_("Cost by cause"), name=_("Cost"), show=yuan, tone="bad")
