"""The anchor of the pages: fifty orders as the simplest Django view there is would show them.

Model instances with their shop and lines, a plain template, no middleware, no session, no permissions, no counts. It
shows what our list shows of the same rows, and is served by the same processes as ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test.utils import override_settings
from django.urls import path

from tools.bench import plain_desk, plain_kpi, plain_radar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_template = Engine().from_string(Path(__file__).with_name("plain_orders.html").read_text(encoding="utf-8"))


def orders(_request: HttpRequest) -> HttpResponse:
    """Show the fifty newest orders."""
    from orders.models import Order

    found = Order.objects.select_related("shop").prefetch_related("lines").order_by("-placed_at", "-pk")[:50]
    answer = HttpResponse(_template.render(Context({"orders": found})))
    answer["Content-Length"] = str(len(answer.content))  # a middleware does it for the others
    return answer


urlpatterns = [
    path("plain/orders/", orders),
    path("plain/radar/", plain_radar.radar),
    path("plain/home/", plain_radar.home),
    path("plain/desk/", plain_desk.desk),
    path("plain/conversation/", plain_desk.conversation),
    path("plain/conversations/", plain_desk.conversations),
    path("plain/kpi/", plain_kpi.company),
    path("plain/kpi/service/", plain_kpi.unit),
]


class PlainRequest(WSGIRequest):
    """A request that knows only the pages above."""

    urlconf = __name__


class PlainHandler(WSGIHandler):
    """Django without any middleware."""

    request_class = PlainRequest

    def load_middleware(self, is_async: bool = False) -> None:
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
