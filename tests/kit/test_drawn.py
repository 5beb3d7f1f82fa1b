"""Markup kept in memory: the same for the same values and language, and never one person's for another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from shopops.kit.drawn import drawn_fields, drawn_once


class HoldForm(forms.Form):
    """A form with a choice that a manager may change."""

    reason = forms.CharField(label=_("Reason"), max_length=20)
    carrier = forms.ChoiceField(label=_("Carrier"))

    def __init__(self, *args: object, carriers: tuple[tuple[str, str], ...] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's many parameters
        self.fields["carrier"].choices = carriers  # type: ignore[attr-defined]  # a choice field


def test_the_same_key_is_drawn_once_a_language() -> None:
    calls: list[str] = []

    def draw() -> str:
        calls.append(translation.get_language() or "")
        return f"<b>{calls[-1]}</b>"

    with translation.override("en"):
        assert drawn_once(("test", 1), draw) == drawn_once(("test", 1), draw) == "<b>en</b>"
    with translation.override("zh-hans"):
        assert drawn_once(("test", 1), draw) == "<b>zh-hans</b>"
    assert calls == ["en", "zh-hans"]


def test_fields_follow_language_choices_initial_value_and_ids() -> None:
    def fields(language: str = "en", **about: Any) -> str:
        with translation.override(language):
            return str(drawn_fields(HoldForm(**about)))

    assert "Reason" in fields()
    assert "原因" in fields("zh-hans")
    assert "顺丰" in fields(carriers=(("1", "顺丰"),))
    assert "中通" in fields(carriers=(("1", "中通"),))
    assert 'value="late"' in fields(initial={"reason": "late"})
    assert 'value="late"' not in fields()
    assert 'id="hold_reason"' in fields(auto_id="hold_%s")


def test_what_somebody_has_entered_is_not_kept() -> None:
    with translation.override("en"):
        assert "secret" in drawn_fields(HoldForm({"reason": "secret"}))
        assert "secret" not in drawn_fields(HoldForm({"reason": ""}))
        assert "secret" not in drawn_fields(HoldForm())
