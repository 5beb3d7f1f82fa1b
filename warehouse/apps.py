"""The warehouse app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarehouseConfig(AppConfig):
    """How Django knows the app."""

    name = "warehouse"
    verbose_name = _("Warehouse")
