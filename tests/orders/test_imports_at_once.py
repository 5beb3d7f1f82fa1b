"""Imports at the same time as other imports and as people who approve: nothing twice, nothing lost, nobody stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from orders import imports
from orders.actions.review import approve_orders
from orders.actions.screening import screen_orders
from orders.models import ImportBatch, Order, OrderException, OrderLine
from orders.states import ExceptionKind, ImportState, OrderState
from staff.models import Employee, Event
from tests.factories.imports import import_pair, import_texts, order_csv
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON, EmployeeFactory
from tests.factories.taobao import line, order

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = range(1, 31)


@pytest.fixture
def at_once(transactional_db) -> Iterator[Callable]:
    """Return a function that makes calls in threads of their own and gives their results."""

    def call(*deeds: Callable) -> list:
        def alone(deed: Callable):
            try:
                return deed()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return [one.result(timeout=120) for one in [pool.submit(alone, deed) for deed in deeds]]

    return call


def both() -> ImportBatch:
    return import_pair([order(place) for place in PLACES], [line(place) for place in PLACES])


def test_the_same_files_imported_twice_at_once_make_each_order_once(at_once):
    batches = at_once(both, both, both)

    assert sorted(batch.counts["orders"]["new"] for batch in batches) == [0, 0, len(PLACES)]
    assert (Order.objects.count(), OrderLine.objects.count()) == (len(PLACES), len(PLACES))
    assert all(batch.state == ImportState.DONE for batch in batches)


def test_an_address_changed_while_somebody_approves_is_either_taken_or_raised(at_once):
    lina: Employee = EmployeeFactory(username="lina", name="李娜")
    stocked_sku(1000, code="YS-0001")
    both()
    ids = list(Order.objects.values_list("pk", flat=True))
    screen_orders(ids, at=NOON)
    changed = order_csv([order(place, 收货人姓名="吴大力") for place in PLACES])

    at_once(
        lambda: import_texts(changed),
        lambda: approve_orders(ids[:15], by=lina, at=NOON),
        lambda: approve_orders(ids[15:], by=lina, at=NOON),
    )

    held = set(OrderException.objects.filter(kind=ExceptionKind.ADDRESS_CHANGED).values_list("order_id", flat=True))
    for one in Order.objects.select_related("note"):
        assert one.state in {OrderState.APPROVED, OrderState.REVIEW}
        if one.receiver_name == "吴大力":
            assert one.pk not in held
            assert one.note is None or one.note.receiver_name == "吴大力"
        else:
            assert one.pk in held
            assert one.note.receiver_name == "周某某"
            assert one.note.stopped_at is not None


def test_an_import_caught_in_a_circle_of_waiting_begins_anew(transactional_db):
    tries = []
    done = imports._write

    def stumble(*words, **named):
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError from DeadlockDetected()
        return done(*words, **named)

    with patch.object(imports, "_write", stumble):
        batch = both()

    assert (len(tries), batch.state, Order.objects.count()) == (2, ImportState.DONE, len(PLACES))


def test_another_trouble_of_the_database_is_not_tried_again(transactional_db):
    with patch.object(imports, "_write", side_effect=OperationalError("gone")), pytest.raises(OperationalError):
        both()

    assert ImportBatch.objects.get().state == ImportState.READING
    assert not Event.objects.exists()
