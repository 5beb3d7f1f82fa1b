"""Translations without gettext: find the strings, merge Chinese for them, compile, check.

python -m tools.i18n set       read lines `English => 中文` from standard input and merge them
python -m tools.i18n missing [PREFIX…]   list strings without Chinese, of files that begin so
python -m tools.i18n sync      drop strings nobody uses any more, note where each is used, compile
python -m tools.i18n check     fail when a string has no Chinese, is fuzzy or is stale, or the compiled file is old
"""

from __future__ import annotations

import fcntl
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polib
from babel.messages.extract import extract

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "shopops/locale/zh_Hans/LC_MESSAGES/django.po"
PLACES = ("shopops", "staff", "catalog", "warehouse", "orders", "service", "templates")
KEYWORDS = {
    "_": None,
    "_now": None,  # gettext beside a lazy `_`
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Key = tuple[str | None, str]
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
"""Templates indent as they like; what is read as Python may not."""


def used_strings() -> dict[tuple[str | None, str, str], list[str]]:
    """Return (context, message, plural) → files, for every string of the code and the templates."""
    from django.conf import settings  # noqa: PLC0415 -- templatize wants configured settings

    if not settings.configured:
        settings.configure()
    from django.utils.translation.template import templatize  # noqa: PLC0415

    found: dict[tuple[str | None, str, str], list[str]] = defaultdict(list)
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
                continue
            source = path.read_text(encoding="utf-8")
            if path.suffix != ".py":
                source = INDENT.sub("", templatize(source, origin=str(path)))
            for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
                single, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, "")
                if single:
                    found[context, single, plural].append(path.relative_to(ROOT).as_posix())
    return found


@contextmanager
def catalogue() -> Iterator[polib.POFile]:
    """Open the catalogue under a lock; write and compile it when the block ends well."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with (CATALOGUE.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if CATALOGUE.exists():
            entries = polib.pofile(str(CATALOGUE), wrapwidth=120)
        else:
            entries = polib.POFile(wrapwidth=120)
            entries.metadata = {
                "Content-Type": "text/plain; charset=utf-8",
                "Language": "zh_Hans",
                "Plural-Forms": "nplurals=1; plural=0;",
            }
        yield entries
        entries.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        entries.save(str(CATALOGUE))
        entries.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


def find(entries: polib.POFile, key: Key) -> polib.POEntry | None:
    """Return the entry of (context, message), or None."""
    for entry in entries:
        if (entry.msgctxt, entry.msgid) == key:
            return entry
    return None


def is_translated(entry: polib.POEntry) -> bool:
    """Say whether the entry has its Chinese and nobody doubts it."""
    return not entry.fuzzy and bool(entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values())))


def set_strings(lines: list[str]) -> int:
    """Merge `English => 中文` lines; a context is written `context | English => 中文`."""
    plurals = {(context, single): plural for context, single, plural in used_strings()}
    with catalogue() as entries:
        index = {(entry.msgctxt, entry.msgid): entry for entry in entries}
        for line in lines:
            if " => " not in line:
                continue
            english, chinese = (part.replace("\\n", "\n") for part in line.split(" => ", 1))
            if (None, english) not in plurals:  # blanks at the ends count only where the code has them
                english, chinese = english.strip(), chinese.strip()
            context: str | None = None
            if " | " in english and (None, english) not in plurals:
                context, english = english.split(" | ", 1)
            entry = index.get((context, english))
            if entry is None:
                entry = polib.POEntry(msgid=english, msgctxt=context)
                entries.append(entry)
                index[context, english] = entry
            plural = plurals.get((context, english), "")
            if plural:
                entry.msgid_plural, entry.msgstr_plural, entry.msgstr = plural, {0: chinese}, ""
            else:
                entry.msgid_plural, entry.msgstr_plural, entry.msgstr = "", {}, chinese
    return 0


def missing(prefixes: list[str]) -> list[str]:
    """Return the strings without Chinese that files beginning with one of `prefixes` use."""
    have = {}
    if CATALOGUE.exists():
        have = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}
    lacking = []
    for (context, single, _plural), files in used_strings().items():
        entry = have.get((context, single))
        wanted = not prefixes or any(name.startswith(tuple(prefixes)) for name in files)
        if wanted and (entry is None or not is_translated(entry)):
            head = f"{context} | " if context else ""
            lacking.append(head + single.replace("\n", "\\n"))
    return lacking


def sync() -> int:
    """Drop entries nobody uses and note the files of the others."""
    used = {(context, single): files for (context, single, _plural), files in used_strings().items()}
    with catalogue() as entries:
        for entry in list(entries):
            files = used.get((entry.msgctxt, entry.msgid))
            if files is None:
                entries.remove(entry)
            else:
                entry.occurrences = [(name, "") for name in sorted(set(files))]
    return 0


def check() -> int:
    """Print what is wrong with the catalogue; 1 when something is."""
    troubles = [f"no Chinese: {text}" for text in missing([])]
    used = {(context, single) for context, single, _plural in used_strings()}
    entries = polib.pofile(str(CATALOGUE))
    troubles += [f"not used: {entry.msgid}" for entry in entries if (entry.msgctxt, entry.msgid) not in used]
    troubles += [f"fuzzy: {entry.msgid}" for entry in entries if entry.fuzzy]
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    kept = {(e.msgctxt, e.msgid): e.msgstr for e in entries if is_translated(e)}
    if {(e.msgctxt, e.msgid): e.msgstr for e in compiled} != kept:
        troubles.append("django.mo is older than django.po: run python -m tools.i18n sync")
    print("\n".join(troubles) or "translations: complete")
    return 1 if troubles else 0


def main(arguments: list[str]) -> int:
    """Run one of the commands above."""
    verb = arguments[0] if arguments else "check"
    if verb == "set":
        return set_strings(sys.stdin.read().splitlines())
    if verb == "missing":
        print("\n".join(missing(arguments[1:])))
        return 0
    return sync() if verb == "sync" else check()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
