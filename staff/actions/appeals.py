"""Appeals: filed by who was charged, judged by a leader, then by a panel; a judge who stays silent lets them win."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.drafts import draft_version
from staff.actions.events import notify, record
from staff.actions.evidence_files import checked_files, keep_files
from staff.actions.points import adjust_points, between, withdraw_points
from staff.models import Appeal, AppealOpinion, ClauseVersion, Employee, Offence, PointEntry
from staff.policy.appeals import LEADER_DAYS, PANEL_DAYS, STEP_DAYS
from staff.queries.appeals import OPEN, appeal_until, costs, judges_wanted, leader_for, overdue_appeals, panel_for
from staff.queries.balances import balance_of
from staff.queries.calendar import work_calendar
from staff.queries.drafts import last_published
from staff.queries.terms import points_in_words
from staff.states import APPEAL_MOVES, AppealState, EntryKind, Stage, Verdict

_DAY = timedelta(days=1)
_MILDNESS = {Verdict.UPHOLD: 0, Verdict.REDUCE: 1, Verdict.WITHDRAW: 2, Verdict.RULE_DEFECT: 3}
_AT_ONCE = (Verdict.WITHDRAW, Verdict.RULE_DEFECT)
"""Verdicts that leave the person nothing to take on."""


@transaction.atomic
def file_appeal(offence: Offence, *, text: str, files: Sequence[File[Any]] = (), by: Employee, at: datetime) -> Appeal:
    """Object to an offence, once; until the verdict its points are frozen and stay out of every total.

    It goes to the nearest superior who had no hand in the charge, else straight to the panel.

    :raises Refused: if it is somebody else's, costs nothing, was appealed before, its days are over, no reason is
        given, or a file cannot be taken.
    """
    locked = Offence.objects.select_for_update(of=("self",)).select_related("version", "clause", "employee")
    offence = locked.get(pk=offence.pk)
    if by.pk != offence.employee_id:
        raise Refused(_("Only the person charged can appeal."))
    if Appeal.objects.filter(offence=offence).exists():
        raise Refused(_("This was appealed already; an offence is appealed once."))
    charge = PointEntry.objects.filter(offence=offence, kind=EntryKind.CHARGE).first()
    if charge is None or not costs(offence, balance_of(offence)):
        raise Refused(_("This costs nothing; there is nothing to appeal."))
    if at >= appeal_until(offence, charge):
        raise Refused(sentence(_("The %(days)s days to appeal are over."), days=offence.version.appeal_days))
    if not text.strip():
        raise Refused(_("Say why the points are wrong."))
    evidence = checked_files(files)
    leader = leader_for(offence)
    appeal = Appeal.objects.create(
        offence=offence,
        employee=by,
        text=text.strip(),
        filed_at=at,
        state=AppealState.WITH_LEADER if leader else AppealState.WITH_PANEL,
        leader=leader,
        due_at=_working_days(at, LEADER_DAYS() if leader else PANEL_DAYS()),
    )
    keep_files(evidence, of=appeal, by=by, at=at)
    _freeze(offence, frozen=True)
    record("staff.appeal_filed", appeal, by=by, at=at, reason=appeal.text)
    _tell_judges(appeal, at=at)
    return appeal


@transaction.atomic
def answer_appeal(
    appeal: Appeal, *, verdict: Verdict, points: Decimal | None = None, text: str, by: Employee, at: datetime
) -> None:
    """Answer an appeal as its leader. What withdraws the points ends it; anything else the person may take on.

    :param points: what is left of them, negative as they were charged; only of `REDUCE`.
    :raises Refused: if it is put before somebody else, no reasons are given or the points do not fit; MoveRefused if
        it is answered already.
    """
    if by.pk != appeal.leader_id:
        raise Refused(_("This appeal is put before somebody else."))
    _in_time(appeal, at)
    points = _opinion(appeal, verdict, points, text)
    opinion: dict[str, Any] = {"verdict": verdict, "points": points, "answer": text.strip()}
    if verdict in _AT_ONCE:
        _give(appeal, Stage.LEADER, verdict, points, text, by=by, at=at)
        _close(appeal, verdict, points, text.strip(), judge=by, by=by, at=at)
        return
    due = start_of_day(shop_day(at) + timedelta(days=STEP_DAYS() + 1))
    move(appeal, AppealState.ANSWERED, moves=APPEAL_MOVES, due_at=due, **opinion)
    _give(appeal, Stage.LEADER, verdict, points, text, by=by, at=at)
    notify(
        [appeal.employee],
        "appeal",
        _("%(name)s answered your appeal: %(verdict)s. Accept it or take it to the panel by %(day)s."),
        at=at,
        url=appeal.get_absolute_url(),
        name=by.name,
        verdict=verdict.label,
        day=(shop_day(due) - _DAY).isoformat(),
    )


@transaction.atomic
def accept_answer(appeal: Appeal, *, by: Employee, at: datetime) -> None:
    """Accept the leader's answer to one's own appeal; it holds.

    :raises Refused: if it is somebody else's; MoveRefused if there is no answer to accept.
    """
    _own(appeal, by)
    if appeal.state != AppealState.ANSWERED:
        raise MoveRefused(_("There is no answer to accept or to take on."))
    leader = appeal.leader
    assert leader is not None  # noqa: S101 -- a leader answered
    _close(appeal, Verdict(appeal.verdict), appeal.points, appeal.answer, judge=leader, by=by, at=at)


@transaction.atomic
def take_appeal_on(appeal: Appeal, *, by: Employee, at: datetime) -> None:
    """Take one's own appeal from the leader's answer to the panel.

    :raises Refused: if it is somebody else's, or the days for it are over; MoveRefused if there is no answer yet.
    """
    _own(appeal, by)
    if appeal.state != AppealState.ANSWERED:
        raise MoveRefused(_("There is no answer to accept or to take on."))
    if at >= appeal.due_at:
        raise Refused(_("The days to take the appeal on are over; the leader's answer holds."))
    due = _working_days(at, PANEL_DAYS())
    empty: dict[str, Any] = {"verdict": "", "points": None, "answer": ""}
    move(appeal, AppealState.WITH_PANEL, moves=APPEAL_MOVES, due_at=due, **empty)
    record("staff.appeal_taken_on", appeal, by=by, at=at)
    _tell_judges(appeal, at=at)


@transaction.atomic
def vote_on_appeal(
    appeal: Appeal, *, verdict: Verdict, points: Decimal | None = None, text: str, by: Employee, at: datetime
) -> bool:
    """Judge an appeal as a member of the panel; say whether that decided it.

    It is decided as soon as more than half of the judges wanted agree, or all of them have spoken: then by the opinion
    in the middle between harsh and mild, the milder of two.

    :raises Refused: if one may not judge it, has judged it, or the opinion is incomplete; MoveRefused if it is not
        before the panel.
    """
    locked = Appeal.objects.select_for_update(of=("self",)).select_related("offence__clause", "offence__employee")
    held = locked.get(pk=appeal.pk)
    if held.state != AppealState.WITH_PANEL:
        raise MoveRefused(_("This appeal is not before the panel."))
    if not panel_for(held).filter(pk=by.pk).exists():
        raise Refused(
            _("You cannot judge this appeal: it is yours, you had a hand in it, or you do not sit on the panel.")
        )
    if held.opinions.filter(stage=Stage.PANEL, judge=by).exists():
        raise Refused(_("You have judged this appeal already."))
    _in_time(held, at)
    points = _opinion(held, verdict, points, text)
    _give(held, Stage.PANEL, verdict, points, text, by=by, at=at)
    decided = _decided(held)
    if decided is None:
        return False
    said = [one for one in held.opinions.filter(stage=Stage.PANEL) if (one.verdict, one.points) == decided]
    reasons = "\n".join(dict.fromkeys(one.text for one in said))
    _close(held, Verdict(decided[0]), decided[1], reasons, judge=said[-1].judge, by=by, at=at)
    return True


@transaction.atomic
def withdraw_appeal(appeal: Appeal, *, by: Employee, at: datetime) -> None:
    """Take one's own appeal back; the points count again.

    :raises Refused: if it is somebody else's; MoveRefused if it was answered or closed.
    """
    _own(appeal, by)
    move(appeal, AppealState.WITHDRAWN, moves=APPEAL_MOVES, closed_at=at)
    _freeze(appeal.offence, frozen=False)
    record("staff.appeal_withdrawn", appeal, by=by, at=at)


def lapse_appeals(*, at: datetime) -> dict[str, int]:
    """Close the appeals whose stage is over: without an answer for the person, after one as it was answered.

    Doing it again changes nothing. Returns how many were `withdrawn` and how many `kept`.
    """
    counts = {"withdrawn": 0, "kept": 0}
    for key in list(overdue_appeals(at).values_list("pk", flat=True)):
        with transaction.atomic():
            locked = Appeal.objects.select_for_update(of=("self",), skip_locked=True).filter(
                pk=key, state__in=OPEN, due_at__lte=at
            )
            appeal = locked.select_related("offence__clause", "offence__employee", "employee").first()
            if appeal is None:
                continue
            if appeal.state == AppealState.ANSWERED:
                _close(
                    appeal, Verdict(appeal.verdict), appeal.points, appeal.answer, judge=appeal.leader, by=None, at=at
                )
                counts["kept"] += 1
            else:
                _close(appeal, Verdict.WITHDRAW, None, "", judge=None, by=None, at=at)
                counts["withdrawn"] += 1
    return counts


def _own(appeal: Appeal, by: Employee) -> None:
    if by.pk != appeal.employee_id:
        raise Refused(_("Only the person who appealed decides this."))


def _in_time(appeal: Appeal, at: datetime) -> None:
    if appeal.state != AppealState.ANSWERED and at >= appeal.due_at:
        raise Refused(_("The time to answer is over; the deadline decides for the person who appealed."))


def _opinion(appeal: Appeal, verdict: Verdict, points: Decimal | None, text: str) -> Decimal | None:
    """Return the points of an opinion.

    :raises Refused: if there are no reasons, or points that are no reduction.
    """
    if not text.strip():
        raise Refused(_("Give the reasons of the verdict; the person reads them."))
    if verdict != Verdict.REDUCE:
        return None
    now = balance_of(appeal.offence).points
    if points is None or points == now or not between(points, now) or points == 0:
        raise Refused(sentence(_("Reduced points lie between 0 and %(now)s."), now=points_in_words(now)))
    return points


def _give(
    appeal: Appeal, stage: Stage, verdict: Verdict, points: Decimal | None, text: str, *, by: Employee, at: datetime
) -> None:
    AppealOpinion.objects.create(
        appeal=appeal, stage=stage, judge=by, verdict=verdict, points=points, text=text.strip(), given_at=at
    )
    record(
        "staff.appeal_answered",
        appeal,
        by=by,
        at=at,
        changes={"verdict": (None, verdict), **({"points": (None, points)} if points is not None else {})},
        reason=text.strip(),
    )


def _decided(appeal: Appeal) -> tuple[str, Decimal | None] | None:
    """Return verdict and points if the panel has spoken enough, else None."""
    wanted = judges_wanted(appeal)
    given = [(one.verdict, one.points) for one in appeal.opinions.filter(stage=Stage.PANEL)]
    for one in given:
        if given.count(one) * 2 > wanted:
            return one
    if len(given) < wanted:
        return None
    by_mildness = sorted(given, key=lambda one: (_MILDNESS[Verdict(one[0])], one[1] or Decimal(0)))
    return by_mildness[len(by_mildness) // 2]


def _close(
    appeal: Appeal,
    verdict: Verdict,
    points: Decimal | None,
    reasons: str,
    *,
    judge: Employee | None,
    by: Employee | None,
    at: datetime,
) -> None:
    """End an appeal with a verdict and let it have its effect.

    :param judge: whose verdict it is, and who books it; nobody is a deadline that was not kept.
    :param by: who ended it: the judge, the person who accepts the answer, or nobody as time passed.
    """
    offence = appeal.offence
    draft = _amend(appeal, reasons, by=judge, at=at) if verdict == Verdict.RULE_DEFECT and judge else None
    _freeze(offence, frozen=False)
    if verdict == Verdict.REDUCE and points is not None and judge is not None:
        adjust_points(offence, to=points, reason=reasons, by=judge, at=at)
    elif verdict in _AT_ONCE:
        withdraw_points(offence, reason=reasons or gettext("not answered in time"), by=judge, at=at)
    move(
        appeal,
        AppealState.CLOSED,
        moves=APPEAL_MOVES,
        verdict=verdict,
        points=balance_of(offence).points,
        answer=reasons,
        closed_at=at,
        is_lapsed=judge is None,
        amendment=draft,
    )
    changes = {"verdict": (None, verdict), "points": (None, appeal.points)}
    if by is None:
        record("staff.appeal_lapsed", appeal, by=None, at=at, changes=changes)
    else:
        record("staff.appeal_closed", appeal, by=by, at=at, changes=changes, reason=reasons)
    if by is None or by.pk != appeal.employee_id:
        _tell_person(appeal, verdict, at=at)


def _amend(appeal: Appeal, reasons: str, *, by: Employee, at: datetime) -> ClauseVersion | None:
    """Open a draft of the clause that was found at fault; None where it has no published version any more."""
    clause = appeal.offence.clause
    last = last_published(clause)
    if last is None:
        return None
    tomorrow = shop_day(at) + _DAY
    return draft_version(clause, by=by, at=at, valid_from=max(tomorrow, last.valid_from + _DAY), note=reasons[:300])


def _freeze(offence: Offence, *, frozen: bool) -> None:
    Offence.objects.filter(pk=offence.pk).update(is_frozen=frozen)
    offence.is_frozen = frozen


def _working_days(at: datetime, days: int) -> datetime:
    """Return the end of the office hours so many working days later."""
    calendar = work_calendar()
    return calendar.end_of_working_day(calendar.add_working_days(shop_day(at), days))


def _tell_judges(appeal: Appeal, *, at: datetime) -> None:
    judges = [appeal.leader] if appeal.state == AppealState.WITH_LEADER and appeal.leader else panel_for(appeal)
    notify(
        judges,
        "appeal",
        _("%(name)s appeals against %(subject)s; answer by %(day)s."),
        at=at,
        url=appeal.get_absolute_url(),
        name=appeal.employee.name,
        subject=appeal.offence,
        day=shop_day(appeal.due_at).isoformat(),
    )


def _tell_person(appeal: Appeal, verdict: Verdict, *, at: datetime) -> None:
    text = (
        _("Your appeal was not answered in time, so it is decided for you: %(subject)s costs nothing.")
        if appeal.is_lapsed
        else _("Your appeal against %(subject)s is decided: %(verdict)s.")
    )
    values = {"subject": appeal.offence} if appeal.is_lapsed else {"subject": appeal.offence, "verdict": verdict.label}
    notify([appeal.employee], "appeal", text, at=at, url=appeal.get_absolute_url(), **values)
