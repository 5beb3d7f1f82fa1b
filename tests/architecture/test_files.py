"""Small files, known rooms, plain templates, complete translations."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.code import APPS, CODE, EVERYTHING, ROOT, called, calls, files, name_of, tree

LONGEST = 400
FORBIDDEN = ("helpers", "utils", "util", "services", "managers", "constants", "common", "misc")
VENDORED = ("shopops/static/fonts",)

THE_EDGE = ("views", "admin", "management", "jobs", "worklists")
READS_THE_CLOCK = {
    "staff/actions/jobs.py": "a run ends when its work ends, not when it was asked for",
    "orders/imports/__init__.py": "an import ends when it ends",
    "service/imports/running.py": "the same",
    "staff/actions/progress.py": "a sign of life is of this moment",
}
"""Files behind the edge that may ask what time it is, each with its reason."""


@pytest.mark.parametrize("ending", [".py", ".html", ".css", ".js", ".toml"])
def test_no_file_is_longer_than_400_lines(ending):
    long = {}
    for path in files(*EVERYTHING, ending=ending):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > LONGEST and not name_of(path).startswith(VENDORED):
            long[name_of(path)] = count

    assert long == {}, "make a folder of the same name, one file a subject"


def test_no_file_has_a_name_that_says_nothing():
    places = (one for one in EVERYTHING if one != "tools")  # its services are servers
    odd = [name_of(path) for path in files(*places, ending=".py") if path.stem in FORBIDDEN]

    assert odd == []


def test_every_python_file_says_what_it_is_for():
    mute = [
        name_of(path)
        for path in files(*CODE, ending=".py")
        if path.stat().st_size > 0 and ast.get_docstring(tree(path)) is None
    ]

    assert mute == []


def test_the_clock_is_read_only_at_the_edge():
    early = []
    for path in files(*APPS, ending=".py"):
        room = path.relative_to(ROOT).parts[1].removesuffix(".py")
        if room in THE_EDGE or name_of(path) in READS_THE_CLOCK:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module in {"shopops.kit.clock", "django.utils.timezone"}:
                early += [f"{name_of(path)}:{node.lineno}" for one in node.names if one.name == "now"]
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils":
                early += [f"{name_of(path)}:{node.lineno}" for one in node.names if one.name == "timezone"]
        early += [
            f"{name_of(path)}:{node.lineno}"
            for node in calls(path)
            if called(node) in {"utcnow", "today"}
            or (called(node) == "now" and ast.unparse(node).startswith("datetime"))
        ]

    assert early == [], "take `at` from the caller"


def test_no_sentence_is_put_together_before_it_is_translated():
    marks = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
    broken = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(*CODE, ending=".py")
        for node in calls(path)
        if called(node) in marks and any(isinstance(one, ast.JoinedStr) for one in node.args)
    ]

    assert broken == [], "an f-string has no translation; use %(name)s"


def test_translated_blocks_are_trimmed():
    loose = [
        f"{name_of(path)}: {found}"
        for path in files("templates", ending=".html")
        for found in re.findall(r"\{%-?\s*blocktrans(?:late)?\b[^%]*%\}", path.read_text(encoding="utf-8"))
        if "trimmed" not in found
    ]

    assert loose == []


def test_templates_keep_to_the_strict_content_security_policy():
    """Pages for paper are not served: WeasyPrint reads them."""
    inline = re.compile(r"""\sstyle\s*=\s*["']|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""")
    broken = []
    for path in files("templates", ending=".html"):
        if "paper" in path.parts or "paper" in path.stem:
            continue
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(encoding="utf-8"))
        broken += [f"{name_of(path)}: {found.strip()}" for found in inline.findall(text)]

    assert broken == []


def test_no_page_takes_anything_from_another_site():
    away = [
        f"{name_of(path)}: {found}"
        for ending in (".html", ".css", ".js")
        for path in files("templates", "shopops/static", ending=ending)
        for found in re.findall(r"""(?:src=["']|href=["']|url\(|import\s+["'])https?://[^\s"')]+""", path.read_text())
    ]

    assert away == []


def test_translations_are_complete(capsys):
    from tools.i18n import check

    assert check() == 0, capsys.readouterr().out
