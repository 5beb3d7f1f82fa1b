"""What is wrong in a file, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.sentences import sentence

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_QUOTE = 60


class Severity(StrEnum):
    """What follows from a complaint."""

    REFUSE = "refuse"
    """The row is left out."""
    WARN = "warn"
    """The row is taken, without the value complained about."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong at one place of a file."""

    file: str
    sheet: str
    row: int
    """As the spreadsheet program numbers rows; 0 if the whole file is meant."""
    column: str
    """The header as it stands in the file, or "" if the whole row is meant."""
    value: str
    message: str | _StrPromise
    severity: Severity

    @property
    def text(self) -> str:
        """Return what is wrong, in the active language."""
        return str(self.message)

    def __str__(self) -> str:
        """Return where and what: `row 17, column 订单付款时间: "2016/5/3x" is not a time`."""
        if not self.row:
            return self.text
        if not self.column:
            return str(sentence(_("row %(row)s: %(text)s"), row=self.row, text=self.text))
        return str(
            sentence(_("row %(row)s, column %(column)s: %(text)s"), row=self.row, column=self.column, text=self.text)
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row left out: its raw cells, for the spreadsheet of rejected rows."""

    row: int
    cells: list[str]
    reasons: list[Complaint]


def quoted(value: str) -> str:
    """Return a value short enough to stand in a sentence."""
    value = " ".join(value.split())
    return value if len(value) <= LONGEST_QUOTE else value[:LONGEST_QUOTE] + "…"
