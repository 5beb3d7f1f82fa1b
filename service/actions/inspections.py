"""Quality inspection: conversations are drawn by lot and scored by somebody else than the agent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet, TextField, Value, Window
from django.db.models.functions import MD5, Cast, Concat, RowNumber
from django.utils.translation import gettext_lazy as _

from service.models import Conversation, Inspection, InspectionCriterion
from service.policy.quality import CRITERIA, DRAW_LEAST_MESSAGES, DRAW_PER_AGENT
from service.states import INSPECTION_MOVES, InspectionState
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record, record_many
from staff.models import Employee


def ensure_criteria() -> list[InspectionCriterion]:
    """Return the lines of the score sheet; an installation without any gets the usual ones."""
    if not InspectionCriterion.objects.exists():
        InspectionCriterion.objects.bulk_create(
            InspectionCriterion(name=name, name_en=name_en, guidance=guidance, most=most, position=place)
            for place, (name, name_en, guidance, most) in enumerate(CRITERIA)
        )
    return list(InspectionCriterion.objects.filter(is_used=True))


@transaction.atomic
def draw_inspections(
    first: date, last: date, *, per_agent: int | None = None, by: Employee | None, at: datetime
) -> list[Inspection]:
    """Draw conversations of these days by lot, so many of each agent, and put them up for inspection.

    The lot is a hash of conversation and day, so that nobody can choose whom to draw. What was drawn before is not
    drawn again, and nobody draws their own.

    :raises Refused: if the days are none, or there is nothing to draw.
    """
    if last < first:
        raise Refused(_("The last day lies before the first."))
    lots = _drawable(first, last)
    if by is not None:
        lots = lots.exclude(agent=by)
    seed = Concat(Cast("pk", TextField()), Value(f"{at:%Y-%m-%d}"), output_field=TextField())
    ranked = lots.annotate(place=Window(RowNumber(), partition_by=[F("agent_id")], order_by=MD5(seed).asc()))
    count = DRAW_PER_AGENT() if per_agent is None else per_agent
    drawn = Inspection.objects.bulk_create(
        Inspection(conversation=one, agent=one.agent, drawn_by=by, drawn_at=at)
        for one in ranked.filter(place__lte=count).select_related("agent").order_by("agent_id", "pk")
        if one.agent
    )
    if not drawn:
        raise Refused(_("There is no conversation of these days that has not been drawn already."))
    record_many("service.inspection_drawn", ((one, {}) for one in drawn), by=by, at=at)
    return drawn


@transaction.atomic
def score_inspection(
    inspection: Inspection, points: Mapping[int, int], *, note: str, by: Employee, at: datetime
) -> Decimal:
    """Score a drawn conversation: criterion → points. The agent is told; return the score in per cent.

    :raises Refused: if somebody scores themselves, or a criterion is missing or out of bounds.
    """
    if by.pk == inspection.agent_id:
        raise Refused(_("Nobody inspects their own conversations."))
    criteria = ensure_criteria()
    for one in criteria:
        given = points.get(one.pk)
        if given is None or not 0 <= given <= one.most:
            raise Refused(sentence(_("%(name)s is scored from 0 to %(most)s."), name=one, most=one.most))
    scores = [
        {"criterion": one.pk, "name": one.name, "name_en": one.name_en, "most": one.most, "points": points[one.pk]}
        for one in criteria
    ]
    total = Decimal(100 * sum(points[one.pk] for one in criteria)) / sum(one.most for one in criteria)
    total = total.quantize(Decimal("0.01"))
    move(
        inspection,
        InspectionState.SCORED,
        moves=INSPECTION_MOVES,
        inspector=by,
        scored_at=at,
        scores=scores,
        total=total,
        note=note.strip(),
    )
    record("service.inspection_scored", inspection, by=by, at=at, changes={"total": (None, total)})
    notify(
        [inspection.agent],
        "inspection",
        _("A conversation of yours was inspected: %(total)s of 100."),
        at=at,
        url=inspection.get_absolute_url(),
        total=f"{total.normalize():f}",
    )
    return total


@transaction.atomic
def drop_inspection(inspection: Inspection, *, reason: str, by: Employee, at: datetime) -> None:
    """Drop a drawn conversation, such as one with nothing to judge.

    :raises Refused: if no reason is given.
    :raises MoveRefused: if it has been scored or dropped already.
    """
    if not reason.strip():
        raise Refused(_("Say why it is dropped."))
    move(inspection, InspectionState.DROPPED, moves=INSPECTION_MOVES, note=reason.strip())
    record("service.inspection_dropped", inspection, by=by, at=at, reason=reason.strip())


def _drawable(first: date, last: date) -> QuerySet[Conversation]:
    """Return the conversations of these days that somebody served and that have not been drawn."""
    drawn = Inspection.objects.values("conversation_id")
    return (
        Conversation.objects.filter(report_day__range=(first, last), agent__isnull=False, first_reply_at__isnull=False)
        .annotate(messages_in_all=F("buyer_messages") + F("agent_messages"))
        .filter(messages_in_all__gte=DRAW_LEAST_MESSAGES())
        .exclude(pk__in=drawn)
    )
