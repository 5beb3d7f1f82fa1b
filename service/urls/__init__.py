"""Addresses of customer service, one file a subject, and its lines of the menu."""

from django.utils.translation import gettext_lazy as _

from service.urls import aftersales, buyers, complaints, conversations, desk, imports, quality
from shopops.kit.navigation import Department, add_department

app_name = "service"

urlpatterns = [
    *desk.PATHS,
    *conversations.PATHS,
    *aftersales.PATHS,
    *complaints.PATHS,
    *buyers.PATHS,
    *quality.PATHS,
    *imports.PATHS,
]

add_department(
    Department(
        "service",
        _("Customer service"),
        place=15,
        entries=(
            *desk.ENTRIES,
            *conversations.ENTRIES,
            *aftersales.ENTRIES,
            *complaints.ENTRIES,
            *buyers.ENTRIES,
            *quality.ENTRIES,
            *imports.ENTRIES,
        ),
    )
)
