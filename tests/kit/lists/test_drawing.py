"""Rows are drawn by steps; what comes out is what Django's own rendering of the same markup gives."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, engines
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.lists.cells import _RowTemplate

MARKUP = (
    "{{ row.a }}",
    "<td class='x'>{{ row.a }} · {{ row.b }}</td>",
    "{{ row.missing }}|{{ row.missing.more }}",
    "{{ row.a|truncatechars:3 }}{{ row.b|default:'–' }}",
    "{% if row.a %}{{ row.a }}{% endif %}",
    "{% if row.a %}<b>{{ row.b }}</b>{% elif row.b %}{{ row.b }}{% else %}–{% endif %}",
    "{% if not row.a %}none{% endif %}{% if row.a == row.b %}same{% endif %}{% if row.a > 1 %}more{% endif %}",
    "{% if row.missing %}never{% else %}{% icon 'flag' %}{% endif %}",
    "{% for one in row.c %}<i>{{ one }}{{ row.a }}{{ forloop.counter }}</i>{% endfor %}",
    "{% for one in row.c %}{{ one }}{% empty %}nothing{% endfor %}",
    "{% if row.a %}{% if row.b %}both{% endif %}{% for one in row.c %}{{ one }}{% endfor %}{% endif %}",
    "{% translate 'Search' %}{% icon 'flag' 'is-red' %}<b>{% translate 'Search' as word %}{{ word }}</b>",
    "{% with one=row.a %}{{ one }}{% endwith %}{% autoescape off %}{{ row.a }}{% endautoescape %}",
    "{{ row.d.key }}{{ at|date:'Y' }}",
)
VALUES = st.one_of(
    st.text(alphabet="ab<>&'\"陶瓷 ", max_size=8),
    st.text(alphabet="<b>&", max_size=4).map(mark_safe),
    st.integers(-5, 5000),
    st.booleans(),
    st.none(),
    st.decimals(-100, 100, places=2),
    st.just(datetime(2026, 11, 21, 8, 5, tzinfo=UTC)),
)
ROWS = st.fixed_dictionaries(
    {"a": VALUES, "b": VALUES, "c": st.lists(VALUES, max_size=3), "d": st.just({"key": "<deep>"})}
)
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


def drawn(markup: str, rows: list[dict[str, Any]]) -> str:
    return str(_RowTemplate(markup, "rows").render_each(rows, {"at": AT}))


def rendered(markup: str, rows: list[dict[str, Any]]) -> str:
    template: Any = engines["django"].from_string(markup)
    return "".join(template.template.render(Context({"at": AT, "row": row})) for row in rows)


@pytest.mark.parametrize("markup", MARKUP)
@given(rows=st.lists(ROWS, max_size=3))
def test_steps_draw_what_the_template_would(markup: str, rows: list[dict[str, Any]]) -> None:
    with translation.override("en"):
        assert drawn(markup, rows) == rendered(markup, rows)


def test_words_follow_the_language_of_the_moment() -> None:
    template = _RowTemplate("{% translate 'Search' %}", "rows")
    with translation.override("en"):
        assert template.render_each([{}], {}) == "Search"
    with translation.override("zh-hans"):
        assert template.render_each([{}], {}) == "搜索"


def test_values_of_a_row_cannot_write_markup() -> None:
    assert drawn("{{ row.a }}", [{"a": "<script>"}]) == "&lt;script&gt;"
    assert drawn("{{ row.a }}", [{"a": mark_safe("<b>1</b>")}]) == "<b>1</b>"
    assert drawn("{{ row.a }}", [{"a": Decimal("1234.50")}]) == rendered("{{ row.a }}", [{"a": Decimal("1234.50")}])
