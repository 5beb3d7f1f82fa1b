"""The icon sprite is what its list says, and the templates use nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from django_cotton import render_component

from tools.icons import NAMES, ROOT, SPRITE, build, listed_names, main

USES = re.compile(r'<c-icon\s[^>]*?(?<!:)name="([^"{]+)"')


def names_in_sprite() -> set[str]:
    return {str(symbol.get("id")) for symbol in ET.fromstring(SPRITE.read_text(encoding="utf-8"))}


def test_the_committed_sprite_is_up_to_date(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_every_icon_named_in_a_template_is_in_the_sprite():
    known = names_in_sprite()
    missing = {
        f"{template.relative_to(ROOT)}: {name}"
        for template in (ROOT / "templates").rglob("*.html")
        for name in USES.findall(template.read_text(encoding="utf-8"))
        if name not in known
    }
    assert not missing, sorted(missing)


def test_the_sprite_carries_its_licence_and_nothing_a_strict_policy_refuses():
    text = SPRITE.read_text(encoding="utf-8")
    assert "ISC licence" in text
    assert not re.search(r"style=|<style|<script|\son\w+=|href=", text)


def test_a_name_listed_twice_is_refused():
    with pytest.raises(ValueError, match="truck"):
        listed_names("truck\nbox\ntruck # again\n")


def test_a_name_that_lucide_does_not_have_is_refused():
    with pytest.raises(KeyError, match="no-such-icon"):
        build(["no-such-icon"])


def test_remarks_and_blank_lines_of_the_list_are_no_names():
    assert listed_names("# places\n\nhouse\nbell # rings\n") == ["bell", "house"]
    assert set(listed_names(NAMES.read_text(encoding="utf-8"))) == names_in_sprite()


def test_an_icon_is_hidden_from_screen_readers_unless_it_has_a_label(rf):
    silent = render_component(rf.get("/"), "icon", name="truck")
    spoken = render_component(rf.get("/"), "icon", {"name": "x", "label": "关闭", "class": "small"})
    assert 'aria-hidden="true"' in silent
    assert "icons.svg#truck" in silent
    assert 'class="icon small"' in spoken
    assert 'role="img" aria-label="关闭"' in spoken
