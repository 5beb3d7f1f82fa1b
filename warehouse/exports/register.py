"""The day's register as a workbook (ORD-030)."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from shopops.kit.spreadsheets import Column, xlsx_writer
from warehouse.queries.register import Register


def write_register(target: Path, register: Register) -> int:
    """Write the register of a day; return how many rows."""
    columns = [
        Column(_("Style"), width=32),
        Column(_("Colour"), width=14),
        Column(_("Size"), width=14),
        Column(_("Merchant code")),
        Column(_("Notes of one piece"), "count", 14),
        Column(_("Notes of several pieces"), "count", 14),
        Column(_("Pieces to ship"), "count", 12),
        Column(_("Of these shipped"), "count", 12),
    ]
    rows = register.rows
    with xlsx_writer(target, columns, sheet=f"{_('Register')} {register.day:%Y-%m-%d}") as write_row:
        for row in rows:
            write_row(
                (
                    row.style,
                    row.colour,
                    row.size,
                    row.sku.code,
                    row.single_notes,
                    row.several_notes,
                    row.pieces,
                    row.shipped,
                )
            )
        write_row((_("Total"), "", "", "", register.single, register.notes - register.single, register.pieces, ""))
    return len(rows)
