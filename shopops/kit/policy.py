"""Numbers and words a manager may change: declared with a default by a department, kept by staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, TypeVar

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

V = TypeVar("V", int, Decimal, str, bool)

_look_up: Callable[[str], str | None] | None = None


@dataclass(frozen=True)
class Setting(Generic[V]):
    """One value a manager may change in the admin site.

    :param name: dotted name, department first, such as `orders.hold_hours`.
    :param default: what holds until somebody changes it; its type is the type of the value.
    :param label: what it is, in a few words.
    :param help: what it does and the clause it comes from.
    :param unit: hours, yuan, pieces and so on; empty for words and switches.
    :param pattern: regular expression that words must match as a whole.
    """

    name: str
    default: V
    label: str | _StrPromise
    help: str | _StrPromise = ""
    unit: str | _StrPromise = ""
    least: int | Decimal | None = None
    most: int | Decimal | None = None
    pattern: str = ""

    def __post_init__(self) -> None:
        """Register the declaration."""
        SETTINGS.add(self.name, self)

    def __call__(self) -> V:
        """Return the value in force; the default when what is kept is out of bounds since an upgrade."""
        text = _look_up(self.name) if _look_up else None
        try:
            return self.default if text is None else self.parse(text)
        except ValueError:
            return self.default

    def parse(self, text: str) -> V:
        """Turn the kept text into a value.

        :raises ValueError: if the text is no such value or out of bounds.
        """
        if isinstance(self.default, bool):
            if text not in {"true", "false"}:
                raise ValueError(text)
            return text == "true"
        if isinstance(self.default, str):
            if self.pattern and not re.fullmatch(self.pattern, text):
                raise ValueError(text)
            return text
        number = int(text) if isinstance(self.default, int) else _decimal(text)
        too_small = self.least is not None and number < self.least
        if too_small or (self.most is not None and number > self.most):
            raise ValueError(text)
        return number

    @staticmethod
    def write(value: int | Decimal | str | bool) -> str:
        """Turn a value into the text that is kept."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    return number


SETTINGS: Registry[Setting[int] | Setting[Decimal] | Setting[str] | Setting[bool]] = Registry("setting")


def keep_values_with(look_up: Callable[[str], str | None]) -> None:
    """Say who keeps the changed values; called once by staff while the apps load."""
    global _look_up  # noqa: PLW0603 -- one keeper a process
    _look_up = look_up
