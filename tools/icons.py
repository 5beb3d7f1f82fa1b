"""Build the icon sprite from the Lucide drawings that the `lucide` package carries.

`python -m tools.icons` writes `shopops/static/icons.svg` from the names in `tools/icons.txt`;
`python -m tools.icons --check` only says whether the committed sprite is up to date.
"""

import argparse
import re
import sys
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "tools" / "icons.txt"
SPRITE = ROOT / "shopops" / "static" / "icons.svg"

LICENCE = """<!--
Icons: Lucide (ISC licence), copyright Lucide Contributors 2022; parts come from Feather (MIT licence),
copyright Cole Bemis 2013-2022. Permission to use, copy, modify and distribute these drawings for any purpose,
with or without fee, is granted provided that this notice appears in all copies. They come without any warranty.
Made by tools/icons.py from tools/icons.txt; do not edit by hand.
-->"""

# The width of the stroke is left to the page, so that a small icon can be drawn bolder.
STROKE = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'


def listed_names(text: str) -> list[str]:
    """Read the icon names of a list, without remarks and blank lines.

    :raises ValueError: if a name is listed twice.
    """
    names = [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"listed twice: {', '.join(twice)}")
    return sorted(names)


def symbol(name: str, drawing: bytes) -> str:
    """Turn one drawing into a `<symbol>` of the sprite."""
    shapes = []
    for shape in ET.fromstring(drawing):  # noqa: S314 -- the package's own files
        kind = re.sub(r"^\{.*\}", "", shape.tag)
        attributes = " ".join(f'{key}="{value}"' for key, value in shape.attrib.items())
        shapes.append(f"<{kind} {attributes}/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24" {STROKE}>{"".join(shapes)}</symbol>'


def build(names: list[str]) -> str:
    """Build the text of the sprite.

    :raises KeyError: naming the first icon that Lucide does not have.
    """
    with ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes())) as drawings:
        symbols = [symbol(name, drawings.read(f"{name}.svg")) for name in names]
    body = "\n".join(symbols)
    return f'{LICENCE}\n<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def main(arguments: list[str] | None = None) -> int:
    """Write the sprite, or with `--check` compare it with the list; 1 when they differ."""
    parser = argparse.ArgumentParser(description="Build the icon sprite.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    options = parser.parse_args(arguments)
    names = listed_names(NAMES.read_text(encoding="utf-8"))
    text = build(names)
    if options.check:
        same = SPRITE.exists() and SPRITE.read_text(encoding="utf-8") == text
        sys.stdout.write("up to date\n" if same else "out of date: run python -m tools.icons\n")
        return 0 if same else 1
    SPRITE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(names)} icons, {len(text.encode()):,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
