"""The matrix of roles and permissions as a spreadsheet."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import gettext as _

from shopops.kit.spreadsheets import Column, xlsx_writer
from staff.queries.permissions import Matrix

YES = "●"


def write_matrix(matrix: Matrix, target: BinaryIO) -> None:
    """Write one row a permission and one column a role."""
    columns = [
        Column(_("Part of the program"), width=14),
        Column(_("Permission"), width=34),
        Column(_("Name in the system"), width=34),
        *(Column(str(role.post), width=12) for role in matrix.roles),
    ]
    with xlsx_writer(target, columns, sheet=_("Who may do what")) as write_row:
        for block in matrix.blocks:
            for right in block.rights:
                marks = [YES if right.id in role.holds else "" for role in matrix.roles]
                write_row([block.label, right.label, right.name, *marks])
