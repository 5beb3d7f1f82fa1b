"""The trail: one event for every change; and what people are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import translation
from django.utils.functional import Promise

from shopops.kit.batch import current_batch
from shopops.kit.copying import copy_rows
from staff.models import Employee, Event, Notification

Changes = Mapping[str, tuple[Any, Any]]
"""Field → (before, after)."""


def record(
    verb: str,
    subject: models.Model,
    *,
    by: Employee | None,
    at: datetime,
    changes: Changes | None = None,
    reason: str = "",
    batch: UUID | None = None,
) -> Event:
    """Write one event.

    :param verb: department and past tense, such as `orders.approved`; declared in the department's `states`.
    :param by: who did it; None is the system itself.
    :param changes: what was before and after, field by field.
    :param batch: shared by all events of one batch action; inside `running_batch` it is known already.
    """
    event = _event(verb, subject, by=by, at=at, changes=changes, reason=reason, batch=batch)
    event.save(force_insert=True)
    return event


def record_many(
    verb: str,
    subjects: Iterable[tuple[models.Model, Changes | None]],
    *,
    by: Employee | None,
    at: datetime,
    reason: str = "",
    batch: UUID | None = None,
) -> int:
    """Write one event for each of many things in one statement; return how many."""
    events = [
        _event(verb, subject, by=by, at=at, changes=changes, reason=reason, batch=batch)
        for subject, changes in subjects
    ]
    Event.objects.bulk_create(events, batch_size=2000)
    return len(events)


def record_rows(
    verb: str,
    model: type[models.Model],
    subjects: Iterable[tuple[int, str]],
    *,
    by: Employee | None,
    at: datetime,
    batch: UUID | None = None,
) -> None:
    """Write one event without changes for each of thousands of things, known by id and label."""
    kind, who, run = model._meta.label, by.pk if by else None, batch or current_batch()
    copy_rows(
        Event,
        ("verb", "subject_type", "subject_id", "subject_label", "by_id", "at", "batch"),
        [(verb, kind, key, label[:120], who, at, run) for key, label in subjects],
    )


def notify(
    employees: Iterable[Employee], kind: str, text: str | Promise, *, at: datetime, url: str = "", **values: Any
) -> None:
    """Tell people something; it appears under their bell.

    :param text: a sentence, or better the lazily translated template of one: everybody reads it in their language.
    :param values: what fills the template's `%(name)s` placeholders; a lazy value is translated with it.
    """
    notify_each([(person, url, values) for person in employees], kind, text, at=at)


def notify_each(
    told: Iterable[tuple[Employee, str, Mapping[str, Any]]], kind: str, text: str | Promise, *, at: datetime
) -> None:
    """Tell people the same sentence, each with a page and values of their own, in one statement.

    :param told: (person, page, values) for each.
    """
    with translation.override(None):
        template = str(text)[:300]
        rows = [
            Notification(
                employee=person,
                kind=kind,
                text=template,
                values={
                    name: {"gettext": str(one)} if isinstance(one, Promise) else plain(one)
                    for name, one in values.items()
                },
                url=url,
                at=at,
            )
            for person, url, values in told
        ]
    Notification.objects.bulk_create(rows, batch_size=2000)


def plain(value: Any) -> Any:
    """Return `value` as JSON keeps it: decimals and moments as text, things by their names."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, models.QuerySet)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(one) for one in value)
    return str(value)


def _event(
    verb: str,
    subject: models.Model,
    *,
    by: Employee | None,
    at: datetime,
    changes: Changes | None,
    reason: str,
    batch: UUID | None,
) -> Event:
    return Event(
        verb=verb,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        subject_label=str(getattr(subject, "name_in_trail", subject))[:120],
        by=by,
        at=at,
        changes={name: [plain(before), plain(after)] for name, (before, after) in (changes or {}).items()},
        reason=reason[:500],
        batch=batch or current_batch(),
    )
