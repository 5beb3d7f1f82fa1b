"""The evidence of an offence in words: what was found, in the order a person asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from shopops.kit.clock import SHANGHAI
from staff.models import Employee, Offence
from staff.queries.history import Line, history_of

LABELS = {
    "orders": gettext_noop("Orders"),
    "goods": gettext_noop("Goods"),
    "pieces": gettext_noop("Pieces"),
    "paid": gettext_noop("Paid"),
    "paid_at": gettext_noop("Paid at"),
    "approved_at": gettext_noop("Approved at"),
    "promised_at": gettext_noop("Promised to the platform"),
    "deadline": gettext_noop("Deadline"),
    "shipped_at": gettext_noop("Shipped at"),
}


@dataclass(frozen=True)
class FactShown:
    """One frozen fact with its name."""

    name: str
    label: str
    value: str
    moment: datetime | None = None


def offence_with_evidence(pk: int) -> Offence | None:
    """Return an offence with everything its page shows; two queries."""
    return (
        Offence.objects.select_related("clause", "version", "employee")
        .prefetch_related("entries__booked_by", "entries__countered_by")
        .filter(pk=pk)
        .first()
    )


def may_see(offence: Offence, reader: Employee) -> bool:
    """Say whether somebody may read the evidence: it is their own, or they may see everybody's."""
    return offence.employee_id == reader.pk or reader.has_perm("staff.view_offence")


def facts_in_words(offence: Offence) -> list[FactShown]:
    """Return the frozen facts, leaving out what was not known: moments as they followed, then the others."""
    names = [*(name for name in LABELS if name in offence.facts), *sorted(set(offence.facts) - LABELS.keys())]
    shown = []
    for name in names:
        value = offence.facts[name]
        label = _(LABELS[name]) if name in LABELS else name.replace("_", " ")
        if name == "shipped_at" and value is None:
            shown.append(FactShown(name, label, _("not shipped when it was found"), offence.found_at))
        elif value not in (None, ""):
            moment = parse_datetime(str(value)) if name.endswith("_at") or name == "deadline" else None
            shown.append(FactShown(name, label, _value(name, value, moment), moment))
    return sorted(shown, key=lambda fact: (fact.moment is None, fact.moment))


def lateness(offence: Offence) -> str:
    """Return by how much the limit was missed, as far as it was known when it was found."""
    shipped = offence.facts.get("shipped_at")
    until = parse_datetime(shipped) if shipped else offence.found_at
    if until is None or until <= offence.happened_at:
        return ""
    hours = int((until - offence.happened_at) / timedelta(hours=1))
    if hours < 1:
        return _("less than an hour late")
    if hours < 48:  # noqa: PLR2004 -- two days
        return ngettext("%(n)s hour late", "%(n)s hours late", hours) % {"n": hours}
    return ngettext("%(n)s day late", "%(n)s days late", hours // 24) % {"n": hours // 24}


def limit_in_words(moment: datetime | None) -> str:
    """Return a limit as people say it: midnight is 24:00 of the day it ends."""
    if moment is None:
        return ""
    local = moment.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def offence_story(offence: Offence) -> list[Line]:
    """Return what became of an offence, newest first: found by the tally, and everything people did about it."""
    found = Line(
        at=offence.found_at,
        who="",
        what=_("found it and booked the points") if offence.version.points else _("found it; a warning without points"),
        tone="plain",
        changes=[],
        reason="",
        subject=offence.subject_label,
        verb="staff.offence_found",
    )
    return [*history_of(offence), found]


def _value(name: str, value: Any, moment: datetime | None) -> str:
    if moment is not None:
        return limit_in_words(moment) if name == "deadline" else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return f"¥{value}" if name == "paid" else str(value)
