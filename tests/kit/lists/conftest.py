"""Fixtures of the tests of lists: the page under test at its address, and somebody who may open it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import clear_url_caches

from staff.models import Employee
from staff.views.shell import forget_counts
from tests.factories.staff import employee_with

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def listed(settings):
    """Put the page of people at /kit/people/."""
    templates = deepcopy(django_settings.TEMPLATES)
    templates[0]["DIRS"] = [TEMPLATES, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.kit.lists.people"
    clear_url_caches()
    forget_counts()
    yield
    clear_url_caches()


@pytest.fixture
def chen_jing(db) -> Employee:
    """店长 陈静, who may look and change."""
    return employee_with("staff.view_employee", "staff.change_employee", username="chenjing", name="陈静")


@pytest.fixture
def li_na(db) -> Employee:
    """客服 李娜, who may look."""
    return employee_with("staff.view_employee", username="lina", name="李娜")


@pytest.fixture
def at(client: Client, listed) -> Callable[..., object]:
    """Ask for /kit/people/ as somebody."""

    who: list[int] = []

    def ask(employee: Employee, query: str = "", **headers: str):
        if who != [employee.pk]:
            client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
            who[:] = [employee.pk]
        return client.get(
            f"/kit/people/{query}", headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    return ask
