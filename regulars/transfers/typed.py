"""What a field's value is in a file, whatever the format: a number, an amount, a day, yes or no, else its text."""

from collections.abc import Callable
from typing import Any

from regulars.kit import money
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.transfers.writing.base import Column, Type, Value


def _as_it_is(value: Any, context: Context) -> Value:
    return value


def _amount(value: int | None, context: Context) -> Value:
    return None if value is None else money.to_major(value, context.store.currency)


def _yes(value: Any, context: Context) -> Value:
    return bool(value)


_TYPES: dict[type[kinds.Kind], tuple[Type, Callable[[Any, Context], Value]]] = {
    kinds.Integer: ("number", _as_it_is),
    kinds.Number: ("number", _as_it_is),
    kinds.Money: ("money", _amount),
    kinds.Boolean: ("yes", _yes),
    kinds.Date: ("date", _as_it_is),
    kinds.Moment: ("moment", _as_it_is),
}
_TEXTS = (kinds.Text, kinds.Choice)


def _kind(field: Field) -> type[kinds.Kind] | None:
    """The kind whose values have a type; none for texts, and for a kind that leaves in words of its own."""
    own = type(field.kind)
    return next((one for one in own.__mro__ if one in _TYPES and one.export is own.export), None)


def column_of(field: Field, context: Context, *, header: str) -> Column:
    """The column that a field becomes."""
    kind = _kind(field)
    places = 0
    if isinstance(field.kind, kinds.Money):
        places = money.exponent(context.store.currency)
    elif isinstance(field.kind, kinds.Number):
        places = field.kind.places
    return Column(header=header, type=_TYPES[kind][0] if kind else "text", places=places, width=field.width)


def reader_of(field: Field, context: Context) -> Callable[[Row], Value]:
    """How the value is read from a row that was fetched with the field among its columns."""
    kind, path, stored = _kind(field), field.path, field.value is None
    if kind is not None:
        convert = _TYPES[kind][1]
        if stored and convert is _as_it_is:  # most cells of most files are read without a detour
            return lambda row: row[path]
        return lambda row: convert(field.read(row, context), context)
    if stored and type(field.kind).export is kinds.Kind.export and isinstance(field.kind, _TEXTS):
        return lambda row: row[path] or ""
    return lambda row: field.export(row, context)
