"""The rows of a list as one flat template, put together from the cells of the columns shown.

An include or a component per cell costs more than the cell itself, and so does looking up `row` in the context
again for every value. So the parts of the page's cells file are laid side by side once, compiled with a parser that
knows what `row.key` is, taken apart into steps (`drawing`), and kept.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from django.conf import settings
from django.template import Context, Origin, Template, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import DebugLexer, FilterExpression, Lexer, NodeList, Parser, Variable
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shopops.kit.kept_templates import source_of
from shopops.kit.lists.declarations import Column, ListPage, Reader, Row
from shopops.kit.lists.drawing import RowValue, Step, draw, steps_of

_MARK = re.compile(r"\{#\s*column:\s*([a-z0-9_]+)\s*#\}")
_KEPT = 300
_templates: dict[tuple[str, ...], _RowTemplate] = {}


def render_rows(page: ListPage, columns: tuple[Column, ...], rows: list[Row], reader: Reader) -> SafeString:
    """Render the table rows of `rows`, with a cell for each of `columns`."""
    key = (page.name, *(column.key for column in columns))
    template = _templates.get(key)
    if template is None or settings.DEBUG:
        if len(_templates) >= _KEPT:
            _templates.clear()
        template = _templates[key] = _RowTemplate(_source(page, columns), page.cells)
    return template.render_each(rows, {"at": reader.at, "reader": reader.by})


def draw_rows(name: str, rows: list[Row], values: dict[str, Any]) -> SafeString:
    """Draw rows that are no list page, such as a queue: each with the template `name`, which knows it as `row`."""
    template = _templates.get((name,))
    if template is None or settings.DEBUG:
        source = source_of(name)
        template = _templates[(name,)] = _RowTemplate(source, name)
    return template.render_each(rows, values)


class _RowContext(Context):
    """A context with the row in hand."""

    row: Row


class _RowParser(Parser):
    """A parser that knows what `row` is."""

    def compile_filter(self, token: str) -> FilterExpression:
        """Compile an expression; a plain `row.key` in it becomes a RowValue."""
        expression = super().compile_filter(token)
        variable = expression.var
        lookups = variable.lookups if isinstance(variable, Variable) else None
        if isinstance(variable, Variable) and lookups and lookups[0] == "row" and len(lookups) == 2:  # noqa: PLR2004
            expression.var = RowValue(variable)
        return expression


class _RowTemplate(Template):
    """The markup of one row."""

    def __init__(self, source: str, name: str) -> None:
        backend = engines["django"]
        assert isinstance(backend, DjangoTemplates)  # noqa: S101 -- for the type checker
        super().__init__(source, origin=Origin(name, name), name=name, engine=backend.engine)
        self.steps: dict[str, tuple[Step, ...]] = {}

    def compile_nodelist(self) -> NodeList:
        """Compile the source with the parser that knows rows."""
        lexer = DebugLexer(self.source) if self.engine.debug else Lexer(self.source)
        parser = _RowParser(
            lexer.tokenize(),
            self.engine.template_libraries,
            self.engine.template_builtins,
            self.origin,
        )
        self.extra_data = parser.extra_data
        return parser.parse()

    def render_each(self, rows: list[Row], values: dict[str, Any]) -> SafeString:
        """Render the rows one after the other."""
        context = _RowContext(values)
        language = get_language() or ""
        out: list[str] = []
        with context.render_context.push_state(self), context.bind_template(self):
            steps = self.steps.get(language)
            if steps is None:
                steps = self.steps[language] = steps_of(self.nodelist, context)
            for row in rows:
                context.row = context.dicts[-1]["row"] = row
                out.append(draw(steps, row, context))
        return mark_safe("".join(out))


def _source(page: ListPage, columns: tuple[Column, ...]) -> str:
    """Lay the parts of the columns side by side."""
    head, parts = _parts(page.cells)
    cells = "".join(_cell(column, parts, page) for column in columns)
    link = ' data-link="{{ row.link }}"' if page.opens else ""
    key = f"row.{page.row_tone}"
    tone = f'{{% if {key} %}} class="is-{{{{ {key} }}}}"{{% endif %}}' if page.row_tone else ""
    tick = (
        '<td class="tick"><input type="checkbox" name="id" value="{{ row.id }}"'
        f' aria-label="{{{{ row.{page.known_by}{"|nick" if page.row_hidden else ""} }}}}"></td>'
    )
    return f'{head}<tr data-row="{{{{ row.id }}}}"{link}{tone}>{tick if page.batch else ""}{cells}</tr>\n'


def _cell(column: Column, parts: dict[str, str], page: ListPage) -> str:
    if column.key not in parts:
        msg = f"{page.cells} has no part for the column {column.key} of the list {page.name}"
        raise ValueError(msg)
    names = f"as-{column.card}{' end' if column.end else ''}"
    return f'<td class="{names}" data-col="{escape(column.key)}">{parts[column.key]}</td>'


def _parts(name: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the first mark (loads of tag libraries), and the part of each column."""
    source = source_of(name)
    head, *rest = _MARK.split(source)
    return head.strip(), {key: text.strip() for key, text in zip(rest[::2], rest[1::2], strict=True)}
