"""Causes of after-sale cases: confirmed or corrected by a person, with a text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.actions.stages import write_cost
from service.models import AfterSale
from service.queries.causes import Cost
from service.states import Cause
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def confirm_cause(
    case: AfterSale,
    cause: str,
    *,
    culprit: Employee | None = None,
    text: str,
    cost: Cost | None = None,
    by: Employee,
    at: datetime,
) -> None:
    """Confirm what caused a case, whose step it was and what it cost; or correct it, later too.

    :raises Refused: without a text, before the case has ended, or by whoever is named or was proposed: nobody judges
        their own step.
    """
    if cause not in Cause.values:
        raise Refused(_("That is no cause."))
    if not text.strip():
        raise Refused(_("Say how it came."))
    found = AfterSale.objects.select_for_update(no_key=True, of=("self",)).select_related("culprit").get(pk=case.pk)
    if found.done_at is None:
        raise Refused(sentence(_("%(case)s has not ended yet."), case=case.number))
    if by in {culprit, found.culprit}:
        raise Refused(_("It is about a step of yours; somebody else has to confirm it."))
    if cost is not None and min(cost) < 0:
        raise Refused(_("A cost is not below zero."))
    changes: dict[str, tuple[Any, Any]] = {"cause": (found.cause, cause), "culprit": (found.culprit, culprit)}
    if cost is not None:
        had = Cost(found.goods_cost, found.postage_cost, found.compensation)
        changes |= {
            name: (before, after)
            for name, before, after in zip(("goods_cost", "postage_cost", "compensation"), had, cost, strict=True)
            if before != after
        }
        write_cost(case, cost)
    case.cause, case.culprit, case.cause_text = cause, culprit, text.strip()[:500]
    case.cause_confirmed_by, case.cause_confirmed_at = by, at
    case.save(
        update_fields=[
            "cause",
            "culprit",
            "cause_text",
            "cause_confirmed_by",
            "cause_confirmed_at",
            "goods_cost",
            "postage_cost",
            "compensation",
        ]
    )
    told = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    record("service.cause_confirmed", case, by=by, at=at, changes=told, reason=case.cause_text)
