"""Every verb of the trail has a name that people read, and every named verb is used."""

from __future__ import annotations

import ast
import re

from shopops.kit.verbs import VERBS
from tests.architecture.code import APPS, CODE, called, calls, files, name_of, texts

RECORDS = re.compile(r"record(_[a-z_]+)?")
VERB = re.compile(r"(?:staff|catalog|warehouse|orders|service)\.[a-z_]+")
PASSED_ON = ("staff/actions/events.py", "orders/actions/trail.py")
"""Files that write the verb they are given."""
COMPUTED = {
    "warehouse/actions/prints.py": [
        "warehouse.label_printed",
        "warehouse.label_reprinted",
        "warehouse.note_printed",
        "warehouse.note_reprinted",
        "warehouse.pick_list_printed",
    ],
}
"""Files that put a verb together, with everything that can come of it."""


def recorded() -> dict[str, str]:
    """Return verb → a place where it is recorded."""
    found = {}
    for path in files(*APPS, ending=".py"):
        for node in calls(path):
            if RECORDS.fullmatch(called(node)) and node.args and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = f"{name_of(path)}:{node.lineno}"
    return {verb: place for verb, place in found.items() if VERB.fullmatch(verb)}


def test_every_recorded_verb_has_a_label():
    mute = {verb: place for verb, place in recorded().items() if verb not in VERBS}

    assert mute == {}, "declare it at the end of the department's states.py"


def test_verbs_are_put_together_only_where_it_is_said_here():
    odd = {
        f"{name_of(path)}:{node.lineno}"
        for path in files(*APPS, ending=".py")
        if name_of(path) not in {*PASSED_ON, *COMPUTED}
        for node in calls(path)
        if RECORDS.fullmatch(called(node))
        and node.args
        and isinstance(node.args[0], (ast.JoinedStr, ast.BinOp, ast.Call))
    }
    mute = [verb for verbs in COMPUTED.values() for verb in verbs if verb not in VERBS]

    assert odd == set()
    assert mute == []


def test_every_declared_verb_is_written_somewhere():
    written = {verb for verbs in COMPUTED.values() for verb in verbs} | {
        text
        for path in files(*CODE, ending=".py")
        if path.name != "states.py"
        for _line, text in texts(path)
        if VERB.fullmatch(text)
    }

    assert [verb for verb in VERBS if verb not in written] == []


def test_verbs_are_named_in_past_tense_by_their_department():
    assert [verb for verb in VERBS if verb.split(".")[0] not in APPS] == []
