"""One person's appraisal: self-review, score, signature, objection. Nobody scores or judges themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.appraisal_forms import LONGEST, FormScore, score_lines
from staff.actions.appraisal_reckoning import bonus_bases, reckon, settle
from staff.actions.appraisal_snapshots import freeze_correction
from staff.actions.events import notify, record
from staff.models import Appraisal, AppraisalCycle, Employee, GradeBand
from staff.policy.appraisal import ADJUST_MOST, POINTS_CEILING
from staff.queries.appraisals import can_object_until, is_late, span_in_words
from staff.queries.people import people_who_may
from staff.queries.superiors import superiors_of
from staff.states import APPRAISAL_MOVES, AppraisalState, CycleKind, CycleState

PARTS = ("tasks", "results", "problems", "plans")
MAY_RUN = "staff.run_appraisal"
NONE = Decimal(0)


@transaction.atomic
def file_self_review(appraisal: Appraisal, words: Mapping[str, str], *, by: Employee, at: datetime) -> None:
    """File one's own self-review; until the superior has scored it may be filed again. After month's end it is late.

    :param words: under `tasks`, `results`, `problems`, `plans` (STF-135).
    :raises Refused: if it is somebody else's, empty, or scored already.
    """
    cycle = _locked(appraisal)
    if by.pk != appraisal.employee_id:
        raise Refused(_("People write their own self-review."))
    if cycle.kind != CycleKind.MONTH:
        raise Refused(_("A half-year and a year are rolled up from their months."))
    text = {name: words.get(name, "").strip()[:LONGEST] for name in PARTS}
    if not text["tasks"] or not text["results"]:
        raise Refused(_("Write at least the tasks and what came of them."))
    if cycle.state == CycleState.OPEN and appraisal.state == AppraisalState.SELF_REVIEWED:
        appraisal.self_review, appraisal.self_reviewed_at = text, at
        appraisal.save(update_fields=["self_review", "self_reviewed_at"])
    elif cycle.state == CycleState.OPEN and appraisal.state == AppraisalState.WAITING:
        move(
            appraisal,
            AppraisalState.SELF_REVIEWED,
            moves=APPRAISAL_MOVES,
            self_review=text,
            self_reviewed_at=at,
        )
    else:
        raise Refused(_("This is scored already; a self-review comes before."))
    appraisal.cycle = cycle
    reason = _("filed late") if is_late(appraisal, shop_day(at)) else ""
    record("staff.self_reviewed", appraisal, by=by, at=at, reason=str(reason))


@transaction.atomic
def score_appraisal(
    appraisal: Appraisal,
    forms: Mapping[int, FormScore],
    *,
    comment: str,
    adjustment: Decimal = NONE,
    reason: str = "",
    by: Employee,
    at: datetime,
) -> Appraisal:
    """Score one of one's people: the lines on the form, a comment, and within limits an adjustment with its reason.

    What the system reckons stays as it is. A line without a score needs a word why; its weight goes to the others.

    :param forms: id of the line → what was given; a line scored before by its named person may be left out.
    :raises Refused: if the month is not over, it is oneself, somebody else scores, or something is missing or too far.
    """
    cycle = _locked(appraisal)
    _may_score(appraisal, cycle, by=by, at=at)
    if not comment.strip():
        raise Refused(_("Write a comment; people want to know why."))
    most = ADJUST_MOST()
    if abs(adjustment) > most:
        raise Refused(sentence(_("An adjustment is at most %(most)s points up or down."), most=f"{most.normalize():f}"))
    if adjustment and not reason.strip():
        raise Refused(_("An adjustment needs a reason."))
    score_lines(appraisal, forms, by=by, at=at)
    move(
        appraisal,
        AppraisalState.SCORED,
        moves=APPRAISAL_MOVES,
        comment=comment.strip()[:LONGEST],
        adjustment=adjustment,
        adjustment_reason=reason.strip()[:300] if adjustment else "",
        scored_by=by,
        scored_at=at,
    )
    (scored,) = reckon(cycle, only=[appraisal.pk])
    if scored.score is None:
        raise Refused(_("Nothing at all was measured; give a score on at least one line."))
    record("staff.appraisal_scored", appraisal, by=by, at=at, changes={"score": (None, scored.score)})
    if adjustment:
        changes = {"score": (scored.reckoned, scored.score)}
        record("staff.appraisal_adjusted", appraisal, by=by, at=at, changes=changes, reason=scored.adjustment_reason)
    return scored


@transaction.atomic
def return_appraisal(appraisal: Appraisal, *, reason: str, by: Employee, at: datetime) -> None:
    """Send one score back to the superior before it is published.

    :raises Refused: if there is no reason, or it is not scored.
    """
    cycle = _locked(appraisal)
    if not reason.strip():
        raise Refused(_("Say what has to be done again."))
    if cycle.kind != CycleKind.MONTH:
        raise Refused(_("A half-year and a year are rolled up from their months."))
    move(appraisal, AppraisalState.SELF_REVIEWED, moves=APPRAISAL_MOVES, score=None, grade=None, bonus=None)
    record("staff.appraisal_returned", appraisal, by=by, at=at, reason=reason.strip())
    if appraisal.superior is not None:
        notify(
            [appraisal.superior],
            "appraisal",
            _("The score of %(name)s came back: %(reason)s"),
            at=at,
            url=appraisal.get_absolute_url(),
            name=appraisal.employee.name,
            reason=reason.strip()[:120],
        )


@transaction.atomic
def assign_superior(appraisal: Appraisal, superior: Employee, *, by: Employee, at: datetime) -> None:
    """Name who scores somebody, where the organisation gives nobody or the head is away.

    :raises Refused: if it is the person, or it is scored already.
    """
    _locked(appraisal)
    if superior.pk == appraisal.employee_id:
        raise Refused(_("Nobody scores themselves."))
    if appraisal.state not in {AppraisalState.WAITING, AppraisalState.SELF_REVIEWED}:
        raise Refused(_("It is scored already."))
    heads = superiors_of([appraisal.employee])
    if not superior.has_perm("staff.score_kpi") and heads[appraisal.employee_id] != superior:
        raise Refused(sentence(_("%(name)s may not score; name a head or give the permission first."), name=superior))
    before = appraisal.superior
    appraisal.superior = superior
    appraisal.save(update_fields=["superior"])
    record("staff.superior_assigned", appraisal, by=by, at=at, changes={"superior": (before, superior)})


@transaction.atomic
def sign_result(appraisal: Appraisal, *, by: Employee, at: datetime) -> None:
    """Sign one's own published result.

    :raises Refused: if it is somebody else's, or not waiting for a signature.
    """
    _locked(appraisal)
    if by.pk != appraisal.employee_id:
        raise Refused(_("People sign their own result."))
    move(appraisal, AppraisalState.SIGNED, moves=APPRAISAL_MOVES, signed_at=at)
    record("staff.appraisal_signed", appraisal, by=by, at=at)


@transaction.atomic
def object_to_result(appraisal: Appraisal, *, text: str, by: Employee, at: datetime) -> None:
    """Object to one's own published result, in time and once.

    :raises Refused: if it is somebody else's, the time is over, it was answered before, or no reason is given.
    """
    cycle = _locked(appraisal)
    if by.pk != appraisal.employee_id:
        raise Refused(_("People object to their own result."))
    if not text.strip():
        raise Refused(_("Say what you object to and why."))
    if appraisal.objection_answered_by_id is not None:
        raise Refused(_("Your objection has been answered; there is no second one."))
    if shop_day(at) > can_object_until(cycle):
        raise Refused(sentence(_("The time for objections ended on %(day)s."), day=can_object_until(cycle).isoformat()))
    move(
        appraisal,
        AppraisalState.APPEALED,
        moves=APPRAISAL_MOVES,
        objection=text.strip()[:LONGEST],
        objected_at=at,
    )
    record("staff.appraisal_objected", appraisal, by=by, at=at, reason=text.strip())
    judges = people_who_may(MAY_RUN).exclude(pk__in=[pk for pk in (by.pk, appraisal.scored_by_id) if pk])
    notify(
        judges,
        "appraisal",
        _("%(name)s objects to the result of %(span)s."),
        at=at,
        url=appraisal.get_absolute_url(),
        name=by.name,
        span=span_in_words(cycle),
    )


@transaction.atomic
def answer_objection(
    appraisal: Appraisal, *, text: str, score: Decimal | None = None, by: Employee, at: datetime
) -> None:
    """Answer an objection; the score stays, or is corrected with grade, bonus and snapshot, as the history tells.

    :param score: the corrected score; None leaves it.
    :raises Refused: if one scored it or objected oneself, no reason is given, or the score is none.
    """
    cycle = _locked(appraisal)
    if by.pk == appraisal.employee_id:
        raise Refused(_("Nobody answers their own objection."))
    if by.pk == appraisal.scored_by_id:
        raise Refused(_("You gave this score; somebody else answers the objection."))
    if not text.strip():
        raise Refused(_("Give the reasons."))
    if score is not None and not 0 <= score <= POINTS_CEILING():
        raise Refused(sentence(_("A score is from 0 to %(most)s."), most=f"{POINTS_CEILING().normalize():f}"))
    before = appraisal.score
    move(
        appraisal,
        AppraisalState.PUBLISHED,
        moves=APPRAISAL_MOVES,
        objection_answer=text.strip()[:LONGEST],
        objection_answered_by=by,
    )
    is_corrected = score is not None and score != before
    if is_corrected:
        appraisal.cycle = cycle
        bases = {} if appraisal.bonus_base is None else {appraisal.employee_id: appraisal.bonus_base}
        settle(appraisal, score, list(GradeBand.objects.all()), bases or bonus_bases(cycle, [appraisal]))
        appraisal.save(update_fields=["score", "grade", "coefficient", "bonus_base", "bonus"])
    freeze_correction(appraisal, at=at)
    changes = {"score": (before, score)} if is_corrected else {}
    record("staff.appraisal_answered", appraisal, by=by, at=at, changes=changes, reason=text.strip())
    notify(
        [appraisal.employee],
        "appraisal",
        _("Your objection to the result of %(span)s is answered."),
        at=at,
        url=appraisal.get_absolute_url(),
        span=span_in_words(cycle),
    )


def reveal_bonus(appraisal: Appraisal, *, by: Employee, at: datetime) -> None:
    """Write down that somebody looked at another person's amounts."""
    if by.pk != appraisal.employee_id:
        record("staff.bonus_revealed", appraisal, by=by, at=at)


def _locked(appraisal: Appraisal) -> AppraisalCycle:
    """Return the period, locked against publishing and locking while something is changed in it.

    The appraisal is read again: whoever waited for the lock sees what the one before did.

    :raises Refused: if the period is locked for good.
    """
    cycle = AppraisalCycle.objects.select_for_update().get(pk=appraisal.cycle_id)
    if cycle.state == CycleState.LOCKED:
        raise Refused(_("This month is locked; nothing in it changes any more. Corrections land in the next."))
    appraisal.refresh_from_db()
    return cycle


def _may_score(appraisal: Appraisal, cycle: AppraisalCycle, *, by: Employee, at: datetime) -> None:
    if by.pk == appraisal.employee_id:
        raise Refused(_("Nobody scores themselves."))
    if by.pk != appraisal.superior_id:
        raise Refused(_("The superior scores; HR can name somebody else."))
    if cycle.kind != CycleKind.MONTH:
        raise Refused(_("A half-year and a year are rolled up from their months."))
    if shop_day(at) <= cycle.last:
        raise Refused(_("Scoring begins when the month is over."))
    if cycle.state not in {CycleState.OPEN, CycleState.AUDIT}:
        raise Refused(_("The result is published already."))
