"""The markup of a row, taken apart into steps once, so that drawing a row costs a fraction of rendering a template.

Text, icons and translated words become one piece of text; `{{ row.key }}` and `{% if row.key %}` become a look into
the row. Whatever else a cell contains is rendered by Django as it stands. What comes out is the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.base import FilterExpression, Node, TextNode, Variable, VariableDoesNotExist, VariableNode
from django.template.base import render_value_in_context as shown_value
from django.template.defaulttags import ForNode, IfNode, TemplateLiteral
from django.utils.safestring import SafeString

from shopops.kit.lists.declarations import Row
from shopops.kit.templatetags.constant import says_fixed_words
from shopops.kit.templatetags.shown import FixedIcon

Step = str | Callable[[Row, Context], str]
_NOTHING: Sequence[Any] = ()


class RowValue(Variable):
    """`row.key`, read from the row in hand."""

    def __init__(self, variable: Variable) -> None:
        """Take the place of a variable with two parts, the first of them `row`."""
        super().__init__(variable.var)
        self.key: str = (variable.lookups or ("", ""))[1]

    def resolve(self, context: Any) -> Any:
        """Return the value, or an empty text where the row has no such key."""
        return context.row.get(self.key, "")


def steps_of(nodes: Iterable[Node], context: Context) -> tuple[Step, ...]:
    """Return the steps that draw `nodes` one after the other, in the language in force."""
    steps: list[Step] = []
    for node in nodes:
        step = _step(node, context)
        if isinstance(step, str) and steps and isinstance(steps[-1], str):
            steps[-1] += step
        elif step != "":
            steps.append(step)
    return tuple(steps)


def draw(steps: tuple[Step, ...], row: Row, context: Context) -> str:
    """Return the markup of one row."""
    return "".join([step if isinstance(step, str) else step(row, context) for step in steps])


def _step(node: Node, context: Context) -> Step:
    if isinstance(node, TextNode):
        return str(node.s)
    if isinstance(node, FixedIcon) or says_fixed_words(node):
        return str(node.render(context))
    if isinstance(node, VariableNode) and (key := _bare_key(node.filter_expression)) is not None:
        return _value(key)
    if isinstance(node, IfNode):
        return _choice(node, context)
    if isinstance(node, ForNode) and not node.nodelist_empty and (key := _bare_key(node.sequence)) is not None:
        return _loop(key, node)
    return lambda _row, context: str(node.render_annotated(context))


def _value(key: str) -> Step:
    plain_numbers = not settings.USE_THOUSAND_SEPARATOR

    def value(row: Row, context: Context) -> str:
        found = row.get(key, "")
        kind = found.__class__
        if kind is str:
            return escape(found)
        if kind is SafeString or (kind is int and plain_numbers):
            return str(found)
        return str(shown_value(found, context))

    return value


def _choice(node: IfNode, context: Context) -> Step:
    branches = [(_condition(one), steps_of(nodes, context)) for one, nodes in node.conditions_nodelists]
    if len(branches) == 1 and len(branches[0][1]) == 1 and (key := _tested_key(branches[0][0])) is not None:
        return _optional(key, branches[0][1][0])

    def choice(row: Row, context: Context) -> str:
        for condition, steps in branches:
            if condition is None or condition(row, context):
                return draw(steps, row, context)
        return ""

    return choice


class _HasKey:
    """The condition of `{% if row.key %}`."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, row: Row, _context: Context) -> bool:
        return bool(row.get(self.key))


def _tested_key(condition: Callable[[Row, Context], bool] | None) -> str | None:
    return condition.key if isinstance(condition, _HasKey) else None


def _optional(key: str, step: Step) -> Step:
    def optional(row: Row, context: Context) -> str:
        if not row.get(key):
            return ""
        return step if isinstance(step, str) else step(row, context)

    return optional


def _condition(condition: Any) -> Callable[[Row, Context], bool] | None:
    """Return a condition of an `if`; None for the `else`."""
    if condition is None:
        return None
    if isinstance(condition, TemplateLiteral) and (key := _bare_key(condition.value)) is not None:
        return _HasKey(key)

    def holds(_row: Row, context: Context) -> bool:
        try:
            return bool(condition.eval(context))
        except VariableDoesNotExist:
            return False

    return holds


def _loop(key: str, node: ForNode) -> Step:
    def loop(row: Row, context: Context) -> str:
        return str(node.render_annotated(context)) if row.get(key, _NOTHING) else ""

    return loop


def _bare_key(expression: Any) -> str | None:
    """Return the key where an expression is `row.key` and no more."""
    if isinstance(expression, FilterExpression) and not expression.filters and isinstance(expression.var, RowValue):
        return expression.var.key
    return None
