"""The source of the program, as the tests of its shape read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("staff", "catalog", "warehouse", "orders", "service")
CODE = ("shopops", *APPS)
EVERYTHING = (*CODE, "templates", "tests", "tools")


def files(*places: str, ending: str) -> Iterator[Path]:
    """Give the files under some folders, without migrations."""
    for place in places:
        for path in sorted((ROOT / place).rglob(f"*{ending}")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    """Return how a file is called in a complaint."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[ast.Call]:
    """Give every call in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def called(node: ast.Call) -> str:
    """Return the last name of what is called: `update` for `rows.filter(…).update(…)`."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Give the strings of a file with their lines, docstrings left out."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value
