"""The people of customer service, and their leader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from shopops.kit.clock import Window
from shopops.kit.detectors import DETECTORS, Finding, Question
from staff.models import Employee
from tests.factories.duty import moment
from tests.factories.staff import EmployeeFactory, OrgUnitFactory, PositionFactory, permission, post_with

MONDAY = date(2026, 11, 23)
LEADS = (
    "staff.plan_duty",
    "staff.decide_leave",
    "staff.call_meeting",
    "staff.read_reports",
    "staff.correct_attendance",
    "staff.import_presence",
    "staff.view_duty",
    "staff.view_leave",
    "staff.view_presence",
    "staff.view_attendance",
    "staff.view_handover",
    "staff.view_problem",
    "staff.view_meeting",
)


def _agent(name: str, username: str) -> Employee:
    unit = OrgUnitFactory()
    agent = EmployeeFactory(name=name, username=username, unit=unit)
    post = PositionFactory()
    post.appointments.create(employee=agent, since=date(2025, 3, 1))
    agent.user_permissions.add(permission("staff.raise_problem"))
    return agent


@pytest.fixture
def lina(db: None) -> Employee:
    return _agent("李娜", "lina")


@pytest.fixture
def sunyue(db: None) -> Employee:
    return _agent("孙悦", "sunyue")


@pytest.fixture
def hejie(db: None) -> Employee:
    """The head of customer service."""
    unit = OrgUnitFactory()
    head = EmployeeFactory(name="何洁", username="hejie", unit=unit)
    post = post_with(*LEADS, code="service-supervisor", name="客服主管", is_head=True, unit=unit)
    post.appointments.create(employee=head, since=date(2025, 3, 1))
    head.groups.add(post.group)
    return Employee.objects.get(pk=head.pk)


@pytest.fixture
def chenjing(db: None) -> Employee:
    """The shop head, above customer service."""
    unit = OrgUnitFactory(code="shop", name="电商部")
    OrgUnitFactory().__class__.objects.filter(code="service").update(parent=unit)
    head = EmployeeFactory(name="陈静", username="chenjing", unit=unit)
    post = post_with(*LEADS, code="shop-head", name="店长", is_head=True, unit=unit)
    post.appointments.create(employee=head, since=date(2025, 3, 1))
    head.groups.add(post.group)
    return Employee.objects.get(pk=head.pk)


Ask = Callable[..., list[Finding]]


@pytest.fixture
def ask() -> Ask:
    """Ask a detector what happened between two moments, written on the shop's clock."""

    def asked(name: str, start: str, end: str, *, now: datetime | str = "", **parameters: Any) -> list[Finding]:
        window = Window(moment(start), moment(end))
        question = Question(window, moment(now) if now else window.end, parameters)
        return sorted(DETECTORS[name].find(question), key=lambda one: (one.happened_at, one.employee_id))

    return asked
