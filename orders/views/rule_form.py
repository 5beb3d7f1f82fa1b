"""The form of a review rule: rows that come and go, each with the fields its choice wants; redrawn by the server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orders.actions.rulebook import Draft
from orders.filters import carrier_choices, flag_choices, shop_choices
from orders.models import ReviewRule
from orders.queries.rule_fields import FIELD_OF, FIELDS, fields_by_group, fitting_test
from orders.queries.rule_values import Typed, clean_action, clean_condition
from orders.queries.rule_words import DOINGS, TESTS
from orders.queries.rules import mode_of
from orders.states import ExceptionKind
from shopops.kit.refusals import Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

MOST_ROWS = 12
MODES: Mapping[str, Words] = {"on": _("On"), "shadow": _("Shadow"), "off": _("Off")}
MODES_SAID: Mapping[str, Words] = {
    "on": _("It does what it says with every order that comes in or is checked again."),
    "shadow": _("It only writes into the trace what it would do. Look at it for a week, then switch it on."),
    "off": _("It does nothing; it can still be tried."),
}
_CONDITION = re.compile(r"c(\d{1,3})-(\d{1,3})-(field|test|value)")
_ACTION = re.compile(r"a(\d{1,3})-([a-z]{1,12})")
_STEP = re.compile(r"(group|action|row|drop|undo)(?::(\d{1,3})(?:-(\d{1,3}))?)?")


@dataclass
class Choice:
    """One thing to choose."""

    value: str
    label: Words
    is_chosen: bool


@dataclass
class Condition:
    """A row of the form: what is looked at, how, and with what it is compared."""

    test: str = "amount_at_least"
    typed: list[str] = field(default_factory=list)
    complaint: str = ""
    is_new: bool = False

    @property
    def kind(self) -> str:
        """Return what it is compared with."""
        return TESTS[self.test].kind

    @property
    def fields(self) -> list[tuple[str, list[Choice]]]:
        """Return what can be looked at, under headings."""
        own = FIELD_OF[self.test]
        return [
            (group, [Choice(name, label, name == own) for name, label in found]) for group, found in fields_by_group()
        ]

    @property
    def tests(self) -> list[Choice]:
        """Return how it can be compared."""
        found = FIELDS[FIELD_OF[self.test]].tests
        return [Choice(test, label, test == self.test) for test, label in found.items()]

    @property
    def choices(self) -> list[Choice]:
        """Return what can be ticked: flags, exceptions or shops."""
        known: Mapping[str, Any] = {"flags": flag_choices, "troubles": lambda: ExceptionKind.choices}
        offered: Iterable[tuple[Any, Any]] = known.get(self.kind, shop_choices)()
        return [Choice(str(value), label, str(value) in self.typed) for value, label in offered]

    @property
    def text(self) -> str:
        """Return the value as it stands in one field."""
        return "，".join(self.typed)

    @property
    def hours(self) -> tuple[str, str]:
        """Return the two hours."""
        first, last = (*self.typed, "", "")[:2]
        return first, last


@dataclass
class Action:
    """A row of the form: what the rule does, and what it has to be told for it."""

    do: str = "approve"
    typed: dict[str, list[str]] = field(default_factory=dict)
    complaint: str = ""
    is_new: bool = False

    @property
    def doings(self) -> list[Choice]:
        """Return what a rule can do."""
        return [Choice(name, doing.label, name == self.do) for name, doing in DOINGS.items()]

    @property
    def texts(self) -> dict[str, str]:
        """Return each field as one text."""
        return {name: "，".join(values) for name, values in self.typed.items()}

    @property
    def flags(self) -> list[Choice]:
        """Return the flags."""
        return [Choice(str(value), label, str(value) in self.typed.get("flag", ())) for value, label in flag_choices()]

    @property
    def carriers(self) -> list[Choice]:
        """Return the carriers in use."""
        chosen = self.typed.get("carrier", ())
        return [Choice(str(value), label, str(value) in chosen) for value, label in carrier_choices()]


@dataclass
class RuleForm:
    """A rule as it stands in the form, with what is wrong with it."""

    name: str = ""
    shop: str = ""
    mode: str = "shadow"
    stops: bool = False
    seen: str = ""
    groups: list[list[Condition]] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    complaints: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls) -> RuleForm:
        """Return the form of a new rule: in shadow, with one row of each."""
        return cls(groups=[[Condition()]], actions=[Action()])

    @classmethod
    def of_rule(cls, rule: ReviewRule) -> RuleForm:
        """Return the form of a rule as it is. Conditions nobody understands any more are left out."""
        return cls(
            name=rule.name,
            shop=str(rule.shop_id or ""),
            mode=mode_of(rule),
            stops=rule.stops,
            seen=str(rule.version),
            groups=[
                rows
                for group in rule.conditions
                if (
                    rows := [Condition(one["test"], _listed(one.get("value"))) for one in group if one["test"] in TESTS]
                )
            ],
            actions=[
                Action(one["do"], {name: _listed(value) for name, value in one.items() if name != "do"})
                for one in rule.actions
                if one.get("do") in DOINGS
            ],
        )

    @classmethod
    def of_post(cls, posted: QueryDict) -> RuleForm:
        """Read what was posted; nothing of it is believed yet."""
        mode = posted.get("mode", "")
        return cls(
            name=_clean(posted.get("name", ""))[:200],
            shop=posted.get("shop", ""),
            mode=mode if mode in MODES else "shadow",
            stops=bool(posted.get("stops")),
            seen=posted.get("seen", ""),
            groups=_read_groups(posted),
            actions=_read_actions(posted),
        )

    def step(self, step: str) -> None:
        """Do what a button of the form says: add a row or a group, take one away. What is unknown does nothing."""
        match = _STEP.fullmatch(step)
        if match is None:
            return
        word, number, inner = match[1], int(match[2] or 0), int(match[3] or 0)
        if word == "group" and len(self.groups) < MOST_ROWS:
            self.groups.append([Condition(is_new=True)])
        elif word == "action" and len(self.actions) < MOST_ROWS:
            used = {action.do for action in self.actions}
            fresh = next((do for do in DOINGS if do not in used), "tag")
            self.actions.append(Action(fresh, is_new=True))
        elif word == "row" and number < len(self.groups) and len(self.groups[number]) < MOST_ROWS:
            like = self.groups[number][-1].test if self.groups[number] else "amount_at_least"
            self.groups[number].append(Condition(like, is_new=True))
        elif word == "drop" and number < len(self.groups) and inner < len(self.groups[number]):
            del self.groups[number][inner]
            self.groups = [group for group in self.groups if group]
        elif word == "undo" and number < len(self.actions):
            del self.actions[number]

    def draft(self) -> Draft | None:
        """Return the rule as it can be saved; None, with the complaints beside their rows, if something is wrong."""
        conditions = [[self._condition(row) for row in group] for group in self.groups]
        actions = [self._action(row) for row in self.actions]
        shop = next((int(key) for key, _name in shop_choices() if str(key) == self.shop), None)
        if not self.name:
            self.complaints["name"] = str(_("Give the rule a name that says what it does."))
        if self.shop and shop is None:
            self.complaints["shop"] = str(_("Choose one of the shops."))
        if not actions:
            self.complaints["actions"] = str(_("Say what the rule is to do."))
        if self.complaints or self.has_wrong_rows:
            return None
        return Draft(
            self.name,
            shop_id=shop,
            conditions=conditions,
            actions=actions,
            is_on=self.mode != "off",
            is_shadow=self.mode == "shadow",
            stops=self.stops,
        )

    @property
    def has_wrong_rows(self) -> bool:
        """Say whether a row has a complaint."""
        rows: list[Condition | Action] = [*(row for group in self.groups for row in group), *self.actions]
        return any(row.complaint for row in rows)

    @property
    def modes(self) -> list[tuple[Choice, Words]]:
        """Return off, shadow and on, each with what it means."""
        return [(Choice(mode, label, mode == self.mode), MODES_SAID[mode]) for mode, label in MODES.items()]

    @property
    def shops(self) -> list[Choice]:
        """Return the shops."""
        return [Choice(str(key), name, str(key) == self.shop) for key, name in shop_choices()]

    @property
    def may_grow(self) -> bool:
        """Say whether there is room for one more group."""
        return len(self.groups) < MOST_ROWS

    @property
    def may_do_more(self) -> bool:
        """Say whether there is room for one more action."""
        return len(self.actions) < MOST_ROWS

    @staticmethod
    def _condition(row: Condition) -> dict[str, Any]:
        try:
            return clean_condition(row.test, row.typed)
        except Refused as refusal:
            row.complaint = str(refusal)
            return {}

    @staticmethod
    def _action(row: Action) -> dict[str, Any]:
        typed: Typed = row.typed
        try:
            return clean_action(row.do, typed)
        except Refused as refusal:
            row.complaint = str(refusal)
            return {}


def _read_groups(posted: QueryDict) -> list[list[Condition]]:
    found: dict[int, dict[int, dict[str, list[str]]]] = {}
    for name, values in posted.lists():
        if match := _CONDITION.fullmatch(name):
            row = found.setdefault(int(match[1]), {}).setdefault(int(match[2]), {})
            row[match[3]] = [_clean(value) for value in values]
    groups = [
        [
            Condition(fitting_test(_one(row.get("field")), _one(row.get("test"))), row.get("value", []))
            for _number, row in sorted(rows.items())[:MOST_ROWS]
        ]
        for _number, rows in sorted(found.items())[:MOST_ROWS]
    ]
    return [[_without_foreign(row) for row in group] for group in groups]


def _without_foreign(row: Condition) -> Condition:
    """Empty the value that belongs to another kind of condition, chosen before this one."""
    if row.kind in {"flags", "troubles", "shops"}:
        known = {choice.value for choice in row.choices}
        row.typed = [value for value in row.typed if value in known]
    elif row.kind == "none":
        row.typed = []
    return row


def _read_actions(posted: QueryDict) -> list[Action]:
    found: dict[int, dict[str, list[str]]] = {}
    for name, values in posted.lists():
        if match := _ACTION.fullmatch(name):
            found.setdefault(int(match[1]), {})[match[2]] = [_clean(value) for value in values]
    actions = []
    for _number, row in sorted(found.items())[:MOST_ROWS]:
        do = _one(row.get("do"))
        do = do if do in DOINGS else "tag"  # which is refused until somebody says what tag
        wanted = DOINGS[do].fields
        actions.append(Action(do, {name: values for name, values in row.items() if name in wanted}))
    return actions


def _one(values: Sequence[str] | None) -> str:
    return values[0] if values else ""


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:2000]


def _listed(value: Any) -> list[str]:
    """Return a kept value as the form has it."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if value is True:
        return ["1"]
    return [] if value in ("", None, False) else [str(value)]
