"""Addresses of staff, and its lines of the menu."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shopops.kit.navigation import Department, Entry, add_department
from staff.views.health import healthz
from staff.views.home import home
from staff.views.language import language
from staff.views.login import login, logout
from staff.views.notifications import notifications, reading
from staff.views.shell import pulse, putting_away, search

app_name = "staff"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", home, name="home"),
    path("login/", login, name="login"),
    path("logout/", logout, name="logout"),
    path("language/", language, name="language"),
    path("pulse/", pulse, name="pulse"),
    path("search/", search, name="search"),
    path("notifications/", notifications, name="notifications"),
    path("notifications/reading/", reading, name="reading"),
    path("tray/<int:run_id>/putting-away/", putting_away, name="putting_away"),
]

add_department(
    Department(
        "staff.mine",
        "",
        place=0,
        entries=(Entry("staff.home", _("My work"), "staff:home", "", icon="layout-dashboard", jump="h"),),
    )
)
