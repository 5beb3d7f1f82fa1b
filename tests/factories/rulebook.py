"""The rulebook and dispatch notes against the clock, for tests."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from shopops.kit.clock import SHANGHAI
from staff.actions.rulebook import load_rulebook
from staff.models import Appointment, Employee
from tests.factories.kept import made_once
from tests.factories.staff import HIRED, NOON, EmployeeFactory, PositionFactory, make_cast
from tests.factories.warehouse import some_shop
from warehouse.actions.stock import ensure_warehouse
from warehouse.models import DispatchNote
from warehouse.states import NoteState

_NUMBERS = count(1)


def at(text: str) -> datetime:
    """Return a moment on the shop's clock: `2026-11-20 09:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@made_once
def open_book() -> None:
    """Load the rulebook as it is shipped."""
    load_rulebook(at=NOON)


@made_once
def cast_with_book(*, at: datetime) -> dict[str, Employee]:
    """Set up the organisation and its people, and load the rulebook; return the people by login name."""
    people = make_cast(at=at)
    load_rulebook(at=at)
    return people


def lina() -> Employee:
    """Return 客服 李娜."""
    return EmployeeFactory(username="lina", name="李娜")


def supervisor(*, since: date = HIRED, until: date | None = None, **values: Any) -> Employee:
    """Return 客服主管 何洁, who answers for what rules approve."""
    values = {"username": "hejie", "name": "何洁", **values}
    words = {"name": "客服主管", "name_en": "Service supervisor"}
    post = PositionFactory(code="service-supervisor", register_ids="STF-073", **words)
    employee = EmployeeFactory(**values)
    Appointment.objects.create(employee=employee, position=post, since=since, until=until)
    return employee


def zhaomin() -> Employee:
    """Return 数据分析员 赵敏, who drafts."""
    return EmployeeFactory(username="zhaomin", name="赵敏")


def chenjing() -> Employee:
    """Return 店长 陈静, who publishes what others have drafted."""
    return EmployeeFactory(username="chenjing", name="陈静")


def note(approved: str, *, by: Employee | None, shipped: str = "", promised: str = "", **values: Any) -> DispatchNote:
    """Return a dispatch note approved and shipped at these moments."""
    number = next(_NUMBERS)
    values.setdefault("state", NoteState.SHIPPED if shipped else NoteState.WAITING)
    return DispatchNote.objects.create(
        number=f"FH2611{number:06}",
        shop=values.pop("shop", None) or some_shop(),
        warehouse=ensure_warehouse(),
        order_numbers=f"28100123456789{number:05}",
        receiver_name="张敏",
        summary="加厚羊羔绒外套",
        pieces=1,
        confirmed_at=at(approved),
        confirmed_by=by,
        promised_at=at(promised) if promised else None,
        shipped_at=at(shipped) if shipped else None,
        **values,
    )
