"""What was typed into the form of a review rule, checked word by word, with a sentence for whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from orders.queries.rule_words import DOINGS, TESTS
from orders.states import ExceptionKind, FlagColour
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.models import Shop
from warehouse.models import Carrier

MOST_WORDS, LONGEST_WORD, LONGEST_TAG, LONGEST_KEY = 100, 60, 20, 19
MOST_YUAN, MOST_PIECES, MOST_HOURS = Decimal(10_000_000), 100_000, 720
_SEPARATORS = re.compile(r"[,，、;；\n\r]+")
_CLOCK = re.compile(r"([01]?\d|2[0-4])(?::00)?")

Typed = Mapping[str, Sequence[str]]
"""From the name of a field of an action to what was typed or chosen."""


def clean_condition(test: str, typed: Sequence[str]) -> dict[str, Any]:
    """Return a condition as rules keep it.

    :raises Refused: if there is no such test, or the value does not fit it.
    """
    if test not in TESTS:
        raise Refused(_("Choose what is looked at."))
    clean = _VALUES[TESTS[test].kind]
    value = clean(typed)
    if test.startswith("sku_"):
        value = _skus(value)
    if test.startswith("tag_") and any(len(word) > LONGEST_TAG for word in value):
        raise Refused(sentence(_("A tag has at most %(most)s characters."), most=LONGEST_TAG))
    return {"test": test, "value": value}


def clean_action(do: str, typed: Typed) -> dict[str, Any]:
    """Return an action as rules keep it.

    :raises Refused: if there is no such action, or something it has to be told is missing or wrong.
    """
    if do not in DOINGS:
        raise Refused(_("Choose what the rule does."))
    clean = _ACTIONS.get(do)
    return {"do": do, **(clean(typed) if clean else {})}


def words_of(typed: Sequence[str]) -> list[str]:
    """Return the words of a text, once each; commas, semicolons and line ends stand between them."""
    words = (word.strip() for text in typed for word in _SEPARATORS.split(text))
    return list(dict.fromkeys(word for word in words if word))


def _first(typed: Sequence[str]) -> str:
    return typed[0].strip() if typed else ""


def _nothing(_typed: Sequence[str]) -> str:
    return ""


def _yuan(typed: Sequence[str]) -> str:
    text = _first(typed).removeprefix("¥").removeprefix("￥").replace(",", "")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST_YUAN or amount != round(amount, 2):
        raise Refused(sentence(_("“%(text)s” is no amount in yuan, such as 299 or 59.90."), text=_first(typed)[:20]))
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}"


def _whole(text: str, *, least: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1  # noqa: PLR2004 -- far above
    if not least <= number <= most:
        raise Refused(
            sentence(
                _("“%(text)s” is no whole number from %(least)s to %(most)s."), text=text[:20], least=least, most=most
            )
        )
    return number


def _number(typed: Sequence[str]) -> str:
    return str(_whole(_first(typed), least=0, most=MOST_PIECES))


def _words(typed: Sequence[str]) -> list[str]:
    words = words_of(typed)
    if not words:
        raise Refused(_("Write at least one word; commas stand between several."))
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise Refused(
            sentence(
                _("At most %(most)s words, none longer than %(longest)s characters."),
                most=MOST_WORDS,
                longest=LONGEST_WORD,
            )
        )
    return words


def _chosen(known: Callable[[], set[str]]) -> Callable[[Sequence[str]], list[str]]:
    def clean(typed: Sequence[str]) -> list[str]:
        there = known()
        chosen = [word for word in dict.fromkeys(typed) if word in there]
        if not chosen:
            raise Refused(_("Tick at least one."))
        return chosen

    return clean


def _hours(typed: Sequence[str]) -> list[str]:
    hours = [int(match[1]) for text in typed if (match := _CLOCK.fullmatch(text.strip()))]
    if len(hours) != 2:  # noqa: PLR2004 -- from and to
        raise Refused(_("Give two full hours from 0 to 24, such as 20 and 8."))
    if hours[0] % 24 == hours[1] % 24:
        raise Refused(_("Between an hour and the same hour there is nothing."))
    return [str(hour) for hour in hours]


def _skus(codes: Sequence[str]) -> list[str]:
    known = set(Sku.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Refused(sentence(_("There is no SKU “%(word)s”."), word="”, “".join(unknown[:3])))
    return list(codes)


_VALUES: Mapping[str, Callable[[Sequence[str]], Any]] = {
    "none": _nothing,
    "money": _yuan,
    "number": _number,
    "words": _words,
    "flags": _chosen(lambda: {str(value) for value in FlagColour.values}),
    "troubles": _chosen(lambda: set(ExceptionKind.values)),
    "hours": _hours,
    "shops": _chosen(lambda: {str(key) for key in Shop.objects.values_list("pk", flat=True)}),
}


def _text(typed: Typed, name: str, *, longest: int = 200) -> str:
    return _first(typed.get(name, ()))[:longest]


def _hold(typed: Typed) -> dict[str, Any]:
    hours, until = _text(typed, "hours"), _text(typed, "until")
    if bool(hours) == bool(until):
        raise Refused(_("Say either for how many hours the order waits, or until what time of day."))
    if until and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", until):
        raise Refused(sentence(_("“%(text)s” is no time of day, such as 09:30."), text=until[:20]))
    span = {"until": until} if until else {"hours": _whole(hours, least=1, most=MOST_HOURS)}
    return span | _said("reason", _text(typed, "reason"))


def _flag(typed: Typed) -> dict[str, Any]:
    flag = _text(typed, "flag")
    if flag not in {str(value) for value in FlagColour.values}:
        raise Refused(_("Choose a flag."))
    return {"flag": flag}


def _tag(typed: Typed) -> dict[str, Any]:
    tag = _first(typed.get("tag", ()))
    if not tag:
        raise Refused(_("Write the tag."))
    if len(tag) > LONGEST_TAG:
        raise Refused(sentence(_("A tag has at most %(most)s characters."), most=LONGEST_TAG))
    return {"tag": tag}


def _courier(typed: Typed) -> dict[str, Any]:
    key = _text(typed, "carrier")
    is_key = key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY
    if not is_key or not Carrier.objects.filter(pk=key, is_active=True).exists():
        raise Refused(_("Choose a carrier that is in use."))
    return {"carrier": key}


def _gift(typed: Typed) -> dict[str, Any]:
    code = _text(typed, "sku")
    gift = Sku.objects.filter(code=code).first() if code else None
    if gift is None:
        raise Refused(sentence(_("There is no SKU “%(word)s”."), word=code) if code else _("Which SKU is the gift?"))
    if not gift.is_active:
        raise Refused(sentence(_("SKU %(sku)s is not in use."), sku=code))
    kept: dict[str, Any] = {"sku": code, "pieces": _whole(_text(typed, "pieces") or "1", least=1, most=99)}
    if per := _text(typed, "per"):
        kept["per"] = _whole(per, least=1, most=9999)
    if of := words_of(typed.get("of", ())):
        if not per:
            raise Refused(_("Say for every how many of these pieces the gift is given."))
        kept["of"] = _skus(of)
    if _text(typed, "once"):
        kept["once"] = True
    if cap := _text(typed, "cap"):
        kept["cap"] = _whole(cap, least=1, most=MOST_PIECES)
    return kept


def _said(name: str, text: str) -> dict[str, Any]:
    return {name: text} if text else {}


_ACTIONS: Mapping[str, Callable[[Typed], dict[str, Any]]] = {
    "hold": _hold,
    "flag": _flag,
    "tag": _tag,
    "courier": _courier,
    "gift": _gift,
    "finance": lambda typed: _said("question", _text(typed, "question")),
    "exception": lambda typed: _said("reason", _text(typed, "reason")),
}
