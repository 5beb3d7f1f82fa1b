"""Complaints and reviews for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from service.actions.complaints import (
    answer_complaint,
    handle_complaint,
    investigate_complaint,
    receive_complaint,
    register_complaint,
)
from service.models import Complaint, Review
from service.states import Cause, Rating, ReviewState
from staff.models import Employee
from tests.factories.buyers import a_buyer
from tests.factories.staff import NOON, ShopFactory


def a_complaint(by: Employee, *, at: datetime = NOON, **values: Any) -> Complaint:
    """Return a complaint of 小溪流水 that was received now."""
    standard: dict[str, Any] = {"shop": ShopFactory(), "text": "收到的羊毛衫有破洞", "apologised": True, "again": True}
    return receive_complaint(values.pop("buyer", None) or a_buyer(), **{**standard, **values}, by=by, at=at)


def a_handled_complaint(by: Employee, *, at: datetime = NOON, answered: bool = True, **values: Any) -> Complaint:
    """Return a complaint that is being handled, an hour after it came in."""
    complaint = a_complaint(by, at=at, **values)
    register_complaint(complaint, by=by, at=at + timedelta(minutes=10))
    investigate_complaint(complaint, event="打包前未检查", cause=Cause.PACKING, by=by, at=at + timedelta(minutes=30))
    handle_complaint(complaint, opinion="换货并补偿运费", by=by, at=at + timedelta(minutes=40))
    if answered:
        answer_complaint(complaint, result="已安排换货，补偿 10 元", by=by, at=at + timedelta(hours=1))
    return complaint


def a_review(**values: Any) -> Review:
    """Return a bad review with words that is to be dealt with."""
    standard: dict[str, Any] = {
        "shop": ShopFactory(),
        "order_number": "2810012345678000777",
        "goods": "羊毛衫",
        "rating": Rating.BAD,
        "text": "客服爱理不理，态度很差",
        "has_text": True,
        "reviewed_at": NOON - timedelta(days=1),
        "state": ReviewState.TASK,
        "due_at": NOON + timedelta(hours=2),
        "digest": uuid4(),
    }
    return Review.objects.create(buyer=values.pop("buyer", None) or a_buyer(), **{**standard, **values})
