"""A query: which records, in which order, with which columns. Its text form is the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import EVERYTHING, Node, QueryError, both, parse, write
from regulars.resources.links import Link
from regulars.resources.resource import Resource, suggest
from regulars.resources.tree import Condition, Linked, parts_of

SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a resource; immutable, so that links to "the same but…" are made with the `with_` methods.

    `start` are the parameters of the saved view this began with, its name `view` among them: the address then holds
    only what differs from the view.
    """

    resource: Resource
    where: str = ""
    node: Node = EVERYTHING
    text: str = ""
    tab: str = ""
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    size: int = DEFAULT_SIZE
    error: QueryError | None = None
    start: tuple[tuple[str, str], ...] = ()

    def with_where(self, node: Node) -> "Query":
        """The same with other conditions, from the first page."""
        return replace(self, where=write(node), node=node, after="", before="", error=None)

    def narrowed(self, condition: Node) -> "Query":
        """The same with one more condition."""
        return self.with_where(both(self.node, condition) if self.where else condition)

    def with_sort(self, name: str, *, descending: bool) -> "Query":
        """The same in another order, from the first page."""
        return replace(self, sort=name, descending=descending, after="", before="")

    def with_tab(self, name: str) -> "Query":
        """The same in another tab, from the first page."""
        return replace(self, tab=name, after="", before="")

    def at(self, *, after: str = "", before: str = "") -> "Query":
        """Another page of the same list."""
        return replace(self, after=after, before=before)

    def params(self) -> list[tuple[str, str]]:
        """What the address holds: only what differs from the saved view it began with, or from the defaults."""
        start = dict(self.start)
        pairs = [("view", start["view"])] if "view" in start else []
        return pairs + [(name, value) for name, value in self._pairs() if value != start.get(name, "")]

    def whole(self) -> list[tuple[str, str]]:
        """The same for readers who know no views: everything that differs from the defaults."""
        return [(name, value) for name, value in self._pairs() if value]

    @property
    def is_edited(self) -> bool:
        """True when it differs from the saved view it began with."""
        return any(name not in ("view", "after", "before") for name, _value in self.params())

    def _pairs(self) -> list[tuple[str, str]]:
        return [
            ("tab", self.tab if self.tab != self.resource.default_tab else ""),
            ("q", self.text),
            ("where", self.where),
            ("sort", f"-{self.sort}" if self.descending and self.sort else self.sort),
            ("columns", ",".join(self.columns)),
            ("size", str(self.size) if self.size != DEFAULT_SIZE else ""),
            ("after", self.after),
            ("before", self.before),
        ]

    def url(self, base: str = "") -> str:
        """The address of this query under a page."""
        params = urlencode(self.params())
        return f"{base}?{params}" if params else base or "?"

    def chosen_columns(self, context: Context) -> list[Field]:
        """The columns to show: those asked for that exist and may be seen, else the default ones."""
        found = [self.resource.field(name, context.actor) for name in self.columns]
        chosen = {field.name: field for field in found if field is not None and field.column}
        return list(chosen.values()) or self.resource.shown_fields(context.actor)

    def sort_field(self, context: Context) -> tuple[Field | None, bool]:
        """The field to sort by and the direction; nothing when the search ranks."""
        if self.sort and (field := self.resource.field(self.sort, context.actor)) and field.sort:
            return field, self.descending
        if self.text:
            return None, False
        name, descending = self.resource.tab(self.tab).sort or self.resource.default_sort
        return self.resource.field(name, context.actor), descending


def query_from_params(
    resource: Resource, params: Mapping[str, str], context: Context, *, strict: bool = False
) -> Query:
    """The query of an address. With `strict` (API, CLI) what is unknown is an error, else it is left out and the
    error of the conditions is kept for the page to show."""
    where = storable(params.get("where", "")).strip()
    node: Node = EVERYTHING
    error: QueryError | None = None
    try:
        node = parse(where)
    except QueryError as refusal:
        if strict:
            raise
        error = refusal
    sort = params.get("sort", "").strip()
    columns = tuple(name for name in (part.strip() for part in params.get("columns", "").split(",")) if name)
    if strict:
        _check(resource, sort.lstrip("-"), columns, context)
    return Query(
        resource=resource,
        where=where,
        node=node,
        text=storable(params.get("q", "")).strip()[:200],
        tab=resource.tab(params.get("tab", "")).name,
        sort=sort.lstrip("-"),
        descending=sort.startswith("-"),
        columns=columns,
        after=params.get("after", ""),
        before=params.get("before", ""),
        size=_size(params.get("size", "")),
        error=error,
    )


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_SIZE
    return min(max(int(text[:9]), 1), SIZES[-1])


def _check(resource: Resource, sort: str, columns: tuple[str, ...], context: Context) -> None:
    known = [field.name for field in resource.fields(context.actor)]
    for name in columns:
        if resource.field(name, context.actor) is None:
            raise QueryError(
                _("There is no column “%(name)s”.%(suggest)s")
                % {"name": name, "suggest": suggest(name, known)}
            )
    if sort:
        field = resource.field(sort, context.actor)
        if field is None or field.sort is None:
            sortable = [one.name for one in resource.fields(context.actor) if one.sort]
            raise QueryError(
                _("Cannot sort by “%(sort)s”.%(suggest)s Sort by one of: %(names)s.")
                % {"sort": sort, "suggest": suggest(sort, sortable), "names": ", ".join(sortable)}
            )


def names_hidden_fields(*, query: Mapping[str, str], resource: Resource, actor: Actor) -> bool:
    """True when conditions or an order that are kept name something that the actor may not see."""
    sort = query.get("sort", "").removeprefix("-")
    try:
        node = parse(query.get("where", ""))
    except QueryError:  # written by an older release
        return True
    return _is_hidden(node, resource, actor) or bool(sort and resource.field(sort, actor) is None)


def _is_hidden(node: Node, asked: Resource | Link, actor: Actor) -> bool:
    match node:
        case Condition():
            return asked.field(node.field, actor) is None
        case Linked() if isinstance(asked, Resource):
            link = next((one for one in asked.links(actor) if one.name == node.link), None)
            return link is None or _is_hidden(node.part, link, actor)
    return any(_is_hidden(part, asked, actor) for part in parts_of(node))
