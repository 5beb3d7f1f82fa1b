"""Why each rule fired or not, order by order, as a ladder people can read in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orders.models import Order, RuleTrace, RuleVersion
from orders.queries.rule_words import RESULTS, condition_said, doing_said
from staff.models import Shop
from warehouse.models import Carrier


@dataclass(frozen=True)
class Check:
    """A condition, and whether it held."""

    text: str
    holds: bool


@dataclass(frozen=True)
class Done:
    """An action, and what came of it."""

    text: str
    result: str
    is_done: bool


@dataclass(frozen=True)
class Rung:
    """One rule of one run."""

    rule_id: int
    name: str
    version: int
    fired: bool
    is_shadow: bool
    groups: list[list[Check]]
    done: list[Done]


@dataclass(frozen=True)
class Ladder:
    """One run of the rules over an order."""

    at: datetime
    rungs: list[Rung]


def ladders_of(order: Order, most: int = 3) -> list[Ladder]:
    """Return the latest runs of the rules over an order, newest first."""
    traces = list(RuleTrace.objects.filter(order=order).order_by("-at", "-pk")[:most])
    rules = {rung["r"] for trace in traces for rung in trace.rungs}
    versions = [
        {
            "rule": one.rule_id,
            "version": one.version,
            "name": one.name,
            "conditions": one.conditions,
            "actions": one.actions,
        }
        for one in RuleVersion.objects.filter(rule__in=rules)
    ]
    return read_traces([{"run_at": trace.at, "rungs": trace.rungs, "versions": versions} for trace in traces])


def read_traces(traces: list[dict[str, Any]]) -> list[Ladder]:
    """Put traces into words; names of shops and carriers are looked up only where one is mentioned."""
    shops, carriers = _Names(Shop), _Names(Carrier)
    ladders = []
    for trace in traces:
        versions = {(one["rule"], one["version"]): one for one in trace["versions"] or ()}
        rungs = [
            _rung(rung, version, shops, carriers)
            for rung in trace["rungs"]
            if (version := versions.get((rung["r"], rung["v"])))
        ]
        ladders.append(Ladder(trace["run_at"], rungs))
    return ladders


class _Names(dict[int, str]):
    """Names of the things of a model by their ids, read when the first is asked for."""

    def __init__(self, model: type[Shop | Carrier]) -> None:
        super().__init__()
        self._model = model

    def __missing__(self, key: int) -> str:
        self.update(self._model._default_manager.values_list("pk", "name"))
        return self.setdefault(key, str(key))


def _rung(
    rung: Mapping[str, Any], version: Mapping[str, Any], shops: Mapping[int, str], carriers: Mapping[int, str]
) -> Rung:
    digits = iter(rung["h"])
    groups = [
        [Check(condition_said(condition, shops), next(digits, "0") == "1") for condition in group]
        for group in version["conditions"]
        if group
    ]
    told = [_done(did, doing, carriers) for did, doing in zip(rung.get("d", ()), version["actions"], strict=False)]
    if rung.get("s"):
        told = [Done(doing_said(doing, carriers), "", is_done=False) for doing in version["actions"] if rung["f"]]
    return Rung(rung["r"], version["name"], version["version"], bool(rung["f"]), bool(rung.get("s")), groups, told)


def _done(did: list[Any], doing: Mapping[str, Any], carriers: Mapping[int, str]) -> Done:
    result = str(RESULTS.get(did[1], did[1]))
    if len(did) > 2 and did[1] != "done":  # noqa: PLR2004 -- the third is a figure
        result = f"{result} ({did[2]})"
    return Done(doing_said(doing, carriers), result, is_done=did[1] == "done")
