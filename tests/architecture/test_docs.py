"""What the papers point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.code import ROOT

PAPERS = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TARGET = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def pointed_at(paper: Path) -> list[str]:
    """Return the relative links and pictures of a paper, without their anchors."""
    targets = TARGET.findall(CODE.sub("", paper.read_text(encoding="utf-8")))
    return [target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_and_pictures_of_a_paper_are_there(paper):
    missing = [target for target in pointed_at(paper) if not (paper.parent / target).exists()]

    assert missing == []


def test_no_picture_lies_about_unused():
    shown = {(paper.parent / target).resolve() for paper in PAPERS for target in pointed_at(paper)}
    unused = [path.name for path in sorted((ROOT / "docs/pictures").iterdir()) if path.resolve() not in shown]

    assert unused == []
