"""What somebody chose on the page of an export: which records, which columns, which format; and what that would be."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from regulars.desk.cells import format_whole
from regulars.desk.lists.actions import selection_of
from regulars.desk.lists.views import query_of
from regulars.desk.requests import StaffRequest
from regulars.desk.values import style_of
from regulars.kit.errors import Invalid, Refused
from regulars.resources.context import Context
from regulars.resources.execute import Selection
from regulars.resources.language import And
from regulars.resources.query import Query
from regulars.resources.resource import Resource
from regulars.transfers.services import Asked, fields_out

# More picked rows than this are exported by their filter: a form cannot carry more.
MOST_PICKED = 5000


@dataclass(frozen=True, slots=True)
class Choice:
    """The form of an export as it was sent, or as it begins."""

    query: Query
    selection: Selection
    scope: str
    which: str
    columns: tuple[str, ...]
    preset: str
    format: str
    byte_order_mark: bool
    reason: str

    def asked(self, context: Context) -> Asked:
        """What this asks for. Raises `Refused`, `Invalid` and `QueryError`."""
        if self.query.error:
            raise self.query.error
        by_hand = self.scope == "picked"
        if by_hand and not self.selection.ids:
            raise Refused(_("Pick at least one row first."), field="scope")
        if by_hand and len(self.selection.ids) > MOST_PICKED:
            most = format_whole(MOST_PICKED, style_of(context).language)
            raise Refused(
                _("More than %(count)s rows are picked one by one. Export the whole filter instead.")
                % {"count": most},
                field="scope",
            )
        if self.which == "chosen" and not self.columns:
            raise Invalid(_("Tick at least one column."), field="columns")
        return Asked(
            query=everything(self.query) if self.scope == "all" else self.query,
            ids=self.selection.ids if by_hand else (),
            columns=self._columns(context),
            preset=self.preset if self.which == "preset" else "",
            format=self.format,
            byte_order_mark=self.byte_order_mark,
            reason=self.reason,
        )

    def _columns(self, context: Context) -> tuple[str, ...]:
        if self.which == "chosen":
            return self.columns
        if self.which == "all":
            return ("all",)
        return tuple(field.name for field in self.query.chosen_columns(context))

    def with_columns(self, columns: tuple[str, ...]) -> "Choice":
        """The same with other columns, or these in another order."""
        return replace(self, columns=columns)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the page carries along: the query of the list and the rows that are picked in it."""
        return self.query.params() + [("id", str(one)) for one in self.selection.ids]


def read_choice(request: StaffRequest, resource: Resource, context: Context) -> Choice:
    """What the form says; on a page that is opened, the list as it is as CSV."""
    query = replace(query_of(request, resource, context), after="", before="")
    selection = selection_of(request, resource, context)
    sent = request.POST
    known = {field.name for field in resource.fields(context.actor) if field.exportable}
    shown = (
        ()
        if query.error
        else tuple(field.name for field in fields_out(asked=Asked(query=query), context=context))
    )
    columns = tuple(dict.fromkeys(name for name in sent.getlist("pick") if name in known))
    return Choice(
        query=query,
        selection=selection,
        scope=sent.get("scope", "") or ("picked" if selection.ids else "query"),
        which=sent.get("which", "") or "shown",
        columns=columns if "which" in sent else shown,
        preset=sent.get("preset", "") or next((one.name for one in resource.export_presets), ""),
        format=sent.get("format", "") or "csv",
        byte_order_mark="excel" in sent,
        reason=sent.get("reason", ""),
    )


def everything(query: Query) -> Query:
    """Every record, in the order and the columns of the list."""
    return replace(query, tab=query.resource.tab("all").name, text="", start=()).with_where(And(()))


def moved(columns: tuple[str, ...], move: str) -> tuple[str, ...]:
    """The columns with one a place further up or down: "email:up"."""
    name, _colon, way = move.partition(":")
    if name not in columns:
        return columns
    at, rest = columns.index(name), [one for one in columns if one != name]
    rest.insert(max(at - 1, 0) if way == "up" else at + 1, name)
    return tuple(rest)


def hidden_of(choice: Choice) -> list[tuple[str, Any]]:
    """The whole form as hidden fields, for a page that goes on with it."""
    fields = [
        ("scope", choice.scope),
        ("which", choice.which),
        ("preset", choice.preset),
        ("format", choice.format),
        ("reason", choice.reason),
        *(("pick", name) for name in choice.columns),
    ]
    return choice.hidden + fields + ([("excel", "1")] if choice.byte_order_mark else [])
