"""Tallies on trial, beside the books: replay, wind tunnel, drafts in shadow."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.detectors import DETECTORS
from shopops.kit.jobs import Progress
from shopops.kit.moves import MoveRefused, move, refusal
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.actions.jobs import start_job
from staff.actions.replay import book_differences
from staff.actions.repricing import reprice_reported
from staff.actions.settling import Hand, lock_books
from staff.actions.tally import apply_versions
from staff.models import ClauseVersion, Employee, PointEntry, Trial
from staff.policy.house import TRIAL_DAYS
from staff.queries.comparison import CaseDifference, clauses_of, differences_by_person, differences_of
from staff.queries.people import people_who_may
from staff.queries.pricing import exchanged, versions_on
from staff.states import TRIAL_MOVES, Standing, TrialKind, TrialState, VersionState

_DAY = timedelta(days=1)
LONGEST = timedelta(days=366)
_SHADOW = Q(kind=TrialKind.SHADOW)


@transaction.atomic
def start_trial(
    kind: str,
    *,
    first: date,
    last: date,
    versions: list[ClauseVersion],
    reason: str = "",
    by: Employee,
    at: datetime,
) -> Trial:
    """Have a span tallied anew beside the books, in the background.

    A replay tallies every clause that is watched, the chosen versions instead of those in force; only published ones
    may be chosen, because a replay may be booked. A wind tunnel and a shadow tally the clauses of the chosen versions;
    of a clause that people report a wind tunnel prices what was confirmed in the span.

    :raises Refused: if the span is none, is not over, or is longer than a year; if two versions are of one clause; if
        a replay has no reason or a draft among its versions; if there is nothing to try.
    """
    if last < first or last - first > LONGEST:
        raise Refused(_("Choose a span of one day to a year."))
    if kind != TrialKind.SHADOW and last >= shop_day(at):
        raise Refused(_("Only days that are over can be tallied anew."))
    if len({version.clause_id for version in versions}) < len(versions):
        raise Refused(_("Choose one version a clause."))
    if kind == TrialKind.REPLAY:
        if not reason.strip():
            raise Refused(_("Say why the span is replayed."))
        if any(version.state != VersionState.PUBLISHED for version in versions):
            raise Refused(_("A replay uses published versions only; try drafts in the wind tunnel."))
    elif not versions:
        raise Refused(_("Choose what to try."))
    trial = Trial.objects.create(
        kind=kind, first=first, last=last, reason=reason.strip()[:300], asked_by=by, asked_at=at
    )
    trial.versions.set(versions)
    record("staff.trial_started", trial, by=by, at=at, reason=trial.reason)
    if kind != TrialKind.SHADOW:
        trial.job_run = start_job("staff.run_trial", by=by, at=at, trial=trial.pk)
        trial.save(update_fields=["job_run"])
    return trial


def run_trial(trial: Trial, *, at: datetime, progress: Progress | None = None) -> None:
    """Tally the days of a trial that are not done yet, each in a transaction of its own; then it is ready.

    Interrupted it goes on after the last day that is complete. A trial that was discarded meanwhile is left alone.
    """
    days, plan = (trial.last - trial.first).days + 1, _plan(trial)
    for number in range(days):
        day = trial.first + number * _DAY
        if progress:
            progress.step(number, days, day.isoformat())
        if not _try_day(trial, day, plan, at=at):
            return
    if progress:
        progress.step(days, days)
    with suppress(MoveRefused), transaction.atomic():
        move(trial, TrialState.READY, moves=TRIAL_MOVES)
        _tell_ready(trial, at=at)


def _tell_ready(trial: Trial, *, at: datetime) -> None:
    """Tell who asked that a trial is ready, and of a replay that would change something those who may book it."""
    people = differences_by_person(trial)
    span = {"first": trial.first.isoformat(), "last": trial.last.isoformat(), "url": trial.get_absolute_url()}
    told = {
        (True, True): _("Your replay of %(first)s – %(last)s is ready. People it concerns: %(count)s."),
        (True, False): _("Your replay of %(first)s – %(last)s is ready: nothing comes out differently."),
        (False, True): _("Your trial of %(first)s – %(last)s is ready. People it concerns: %(count)s."),
        (False, False): _("Your trial of %(first)s – %(last)s is ready: nothing comes out differently."),
    }[trial.kind == TrialKind.REPLAY, bool(people)]
    notify([trial.asked_by], "trial", told, at=at, count=len(people), **span)
    if trial.kind != TrialKind.REPLAY or not people:
        return
    theirs = {one.employee.pk for one in people}
    notify(
        people_who_may("staff.approve_replay").exclude(pk__in=theirs | {trial.asked_by_id}),
        "trial",
        _("%(name)s replayed %(first)s – %(last)s; a second person decides. People it concerns: %(count)s."),
        at=at,
        name=trial.asked_by.name,
        count=len(people),
        **span,
    )


def run_shadows(day: date, *, at: datetime) -> int:
    """Record for every draft in shadow what it would have booked on `day`; return how many drafts there are.

    A shadow whose draft was published, dropped or taken out of the shadow is over and ready to be read.
    """
    over = Trial.objects.filter(kind=TrialKind.SHADOW, state=TrialState.COMPUTING)
    for trial in over.exclude(versions__state=VersionState.SHADOW):
        end_shadow(trial)
    drafts = ClauseVersion.objects.filter(state=VersionState.SHADOW, clause__detector__in=list(DETECTORS))
    count = 0
    for draft in drafts.select_related("clause", "drafted_by").order_by("clause__number"):
        if draft.drafted_by is None:
            continue
        trial = draft.trials.filter(kind=TrialKind.SHADOW, state=TrialState.COMPUTING).first() or start_trial(
            TrialKind.SHADOW, first=day, last=day, versions=[draft], by=draft.drafted_by, at=at
        )
        if day >= trial.first:
            Trial.objects.filter(pk=trial.pk, last__lt=day).update(last=day)
            trial.refresh_from_db(fields=["last"])
            _try_day(trial, day, _plan(trial), at=at)
        count += 1
    return count


def end_shadow(trial: Trial) -> None:
    """End a shadow: what it recorded stays to be read."""
    with suppress(MoveRefused):
        move(trial, TrialState.READY, moves=TRIAL_MOVES)


@transaction.atomic
def approve_replay(trial: Trial, *, by: Employee, at: datetime) -> int:
    """Book what a replay found to be different, as one batch; return how many entries that takes.

    Its versions price late cases of the span from now on. What people decided stays as it is.

    :raises Refused: if it is no replay, whoever asked for it approves it, it changes their own points, or the books of
        the span have changed since it was asked for.
    :raises MoveRefused: if it is not ready, or decided already.
    """
    if trial.kind != TrialKind.REPLAY:
        raise Refused(_("Only a replay can be booked."))
    if trial.asked_by_id == by.pk:
        raise Refused(_("A second person approves a replay."))
    if trial.state != TrialState.READY:
        raise MoveRefused(refusal(trial, trial.state, TrialState.APPROVED))
    lock_books()
    since = PointEntry.objects.filter(
        booked_at__gt=trial.asked_at, offence__day__gte=trial.first, offence__day__lte=trial.last
    )
    if since.filter(offence__clause__in=clauses_of(trial)).exists():
        raise Refused(_("Points of this span were booked since the replay was asked for. Replay it again."))
    if any(one.employee.pk == by.pk for one in differences_by_person(trial)):
        raise Refused(_("The replay changes your own points; somebody else approves it."))
    move(trial, TrialState.APPROVED, moves=TRIAL_MOVES, decided_by=by, decided_at=at)
    count = book_differences(trial, by=by, at=at)
    record("staff.trial_approved", trial, by=by, at=at, changes={"entries": (0, count)}, reason=trial.reason)
    return count


@transaction.atomic
def discard_trial(trial: Trial, *, by: Employee, at: datetime) -> None:
    """Throw a trial's result away; its rows go, the trial stays listed.

    :raises MoveRefused: if it is decided already.
    """
    move(trial, TrialState.DISCARDED, moves=TRIAL_MOVES, decided_by=by, decided_at=at)
    trial.offences.all().delete()
    record("staff.trial_discarded", trial, by=by, at=at)


def forget_old_trials(*, at: datetime) -> int:
    """Discard trials that ended longer ago than managers want to keep them; return how many.

    Their rows go and they stay listed, as when somebody discards them. Replays that were booked stay whole, and so do
    shadows and trials that are still at it.
    """
    before = at - timedelta(days=TRIAL_DAYS())
    idle = Q(job_run=None) | Q(job_run__finished_at__lt=before)
    old = Trial.objects.filter(state__in=(TrialState.READY, TrialState.COMPUTING), asked_at__lt=before)
    old = old.filter(Q(kind=TrialKind.SHADOW, state=TrialState.READY, last__lt=shop_day(before)) | ~_SHADOW & idle)
    count = 0
    for trial in old.order_by("pk"):
        with suppress(MoveRefused), transaction.atomic():
            move(trial, TrialState.DISCARDED, moves=TRIAL_MOVES, decided_at=at)
            trial.offences.all().delete()
            record("staff.trial_discarded", trial, by=None, at=at, reason=str(_("kept long enough")))
            count += 1
    return count


@dataclass(frozen=True)
class Recomputed:
    """What recomputing a span gave: how many charges it makes, and where the books say otherwise."""

    entries: int
    differences: list[CaseDifference]


def recompute(first: date, last: date, *, at: datetime) -> Recomputed:
    """Tally a span anew by the rulebook as it was, compare it with the books, and leave everything as it stands.

    :raises Refused: if the span is none or is not over.
    """
    if last < first:
        raise Refused(_("Choose a span of one day to a year."))
    if last >= shop_day(at):
        raise Refused(_("Only days that are over can be tallied anew."))
    anybody = Employee.objects.order_by("pk").first()
    if anybody is None:
        return Recomputed(0, [])
    with transaction.atomic():
        trial = Trial.objects.create(kind=TrialKind.REPLAY, first=first, last=last, asked_by=anybody, asked_at=at)
        plan = _plan(trial)
        for number in range((last - first).days + 1):
            _try_day(trial, first + number * _DAY, plan, at=at)
        trial.refresh_from_db()
        result = Recomputed(trial.offences.filter(standing=Standing.CHARGED).count(), differences_of(trial, None))
        transaction.set_rollback(True)
    return result


@dataclass(frozen=True)
class _Plan:
    """What all days of a trial have in common: its versions, and the clauses it stands for."""

    versions: list[ClauseVersion]
    clauses: tuple[int, ...]


def _plan(trial: Trial) -> _Plan:
    return _Plan(list(trial.versions.select_related("clause")), tuple(clauses_of(trial)))


@transaction.atomic
def _try_day(trial: Trial, day: date, plan: _Plan, *, at: datetime) -> bool:
    """Tally one day of a trial, unless it is done already; False when the trial is not computing any more."""
    computing = Trial.objects.filter(pk=trial.pk, state=TrialState.COMPUTING)
    if not computing.filter(Q(done_to=None) | Q(done_to__lt=day)).update(done_to=day):
        return computing.exists()
    versions = exchanged(versions_on(day) if trial.kind == TrialKind.REPLAY else [], plan.versions)
    hand = Hand(at, trial=trial, clauses=plan.clauses)
    for _booked in apply_versions(versions, day, hand=hand):
        pass
    for version in plan.versions:
        if not version.clause.detector:
            reprice_reported(version, day, hand=hand)
    return True
