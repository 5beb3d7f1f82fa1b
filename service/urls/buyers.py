"""Addresses of buyers, care and their documents, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.queries.buyers import found_buyers
from service.queries.order_aside import warning_on_order
from service.views import buyers, care, documents, surveys
from service.views.buyer_list import BUYER_LIST
from service.views.care import CARE_LIST
from service.views.documents import DOCUMENT_LIST
from service.views.surveys import SURVEY_LIST
from shopops.kit.asides import Aside, add_aside
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry, Finder, add_finder

PATHS: list[URLPattern | URLResolver] = [
    path("buyers/", include(list_urls(BUYER_LIST))),
    path("buyer/<int:number>/", buyers.buyer, name="buyer"),
    path("buyer/<int:number>/personal/", buyers.buyer_personal, name="buyer_personal"),
    path("buyer/<int:number>/record/", buyers.buyer_record, name="buyer_record"),
    path("buyer/<int:number>/consent/", buyers.buyer_consent, name="buyer_consent"),
    path("buyer/<int:number>/survey/", buyers.buyer_survey, name="buyer_survey"),
    path("buyer/<int:number>/blacklisting/", buyers.buyer_blacklisting, name="buyer_blacklisting"),
    path("buyer/<int:number>/lifting/", buyers.buyer_lifting, name="buyer_lifting"),
    path("care/", include(list_urls(CARE_LIST))),
    path("care/left_out/", care.care_left_out, name="care_left_out"),
    path("care/<int:number>/", care.care_page, name="care_page"),
    path("care/<int:number>/sending/", care.care_sending, name="care_sending"),
    path("care/<int:number>/skipping/", care.care_skipping, name="care_skipping"),
    path("surveys/", include(list_urls(SURVEY_LIST))),
    path("survey/<int:number>/", surveys.survey, name="survey"),
    path("survey/<int:number>/answer/", surveys.survey_answer, name="survey_answer"),
    path("documents/", include(list_urls(DOCUMENT_LIST))),
    path("documents/new/", documents.document_new, name="document_new"),
    path("document/<slug:number>/", documents.document, name="document"),
    path("document/<slug:number>/passing_on/", documents.document_passing_on, name="document_passing_on"),
    path("document/<slug:number>/return/", documents.document_return, name="document_return"),
    path("document/<slug:number>/handing/", documents.document_handing, name="document_handing"),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "service.buyers",
        _("Buyers"),
        "service:buyers",
        "service.view_buyer",
        icon="contact",
        jump="b",
        covers=("/service/buyer/",),
    ),
    Entry("service.care", _("Care"), "service:care", "service.care_for_buyer", icon="heart", waits="service.care"),
    Entry(
        "service.surveys",
        _("Surveys"),
        "service:surveys",
        "service.view_buyer",
        icon="smile",
        covers=("/service/survey/",),
    ),
    Entry(
        "service.documents",
        _("Customers' documents"),
        "service:documents",
        "service.view_customerdocument",
        icon="files",
        waits="service.documents",
        covers=("/service/document/",),
    ),
)

add_finder(Finder("service.buyers", _("Buyers"), "service.view_buyer", find=found_buyers, place=20))
add_aside(
    "orders.order",
    Aside("service.blacklist", "orders.view_order", "service/buyers/order_aside.html", load=warning_on_order, place=5),
)
