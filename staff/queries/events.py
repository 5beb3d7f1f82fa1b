"""The trail as a list."""

from __future__ import annotations

from django.apps import apps
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from shopops.kit.lists.declarations import Reader, Row
from shopops.kit.verbs import VERBS, verb
from staff.models import Employee, Event
from staff.queries.history import changes_in_words, kind_in_words


def listed_events(_reader: Reader) -> QuerySet[Event]:
    """Return the rows of the trail."""
    return Event.objects.annotate(who=F("by__name"))


def matching_events(text: str) -> Q:
    """Return the condition for the search box: the number or name of a thing begins so."""
    return Q(subject_label__startswith=text.strip())


def add_event_words(rows: list[Row], _reader: Reader) -> None:
    """Put what templates and sheets show on the rows; no query."""
    for row in rows:
        known = verb(row["verb"])
        row["what"], row["tone"] = str(known.label), known.tone
        row["kind"] = kind_in_words(row["subject_type"])
        row["lines"] = changes_in_words(row["subject_type"], row["changes"])
        row["changes_text"] = " · ".join(f"{one.label}: {one.before} → {one.after}" for one in row["lines"])
        row["who"] = row["who"] or _("The system")


def verbs() -> list[tuple[str, str]]:
    """Return the verbs as choices, department by department."""
    labels = {config.label: str(config.verbose_name) for config in apps.get_app_configs()}
    return [(name, f"{labels.get(name.split('.')[0], '')} · {one.label}") for name, one in VERBS.items()]


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of things as choices."""
    models = (model for config in apps.get_app_configs() for model in config.get_models())
    ours = {"staff", "catalog", "warehouse", "orders", "service"}
    return [(one._meta.label, str(one._meta.verbose_name)) for one in models if one._meta.app_label in ours]


def people() -> list[tuple[int, str]]:
    """Return everybody as choices."""
    return list(Employee.objects.values_list("pk", "name"))
