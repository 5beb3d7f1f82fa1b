"""Quality inspection: conversations are drawn by lot, scored by somebody else than the agent, and contested once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value, Window
from django.db.models.functions import MD5, Cast, Concat, RowNumber
from django.utils.translation import gettext_lazy as _

from service.models import Complaint, Conversation, Inspection, InspectionCriterion, Turn
from service.policy.quality import CONTEST_DAYS, CRITERIA, DRAW_LEAST_MESSAGES, DRAW_PER_AGENT, LONG_MESSAGES
from service.queries.reply_limits import first_seconds
from service.states import INSPECTION_MOVES, DrawRule, InspectionState
from shopops.kit.moves import MoveRefused, move
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
    first: date,
    last: date,
    *,
    per_agent: int | None = None,
    rule: str = DrawRule.ANY,
    agents: Collection[Employee] = (),
    by: Employee | None,
    at: datetime,
) -> list[Inspection]:
    """Draw conversations of these days by lot, so many of each agent, and put them up for inspection.

    The lot is a hash of conversation and day, so that nobody can choose whom to draw. What was drawn before is not
    drawn again, and nobody draws their own.

    :param rule: from which conversations the lots are taken, such as those answered too late.
    :param agents: whose conversations; everybody's if left out.
    :raises Refused: if the days are none, or there is nothing to draw.
    """
    if last < first:
        raise Refused(_("The last day lies before the first."))
    lots = drawable(first, last, rule)
    if agents:
        lots = lots.filter(agent__in=agents)
    if by is not None:
        lots = lots.exclude(agent=by)
    seed = Concat(Cast("pk", TextField()), Value(f"{at:%Y-%m-%d}"), output_field=TextField())
    ranked = lots.annotate(place=Window(RowNumber(), partition_by=[F("agent_id")], order_by=MD5(seed).asc()))
    count = DRAW_PER_AGENT() if per_agent is None else per_agent
    drawn = Inspection.objects.bulk_create(
        Inspection(conversation=one, agent=one.agent, drawn_by=by, drawn_at=at, rule=rule)
        for one in ranked.filter(place__lte=count).select_related("agent").order_by("agent_id", "pk")
        if one.agent
    )
    if not drawn:
        raise Refused(_("There is no conversation of these days that has not been drawn already."))
    record_many("service.inspection_drawn", ((one, {}) for one in drawn), by=by, at=at)
    return drawn


@transaction.atomic
def score_inspection(
    inspection: Inspection,
    points: Mapping[int, int],
    *,
    note: str,
    notes: Mapping[int, str] | None = None,
    remarks: Mapping[int, str] | None = None,
    answer: str = "",
    by: Employee,
    at: datetime,
) -> Decimal:
    """Score a drawn conversation, or score it anew after an objection; return the score in per cent.

    The agent is told.

    :param points: criterion → points.
    :param notes: criterion → what was missing there.
    :param remarks: message → what the inspector says of it.
    :param answer: of a contested one, what the agent is answered.
    :raises Refused: if somebody scores themselves, a criterion is missing or out of bounds, or an answer is.
    """
    if by.pk == inspection.agent_id:
        raise Refused(_("Nobody inspects their own conversations."))
    criteria = ensure_criteria()
    for one in criteria:
        given = points.get(one.pk)
        if given is None or not 0 <= given <= one.most:
            raise Refused(sentence(_("%(name)s is scored from 0 to %(most)s."), name=one, most=one.most))
    was_contested = inspection.state == InspectionState.DISPUTED
    if was_contested and not answer.strip():
        raise Refused(_("Answer what the agent objects."))
    scores = [_line(one, points[one.pk], (notes or {}).get(one.pk, "")) for one in criteria]
    total = Decimal(100 * sum(points[one.pk] for one in criteria)) / sum(one.most for one in criteria)
    total = total.quantize(Decimal("0.01"))
    before = inspection.total
    answered: dict[str, Any] = {"answer": answer.strip(), "answered_by": by, "answered_at": at} if was_contested else {}
    move(
        inspection,
        InspectionState.SCORED,
        moves=INSPECTION_MOVES,
        inspector=by,
        scored_at=at,
        scores=scores,
        total=total,
        note=note.strip(),
        remarks=_remarks(inspection, remarks or {}),
        **answered,
    )
    record(
        "service.inspection_scored", inspection, by=by, at=at, changes={"total": (before, total)}, reason=answer.strip()
    )
    _tell(inspection, inspection.agent, _("A conversation of yours was inspected: %(total)s of 100."), at=at)
    return total


@transaction.atomic
def contest_inspection(inspection: Inspection, *, reason: str, by: Employee, at: datetime) -> None:
    """Object to the score of one's own conversation; whoever scored it is told.

    :raises Refused: if it is somebody else's, no reason is given, it was contested before, or is too late.
    :raises MoveRefused: if it is not scored.
    """
    if by.pk != inspection.agent_id:
        raise Refused(_("Only the agent of the conversation contests its score."))
    if not reason.strip():
        raise Refused(_("Say what is wrong with the score."))
    if inspection.contested_at is not None:
        raise Refused(_("This score was contested before and stands now."))
    if inspection.scored_at is not None and at > contest_until(inspection.scored_at):
        days = CONTEST_DAYS()
        raise Refused(sentence(_("A score is contested within %(days)s days; this one stands."), days=days))
    move(
        inspection,
        InspectionState.DISPUTED,
        moves=INSPECTION_MOVES,
        contested_at=at,
        contest=reason.strip(),
    )
    record("service.inspection_contested", inspection, by=by, at=at, reason=reason.strip())
    if inspection.inspector is not None:
        _tell(inspection, inspection.inspector, _("%(who)s contests the score of a conversation."), at=at)


@transaction.atomic
def uphold_inspection(inspection: Inspection, *, answer: str, by: Employee, at: datetime) -> None:
    """Stand by a contested score, and tell the agent why.

    :raises Refused: if it is one's own conversation, or no answer is given.
    :raises MoveRefused: if the score is not contested.
    """
    if by.pk == inspection.agent_id:
        raise Refused(_("Nobody inspects their own conversations."))
    if not answer.strip():
        raise Refused(_("Answer what the agent objects."))
    if inspection.state != InspectionState.DISPUTED:
        raise MoveRefused(_("The score is not contested."))
    move(
        inspection,
        InspectionState.SCORED,
        moves=INSPECTION_MOVES,
        answer=answer.strip(),
        answered_by=by,
        answered_at=at,
    )
    record("service.inspection_upheld", inspection, by=by, at=at, reason=answer.strip())
    _tell(inspection, inspection.agent, _("The score you contested stands: %(total)s of 100."), at=at)


def contest_until(scored_at: datetime) -> datetime:
    """Return until when a score may be contested."""
    return scored_at + timedelta(days=CONTEST_DAYS())


def _line(criterion: InspectionCriterion, points: int, note: str) -> dict[str, Any]:
    return {
        "criterion": criterion.pk,
        "name": criterion.name,
        "name_en": criterion.name_en,
        "most": criterion.most,
        "points": points,
        "note": note.strip()[:300],
    }


def _remarks(inspection: Inspection, remarks: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return what is kept of remarks: those with words, on messages of the conversation, in their order."""
    said = {key: words.strip()[:300] for key, words in remarks.items() if words.strip()}
    known = inspection.conversation.messages.filter(pk__in=said).order_by("at", "pk").values_list("pk", flat=True)
    return [{"message": key, "text": said[key]} for key in known]


def _tell(inspection: Inspection, whom: Employee, words: Any, *, at: datetime) -> None:
    total = f"{inspection.total.normalize():f}" if inspection.total is not None else ""
    notify(
        [whom], "inspection", words, at=at, url=inspection.get_absolute_url(), total=total, who=str(inspection.agent)
    )


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


def drawable(first: date, last: date, rule: str = DrawRule.ANY) -> QuerySet[Conversation]:
    """Return the conversations of these days that somebody served, that a rule is about and that nobody drew yet."""
    drawn = Inspection.objects.values("conversation_id")
    return (
        Conversation.objects.filter(report_day__range=(first, last), agent__isnull=False, first_reply_at__isnull=False)
        .annotate(messages_in_all=F("buyer_messages") + F("agent_messages"))
        .filter(_ruled(rule, last), messages_in_all__gte=DRAW_LEAST_MESSAGES())
        .exclude(pk__in=drawn)
    )


def _ruled(rule: str, day: date) -> Q:
    """Return the condition of a rule; what counts as late is as the clause says it on that day."""
    if rule == DrawRule.SLOW:
        late = Turn.objects.filter(conversation=OuterRef("pk"), is_first=True, excluded="")
        return Q(Exists(late.filter(seconds__gt=first_seconds(day))))
    if rule == DrawRule.LONG:
        return Q(messages_in_all__gte=LONG_MESSAGES())
    if rule == DrawRule.UNNOTED:
        return Q(annotation="")
    if rule == DrawRule.RAISED:
        return Q(escalated_at__isnull=False)
    if rule == DrawRule.GRIEVED:
        return Q(Exists(Complaint.objects.filter(conversation=OuterRef("pk"))))
    return Q()
