"""Tallies on trial, beside the books: replay, wind tunnel, drafts in shadow."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.jobs import Progress
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.models import ClauseVersion, Employee, Trial
from staff.states import TRIAL_MOVES, TrialKind, TrialState, VersionState

LONGEST = timedelta(days=366)


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
    may be chosen, because a replay may be booked. A wind tunnel and a shadow tally the clauses of the chosen versions.

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
    """Tally the days of a trial that are not done yet, each in a transaction of its own; then it is ready."""
    days = (trial.last - trial.first).days + 1
    if progress:
        progress.step(days, days)
    move(trial, TrialState.READY, moves=TRIAL_MOVES)


@transaction.atomic
def approve_replay(trial: Trial, *, by: Employee, at: datetime) -> int:
    """Book what a replay found to be different, as one batch; return how many entries that takes.

    :raises Refused: if it is no replay, or whoever asked for it approves it.
    :raises MoveRefused: if it is not ready, or decided already.
    """
    if trial.kind != TrialKind.REPLAY:
        raise Refused(_("Only a replay can be booked."))
    if trial.asked_by_id == by.pk:
        raise Refused(_("A second person approves a replay."))
    move(trial, TrialState.APPROVED, moves=TRIAL_MOVES, decided_by=by, decided_at=at)
    record("staff.trial_approved", trial, by=by, at=at)
    return 0


@transaction.atomic
def discard_trial(trial: Trial, *, by: Employee, at: datetime) -> None:
    """Throw a trial's result away; its rows go, the trial stays listed.

    :raises MoveRefused: if it is decided already.
    """
    move(trial, TrialState.DISCARDED, moves=TRIAL_MOVES, decided_by=by, decided_at=at)
    trial.offences.all().delete()
    record("staff.trial_discarded", trial, by=by, at=at)
