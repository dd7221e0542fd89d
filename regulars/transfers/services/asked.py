"""What somebody wants taken out: which records, which columns, as which file; and the rows that this means."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.kit.errors import Invalid, Refused
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.explain import explain
from regulars.resources.exporter import ExportPreset
from regulars.resources.field import Field, Row
from regulars.resources.language import EVERYTHING
from regulars.resources.page import count_rows, every_piece, matching
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import Resource, get_resource, suggest
from regulars.transfers.choices import Scope
from regulars.transfers.typed import column_of, reader_of
from regulars.transfers.writing import Column, Value, format_named

ALL = "all"
MAX_REASON = 500
# Parts of a query that say how it is shown, or that are kept beside it.
_SHOWN_ONLY = ("columns", "size", "after", "before")
# A name that is put together for the eye leaves as the columns it is made of.
_MADE_OF = {"name": ("first_name", "last_name")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is wanted. `columns` are names of fields in their order: none means those of the query, "all" every one.

    With `ids` only those records are meant, in the order of the query. A `preset` goes before the columns.
    """

    query: Query
    ids: tuple[UUID, ...] = ()
    columns: tuple[str, ...] = ()
    preset: str = ""
    format: str = "csv"
    byte_order_mark: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if self.ids:  # picked by hand, so the conditions of the list they were picked in say nothing more
            everything = replace(self.query, tab=ALL, text="", where="", node=EVERYTHING, start=())
            object.__setattr__(self, "query", everything)
        object.__setattr__(self, "format", format_named(self.format).name)
        object.__setattr__(self, "reason", storable(self.reason).strip()[:MAX_REASON])

    @property
    def resource(self) -> Resource:
        """The kind of record."""
        return self.query.resource

    @property
    def scope(self) -> Scope:
        """Which records, as the ledger says it."""
        if self.ids:
            return Scope.PICKED
        narrowed = self.query.where or self.query.text or self.resource.tab(self.query.tab).filter
        return Scope.QUERY if narrowed else Scope.ALL

    def as_json(self) -> dict[str, Any]:
        """The arguments of a run that makes the file."""
        return {
            "resource": self.resource.name,
            "query": {name: value for name, value in self.query.whole() if name not in _SHOWN_ONLY},
            "ids": [str(one) for one in self.ids],
            "inputs": {
                "columns": list(self.columns or self.query.columns),
                "preset": self.preset,
                "format": self.format,
                "byte_order_mark": self.byte_order_mark,
            },
        }

    @classmethod
    def from_json(cls, asked: Mapping[str, Any], context: Context) -> "Asked":
        """What was kept. Raises `QueryError` when it can no longer be carried out for this actor."""
        inputs = asked["inputs"]
        return cls(
            query=query_from_params(get_resource(asked["resource"]), asked["query"], context, strict=True),
            ids=tuple(UUID(one) for one in asked["ids"]),
            **inputs | {"columns": tuple(inputs["columns"])},
        )

    def rows(self, context: Context) -> QuerySet[Any]:
        """The records, unordered. Raises `QueryError`."""
        rows = matching(self.query, context)
        return rows.filter(pk__in=self.ids) if self.ids else rows

    def pieces(self, context: Context, fields: Iterable[Field]) -> Iterator[QuerySet[Any]]:
        """The records in their order, some thousands at a time."""
        return every_piece(self.query, context, fields, ids=self.ids)

    def in_words(self, context: Context) -> str:
        """Which records are meant, in one line of the reader's language."""
        if self.ids:
            return ngettext("%(count)s picked record", "%(count)s picked records", len(self.ids)) % {
                "count": len(self.ids)
            }
        parts = [str(self.resource.tab(self.query.tab).label)]
        if self.query.text:
            parts.append(_("search “%(text)s”") % {"text": self.query.text})
        if self.query.where:
            parts.append(explain(self.query.node, self.resource, context).sentence)
        return storable(" · ".join(parts))


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, the fields they are made from, and how a row becomes its cells."""

    columns: Sequence[Column]
    fields: Sequence[Field]
    cells: Callable[[Row], Sequence[Value]]
    plain: bool

    @property
    def needs(self) -> set[str]:
        """The columns of the database that are read."""
        return {need for field in self.fields for need in field.needs}


def table_of(*, asked: Asked, context: Context) -> Table:
    """The table that this actor gets: what they may not see is not in it, whatever was asked.

    Raises `NotAllowed` (no right to take records out) and `Invalid` (a column or preset that there is not).
    """
    context.actor.require(asked.resource.permission("export"))
    if asked.preset:
        return _preset_table(asked.resource.export_preset(asked.preset), asked.resource, context)
    fields = fields_out(asked=asked, context=context)
    labels = asked.format == "pdf"  # read by people, never by us
    readers = [reader_of(field, context) for field in fields]
    return Table(
        columns=[
            column_of(field, context, header=str(field.label) if labels else field.name) for field in fields
        ],
        fields=fields,
        cells=lambda row: [read(row) for read in readers],
        plain=True,
    )


def _preset_table(preset: ExportPreset, resource: Resource, context: Context) -> Table:
    """The file of another system, in its own texts."""
    found = [resource.field(name, context.actor) for name in preset.fields]
    fields = [field for field in found if field is not None]

    def cells(row: Row) -> list[Value]:
        texts = {field.name: field.export(row, context) for field in fields}
        return [column.cell(texts) for column in preset.columns]

    columns = [Column(header=column.header) for column in preset.columns]
    return Table(columns=columns, fields=fields, cells=cells, plain=False)


def fields_out(*, asked: Asked, context: Context) -> list[Field]:
    """The fields of an export, each once, in order; a name for the eye is replaced by what it is made of.

    Raises `Invalid`.
    """
    resource, actor = asked.resource, context.actor
    if asked.columns == (ALL,):
        chosen = resource.fields(actor)
    elif asked.columns:
        chosen = _named(resource, asked.columns, context)
    else:
        chosen = asked.query.chosen_columns(context)
    found: dict[str, Field] = {}
    for column in chosen:
        for name in (column.name,) if column.exportable else _MADE_OF.get(column.name, ()):
            part = resource.field(name, actor)
            if part is not None and part.exportable:
                found.setdefault(part.name, part)
    if not found:
        raise Invalid(_("None of these columns can be taken out."), field="columns")
    return list(found.values())


def _named(resource: Resource, names: Sequence[str], context: Context) -> list[Field]:
    found = {name: resource.field(name, context.actor) for name in names}
    for name, one in found.items():
        if one is None:
            known = [field.name for field in resource.fields(context.actor)]
            raise Invalid(
                _("There is no column “%(name)s”.%(suggest)s")
                % {"name": name[:60], "suggest": suggest(name, known)},
                field="columns",
            )
    return [one for one in found.values() if one is not None]


def check_rows(asked: Asked, context: Context) -> None:
    """Refuse picked rows of which none is there, and a file that its format cannot hold in a useful way.

    Raises `Refused`, `Invalid` and `QueryError`.
    """
    file_format = format_named(asked.format)
    most = file_format.most_rows
    rows = asked.rows(context)
    if asked.ids and not rows.exists():
        raise Refused(_("The picked rows do not exist any more."), field="scope")
    if most and not count_rows(rows).exact and rows.order_by()[: most + 1].count() > most:
        raise Invalid(
            _(
                "A file of the format %(format)s holds up to %(most)s rows. "
                "Narrow the list down, or take xlsx or csv."
            )
            % {"format": file_format.label, "most": f"{most:,}"},
            field="format",
        )
