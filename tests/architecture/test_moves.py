"""A state changes only by `move`, or by set-based SQL that is named here with its reason."""

from __future__ import annotations

import ast
import re

from tests.architecture.code import APPS, called, calls, files, name_of, texts, tree

SET_BASED = {
    "orders/actions/review.py": "ten thousand orders approved in one statement, by the table of moves",
    "orders/imports/order_rows.py": "an import's orders follow the platform by a table of moves joined in",
    "service/actions/cutting.py": "a conversation waits or is answered as its messages say, whatever was imported last",
    "service/actions/silence.py": "answered conversations end by silence, two thousand a day in one statement",
}
"""Files whose SQL writes a state for many rows at once."""

NO_TABLE = {
    "warehouse/actions/parcels.py": "a parcel is where its carrier last said, in whatever order carriers say things",
}
"""Files that write a word which is called state but has no table of moves."""
MADE_UP = ("service/actions/demo/",)
"""The demo shop writes a past that nobody lived."""


def is_free(name: str) -> bool:
    return name.startswith(MADE_UP) or name in NO_TABLE


def test_no_statement_writes_a_state_past_the_table_of_moves():
    broken = []
    for path in files(*APPS, ending=".py"):
        if is_free(name_of(path)):
            continue
        for node in calls(path):
            names = {keyword.arg for keyword in node.keywords}
            if called(node) == "update" and "state" in names:
                broken.append(f"{name_of(path)}:{node.lineno} update(state=…)")
            if called(node) == "bulk_update" and "'state'" in ast.unparse(node):
                broken.append(f"{name_of(path)}:{node.lineno} bulk_update(… 'state')")
            if called(node) == "setattr" and len(node.args) > 1 and ast.unparse(node.args[1]) == "'state'":
                broken.append(f"{name_of(path)}:{node.lineno} setattr(…, 'state')")

    assert broken == [], "use shopops.kit.moves.move or move_many"


def test_no_thing_is_given_a_state_by_assignment():
    broken = []
    for path in files(*APPS, ending=".py"):
        if is_free(name_of(path)):
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            parts = [part for one in targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
            broken += [
                f"{name_of(path)}:{node.lineno}"
                for one in parts
                if isinstance(one, ast.Attribute) and one.attr == "state" and not _is_self(one)
            ]

    assert broken == [], "use shopops.kit.moves.move or move_many"


def test_sql_that_writes_a_state_is_named_here_with_its_reason():
    writes = re.compile(r"\bSET\b(?:(?!\bWHERE\b|\bFROM\b).)*?(?<![.\w])state\s*=(?!=)", re.IGNORECASE | re.DOTALL)
    found = {
        name_of(path)
        for path in files(*APPS, ending=".py")
        if not is_free(name_of(path))
        for _line, text in texts(path)
        if writes.search(text)
    }

    assert found == set(SET_BASED)


def _is_self(node: ast.Attribute) -> bool:
    """A plain object may have a state of its own; rows of tables are not called `self` outside their models."""
    return isinstance(node.value, ast.Name) and node.value.id == "self"
