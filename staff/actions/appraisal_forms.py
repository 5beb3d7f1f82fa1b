"""Lines of an appraisal that a superior scores on the form; the scores are those of the indicators' own forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from shopops.kit.refusals import Refused
from staff.actions.kpi import score_kpi
from staff.models import Appraisal, AppraisalLine, Employee, KpiScore
from staff.states import LineKind

LONGEST = 4000


class FormScore(NamedTuple):
    """What a superior gave on one line: a score, or none and why there was nothing to judge."""

    score: Decimal | None
    text: str = ""


def score_lines(appraisal: Appraisal, forms: Mapping[int, FormScore], *, by: Employee, at: datetime) -> None:
    """Keep what was given on each line of the form. Call it in a transaction.

    :param forms: id of the line → what was given; nothing is needed where the line's named person has scored it.
    :raises Refused: if a score is none, or a line has neither a score nor a word why.
    """
    month = appraisal.cycle.first
    lines = list(appraisal.lines.select_related("kpi").filter(kind=LineKind.FORM))
    in_force = KpiScore.objects.filter(employee=appraisal.employee_id, month=month, replaced_at=None)
    kept = {one.kpi_id: one for one in in_force.filter(kpi__in=[line.kpi_id for line in lines])}
    for line in lines:
        assert line.kpi is not None  # noqa: S101 -- a line on a form is about an indicator
        given, before = forms.get(line.pk), kept.get(line.kpi.pk)
        if given is not None and given.score is not None:
            words = given.text or (before.text if before else "")
            if before is None or (before.score, before.text) != (given.score, words.strip()):
                score_kpi(line.kpi, appraisal.employee, month, score=given.score, text=words, by=by, at=at)
        elif before is None:
            _keep_reason(line, given)


def _keep_reason(line: AppraisalLine, given: FormScore | None) -> None:
    """Write why there was nothing to judge."""
    if given is None or not given.text.strip():
        raise Refused(_("%(line)s: give a score, or say why there was nothing to judge.") % {"line": line.kpi})
    line.text = given.text.strip()[:LONGEST]
    line.save(update_fields=["text"])
