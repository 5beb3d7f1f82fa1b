"""Pages by cursor: the next page begins after the last row seen, however deep it lies; no OFFSET."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, Expression, F, Field, ForeignKey, Func, Q, QuerySet, Value

from shopops.kit.lists.declarations import Row, Sort

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

_NULL = "~null"


class Beyond(Func):
    """`(a, b, id) < (x, y, z)`, or `>`: a comparison of rows, which an index on (a, b, id) answers directly."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, names: Sequence[str], values: Sequence[Expression], *, descending: bool) -> None:
        """Compare the columns of `names` with `values`, in that order."""
        super().__init__(*(F(name) for name in names), *values)
        self.sign = "<" if descending else ">"

    def as_sql(  # type: ignore[override]  # narrower than Func's, which takes a template and an arity
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 -- Django's signature
        **_extra: Any,
    ) -> tuple[str, list[Any]]:
        """Write the comparison."""
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        half = len(parts) // 2
        left = ", ".join(sql for sql, _params in parts[:half])
        right = ", ".join(sql for sql, _params in parts[half:])
        return f"({left}) {self.sign} ({right})", [value for _sql, params in parts for value in params]


@dataclass(frozen=True)
class Order:
    """A sort in one direction, over the rows of one queryset."""

    sort: Sort
    descending: bool

    def apply(self, rows: QuerySet[Any], *, backwards: bool = False) -> QuerySet[Any]:
        """Put the rows in order, or in the opposite one."""
        down = self.descending != backwards
        if self.sort.nullable:
            name = F(self.sort.names[0])
            last = not backwards
            first = (
                name.desc(nulls_last=last or None, nulls_first=not last or None)
                if down
                else name.asc(nulls_last=last or None, nulls_first=not last or None)
            )
            return rows.order_by(first, "-id" if down else "id")
        sign = "-" if down else ""
        return rows.order_by(*(f"{sign}{name}" for name in (*self.sort.names, "id")))

    def beyond(self, rows: QuerySet[Any], cursor: str, *, backwards: bool = False) -> QuerySet[Any] | None:
        """Keep the rows after the cursor (before it, if `backwards`), or return None for a cursor that is not one."""
        names = (*self.sort.names, "id")
        texts = cursor.split(",")
        if len(texts) != len(names):
            return None
        try:
            values = [_read(unquote(text), _field_of(rows, name)) for text, name in zip(texts, names, strict=True)]
        except (ValidationError, ValueError, FieldDoesNotExist):
            return None
        down = self.descending != backwards
        if self.sort.nullable:
            return rows.filter(_beyond_nullable(names[0], values, descending=down, backwards=backwards))
        if None in values:
            return None
        typed = [Value(value, output_field=_field_of(rows, name)) for value, name in zip(values, names, strict=True)]
        return rows.filter(Beyond(names, typed, descending=down))

    def cursor(self, row: Row) -> str:
        """Return the text that stands for the place of `row`."""
        return ",".join(quote(_write(row[name]), safe=":+") for name in (*self.sort.names, "id"))


def _beyond_nullable(name: str, values: list[Any], *, descending: bool, backwards: bool) -> Q:
    """Return the condition for a field that may be NULL, with NULL last in the reading direction."""
    value, last_id = values
    word = "lt" if descending else "gt"
    if value is None:
        same = Q(**{f"{name}__isnull": True, f"id__{word}": last_id})
        return same | Q(**{f"{name}__isnull": False}) if backwards else same
    further = Q(**{f"{name}__{word}": value}) | Q(**{name: value, f"id__{word}": last_id})
    return further if backwards else further | Q(**{f"{name}__isnull": True})


def _field_of(rows: QuerySet[Any], name: str) -> Field[Any, Any]:
    """Return the field behind a column, a related column or an annotation."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        found: Field[Any, Any] = annotation.output_field
        return found
    model = rows.model
    *path, last = name.split("__")
    for part in path:
        model = model._meta.get_field(part).related_model
    field: Field[Any, Any] = model._meta.pk if last in {"id", "pk"} else model._meta.get_field(last)
    if isinstance(field, ForeignKey):
        return field.target_field
    return field


def _write(value: Any) -> str:
    if value is None:
        return _NULL
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(text: str, field: Field[Any, Any]) -> Any:
    if text == _NULL:
        return None
    value = field.to_python(text)
    field.run_validators(value)
    if value is None or (isinstance(value, datetime) and value.tzinfo is None):
        raise ValidationError(text)
    return value
