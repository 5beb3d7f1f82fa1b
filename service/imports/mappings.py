"""Columns of people's own spreadsheets, kept under a name: changed as the sheet changes, forgotten when it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.imports.registry import READERS
from service.models import ColumnMapping
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def change_mapping(
    mapping: ColumnMapping, columns: Mapping[str, str], *, name: str, by: Employee, at: datetime
) -> ColumnMapping:
    """Say anew which header of a spreadsheet holds what; files from now on are read so.

    :param columns: field → header; a field without one is not read.
    :raises Refused: if a column that is needed is missing, a header stands twice, or the name is taken.
    """
    kept = ColumnMapping.objects.select_for_update(of=("self",)).get(pk=mapping.pk)
    fields = READERS[kept.kind].fields
    chosen = {one.name: columns[one.name].strip() for one in fields if columns.get(one.name, "").strip()}
    missing = [str(one.label) for one in fields if one.is_needed and one.name not in chosen]
    if missing:
        raise Refused(sentence(_("Say which column holds: %(names)s."), names=", ".join(missing)))
    if len(set(chosen.values())) < len(chosen):
        raise Refused(_("The same header holds two things; each is read from one column."))
    name = name.strip()[:60]
    if not name:
        raise Refused(_("Give the columns a name, so that they are known next time."))
    if ColumnMapping.objects.filter(kind=kept.kind, name=name).exclude(pk=kept.pk).exists():
        raise Refused(sentence(_("There are columns called %(name)s already."), name=name))
    changes = {
        key: (old, new)
        for key, old, new in (("name", kept.name, name), ("columns", kept.columns, chosen))
        if old != new
    }
    if not changes:
        return kept
    kept.name, kept.columns, kept.kept_by, kept.kept_at = name, chosen, by, at
    kept.save()
    record("service.mapping_changed", kept, by=by, at=at, changes=changes)
    return kept


@transaction.atomic
def forget_mapping(mapping: ColumnMapping, *, by: Employee, at: datetime) -> None:
    """Forget which column holds what: the next such spreadsheet is asked about again."""
    record("service.mapping_forgotten", mapping, by=by, at=at, changes={"columns": (mapping.columns, None)})
    ColumnMapping.objects.filter(pk=mapping.pk).delete()
