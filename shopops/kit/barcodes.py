"""Code 128 as plain SVG: no style, no script, the same on a page and on a label."""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe

# Widths of bar, space, bar, … of the 107 symbols of ISO/IEC 15417, the last one being the stop pattern.
PATTERNS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
)  # fmt: skip

TO_C, TO_B, START_B, START_C, STOP = 99, 100, 104, 105, 106
MODULUS = 103
QUIET = 10  # modules of white on either side, as the standard asks
FIRST, LAST = 32, 126  # what set B can write: printable ASCII


def code128_values(text: str) -> list[int]:
    """Return the symbol values of a text, start, checksum and stop included, in the fewest symbols of sets B and C.

    :raises ValueError: if the text is empty or has characters other than printable ASCII.
    """
    if not text or any(not FIRST <= ord(character) <= LAST for character in text):
        raise ValueError(f"Code 128 writes printable ASCII only, not {text!r}")
    # Cheapest way to write the rest of the text from each place on, by the set one is in: (cost, values).
    endless: tuple[float, tuple[int, ...]] = (float("inf"), ())
    rest_b: list[tuple[float, tuple[int, ...]]] = [(0, ())] * (len(text) + 2)
    rest_c = list(rest_b)
    for place in range(len(text) - 1, -1, -1):
        cost, values = rest_b[place + 1]
        in_b = (cost + 1, (ord(text[place]) - FIRST, *values))
        pair = text[place : place + 2]
        in_c = endless
        if len(pair) == 2 and pair.isdecimal():  # noqa: PLR2004 -- set C writes digits in pairs
            cost, values = rest_c[place + 2]
            in_c = (cost + 1, (int(pair), *values))
        rest_b[place] = min(in_b, (in_c[0] + 1, (TO_C, *in_c[1])))
        rest_c[place] = min(in_c, (in_b[0] + 1, (TO_B, *in_b[1])))
    (_cost, body), start = min((rest_b[0], START_B), (rest_c[0], START_C))
    checksum = (start + sum(weight * value for weight, value in enumerate(body, start=1))) % MODULUS
    return [start, *body, checksum, STOP]


def code128(text: str, *, height: int = 60, words: bool = False) -> SafeString:
    """Draw a text as a Code 128 barcode: an `<svg class="barcode">` one unit a module wide, as wide as its box.

    `height` is in modules; `words` writes the text below the bars for people. On a label a module should be at least
    0.25 mm wide: some thirty symbols on 90 mm.

    :raises ValueError: as `code128_values`.
    """
    place, bars = QUIET, []
    for value in code128_values(text):
        for index, width in enumerate(map(int, PATTERNS[value])):
            if index % 2 == 0:
                bars.append(f'<rect x="{place}" y="0" width="{width}" height="{height}"/>')
            place += width
    whole = place + QUIET
    tall = height + 14 if words else height
    below = (
        f'<text x="{whole / 2:g}" y="{height + 12}" font-size="12" text-anchor="middle" '
        f'font-family="Noto Sans SC, monospace">{escape(text)}</text>'
        if words
        else ""
    )
    return mark_safe(
        f'<svg class="barcode" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {tall}" width="{whole}" '
        f'height="{tall}" role="img" aria-label="{escape(text)}" shape-rendering="crispEdges" fill="#000000">'
        f"{''.join(bars)}{below}</svg>"
    )
