"""Sentences with values in them, translated only when somebody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.functional import lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _filled(template: object, values: dict[str, object]) -> str:
    return str(template) % values


_lazily_filled = lazy(_filled, str)


def sentence(template: str | _StrPromise, **values: object) -> _StrPromise:
    """Fill `%(name)s` placeholders of a lazily translated template, still lazily.

    Django evaluates `gettext_lazy("…") % values` at once, in the language of whoever computes; a complaint made
    by a worker must appear in the language of whoever reads it.
    """
    return cast("_StrPromise", _lazily_filled(template, values))
