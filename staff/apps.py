"""The staff app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import keep_values_with


class StaffConfig(AppConfig):
    """How Django knows the app; finds what the departments registered."""

    name = "staff"
    verbose_name = _("People")

    def ready(self) -> None:
        """Load every department's registered things and keep the values of its settings."""
        from shopops.kit.lists.keeping import keep_lists_with  # noqa: PLC0415 -- models are ready only now
        from staff.actions.lists import ListsKeeper  # noqa: PLC0415
        from staff.queries.settings import kept_value  # noqa: PLC0415 -- models are ready only now

        import_module("shopops.kit.checks")
        keep_values_with(kept_value)
        keep_lists_with(ListsKeeper())
        autodiscover_modules("states", "policy", "jobs", "detectors", "metrics", "worklists", "holdings", "receivers")
