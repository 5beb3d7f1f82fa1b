"""Write `shopops/kit/pinyin_sounds.txt` anew: one sound with its tone a line, then the characters read so.

    python -m tools.pinyin_sounds

The readings are those of pypinyin (MIT licence), of which a process would hold 11 MiB; the file takes a hundredth.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path

os.environ["PYPINYIN_NO_PHRASES"] = "true"  # before the library is imported
from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.constants import PINYIN_DICT

from shopops.kit.pinyin import HAN, PHRASES

TARGET = Path(__file__).resolve().parent.parent / "shopops/kit/pinyin_sounds.txt"


def sounds() -> dict[str, str]:
    """Return sound → characters, such as `li3` → 里理李…."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in sorted(PINYIN_DICT):
        (sound,) = lazy_pinyin(chr(code), style=Style.TONE3, neutral_tone_with_five=True)
        if sound != chr(code) and re.match(f"[{HAN}]", chr(code)):
            found[sound].append(chr(code))
    return {sound: "".join(found[sound]) for sound in sorted(found)}


def read(text: str) -> str:
    """Return how the library reads a text, with our words instead of its own; what the tests compare with."""
    load_phrases_dict({word: [[part] for part in reading.split()] for word, reading in PHRASES.items()})
    return "".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


if __name__ == "__main__":
    TARGET.write_text("".join(f"{sound} {characters}\n" for sound, characters in sounds().items()), encoding="utf-8")
