"""What holds whatever people do: claims, refunds and stock over any sequence of verbs; price differences in time."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.actions.aftersales import (
    agree_after_sale,
    dispute_after_sale,
    finish_after_sale,
    open_after_sale,
    refuse_after_sale,
    reopen_after_sale,
    settle_dispute,
    withdraw_after_sale,
)
from service.actions.claims import claims_pieces
from service.actions.refunds import confirm_refund
from service.actions.replacements import send_replacement
from service.actions.returned_goods import Found, inspect_parcel
from service.actions.returns import take_parcel_in, unmatch_parcel
from service.models import AfterSale, ReturnClaim, ReturnParcel
from service.states import AfterSaleKind, ReturnState
from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Question
from shopops.kit.refusals import Refused
from tests.factories.aftersales import a_case, a_signed_order, lina, wangqiang
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON
from warehouse.actions.notes import cancel_note
from warehouse.queries.proof import prove_stock

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("open", "agree", "refuse", "withdraw", "reopen", "dispute", "settle", "finish", "take", "unmatch",
             "inspect", "send", "cancel", "refund")
        ),
        st.integers(0, 2),
        st.integers(0, 3),
        st.sampled_from(sorted(set(AfterSaleKind) - {AfterSaleKind.PRICE_MATCH})),
    ),
    max_size=14,
)  # fmt: skip


class Play:
    """An order of three pieces and whatever is done to it."""

    def __init__(self) -> None:
        self.order = a_signed_order({stocked_sku(50): 3})
        self.line = self.order.lines.get()
        self.by, self.keeper, self.number = lina(), wangqiang(), 0

    def cases(self) -> list[AfterSale]:
        return list(AfterSale.objects.order_by("pk"))

    def step(self, verb: str, which: int, amount: int, kind: str) -> None:
        if verb == "open":
            asks = kind in {AfterSaleKind.REFUND, AfterSaleKind.RETURN}
            money = Decimal(60 * max(amount, 1)) if asks else Decimal(0)
            open_after_sale(self.order, kind, lines={self.line.pk: amount}, amount=money, by=self.by, at=NOON)
            return
        cases = self.cases()
        if not cases:
            return
        self.to_case(verb, cases[which % len(cases)], amount)

    def to_case(self, verb: str, case: AfterSale, amount: int) -> None:
        who = {"by": self.by, "at": NOON}
        parcel = ReturnParcel.objects.filter(case=case, state=ReturnState.MATCHED).first()
        line = case.lines.first()
        self.number += 1
        {
            "agree": lambda: agree_after_sale(case, **who),
            "refuse": lambda: refuse_after_sale(case, reason="不符合", **who),
            "withdraw": lambda: withdraw_after_sale(case, **who),
            "reopen": lambda: reopen_after_sale(case, reason="再看", **who),
            "dispute": lambda: dispute_after_sale(case, **who),
            "settle": lambda: settle_dispute(case, for_buyer=bool(amount % 2), reason="平台", **who),
            "finish": lambda: finish_after_sale(case, reason="线下", **who),
            "take": lambda: take_parcel_in(f"SF{self.number:08}", case=case, by=self.keeper, at=NOON),
            "unmatch": lambda: parcel and unmatch_parcel(parcel, reason="错了", **who),
            "inspect": lambda: parcel and line and inspect_parcel(
                parcel, {line.pk: Found(amount // 2, amount % 2)}, nothing_more=amount == 3, by=self.keeper, at=NOON
            ),
            "send": lambda: send_replacement(case, **who),
            "cancel": lambda: case.note and cancel_note(case.note, reason="不发了", **who),
            "refund": lambda: confirm_refund(case, Decimal(80 * amount), **who),
        }[verb]()  # fmt: skip

    def check(self) -> None:
        holding = sum(
            line.quantity
            if claims_pieces(case.kind, case.state, is_refunded=bool(case.refunded))
            else (line.good + line.defective if case.state in {"refused", "withdrawn"} else 0)
            for case in self.cases()
            for line in case.lines.all()
        )
        claim = ReturnClaim.objects.filter(pk=self.line.pk).first()
        assert (claim.claimed if claim else 0) == holding <= 3
        assert (AfterSale.objects.aggregate(all=Sum("refunded"))["all"] or 0) <= self.order.paid
        assert prove_stock().ok


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_nothing_people_do_claims_more_than_bought_or_refunds_more_than_paid(steps):
    from django.db import transaction

    with transaction.atomic():
        play = Play()
        for step in steps:
            with suppress(Refused):
                play.step(*step)
            play.check()
        transaction.set_rollback(True)


def unpaid(day: str, **parameters) -> list[tuple[str, int]]:
    question = Question(day_window(date.fromisoformat(day)), NOON + timedelta(days=30), parameters)
    return [(one.subject[2], one.employee_id) for one in DETECTORS["service.price_difference_unpaid"].find(question)]


@pytest.mark.django_db
@pytest.mark.parametrize(("late", "found"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_a_price_difference_paid_exactly_in_time_is_no_miss(late, found):
    case = a_case(AfterSaleKind.PRICE_MATCH, amount=Decimal(11))
    assert unpaid("2026-11-27", days=7) == [(case.number, lina().pk)]
    assert unpaid("2026-11-26", days=7) == unpaid("2026-11-28", days=7) == []
    agree_after_sale(case, by=lina(), at=NOON)
    confirm_refund(case, by=lina(), at=NOON + timedelta(days=7) + late)
    assert bool(unpaid("2026-11-27", days=7)) is found


@pytest.mark.django_db
def test_a_refused_price_difference_is_no_claim_and_other_kinds_are_none():
    refuse_after_sale(a_case(AfterSaleKind.PRICE_MATCH, amount=Decimal(11)), reason="不是同款", by=lina(), at=NOON)
    a_case(order=a_signed_order())
    assert unpaid("2026-11-27", days=7) == []
