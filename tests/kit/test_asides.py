"""Boxes of later departments on pages of earlier ones."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from shopops.kit.asides import Aside, add_aside, asides_of

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
READER = SimpleNamespace(has_perm=lambda permission: permission == "kit.may")


def loads(words: str | None):
    return lambda thing, _employee, _at: words and f"{thing} {words}"


def test_a_page_shows_the_boxes_its_reader_may_see_in_their_order():
    add_aside("kit.page", Aside("kit.later", "kit.may", "later.html", loads("later"), place=30))
    add_aside("kit.page", Aside("kit.first", "kit.may", "first.html", loads("first"), place=10))
    add_aside("kit.page", Aside("kit.secret", "kit.may_not", "secret.html", loads("secret")))
    add_aside("kit.page", Aside("kit.empty", "kit.may", "empty.html", loads(None)))

    shown = asides_of("kit.page", "4087", READER, AT)

    assert [(one.template, one.shown) for one in shown] == [("first.html", "4087 first"), ("later.html", "4087 later")]
    assert asides_of("kit.other", "4087", READER, AT) == []
