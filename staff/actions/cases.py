"""Cases people report: violations nothing here finds, rewards, and waivers that want a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.booking import book_case
from staff.actions.events import notify, record
from staff.actions.evidence_files import checked_files, keep_files
from staff.actions.points import take_back, waivable
from staff.models import CaseReport, Clause, Employee, Offence
from staff.policy.cases import REWARD_FUND, REWARD_POINTS
from staff.queries.cases import Price, is_reportable, kind_for, price_on, waiver_waiting
from staff.queries.incidents import cause_of, incident_named
from staff.queries.people import holds_on, people_who_may
from staff.states import CASE_MOVES, CaseKind, CaseState

DECIDES = "staff.confirm_case"
LONGEST_NAME = 60
_LONGEST_LABEL = 60


@transaction.atomic
def report_case(
    *,
    clause: Clause,
    employee: Employee,
    happened_at: datetime,
    text: str,
    grade: str = "",
    points: Decimal | None = None,
    fund: Decimal | None = None,
    witness: Employee | None = None,
    files: Sequence[File[Any]] = (),
    incident: str = "",
    joins: CaseReport | None = None,
    by: Employee,
    at: datetime,
) -> CaseReport:
    """Report a violation or propose a reward; a second person decides. The price is that of the day it happened.

    :param grade: which of the version's degrees it is, where it has them.
    :param points: of a reward the rulebook leaves open, how many; `fund` is the same in yuan.
    :param incident: what it is called; a report of the same day with that name, or one under the same number of a
        document, is about the same.
    :param joins: a report of the same incident; for one incident a person may be charged once.
    :raises Refused: if the clause is not reported by people, did not hold or does not bind the person, the degree or
        amount is not one of the clause's, a reward is for oneself, or words or files are missing or unusable.
    """
    price = _price(clause, employee, happened_at=happened_at, at=at)
    kind = kind_for(clause)
    if kind == CaseKind.REWARD and employee.pk == by.pk:
        raise Refused(_("Nobody proposes a reward for themselves."))
    if witness is not None and witness.pk in {employee.pk, by.pk}:
        raise Refused(_("A witness is somebody else than the person and you."))
    if not text.strip():
        raise Refused(_("Say what happened."))
    costs, money = _amount(price, grade, points, fund)
    evidence = checked_files(files)
    called = " ".join(incident.split())[:LONGEST_NAME]
    joined = joins or incident_named(called, happened_at)
    case = CaseReport.objects.create(
        incident=(joined.incident if joined and joined.incident else called),
        incident_of_id=joined.incident_id if joined else None,
        kind=kind,
        clause=clause,
        employee=employee,
        grade=grade if price.grades else "",
        points=costs,
        fund=money,
        happened_at=happened_at,
        text=text.strip(),
        witness=witness,
        reported_by=by,
        reported_at=at,
    )
    keep_files(evidence, of=case, by=by, at=at)
    record("staff.case_reported", case, by=by, at=at, changes={"points": (None, costs), "fund": (None, money)})
    _ask_second_person(case, at=at)
    return case


@transaction.atomic
def ask_waiver(
    offence: Offence, *, reason: str, files: Sequence[File[Any]] = (), by: Employee, at: datetime
) -> CaseReport:
    """Ask a second person to waive an offence that costs more than one person waives alone.

    :raises Refused: if it could not be waived, or somebody asked already.
    """
    balance = waivable(offence, reason=reason, by=by)
    if waiver_waiting(offence):
        raise Refused(_("A waiver of these points waits for a second person already."))
    evidence = checked_files(files)
    case = CaseReport.objects.create(
        kind=CaseKind.WAIVER,
        clause=offence.clause,
        offence=offence,
        employee=offence.employee,
        points=-balance.points,
        fund=-balance.fund,
        happened_at=offence.happened_at,
        text=reason.strip(),
        reported_by=by,
        reported_at=at,
    )
    keep_files(evidence, of=case, by=by, at=at)
    record("staff.case_reported", case, by=by, at=at, changes={"points": (None, case.points)})
    _ask_second_person(case, at=at)
    return case


@transaction.atomic
def add_evidence(case: CaseReport, files: Sequence[File[Any]], *, by: Employee, at: datetime) -> int:
    """Add files to a case that is not decided yet; return how many.

    :raises Refused: if it is decided, somebody else's, or a file cannot be taken.
    """
    locked = CaseReport.objects.select_for_update().get(pk=case.pk)
    if locked.state != CaseState.REPORTED:
        raise Refused(_("The case was decided already."))
    if by.pk != locked.reported_by_id:
        raise Refused(_("Only who reported a case adds files to it."))
    return len(keep_files(checked_files(files, there=locked.files.count()), of=locked, by=by, at=at))


@transaction.atomic
def withdraw_case(case: CaseReport, *, by: Employee, at: datetime) -> None:
    """Take one's own report back while nobody has decided it.

    :raises Refused: if it is somebody else's; MoveRefused if it was decided.
    """
    if by.pk != case.reported_by_id:
        raise Refused(_("Only who reported a case takes it back."))
    move(case, CaseState.WITHDRAWN, moves=CASE_MOVES, decided_by=None, decided_at=at)
    record("staff.case_withdrawn", case, by=by, at=at)


@transaction.atomic
def confirm_case(case: CaseReport, *, answer: str = "", by: Employee, at: datetime) -> Offence:
    """Confirm what somebody else reported: its points are booked, or waived, and the person is told.

    :raises Refused: if it is one's own report, about oneself, or one may not; MoveRefused if it was decided.
    """
    _second_person(case, by=by)
    changes: dict[str, Any] = {"decided_by": by, "decided_at": at, "answer": answer.strip()[:500]}
    if case.kind == CaseKind.WAIVER:
        offence = case.offence
        assert offence is not None  # noqa: S101 -- a waiver is about an offence
        move(case, CaseState.CONFIRMED, moves=CASE_MOVES, **changes)
        waivable(offence, reason=case.text, by=by)
        take_back(offence, reason=case.text, by=by, at=at)
    else:
        move(case, CaseState.CONFIRMED, moves=CASE_MOVES, **changes)
        offence = _book(case, by=by, at=at)
        CaseReport.objects.filter(pk=case.pk).update(offence=offence)
        case.offence = offence
    record("staff.case_confirmed", case, by=by, at=at, reason=answer.strip())
    _tell_reporter(case, _("%(name)s confirmed your report %(case)s."), by=by, at=at)
    return offence


@transaction.atomic
def reject_case(case: CaseReport, *, reason: str, by: Employee, at: datetime) -> None:
    """Reject what somebody else reported, with the reason; nothing is booked.

    :raises Refused: if it is one's own report, about oneself, no reason is given, or one may not; MoveRefused if it
        was decided.
    """
    _second_person(case, by=by)
    if not reason.strip():
        raise Refused(_("Say why the case is rejected."))
    changes: dict[str, Any] = {"decided_by": by, "decided_at": at, "answer": reason.strip()[:500]}
    move(case, CaseState.REJECTED, moves=CASE_MOVES, **changes)
    record("staff.case_rejected", case, by=by, at=at, reason=reason.strip())
    _tell_reporter(case, _("%(name)s rejected your report %(case)s."), by=by, at=at)


def _price(clause: Clause, employee: Employee, *, happened_at: datetime, at: datetime) -> Price:
    """Return the price of the day it happened.

    :raises Refused: if nobody reports under this clause, it did not hold, or it does not bind the person.
    """
    if not is_reportable(clause):
        raise Refused(sentence(_("%(clause)s is found by the system; nobody reports it by hand."), clause=clause))
    if happened_at > at:
        raise Refused(_("This has not happened yet."))
    day = shop_day(happened_at)
    price = price_on(clause, day)
    if price is None:
        raise Refused(sentence(_("%(clause)s did not hold on %(day)s."), clause=clause, day=day.isoformat()))
    posts = set(clause.binds.values_list("pk", flat=True))
    if posts and not posts & set(employee.appointments.filter(holds_on(day)).values_list("position", flat=True)):
        raise Refused(sentence(_("%(clause)s does not bind %(name)s."), clause=clause, name=employee))
    return price


def _amount(price: Price, grade: str, points: Decimal | None, fund: Decimal | None) -> tuple[Decimal, Decimal]:
    """Return points and yuan of a case.

    :raises Refused: if the degree is not one of the clause's, or a proposed reward is nothing or too much.
    """
    if not price.is_proposed:
        costs = price.points_of(grade)
        if costs is None:
            raise Refused(_("Say which degree of the clause it was."))
        return costs, price.version.fund
    given, money = points or Decimal(0), fund or Decimal(0)
    if given < 0 or money < 0 or not (given or money):
        raise Refused(_("Say how much the reward is."))
    if given > REWARD_POINTS() or money > REWARD_FUND():
        raise Refused(
            sentence(
                _("A reward is at most %(points)s points and ¥%(money)s."),
                points=f"{REWARD_POINTS().normalize():f}",
                money=f"{REWARD_FUND().normalize():f}",
            )
        )
    return given, money


def _second_person(case: CaseReport, *, by: Employee) -> None:
    """Let only somebody else decide.

    :raises Refused: if it is one's own report or about oneself, or one may not decide cases.
    """
    if by.pk == case.reported_by_id:
        raise Refused(_("You reported this case; somebody else decides it."))
    if by.pk == case.employee_id:
        raise Refused(_("The case is about you; somebody else decides it."))
    if not by.has_perm(DECIDES):
        raise Refused(_("You may not decide cases."))


def _book(case: CaseReport, *, by: Employee, at: datetime) -> Offence:
    """Book a confirmed case by the version of the day it happened."""
    day = shop_day(case.happened_at)
    price = price_on(case.clause, day)
    if price is None:
        raise Refused(sentence(_("%(clause)s did not hold on %(day)s."), clause=case.clause, day=day.isoformat()))
    proposed = price.is_proposed
    return book_case(
        price.version,
        employee=case.employee,
        subject=(case._meta.label, case.pk, _label(case.text)),
        happened_at=case.happened_at,
        day=day,
        facts={"text": case.text, "happened_at": case.happened_at, "files": case.files.count() or None},
        url=case.get_absolute_url(),
        grade=case.grade,
        cause=cause_of(case),
        points=case.points if proposed else None,
        fund=case.fund if proposed else None,
        by=by,
        at=at,
    )


def _label(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LABEL else f"{line[: _LONGEST_LABEL - 1]}…"


def _ask_second_person(case: CaseReport, *, at: datetime) -> None:
    others = people_who_may(DECIDES).exclude(pk__in=(case.reported_by_id, case.employee_id))
    notify(
        others,
        "case",
        _("%(name)s reported %(case)s; a second person decides."),
        at=at,
        url=case.get_absolute_url(),
        name=case.reported_by.name,
        case=case,
    )


def _tell_reporter(case: CaseReport, text: str | Promise, *, by: Employee, at: datetime) -> None:
    notify([case.reported_by], "case", text, at=at, url=case.get_absolute_url(), name=by.name, case=case)
