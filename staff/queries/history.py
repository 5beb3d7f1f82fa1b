"""The trail as people read it: who did what to a document, when, and what was before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from shopops.kit.clock import SHANGHAI
from shopops.kit.verbs import Tone, verb
from staff.models import Employee, Event, Position
from staff.queries.parameters import LABELS
from staff.queries.permissions import right_of

MOST_LINES = 200


@dataclass(frozen=True)
class Change:
    """One field that changed, in words; `before` is empty when there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One line of a timeline; nobody (`who` is empty) is the system itself."""

    at: datetime
    who: str
    what: str
    tone: Tone
    changes: list[Change]
    reason: str
    subject: str
    verb: str


def history_of(*subjects: models.Model, most: int = MOST_LINES) -> list[Line]:
    """Return what happened to one document, or to several told as one story, newest first; one query.

    :param subjects: an order and its dispatch notes, say.
    """
    if not subjects:
        return []
    about = Q()
    for subject in subjects:
        about |= Q(subject_type=subject._meta.label, subject_id=subject.pk)
    return lines_of(Event.objects.filter(about).select_related("by").order_by("-at", "-pk")[:most])


def deeds_of(employee: Employee, *, most: int = MOST_LINES) -> list[Line]:
    """Return what an employee did, newest first; one query."""
    return lines_of(Event.objects.filter(by=employee).select_related("by").order_by("-at", "-pk")[:most])


def lines_of(events: Iterable[Event]) -> list[Line]:
    """Put events into words, in the language of whoever reads."""
    return [_line(event) for event in events]


def kind_in_words(subject_type: str) -> str:
    """Return what a kind of thing is called, from its label such as `orders.Order`."""
    model = _model(subject_type)
    return str(model._meta.verbose_name) if model else subject_type


def changes_in_words(subject_type: str, changes: dict[str, list[Any]]) -> list[Change]:
    """Put what was before and after into words, for a kind of thing such as `orders.Order`."""
    model = _model(subject_type)
    shown = {name: pair for name, pair in changes.items() if not name.endswith("_key")}  # keys are for detectors
    pairs = {name: _what_differs(before, after) for name, (before, after) in shown.items()}
    return [
        Change(_field_label(model, name), _in_words(model, name, before), _in_words(model, name, after) or _("nothing"))
        for name, (before, after) in pairs.items()
    ]


def _what_differs(before: Any, after: Any) -> tuple[Any, Any]:
    """Leave out of two sets of named values what is the same in both."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return before, after
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before[name] for name in names if name in before}, {
        name: after[name] for name in names if name in after
    }


def _line(event: Event) -> Line:
    known = verb(event.verb)
    return Line(
        at=event.at,
        who=str(event.by) if event.by else "",
        what=str(known.label),
        tone=known.tone,
        changes=changes_in_words(event.subject_type, event.changes),
        reason=event.reason,
        subject=event.subject_label,
        verb=event.verb,
    )


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> Any:
    if model is None:
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _field_label(model: type[models.Model] | None, name: str) -> str:
    """Return what a changed field is called: by its own table, else by another table of the department.

    A field of one thing among several has that thing's name before it: `SP-0001 · quantity`.
    """
    thing, between, column = name.rpartition(" · ")
    field = _field_anywhere(model, column)
    words = getattr(field, "verbose_name", "") or column.replace("_", " ")
    return f"{thing}{between}{gettext(str(words))}" if words else name


def _field_anywhere(model: type[models.Model] | None, name: str) -> Any:
    """Return a field of that name in the table, or in another table of the department."""
    field = _field(model, name)
    if field is None and model is not None:
        others = (_field(other, name) for other in apps.get_app_config(model._meta.app_label).get_models())
        field = next((one for one in others if getattr(one, "verbose_name", "")), None)
    return field


def _in_words(model: type[models.Model] | None, name: str, value: Any) -> str:
    """Return a kept value as people read it: choices by their labels, moments on the shop's clock."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        words = _permission_words(get_language() or "") if name == "permissions" else {}
        return " · ".join(words.get(str(one)) or _in_words(model, name, one) for one in value)
    if isinstance(value, dict):
        return " · ".join(f"{LABELS.get(key, key)}: {_in_words(None, str(key), one)}" for key, one in value.items())
    if name == "fallback_post":
        return str(Position.objects.filter(register_ids__contains=str(value)).first() or value)
    column = name.rpartition(" · ")[2]
    return _by_field(_field(model, name) if column == name else _field_anywhere(model, column), value)


@cache
def _permission_words(_language: str) -> dict[str, str]:
    """Return permission → its words; they change only with a new version of the program."""
    return {right.name: right.label for right in map(right_of, Permission.objects.select_related("content_type"))}


def _by_field(field: Any, value: Any) -> str:
    choices = dict(getattr(field, "flatchoices", None) or ())
    if value in choices:
        return str(choices[value])
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if isinstance(field, models.DateField) and (day := parse_date(str(value)[:10])):
        return day.isoformat()
    return str(value)
