"""The service app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    """How Django knows the app."""

    name = "service"
    verbose_name = _("Service")
