"""The anchor of the pages: fifty orders as the simplest Django view there is would show them.

Model instances with their shop and lines, a plain template, no middleware, no session, no permissions, no counts. It
shows what our list shows of the same rows, and is served by the same processes as ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test.utils import override_settings
from django.urls import path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEMPLATE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>订单</title><link rel="stylesheet" href="/static/css/plain.css"></head>
<body><h1>订单</h1><table><thead><tr><th>商品</th><th>订单号 / 买家</th><th>实付</th><th>状态</th><th>发货时限</th><th>备注</th></tr></thead>
<tbody>{% for order in orders %}<tr><td>{% for line in order.lines.all %}{{ line.title|truncatechars:40 }} {{ line.attributes }} ×{{ line.quantity }}<br>{% endfor %}</td>
<td><a href="/orders/{{ order.pk }}/">{{ order.number }}</a><small>{{ order.shop.name }} · {{ order.buyer_nick }} · {{ order.province }} {{ order.city }} · {{ order.placed_at|date:"m-d H:i" }}</small></td>
<td>¥{{ order.paid }}</td>
<td>{{ order.get_state_display }}{% for trouble in order.troubles %} <b>{{ trouble }}</b>{% endfor %}</td>
<td>{% if order.shipped_at %}{{ order.carrier_name }}<small>{{ order.waybill }}</small>{% elif order.ship_by %}{{ order.ship_by|date:"m-d H:i" }}{% endif %}</td>
<td>{% if order.buyer_message %}{{ order.buyer_message|truncatechars:24 }}{% endif %}{% if order.seller_memo %}{{ order.seller_memo|truncatechars:24 }}{% endif %}{{ order.remark }}</td></tr>
{% endfor %}</tbody></table></body></html>"""
_template = Engine().from_string(TEMPLATE)


def orders(_request: HttpRequest) -> HttpResponse:
    """Show the fifty newest orders."""
    from orders.models import Order

    found = Order.objects.select_related("shop").prefetch_related("lines").order_by("-placed_at", "-pk")[:50]
    answer = HttpResponse(_template.render(Context({"orders": found})))
    answer["Content-Length"] = str(len(answer.content))  # a middleware does it for the others
    return answer


urlpatterns = [path("plain/orders/", orders)]


class PlainRequest(WSGIRequest):
    """A request that knows only the pages above."""

    urlconf = __name__


class PlainHandler(WSGIHandler):
    """Django without any middleware."""

    request_class = PlainRequest

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's signature
        """Load none."""
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)


def make_application() -> Callable[..., Iterable[bytes]]:
    """Return a WSGI application that serves the plain pages beside the real ones."""
    from shopops.wsgi import application

    plain = PlainHandler()

    def both(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer."""
        return (plain if environ["PATH_INFO"].startswith("/plain/") else application)(environ, start_response)

    return both
