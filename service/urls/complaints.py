"""Addresses of complaints and reviews, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.views import complaint_analysis, complaint_reports, complaints, reviews
from service.views.complaint_list import COMPLAINT_LIST
from service.views.complaint_reports import REPORT_LIST
from service.views.reviews import REVIEW_LIST
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry

_DEEDS = (
    "registration",
    "investigation",
    "handling",
    "reply",
    "confirmation",
    "archive",
    "revisit",
    "improvement",
    "passing",
    "escalation",
    "report",
    "reopening",
    "withdrawal",
    "sheet",
    "evaluation_sheet",
)
_REVIEW_DEEDS = ("handling", "settlement", "reply", "passing", "reopening", "unsettling")

PATHS: list[URLPattern | URLResolver] = [
    path("complaints/", include(list_urls(COMPLAINT_LIST))),
    path("complaints/new/", complaints.complaint_new, name="complaint_new"),
    path("complaints/analysis/", complaint_analysis.complaint_analysis, name="complaint_analysis"),
    path("complaints/reports/", include(list_urls(REPORT_LIST))),
    path("complaints/reports/new/", complaint_reports.complaint_report_new, name="complaint_report_new"),
    path("complaints/report/<slug:number>/", complaint_reports.complaint_report_page, name="complaint_report_page"),
    path(
        "complaints/report/<slug:number>/reading/",
        complaint_reports.complaint_report_reading,
        name="complaint_report_reading",
    ),
    path(
        "complaints/report/<slug:number>/print/",
        complaint_reports.complaint_report_print,
        name="complaint_report_print",
    ),
    path("complaint/<slug:number>/", complaints.complaint, name="complaint"),
    *(
        path(f"complaint/<slug:number>/{one}/", getattr(complaints, f"complaint_{one}"), name=f"complaint_{one}")
        for one in _DEEDS
    ),
    path("reviews/", include(list_urls(REVIEW_LIST))),
    path("review/<int:number>/", reviews.review, name="review"),
    *(
        path(f"review/<int:number>/{one}/", getattr(reviews, f"review_{one}"), name=f"review_{one}")
        for one in _REVIEW_DEEDS
    ),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "service.complaints",
        _("Complaints"),
        "service:complaints",
        "service.view_complaint",
        icon="octagon-alert",
        waits="service.complaints",
        covers=("/service/complaint/",),
    ),
    Entry(
        "service.reviews",
        _("Reviews"),
        "service:reviews",
        "service.view_review",
        icon="star",
        waits="service.reviews",
        covers=("/service/review/",),
    ),
)
