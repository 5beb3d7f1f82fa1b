"""Markup kept in memory: what depends on a few values only is drawn once for them.

A page's filters and the forms in its dialogs are the same for everybody until somebody fills them in, yet drawing them
takes longer than the rows. The key must say everything the markup depends on; the language is put to it here. Nothing
that belongs to a person or a session (a CSRF token, an entered value) may be drawn this way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django import forms

_KEPT = 2000
_drawn: dict[Hashable, SafeString] = {}


def drawn_once(key: Hashable, draw: Callable[[], str]) -> SafeString:
    """Return the markup for `key`, drawing it if this process has not done so before in this language."""
    whole = (get_language(), key)
    markup = _drawn.get(whole)
    if markup is None or settings.DEBUG:
        markup = mark_safe(draw())
        if len(_drawn) >= _KEPT:
            _drawn.clear()
        _drawn[whole] = markup
    return markup


def drawn_fields(form: forms.BaseForm) -> SafeString:
    """Return the visible fields of a form as the component `field` draws them; from memory while not filled in."""

    def draw() -> str:
        return render_to_string("shell/fields.html", {"form": form})

    if form.is_bound:
        return mark_safe(draw())
    fields = form.visible_fields()
    return drawn_once((type(form), form.auto_id, form.prefix, *(_all_of(field) for field in fields)), draw)


def _all_of(bound: forms.BoundField) -> Hashable:
    """Return everything the markup of an empty field depends on."""
    field, widget = bound.field, bound.field.widget
    choices = tuple((str(value), str(label)) for value, label in getattr(field, "choices", ()))
    attributes = tuple((name, str(value)) for name, value in widget.attrs.items())
    words = (bound.name, str(bound.label), str(field.help_text), str(bound.initial))
    return (*words, field.required, field.disabled, type(widget), attributes, choices)
