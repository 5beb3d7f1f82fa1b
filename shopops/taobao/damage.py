"""Numbers that a spreadsheet program has damaged: it keeps 15 digits and fills up with zeros.

A damaged id still looks like an id, and two damaged files still join with each other, so neither a type check nor a
join finds it. What finds it is that ids do not end in zeros: of n ids of 16 digits all end in 0 by luck once in 10^n
files, of 18 digits in 000 once in 1000^n. The platform puts digits of the buyer's number last, so the orders of one
buyer end alike: only ids with different ends count as different witnesses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.functional import _StrPromise

    from shopops.kit.spreadsheets.cells import Cell

DIGITS_KEPT = 15
ENOUGH_ZEROS = 6
"""Zeros counted over all witnesses that make it no luck: once in a million files."""
ENOUGH_ZEROS_IN_A_ROW = 12
"""The same for a stretch somewhere inside a long file, of which there are many."""
SUSPECT_ZEROS = 3
NEARLY_ALL = 0.9
LONG_FORM = 18
SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{2}")
FLOAT = re.compile(r"[0-9]{16,}\.0+")


def refuse_numeric(cells: Iterable[Cell], *, column: str) -> None:
    """Refuse a column of ids that the file holds as numbers of more than 15 digits.

    :raises Refused: if one cell is such a number.
    """
    for cell in cells:
        if isinstance(cell, (int, float)) and abs(cell) >= 10**DIGITS_KEPT:
            raise damaged(
                sentence(
                    _("Column %(column)s holds numbers of more than 15 digits instead of text (%(value)s)."),
                    column=column,
                    value=f"{cell:.6g}",
                )
            )


def refuse_scientific(text: str, *, column: str) -> None:
    """Refuse a file with an id in scientific notation, such as 1.33898E+18.

    :raises Refused: if `text` is one.
    """
    if SCIENTIFIC.fullmatch(text) or FLOAT.fullmatch(text):
        raise damaged(sentence(_("Column %(column)s holds the number “%(value)s”."), column=column, value=text))


def refuse_zeros(ids: Sequence[str], *, column: str, rows: Sequence[int]) -> bool:
    """Refuse ids of which (nearly) all end in as many zeros as they have digits beyond 15, or a stretch of them.

    :param ids: the ids of consecutive rows, as text, none empty.
    :param rows: the numbers of these rows.
    :returns: True if there are too few ids to be sure, but all of them end so.
    :raises Refused: if it cannot be luck.
    """
    lengths = set(map(len, ids))
    suspect = False
    for length in lengths:
        if length <= DIGITS_KEPT:
            continue
        zeros = length - DIGITS_KEPT
        ending = "0" * zeros
        of_length = ids if len(lengths) == 1 else [number for number in ids if len(number) == length]
        endings = "\n".join((*of_length, "")).count(f"{ending}\n")
        if endings < NEARLY_ALL * len(of_length):
            if endings * zeros < ENOUGH_ZEROS_IN_A_ROW:
                continue
            stretch = longest_stretch(of_length, ending)
            if len(witnesses(stretch)) * zeros >= ENOUGH_ZEROS_IN_A_ROW:
                raise damaged(
                    sentence(
                        _("In column %(column)s, from row %(row)s on, many numbers in a row end in %(zeros)s."),
                        column=column,
                        row=rows[ids.index(stretch[0])],
                        zeros=ending,
                    )
                )
            continue
        ends = witnesses(of_length)
        hits = sum(end.endswith(ending) for end in ends)
        if hits < NEARLY_ALL * len(ends):
            continue
        if hits * zeros >= ENOUGH_ZEROS:
            raise damaged(
                sentence(_("In column %(column)s (nearly) all numbers end in %(zeros)s."), column=column, zeros=ending)
            )
        suspect = suspect or hits * zeros >= SUSPECT_ZEROS
    return suspect


def witnesses(ids: Iterable[str]) -> set[str]:
    """Return the different ends of ids: the digits that tell buyers apart."""
    return {number[-6:] if len(number) >= LONG_FORM else number[-4:] for number in ids}


def longest_stretch(ids: Sequence[str], ending: str) -> list[str]:
    """Return the longest run of consecutive ids that end so."""
    longest: list[str] = []
    current: list[str] = []
    for number in ids:
        if number.endswith(ending):
            current.append(number)
            continue
        if len(current) > len(longest):
            longest = current
        current = []
    return max(longest, current, key=len)


def damaged(reason: _StrPromise) -> Refused:
    """Return the refusal of a whole file: what was seen, why, and what to do."""
    return Refused(
        sentence(
            _(
                "The order numbers in this file are damaged. %(reason)s Excel keeps only 15 digits of a number and "
                "puts zeros behind them, so nobody can tell which orders these are. Download the report again and "
                "upload that file as it is, without opening and saving it in Excel or WPS."
            ),
            reason=reason,
        )
    )
