"""Cut the bundled Noto Sans SC down to the characters a Chinese back office prints.

`python -m tools.fonts.subset FOLDER` reads the static TrueType fonts of the unpacked npm package
`@expo-google-fonts/noto-sans-sc` (see README.md beside this file) and writes
`shopops/static/fonts/NotoSansSC-{Regular,Bold}.ttf`.
"""

import argparse
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent.parent / "shopops" / "static" / "fonts"
SOURCES = {
    "Regular": "400Regular/NotoSansSC_400Regular.ttf",
    "Bold": "700Bold/NotoSansSC_700Bold.ttf",
}

# Whole blocks: Latin, accents, Greek, Cyrillic, punctuation, money, letter-like, numbers, arrows, mathematics,
# technical, circled, boxes, shapes, signs, dingbats, CJK punctuation, kana, bopomofo, enclosed, units, full width.
BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x2B0, 0x2FF), (0x370, 0x3FF), (0x400, 0x45F), (0x2000, 0x206F),
    (0x20A0, 0x20BF), (0x2100, 0x21FF), (0x2200, 0x23FF), (0x2460, 0x25FF), (0x2600, 0x27BF), (0x3000, 0x312F),
    (0x31C0, 0x33FF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF),
)  # fmt: skip

# Late additions to the main block and the standard characters of the second plane: few, and all of them names.
LATE = ((0x9FA6, 0x9FFF), (0x20000, 0x323AF))

# Characters of the national table of 8,105 standard characters that sit in extension A; people are called by them.
NAMES = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃"
    "䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮㵑㳠㴋㬢㻏㺹㼆"
)


def gbk_characters() -> set[int]:
    """List the code points that GBK can write, which covers the platform's own exports."""
    found = set(range(0x20, 0x7F))
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found.update(map(ord, bytes([lead, trail]).decode("gbk")))
            except UnicodeDecodeError:
                continue
    return found


def wanted_characters(available: set[int]) -> set[int]:
    """Choose from the characters a font has those the bundled font shall keep."""
    wanted = gbk_characters() | set(map(ord, NAMES))
    for first, last in BLOCKS:
        wanted.update(range(first, last + 1))
    for first, last in LATE:
        wanted.update(code for code in available if first <= code <= last)
    return wanted & available


def cut(source: Path, target: Path) -> int:
    """Write the subset of one font without hints and vertical setting; the number of characters kept."""
    options = subset.Options(
        hinting=False,
        layout_features=["kern", "mark", "mkmk", "ccmp", "tnum"],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        drop_tables=["vhea", "vmtx", "BASE", "STAT", "prep", "DSIG"],
    )
    font = TTFont(source, recalcTimestamp=False)
    characters = wanted_characters(set(font.getBestCmap()))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.save(target)
    return len(characters)


def main(arguments: list[str] | None = None) -> int:
    """Cut both weights."""
    parser = argparse.ArgumentParser(description="Cut the bundled font.")
    parser.add_argument("folder", type=Path, help="the unpacked npm package")
    folder = parser.parse_args(arguments).folder
    for weight, name in SOURCES.items():
        target = TARGET / f"NotoSansSC-{weight}.ttf"
        kept = cut(folder / name, target)
        sys.stdout.write(f"{target.name}: {kept} characters, {target.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
