"""The people of the shop with their roles, the whole rulebook, and files in a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from staff.models import Employee
from tests.factories.rulebook import at, cast_with_book


@pytest.fixture
def cast(db: Any) -> dict[str, Employee]:
    """客服 李娜 (lina), 客服主管 何洁 (hejie), 店长 陈静 (chenjing) and everybody else, and the rulebook."""
    people = cast_with_book(at=at("2026-11-01 09:00"))
    return {name: Employee.objects.select_related("unit").get(pk=one.pk) for name, one in people.items()}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Keep the files of a test in a folder of its own."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path
