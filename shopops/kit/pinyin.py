"""Pinyin keys, so that `ln` and `lina` find 李娜, and names sort by sound."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=4096)
def search_keys(text: str) -> tuple[str, str]:
    """Return (full pinyin, initials) of `text`, lower case without spaces: `("lina", "ln")` for 李娜."""
    full = lazy_pinyin(text, style=Style.NORMAL)
    initials = lazy_pinyin(text, style=Style.FIRST_LETTER)
    return (
        "".join("".join(full).lower().split()),
        "".join("".join(initials).lower().split()),
    )
