"""Words of the indicators people are measured by."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.verbs import declare_verbs


class Machine(TextChoices):
    """Who finds the fact: the system, or a person on a form."""

    AUTO = "auto", _("by the system")
    FORM = "form", _("on a form")


class KpiCycle(TextChoices):
    """How often an indicator is looked at."""

    DAY = "day", _("daily")
    MONTH = "month", _("monthly")
    HALF = "half", _("half-yearly")
    YEAR = "year", _("yearly")


declare_verbs(
    {
        "staff.kpi_added": _("added the indicator"),
        "staff.kpi_changed": _("changed the indicator"),
        "staff.kpi_scored": _("scored the indicator"),
    }
)
