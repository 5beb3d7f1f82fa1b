"""Addresses of staff."""

from django.urls import path

from staff.views.health import healthz

app_name = "staff"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
]
