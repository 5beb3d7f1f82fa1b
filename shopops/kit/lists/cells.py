"""The rows of a list as one flat template, put together from the cells of the columns shown.

An include or a component per cell costs more than the cell itself. So the parts of the page's cells file are laid side
by side once, compiled, and kept; rendering fifty rows is then one loop.
"""

from __future__ import annotations

import re
from html import escape

from django.conf import settings
from django.template import Context, Template, engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.utils.safestring import SafeString

from shopops.kit.lists.declarations import Column, ListPage, Reader, Row

_MARK = re.compile(r"\{#\s*column:\s*([a-z0-9_]+)\s*#\}")
_KEPT = 300
_templates: dict[tuple[str, ...], Template] = {}


def render_rows(page: ListPage, columns: tuple[Column, ...], rows: list[Row], reader: Reader) -> SafeString:
    """Render the table rows of `rows`, with a cell for each of `columns`."""
    key = (page.name, *(column.key for column in columns))
    template = _templates.get(key)
    if template is None or settings.DEBUG:
        if len(_templates) >= _KEPT:
            _templates.clear()
        template = _templates[key] = _compile(page, columns)
    return template.render(Context({"rows": rows, "at": reader.at, "reader": reader.by}))


def _compile(page: ListPage, columns: tuple[Column, ...]) -> Template:
    """Lay the parts of the columns side by side and compile them."""
    head, parts = _parts(page.cells)
    cells = "".join(_cell(column, parts, page) for column in columns)
    link = ' data-link="{{ row.link }}"' if page.opens else ""
    key = f"row.{page.row_tone}"
    tone = f'{{% if {key} %}} class="is-{{{{ {key} }}}}"{{% endif %}}' if page.row_tone else ""
    tick = (
        '<td class="tick"><input type="checkbox" name="id" value="{{ row.id }}"'
        f' aria-label="{{{{ row.{page.known_by} }}}}"></td>'
    )
    source = (
        f'{head}{{% for row in rows %}}<tr data-row="{{{{ row.id }}}}"{link}{tone}>'
        f"{tick if page.batch else ''}{cells}</tr>\n{{% endfor %}}"
    )
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)  # noqa: S101 -- for the type checker
    return engine.engine.from_string(source)


def _cell(column: Column, parts: dict[str, str], page: ListPage) -> str:
    if column.key not in parts:
        msg = f"{page.cells} has no part for the column {column.key} of the list {page.name}"
        raise ValueError(msg)
    names = f"as-{column.card}{' end' if column.end else ''}"
    return f'<td class="{names}" data-col="{escape(column.key)}">{parts[column.key]}</td>'


def _parts(name: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the first mark (loads of tag libraries), and the part of each column."""
    source = get_template(name).template.source  # type: ignore[attr-defined]  # Django's own backend
    head, *rest = _MARK.split(source)
    return head.strip(), {key: text.strip() for key, text in zip(rest[::2], rest[1::2], strict=True)}
