"""What people call the verbs of the trail. Each department declares its own at the end of its `states`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shopops.kit.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Tone = Literal["plain", "good", "warn", "danger"]


@dataclass(frozen=True)
class Verb:
    """A verb that events are recorded under.

    :param name: department and past tense, such as `orders.approved`.
    :param label: what was done, as the timeline says it after the name of who did it: “approved the order”.
    :param tone: the colour of its dot in the timeline.
    """

    name: str
    label: str | _StrPromise
    tone: Tone = "plain"


VERBS: Registry[Verb] = Registry("verb")


def declare_verbs(labels: Mapping[str, str | _StrPromise], *, tone: Tone = "plain") -> None:
    """Declare verbs with what they are called; the timeline shows them in the colour of `tone`."""
    for name, label in labels.items():
        VERBS.add(name, Verb(name, label, tone))


def verb(name: str) -> Verb:
    """Return the verb of that name; one that no department knows any more is shown by its name."""
    return VERBS[name] if name in VERBS else Verb(name, name)
