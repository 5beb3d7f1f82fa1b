"""Addresses of after-sales and returned parcels, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.queries.aftersales import cases_on_order_page, found_after_sales
from service.views import after_sale_analysis, aftersales, returns
from service.views.after_sale_list import AFTER_SALE_LIST
from service.views.return_list import RETURN_LIST
from shopops.kit.asides import Aside, add_aside
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry, Finder, add_finder

_CASE = "after_sales/case/<str:number>/"
_PARCEL = "returns/parcel/<int:key>/"

PATHS: list[URLPattern | URLResolver] = [
    path("after_sales/", include(list_urls(AFTER_SALE_LIST))),
    path("after_sales/new/", aftersales.after_sale_new, name="after_sale_new"),
    path("after_sales/analysis/", after_sale_analysis.after_sale_analysis, name="after_sale_analysis"),
    path(_CASE, aftersales.after_sale, name="after_sale"),
    path(f"{_CASE}agreement/", aftersales.after_sale_agreement, name="after_sale_agreement"),
    path(f"{_CASE}refusal/", aftersales.after_sale_refusal, name="after_sale_refusal"),
    path(f"{_CASE}waybill/", aftersales.after_sale_waybill, name="after_sale_waybill"),
    path(f"{_CASE}refund/", aftersales.after_sale_refund, name="after_sale_refund"),
    path(f"{_CASE}platform_payment/", aftersales.after_sale_platform_payment, name="after_sale_platform_payment"),
    path(f"{_CASE}sending/", aftersales.after_sale_sending, name="after_sale_sending"),
    path(f"{_CASE}passing/", aftersales.after_sale_passing, name="after_sale_passing"),
    path(f"{_CASE}dispute/", aftersales.after_sale_dispute, name="after_sale_dispute"),
    path(f"{_CASE}verdict/", aftersales.after_sale_verdict, name="after_sale_verdict"),
    path(f"{_CASE}withdrawal/", aftersales.after_sale_withdrawal, name="after_sale_withdrawal"),
    path(f"{_CASE}reopening/", aftersales.after_sale_reopening, name="after_sale_reopening"),
    path(f"{_CASE}correction/", aftersales.after_sale_correction, name="after_sale_correction"),
    path(f"{_CASE}clearing/", aftersales.after_sale_clearing, name="after_sale_clearing"),
    path(f"{_CASE}finish/", aftersales.after_sale_finish, name="after_sale_finish"),
    path(f"{_CASE}cause/", aftersales.after_sale_cause, name="after_sale_cause"),
    path("returns/", returns.return_desk, name="return_desk"),
    path("returns/scan/", returns.return_scan, name="return_scan"),
    path("returns/arrivals/", returns.return_arrival, name="return_arrival"),
    path("returns/parcels/", include(list_urls(RETURN_LIST))),
    path(_PARCEL, returns.return_parcel, name="return_parcel"),
    path(f"{_PARCEL}photo/", returns.return_photo, name="return_photo"),
    path(f"{_PARCEL}inspection/", returns.return_inspection, name="return_inspection"),
    path(f"{_PARCEL}matching/", returns.return_matching, name="return_matching"),
    path(f"{_PARCEL}unmatching/", returns.return_unmatching, name="return_unmatching"),
    path(f"{_PARCEL}wrong_goods/", returns.return_wrong_goods, name="return_wrong_goods"),
    path(f"{_PARCEL}clearing/", returns.return_clearing, name="return_clearing"),
    path(f"{_PARCEL}parts/", returns.return_parts, name="return_parts"),
    path(f"{_PARCEL}closing/", returns.return_closing, name="return_closing"),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "service.after_sales",
        _("After-sales"),
        "service:after_sales",
        "service.view_aftersale",
        icon="rotate-ccw",
        jump="u",
        waits="service.after_sale_timers",
    ),
    Entry(
        "service.return_desk",
        _("Return desk"),
        "service:return_desk",
        "service.receive_return",
        icon="package-open",
        waits="service.returns_to_inspect",
    ),
    Entry("service.returns", _("Returned parcels"), "service:returns", "service.view_returnparcel", icon="archive"),
)

add_finder(
    Finder("service.after_sales", _("After-sale cases"), "service.view_aftersale", find=found_after_sales, place=20)
)
add_aside(
    "orders.order",
    Aside(
        "service.after_sales", "service.view_aftersale", "service/aftersales/aside.html", cases_on_order_page, place=20
    ),
)
