"""Choosing permissions: searched, grouped by department, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from staff.models import Employee
from staff.queries.permissions import blocks_of, labels_of


class PermissionsWidget(forms.Widget):
    """Ticks under the headings of the departments, with a box that searches them (js/admin.js)."""

    template_name = "admin/staff/permissions.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Hand the template the blocks and what is ticked."""
        context = super().get_context(name, value, attrs)
        ticked = {int(one) for one in value or ()}
        context["blocks"] = blocks_of(ticked)
        context["ticked"] = ticked
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002 -- Django's signature
        """Return the ticked ids."""
        return list(data.getlist(name))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002 -- Django's signature
        """Say no: nothing ticked is an answer."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Return the id of the search box."""
        return f"{id_}_search"


class PermissionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only for the type checker
    """Permissions that somebody grants to a role."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Permission.objects.select_related("content_type"))
        kwargs.setdefault("widget", PermissionsWidget())
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as sets of ids."""
        return {int(one) for one in initial or ()} != {int(one) for one in data or () if str(one).isdecimal()}


def refuse_beyond(granter: Employee, added: Iterable[Permission]) -> None:
    """Refuse to grant what the granter does not have.

    :raises ValidationError: with the permissions in words.
    """
    names = [f"{one.content_type.app_label}.{one.codename}" for one in added]
    beyond = [name for name in names if not granter.has_perm(name)]
    if beyond:
        words = " · ".join(sorted(labels_of(beyond).values()))
        raise ValidationError(_("You cannot grant what you may not do yourself: %(words)s") % {"words": words})
