"""The catalog app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """How Django knows the app."""

    name = "catalog"
    verbose_name = _("Goods")
