"""A receipt as people paste it: a merchant code or barcode, then a number of pieces, one a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalog.queries.skus import skus_called

_LINE = re.compile(r"^(?P<code>\S.*?)[\s,，;；×xX*]+(?P<pieces>\d{1,7})\s*$")
MOST_COMPLAINTS = 30


@dataclass
class Receipt:
    """What was understood, and what was not."""

    pieces: dict[int, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


def read_receipt(text: str) -> Receipt:
    """Read pasted lines; the same SKU in two lines is added up.

    Lines without a number of pieces, or with a code nobody knows or a bundle's, are complained about by their number.
    """
    found = Receipt()
    asked: list[tuple[int, str, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.match(line.strip())
        if match is None or not int(match["pieces"]):
            found.complaints.append(
                _("line %(number)s: “%(line)s” is no code with a number of pieces")
                % {"number": number, "line": line.strip()[:60]}
            )
            continue
        asked.append((number, match["code"].strip(), int(match["pieces"])))
    skus = skus_called(code for _number, code, _pieces in asked)
    for number, code, pieces in asked:
        sku = skus.get(code)
        if sku is None:
            found.complaints.append(_("line %(number)s: no SKU is called %(code)s") % {"number": number, "code": code})
        elif sku.is_bundle:
            found.complaints.append(
                _("line %(number)s: %(code)s is a bundle; book its parts") % {"number": number, "code": code}
            )
        else:
            found.pieces[sku.pk] = found.pieces.get(sku.pk, 0) + pieces
    if not asked and not found.complaints:
        found.complaints.append(_("There is no line."))
    del found.complaints[MOST_COMPLAINTS:]
    return found
