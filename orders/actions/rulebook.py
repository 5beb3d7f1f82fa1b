"""Changing review rules: a new version each time, the old ones kept for the traces that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from orders.models import ReviewRule, RuleVersion
from orders.queries.rule_facts import ready_rule
from orders.queries.rule_words import DOINGS
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee


@dataclass(frozen=True)
class Draft:
    """A rule as somebody wrote it."""

    name: str
    shop_id: int | None = None
    conditions: list[list[dict[str, Any]]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    is_on: bool = True
    is_shadow: bool = False
    stops: bool = False


@transaction.atomic
def save_rule(
    rule: ReviewRule | None, draft: Draft, *, by: Employee, at: datetime, seen_version: int | None = None
) -> ReviewRule:
    """Write a rule down, new or changed, as its next version.

    :param seen_version: the version the writer began with.
    :raises Refused: if its name is taken, it does nothing, a word of it is unknown, or somebody has changed it since.
    """
    name = draft.name.strip()[:80]
    if not name:
        raise Refused(_("A rule wants a name."))
    namesakes = ReviewRule.objects.filter(name=name)
    if (namesakes.exclude(pk=rule.pk) if rule else namesakes).exists():
        raise Refused(sentence(_("There is a rule called “%(name)s” already."), name=name))
    if not draft.actions or any(doing.get("do") not in DOINGS for doing in draft.actions):
        raise Refused(_("Say what the rule is to do."))
    if rule is None:
        last = ReviewRule.objects.aggregate(last=Max("position"))["last"] or 0
        rule = ReviewRule(position=last + 10, version=0)
    else:
        rule = ReviewRule.objects.select_for_update().get(pk=rule.pk)
        if seen_version is not None and rule.version != seen_version:
            raise MoveRefused(
                sentence(_("%(who)s has changed this rule meanwhile. Look at it again."), who=str(rule.changed_by))
            )
    before = {name: getattr(rule, name) for name in _KEPT}
    for key, value in {**asdict(draft), "name": name}.items():
        setattr(rule, key, value)
    try:
        ready_rule(rule)
    except (ValueError, TypeError, KeyError):
        raise Refused(_("One of the conditions is not complete.")) from None
    changes = {key: (before[key], getattr(rule, key)) for key in _KEPT if before[key] != getattr(rule, key)}
    if not changes:
        return rule
    _write_version(rule, by=by, at=at)
    record("orders.rule_changed", rule, by=by, at=at, changes=changes)
    return rule


@transaction.atomic
def switch_rule(
    rule: ReviewRule,
    *,
    on: bool | None = None,
    shadow: bool | None = None,
    stops: bool | None = None,
    by: Employee,
    at: datetime,
) -> ReviewRule:
    """Switch a rule on or off, into shadow or out of it; let the later rules run after it or not."""
    rule = ReviewRule.objects.select_for_update().get(pk=rule.pk)
    changes = {}
    for name, value in (("is_on", on), ("is_shadow", shadow), ("stops", stops)):
        if value is not None and getattr(rule, name) != value:
            changes[name] = (getattr(rule, name), value)
            setattr(rule, name, value)
    if changes:
        rule.save(update_fields=list(changes))
        record("orders.rule_changed", rule, by=by, at=at, changes=changes)
    return rule


@transaction.atomic
def stop_all_rules(*, by: Employee, at: datetime) -> int:
    """Switch every rule off at once; return how many were on."""
    rules = list(ReviewRule.objects.filter(is_on=True).order_by("pk"))
    for rule in rules:
        switch_rule(rule, on=False, by=by, at=at)
    return len(rules)


@transaction.atomic
def order_rules(rule_ids: Sequence[int], *, by: Employee, at: datetime) -> None:
    """Put the rules into an order; those not named come after."""
    rules = {rule.pk: rule for rule in ReviewRule.objects.select_for_update().order_by("position", "pk")}
    wanted = [rules[key] for key in rule_ids if key in rules]
    wanted += [rule for rule in rules.values() if rule not in wanted]
    for number, rule in enumerate(wanted, start=1):
        if rule.position != number * 10:
            before, rule.position = rule.position, number * 10
            rule.save(update_fields=["position"])
            record("orders.rule_changed", rule, by=by, at=at, changes={"position": (before, rule.position)})


@transaction.atomic
def move_rule(rule: ReviewRule, places: int, *, by: Employee, at: datetime) -> None:
    """Let a rule run some places later (or, below 0, earlier); at the ends it stays where it is."""
    keys = list(ReviewRule.objects.select_for_update().order_by("position", "pk").values_list("pk", flat=True))
    place = keys.index(rule.pk)
    keys.insert(max(0, min(len(keys) - 1, place + places)), keys.pop(place))
    order_rules(keys, by=by, at=at)


_KEPT = ("name", "shop_id", "conditions", "actions", "is_on", "is_shadow", "stops")


def _write_version(rule: ReviewRule, *, by: Employee, at: datetime) -> None:
    rule.version += 1
    rule.changed_by, rule.changed_at = by, at
    rule.save()
    RuleVersion.objects.create(
        rule=rule,
        version=rule.version,
        name=rule.name,
        conditions=rule.conditions,
        actions=rule.actions,
        changed_by=by,
        changed_at=at,
    )
