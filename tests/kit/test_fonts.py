"""The bundled font has what Chinese orders are written with, under its licence."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fontTools.ttLib import TTFont

from tools.fonts.subset import NAMES, TARGET, gbk_characters

KNOWN_MISSING = {0x2252}  # ≒, which the source font lacks


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_both_weights_have_gbk_symbols_and_the_names_beyond_it(weight):
    path = TARGET / f"NotoSansSC-{weight}.ttf"
    with TTFont(path, lazy=True) as font:
        available = set(font.getBestCmap())
        assert font["name"].getBestFamilyName() == "Noto Sans SC"
        assert "fpgm" not in font
    assert gbk_characters() - available <= KNOWN_MISSING
    assert set(map(ord, "¥￥−–→✓①⑳▲▼☆•…" + NAMES)) <= available
    assert path.stat().st_size < 8_000_000


def test_the_licence_lies_beside_the_fonts():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (TARGET / "OFL.txt").read_text(encoding="utf-8")


def test_the_font_configuration_offers_the_folder_it_lies_in():
    root = ET.parse(TARGET / "fonts.conf").getroot()
    folder = root.find("dir")
    assert folder.get("prefix") == "relative"
    assert (TARGET / Path(folder.text)).resolve() == TARGET.resolve()
