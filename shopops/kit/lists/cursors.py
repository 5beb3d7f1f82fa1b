"""Pages by cursor: the next page begins after the last row seen, however deep it lies; no OFFSET."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, Expression, F, Field, ForeignKey, Func, QuerySet, Value

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

    def read(
        self, rows: QuerySet[Any], names: Iterable[str], limit: int, *, cursor: str = "", backwards: bool = False
    ) -> list[Row] | None:
        """Return at most `limit` of the rows in order, after the cursor (before it, nearest first, if `backwards`).

        None for a cursor that is not one. Two queries at most.
        """
        parts = self.beyond(rows, cursor, backwards=backwards) if cursor else self._parts(rows, backwards=backwards)
        if parts is None:
            return None
        found: list[Row] = []
        for part in parts:
            if len(found) < limit:
                found += part.values(*names)[: limit - len(found)]
        return found

    def beyond(self, rows: QuerySet[Any], cursor: str, *, backwards: bool = False) -> list[QuerySet[Any]] | None:
        """Return the rows after the cursor (before it, if `backwards`) in parts to be read one after the other.

        None for a cursor that is not one.
        """
        names = (*self.sort.names, "id")
        texts = cursor.split(",")
        if len(texts) != len(names):
            return None
        fields = [_field_of(rows, name) for name in names]
        try:
            values = [_read(unquote(text), field) for text, field in zip(texts, fields, strict=True)]
        except (ValidationError, ValueError, FieldDoesNotExist):
            return None
        down = self.descending != backwards
        parts = self._parts(rows, backwards=backwards)
        if self.sort.nullable and values[0] is None:
            place = 0 if backwards else 1
            here = parts[place].filter(**{"id__lt" if down else "id__gt": values[1]})
        elif None in values:
            return None
        else:
            typed = [Value(value, output_field=field) for value, field in zip(values, fields, strict=True)]
            place = len(parts) - 1 if backwards else 0
            here = parts[place].filter(Beyond(names, typed, descending=down))
        return [here, *parts[place + 1 :]]

    def _parts(self, rows: QuerySet[Any], *, backwards: bool) -> list[QuerySet[Any]]:
        """Return the rows in order; those with NULL apart, for an index has them at the wrong end in one direction."""
        if not self.sort.nullable:
            return [self.apply(rows, backwards=backwards)]
        name, sign = self.sort.names[0], "-" if self.descending != backwards else ""
        known = rows.filter(**{f"{name}__isnull": False}).order_by(f"{sign}{name}", f"{sign}id")
        unknown = rows.filter(**{f"{name}__isnull": True}).order_by(f"{sign}id")
        return [unknown, known] if backwards else [known, unknown]

    def cursor(self, row: Row) -> str:
        """Return the text that stands for the place of `row`."""
        return ",".join(quote(_write(row[name]), safe=":+") for name in (*self.sort.names, "id"))


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
