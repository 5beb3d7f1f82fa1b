"""Clauses that people report, on trial: what was confirmed under them, priced by a draft."""

from __future__ import annotations

from datetime import date

from shopops.kit.clock import Window, day_window
from shopops.kit.detectors import Finding
from staff.actions.findings import write_findings
from staff.actions.settling import Hand, charge_superiors, settle
from staff.models import ClauseVersion, Offence, PointEntry, TrialOffence
from staff.queries.cases import Price, grades_of
from staff.queries.pricing import excusing, is_plain
from staff.states import Standing


def reprice_reported(version: ClauseVersion, day: date, *, hand: Hand) -> None:
    """Write the confirmed cases of a clause and day into a trial, priced by a version that was not in force.

    What happened and who did it stays as people confirmed it; degree, incident and excuses count as the version has
    them. Amounts that people decided stay where the version leaves them open too.
    """
    assert hand.trial is not None  # noqa: S101 -- in the books a case is priced when it is confirmed
    offences = list(Offence.objects.filter(clause=version.clause_id, day=day, because_of=None).order_by("pk"))
    if not offences:
        return
    start, end = day_window(day)
    excuses = excusing(Window(start, end)).for_version(version) if version.excuses else []
    findings = [
        Finding(
            (one.subject_type, one.subject_id, one.subject_label),
            one.employee_id,
            one.happened_at,
            one.facts,
            one.url,
            one.grade,
            one.cause,
        )
        for one in offences
    ]
    written = write_findings(version, findings, day=day, at=hand.at, excuses=excuses, trial=hand.trial)
    has_given = Price(version, grades_of(version)).is_proposed and _keep_given(version, offences, hand)
    if not is_plain(version) or has_given:
        settle(version, {one.employee_id for one in offences}, day, hand=hand)
    fresh = [key for ids in written.ids.values() for key in ids]
    charge_superiors(version, fresh, day=day, excuses=excuses, hand=hand)


def _keep_given(version: ClauseVersion, offences: list[Offence], hand: Hand) -> bool:
    """Write down beside the cases of a trial what people decided they are worth; say whether there was any."""
    entries = PointEntry.objects.filter(offence__in=offences, workings__has_key="given").order_by("pk")
    given = {offence: workings["given"] for offence, workings in entries.values_list("offence_id", "workings")}
    for one in offences:
        if one.pk in given:
            TrialOffence.objects.filter(
                trial=hand.trial,
                clause=version.clause_id,
                subject_type=one.subject_type,
                subject_id=one.subject_id,
                employee=one.employee_id,
            ).exclude(standing=Standing.EXCUSED).update(workings={"given": given[one.pk]})
    return bool(given)
