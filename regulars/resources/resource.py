"""A resource: a kind of record with its fields, actions, tabs and search; and the registry of all of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.words import Words
from regulars.resources.action import PARTS, Action
from regulars.resources.context import Context
from regulars.resources.exporter import ExportPreset
from regulars.resources.field import Field, Row, Span
from regulars.resources.figure import Figure
from regulars.resources.finder import Finder
from regulars.resources.flow import Flow
from regulars.resources.importer import Importer
from regulars.resources.links import Link
from regulars.resources.mistakes import suggest
from regulars.resources.related import Related
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True)
class Tab:
    """A view that nobody can delete. Its filter may depend on the store's thresholds; only `counted` tabs say how many
    they hold while another one is open; `sort` is its own first order; `indexed` are the fields in whose order
    it has an index of its rows alone."""

    name: str
    label: Words
    filter: Q | Callable[[Context], Q]
    counted: bool = True
    sort: tuple[str, bool] | None = None
    indexed: tuple[str, ...] = ()

    def meaning(self, context: Context) -> Q:
        """The filter of its rows."""
        return self.filter if isinstance(self.filter, Q) else self.filter(context)


class Create(Protocol):
    """Makes a record from cleaned values and returns its id."""

    def __call__(self, *, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID: ...


class Edit(Protocol):
    """Changes a record; `base_version` is the version the person was looking at."""

    def __call__(
        self,
        *,
        store: Store,
        record_id: UUID,
        values: dict[str, Any],
        base_version: int | None,
        actor: Actor,
        now: datetime,
    ) -> int: ...


@dataclass(kw_only=True)
class Resource:
    """A kind of record. Higher parts add fields and actions with `contribute`."""

    name: str
    label: Words
    singular: Words
    noun: str
    rows: Callable[[Store], QuerySet[Any]]
    title: Callable[[Row], str]
    title_needs: tuple[str, ...]
    search: Callable[[str, Context], list[Span]]
    search_filter: Callable[[str, Context], Q]
    search_hint: Words
    search_names: bool = False  # what is searched for names a few records, each found along an index
    tabs: tuple[Tab, ...]
    default_tab: str
    default_sort: tuple[str, bool]
    summary: Callable[[QuerySet[Any], Context], list[tuple[str, str]]] | None = None
    create: Create
    edit: Edit
    # Whole sentences: in many languages "new" follows the gender of what is new.
    new_label: Words = ""
    added_label: Words = ""
    lead: str = ""
    columns: tuple[str, ...] = ()
    enough: Words = ""
    documentation: str = ""
    synonyms: dict[str, str] = field(default_factory=dict)
    importer: Importer | None = None
    export_presets: tuple[ExportPreset, ...] = ()
    successor: Callable[[Store, UUID | int], UUID | None] | None = None
    once_by: str = ""  # the field by which what another system sends twice is one record
    _fields: dict[str, Field] = field(default_factory=dict)
    _actions: dict[str, Action] = field(default_factory=dict)
    _links: dict[str, Link] = field(default_factory=dict)
    _finders: dict[str, Finder] = field(default_factory=dict)
    _figures: dict[str, Figure] = field(default_factory=dict)
    _related: dict[str, Related] = field(default_factory=dict)
    _flows: dict[str, Flow] = field(default_factory=dict)

    def add(
        self,
        *,
        fields: Iterable[Field] = (),
        actions: Iterable[Action] = (),
        links: Iterable[Link] = (),
        finders: Iterable[Finder] = (),
        figures: Iterable[Figure] = (),
        related: Iterable[Related] = (),
        flows: Iterable[Flow] = (),
        after: str = "",
    ) -> None:
        """Add declarations; a name can be taken once. The actions come behind the one named `after`, else last."""
        names = list(self._actions)
        behind = names[names.index(after) + 1 :] if after else []
        self._take("fields", self._fields, {one.name: one for one in fields})
        self._take("actions", self._actions, {one.name: one for one in actions})
        for name in behind:  # to the end, in their order
            self._actions[name] = self._actions.pop(name)
        self._take("links", self._links, {one.name: one for one in links})
        self._take("finders", self._finders, {one.name: one for one in finders})
        self._take("figures", self._figures, {one.field: one for one in figures})
        self._take("related lists", self._related, {one.name: one for one in related})
        self._take("flows", self._flows, {one.name: one for one in flows})

    def _take[T](self, what: str, known: dict[str, T], new: dict[str, T]) -> None:
        for name, one in new.items():
            if known.setdefault(name, one) is not one:
                raise ValueError(f"{self.name} has two {what} named {name}.")

    def permission(self, verb: str) -> str:
        """The name of the permission for a verb on these records: `customers.edit`."""
        return f"{self.name}.{verb}"

    def fields(self, actor: Actor) -> list[Field]:
        """The fields the actor may see, in declared order."""
        return [one for one in self._fields.values() if actor.may(one.permission)]

    def shown_fields(self, actor: Actor) -> list[Field]:
        """The columns of a list that nobody has arranged: first those of `columns`, then the others that show."""
        place = {name: number for number, name in enumerate(self.columns)}
        shown = [one for one in self.fields(actor) if one.shown]
        return sorted(shown, key=lambda one: place.get(one.name, len(place)))

    def all_fields(self) -> list[Field]:
        """Every declared field, whoever may see it."""
        return list(self._fields.values())

    def seen_by(self, actor: Actor) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """What the history shows this person of the facts that an event kept: without the fields they may not see."""
        hidden = {
            name
            for one in self._fields.values()
            if not actor.may(one.permission)
            for name in (one.name, one.path, *one.needs)
        }
        return lambda facts: {name: value for name, value in facts.items() if name not in hidden}

    def field(self, name: str, actor: Actor) -> Field | None:
        """The field of that name if it exists and the actor may see it."""
        found = self._fields.get(self.synonyms.get(name, name))
        return found if found is not None and actor.may(found.permission) else None

    def editable_fields(self, actor: Actor) -> list[Field]:
        """The fields the actor may change."""
        if not actor.may(self.permission("edit")):
            return []
        return [one for one in self.fields(actor) if one.editable and actor.may(one.edit_permission)]

    def creatable_fields(self, actor: Actor) -> list[Field]:
        """The fields that may be given to a new record: those one may change, and those a file may bring."""
        return [one for one in self.fields(actor) if one.creatable and actor.may(one.edit_permission)]

    def actions(self, actor: Actor) -> list[Action]:
        """The actions the actor may perform, part by part of a menu, in declared order."""
        allowed = [verb for verb in self._actions.values() if actor.may(verb.permission)]
        return sorted(allowed, key=lambda verb: PARTS.index(verb.part))

    def all_actions(self) -> list[Action]:
        """Every declared action, whoever may perform it."""
        return list(self._actions.values())

    def action(self, name: str) -> Action:
        """The action of that name. Raises `NotFound`."""
        try:
            return self._actions[name]
        except KeyError as error:
            raise NotFound(
                _("There is no action “%(name)s”.%(suggest)s")
                % {"name": name, "suggest": suggest(name, self._actions)}
            ) from error

    def links(self, actor: Actor) -> list[Link]:
        """What is linked to these records and may be asked about by the actor, in declared order."""
        return [link for link in self._links.values() if actor.may(link.permission)]

    def all_links(self) -> list[Link]:
        """Every declared link, whoever may ask about it."""
        return list(self._links.values())

    def finders(self, actor: Actor) -> list[Finder]:
        """The ways the actor may look these records up, the surest first."""
        allowed = [one for one in self._finders.values() if actor.may(one.permission)]
        return sorted(allowed, key=lambda one: one.sure)

    def figures(self, actor: Actor) -> list[tuple[Figure, Field]]:
        """The figures of fields that the actor may see, in their places."""
        ranked = sorted(self._figures.values(), key=lambda one: one.rank)
        return [(one, found) for one in ranked if (found := self.field(one.field, actor)) is not None]

    def related(self, actor: Actor) -> list[Related]:
        """The lists that belong to one of these records and that the actor may see, in their places."""
        ranked = sorted(self._related.values(), key=lambda one: one.rank)
        return [one for one in ranked if actor.may(get_resource(one.rows).permission("view"))]

    def flows(self, actor: Actor) -> list[Flow]:
        """How money goes between the store and one of these records, as far as the actor may see it."""
        ranked = sorted(self._flows.values(), key=lambda one: one.rank)
        return [one for one in ranked if actor.may(one.permission)]

    def export_preset(self, name: str) -> ExportPreset:
        """The preset of that name. Raises `Invalid`."""
        by_name = {preset.name: preset for preset in self.export_presets}
        if name not in by_name:
            known = ", ".join(by_name) or "none"
            raise Invalid(
                _("There is no preset “%(name)s” for %(noun)ss.%(suggest)s Known: %(known)s.")
                % {"name": name[:40], "noun": self.noun, "suggest": suggest(name, by_name), "known": known},
                field="preset",
            )
        return by_name[name]

    def lives_on(self, known_as: UUID | int, store: Store) -> UUID | None:
        """Where a record lives on that had this id or number (a merged customer); nothing for those still there."""
        return self.successor(store, known_as) if self.successor else None

    def tab(self, name: str) -> Tab:
        """The tab of that name, else the default one."""
        by_name = {tab.name: tab for tab in self.tabs}
        return by_name.get(name) or by_name[self.default_tab]


_registry: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Make a resource known to every surface. Called from `AppConfig.ready`."""
    if _registry.setdefault(resource.name, resource) is not resource:
        raise ValueError(f"Two resources are named {resource.name}.")
    return resource


def contribute(
    name: str,
    *,
    fields: Iterable[Field] = (),
    actions: Iterable[Action] = (),
    links: Iterable[Link] = (),
    finders: Iterable[Finder] = (),
    figures: Iterable[Figure] = (),
    related: Iterable[Related] = (),
    flows: Iterable[Flow] = (),
    after: str = "",
) -> None:
    """Add what a higher part knows to a resource below it; the actions behind the one named `after`, else last."""
    _registry[name].add(
        fields=fields,
        actions=actions,
        links=links,
        finders=finders,
        figures=figures,
        related=related,
        flows=flows,
        after=after,
    )


def get_resource(name: str) -> Resource:
    """The resource of that name. Raises `NotFound`."""
    try:
        return _registry[name]
    except KeyError as error:
        raise NotFound(
            _("There is nothing named “%(name)s”.%(suggest)s")
            % {"name": name, "suggest": suggest(name, _registry)}
        ) from error


def all_resources() -> list[Resource]:
    """Every resource, by name."""
    return [_registry[name] for name in sorted(_registry)]
