"""Excuses: which there are, whom they cover, and what they would take back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopops.kit.lists import Reader, Row
from staff.models import Employee, Excuse, Offence
from staff.queries.people import matching_people
from staff.states import ExcuseKind

SEES_ALL = "staff.view_excuse"
WAITING = Q(confirmed_at=None, refused_at=None)
CONFIRMED = Q(confirmed_at__isnull=False)
REFUSED = Q(refused_at__isnull=False)


def listed_excuses(_reader: Reader) -> QuerySet[Excuse]:
    """Return the rows of the list of excuses."""
    return Excuse.objects.annotate(covered=Count("offences"))


def matching_excuses(text: str) -> Q:
    """Return the condition for the search box: person, clause or words of the reason."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(employee__in=people) | Q(clause__number__istartswith=text.strip()) | Q(reason__icontains=text.strip())


def state_of(confirmed_at: Any, refused_at: Any) -> tuple[str, str]:
    """Return where an excuse stands, in words, and its tone."""
    if confirmed_at:
        return _("confirmed"), "good"
    return (_("refused"), "danger") if refused_at else (_("waits for a second person"), "warn")


def add_excuse_words(rows: list[Row], _reader: Reader) -> None:
    """Put kind, state and clause in words on the rows of a page."""
    english, kinds = get_language() == "en", dict(ExcuseKind.choices)
    for row in rows:
        row["kind_label"] = kinds[row["kind"]]
        row["state_label"], row["tone"] = state_of(row["confirmed_at"], row["refused_at"])
        row["clause_title"] = row["clause__title_en" if english else "clause__title"] or ""


def whole_excuses() -> QuerySet[Excuse]:
    """Return excuses with what their page shows."""
    return Excuse.objects.select_related("employee", "clause", "entered_by", "confirmed_by")


def excused_offences(excuse: Excuse) -> QuerySet[Offence]:
    """Return the offences an excuse has excused."""
    return excuse.offences.select_related("clause", "employee").order_by("happened_at", "pk")


def excuses_to_confirm(reader: Employee) -> QuerySet[Excuse]:
    """Return the excuses that wait for a second person who could be this one."""
    return Excuse.objects.filter(WAITING).exclude(entered_by=reader).exclude(employee=reader)


def unconfirmable(ids: Iterable[int], reader: Reader) -> dict[int, Any]:
    """Return which of some excuses this person cannot decide, with the reason."""
    refused: dict[int, Any] = {}
    for excuse in Excuse.objects.filter(pk__in=list(ids)):
        if excuse.confirmed_at or excuse.refused_at:
            refused[excuse.pk] = _("was decided already")
        elif reader.by.pk == excuse.entered_by_id:
            refused[excuse.pk] = _("you entered it yourself")
        elif reader.by.pk == excuse.employee_id:
            refused[excuse.pk] = _("it excuses you")
    return refused
