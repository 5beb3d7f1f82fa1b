"""Refusals: what cannot be done, in a sentence for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(Exception):  # noqa: N818 -- an ordinary answer, not an error
    """A request that cannot be granted; carries the sentence to show.

    Views turn it into a message, commands into a line on standard error, batch actions into the result of a row.
    """

    def __init__(self, sentence: str | _StrPromise) -> None:
        """Keep the (lazily translated) sentence."""
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        return str(self.sentence)
