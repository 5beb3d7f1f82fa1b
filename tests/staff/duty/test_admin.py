"""Shifts and patterns are kept in the admin site, with their events."""

from __future__ import annotations

import pytest
from django.urls import reverse

from staff.models import Event, RosterPattern, Shift
from tests.factories.duty import a_shift
from tests.factories.staff import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(EmployeeFactory(is_superuser=True))
    return client


def test_shifts_are_listed_with_their_hours_and_never_deleted(manager):
    late = a_shift("late")

    assert "16:00–24:00" in manager.get(reverse("admin:staff_shift_changelist")).content.decode()
    assert manager.get(reverse("admin:staff_shift_delete", args=[late.pk])).status_code == 403


@pytest.mark.parametrize(("days", "is_kept"), [("early,early,,late", True), ("early,night", False), (",,", False)])
def test_a_pattern_names_shifts_in_use(manager, days, is_kept):
    a_shift()
    asked = {"name": "试排", "anchor": "2026-11-23", "days": days, "is_used": "on"}

    manager.post(reverse("admin:staff_rosterpattern_add"), asked)

    assert RosterPattern.objects.filter(name="试排").exists() is is_kept
    assert Event.objects.filter(verb="staff.added", subject_label="试排").exists() is is_kept


def test_renaming_a_shift_leaves_an_event(manager):
    late = a_shift("late")
    asked = {"code": "late", "name": "夜班", "name_en": "Night", "kind": "late", "starts": "16:00", "minutes": "480",
             "meal_minutes": "0", "is_used": "on", "position": "1"}  # fmt: skip
    manager.post(reverse("admin:staff_shift_change", args=[late.pk]), asked)

    assert Shift.objects.get(pk=late.pk).name == "夜班"
    assert Event.objects.filter(verb="staff.changed", subject_type="staff.Shift").exists()
