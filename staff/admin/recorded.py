"""Admin pages whose changes leave events as everywhere else, with what was before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from django.contrib import admin
from django.db import models, transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from shopops.kit.clock import now
from staff.actions.events import record
from staff.models import Employee

M = TypeVar("M", bound=models.Model)
Changes = dict[str, tuple[Any, Any]]


class RecordedAdmin(admin.ModelAdmin, Generic[M]):  # type: ignore[type-arg]  # generic only for the type checker
    """A model's admin that writes `staff.added`, `staff.changed` and `staff.removed` events."""

    silent: tuple[str, ...] = ()
    """Fields whose values are nobody's business, such as passwords."""

    def save_model(self, request: HttpRequest, obj: M, form: ModelForm[M], change: bool) -> None:
        """Save, and keep what changed for the event, which is written when the inlines are saved too."""
        super().save_model(request, obj, form, change)
        form.seen_changes = _changes_of(form, self.silent)  # type: ignore[attr-defined]  # carried to save_related

    @transaction.atomic
    def save_related(
        self, request: HttpRequest, form: ModelForm[M], formsets: Iterable[BaseModelFormSet[Any, Any]], change: bool
    ) -> None:
        """Save the inlines and write one event for everything."""
        formsets = list(formsets)
        super().save_related(request, form, formsets, change)
        changes: Changes = {**form.seen_changes}  # type: ignore[attr-defined]
        for formset in formsets:
            changes |= _changes_of_rows(formset)
        if not change:
            record("staff.added", form.instance, by=person(request), at=now())
        elif changes:
            record("staff.changed", form.instance, by=person(request), at=now(), changes=changes)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: M) -> None:
        """Write the event while the thing still has its number, then delete it."""
        record("staff.removed", obj, by=person(request), at=now())
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[M]) -> None:
        """Delete many, each with its event."""
        for obj in queryset:
            record("staff.removed", obj, by=person(request), at=now())
        super().delete_queryset(request, queryset)


def person(request: HttpRequest) -> Employee:
    """Return who is at the admin site."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- the admin site lets nobody else in
    return request.user


def _changes_of(form: ModelForm[Any], silent: tuple[str, ...]) -> Changes:
    """Return field → (before, after) of what the person changed in a form."""
    found: Changes = {}
    for name in form.changed_data:
        if name in silent:
            continue
        before, after = form.initial.get(name), form.cleaned_data.get(name)
        found[name] = (_named(form, name, before), _named(form, name, after))
    return found


def _named(form: ModelForm[Any], name: str, value: Any) -> Any:
    """Return a value as the event keeps it: related things by their names, whether given as rows or as keys."""
    queryset = getattr(form.fields[name], "queryset", None)
    if queryset is None or value is None:
        return value
    if isinstance(value, models.Model):
        return str(value)
    keys = [getattr(one, "pk", one) for one in value] if not isinstance(value, (int, str)) else [value]
    return [str(one) for one in queryset.model._default_manager.filter(pk__in=keys)]


def _changes_of_rows(formset: BaseModelFormSet[Any, Any]) -> Changes:
    """Return what happened to the rows of an inline, under the name its parent calls them."""
    came = [str(one) for one in formset.new_objects]
    came += [f"{one}: {', '.join(names)}" for one, names in formset.changed_objects]
    went = [str(one) for one in formset.deleted_objects]
    name = getattr(formset, "fk", None)
    return {name.remote_field.get_accessor_name(): (went, came)} if name and (came or went) else {}
