"""Indicators: load them from their file, change what is good, score on a form."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.events import notify_each, record
from staff.models import Employee, Kpi, KpiScore, OrgUnit, Position
from staff.queries.kpi_scores import is_out
from staff.queries.superiors import superiors_of
from staff.states import Machine

INDICATORS = Path(__file__).resolve().parent.parent / "data" / "kpis"
BOUNDS = ("target", "floor", "warn_at")
LONGEST_GROUNDS = 2000
_BOTH = ("area", "name", "definition", "guidance")


@transaction.atomic
def load_kpis(*, at: datetime, path: Path = INDICATORS) -> dict[str, int]:
    """Bring the indicators of the files of a folder into the database.

    Words and the metric follow the files. Target, floor, amber, cycle, posts, units and use are given once; what people
    changed since stays.

    :returns: how many are `new`, `changed` and `unchanged`.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    known = {kpi.number: kpi for kpi in Kpi.objects.select_for_update()}
    posts = {post.code: post for post in Position.objects.all()}
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    for row in read_indicators(path):
        words = _words(row)
        kpi = known.get(row["number"])
        if kpi is None:
            bounds = {name: Decimal(row[name]) for name in BOUNDS if name in row}
            kpi = Kpi.objects.create(number=row["number"], cycle=row["cycle"], **words, **bounds)
            kpi.posts.set([posts[code] for code in row.get("posts", ()) if code in posts])
            kpi.units.set([units[code] for code in row.get("units", ()) if code in units])
            record("staff.kpi_added", kpi, by=None, at=at)
            counts["new"] += 1
        else:
            counts["changed" if _follow_file(kpi, words, at=at) else "unchanged"] += 1
    return counts


def read_indicators(path: Path = INDICATORS) -> list[dict[str, Any]]:
    """Return the rows of the files, in the order of their numbers."""
    files = sorted(path.glob("*.toml"))
    rows = [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8"))["kpi"]]
    return sorted(rows, key=lambda row: row["number"])


@transaction.atomic
def change_kpi(
    kpi: Kpi,
    *,
    target: Decimal | None,
    floor: Decimal | None,
    warn_at: Decimal | None,
    is_used: bool,
    by: Employee,
    at: datetime,
) -> bool:
    """Say what is good from now on, or take an indicator out of use; return whether anything differs.

    :raises Refused: if only one of target and floor is given, they are the same, or amber does not lie between them.
    """
    locked = Kpi.objects.select_for_update().get(pk=kpi.pk)
    if (target is None) != (floor is None):
        raise Refused(_("Give both, the target and where it is worth nothing, or neither."))
    if target is not None and floor is not None:
        if target == floor:
            raise Refused(_("The target and what is worth nothing cannot be the same."))
        if warn_at is not None and not min(target, floor) <= warn_at <= max(target, floor):
            raise Refused(_("Amber lies between the target and what is worth nothing."))
    values = {"target": target, "floor": floor, "warn_at": warn_at, "is_used": is_used}
    changes = {name: (getattr(locked, name), value) for name, value in values.items() if getattr(locked, name) != value}
    if not changes:
        return False
    for name, value in values.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.save(update_fields=[*values, "version"])
    record("staff.kpi_changed", locked, by=by, at=at, changes=changes)
    return True


@transaction.atomic
def score_kpi(
    kpi: Kpi, employee: Employee, month: date, *, score: Decimal, text: str, by: Employee, at: datetime
) -> KpiScore:
    """Score an indicator of a person's month, 0 to 100; a score there is already is replaced and kept.

    The person is told when the month is published, or at once where it is.

    :param month: any day of it.
    :raises Refused: if it is one's own, somebody else's to score, not scored on a form, the month has not begun,
        the score is out of bounds or no grounds are given.
    """
    month = month.replace(day=1)
    text = text.strip()
    _may_score(kpi, employee, by)
    if month > shop_day(at):
        raise Refused(_("That month has not begun."))
    if not score.is_finite() or not 0 <= score <= 100:  # noqa: PLR2004 -- a score
        raise Refused(_("A score lies between 0 and 100."))
    if not text:
        raise Refused(_("Say what the score rests on."))
    if len(text) > LONGEST_GROUNDS:
        raise Refused(_("Keep the grounds under 2,000 characters."))
    Kpi.objects.select_for_update().get(pk=kpi.pk)
    before = KpiScore.objects.filter(kpi=kpi, employee=employee, month=month, replaced_at=None).first()
    if before is not None:
        if (before.score, before.text) == (score, text):
            return before
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    scored = KpiScore.objects.create(
        kpi=kpi, employee=employee, month=month, score=score, text=text, scored_by=by, scored_at=at
    )
    changes = {f"{month:%Y-%m}": (before.score if before else None, score)}
    record("staff.kpi_scored", employee, by=by, at=at, changes=changes, reason=f"{kpi.number}: {text}")
    if is_out(month):
        tell_scores([scored], at=at)
    return scored


def tell_scores(scores: Iterable[KpiScore], *, at: datetime) -> None:
    """Tell people what was scored for them on forms; before the month is published nobody hears of it."""
    notify_each(
        [
            (
                one.employee,
                f"{reverse('staff:me')}?month={one.month:%Y-%m}",
                {
                    "name": one.scored_by.name,
                    "kpi": one.kpi.name,
                    "month": f"{one.month:%Y-%m}",
                    "score": f"{one.score.normalize():f}",
                },
            )
            for one in scores
        ],
        "staff.kpi_scored",
        _("%(name)s scored your %(kpi)s of %(month)s: %(score)s."),
        at=at,
    )


def _may_score(kpi: Kpi, employee: Employee, by: Employee) -> None:
    """Refuse what somebody may not score.

    :raises Refused: with the reason.
    """
    if kpi.machine != Machine.FORM or not kpi.is_used:
        raise Refused(_("This indicator is not scored on a form."))
    if employee.pk == by.pk:
        raise Refused(_("Nobody scores their own work."))
    if by.has_perm("staff.score_kpi"):
        return
    superior = superiors_of([employee])[employee.pk]
    if superior is None or superior.pk != by.pk:
        raise Refused(_("Only the superior scores somebody's work."))


def _words(row: dict[str, Any]) -> dict[str, str]:
    """Return the columns of an indicator that follow the file."""
    words = {"machine": row["machine"], "metric": row.get("metric", "")}
    for name in _BOTH:
        words[name], words[f"{name}_en"] = row.get(name, ("", ""))
    return words


def _follow_file(kpi: Kpi, words: dict[str, str], *, at: datetime) -> bool:
    """Take over words that differ; say whether any did."""
    changes = {name: (getattr(kpi, name), word) for name, word in words.items() if getattr(kpi, name) != word}
    if not changes:
        return False
    for name, word in words.items():
        setattr(kpi, name, word)
    kpi.version += 1
    kpi.save(update_fields=[*words, "version"])
    record("staff.kpi_changed", kpi, by=None, at=at, changes=changes)
    return True
