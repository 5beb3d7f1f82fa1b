"""What the pages of cases, appeals and excuses share: who asks, and a form's first complaint."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from staff.models import Employee


def actor(request: HttpRequest) -> Employee:
    """Return who is logged in; the decorator has seen to it that somebody is."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- for the type checker
    return request.user


def checked(form: forms.Form) -> dict[str, Any]:
    """Return the values of a form.

    :raises Refused: with the first complaint, if it is not valid.
    """
    form.data = read_data(form.data)
    if not form.is_valid():
        name, complaints = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise Refused(f"{label}: {complaints[0]}" if label else str(complaints[0]))
    return form.cleaned_data
