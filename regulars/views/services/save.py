"""Saving a view, changing it, sharing it, copying it, deleting it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotAllowed, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.resources.compile import compile_query
from regulars.resources.context import Context
from regulars.resources.language import write
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, open_change_set, record
from regulars.views import events, queries, rules
from regulars.views.choices import Scope
from regulars.views.models import View
from regulars.views.queries import SHARE, ViewGone


class NameTaken(Refused):
    """Another view for the same people has this name."""

    code = "name_taken"


class TooManyViews(Refused):
    """The person has saved as many views as one can."""

    code = "too_many_views"


class ViewChanged(Refused):
    """Somebody else changed the view meanwhile; nothing was saved."""

    code = "view_changed"

    def __init__(self, view: View) -> None:
        super().__init__(
            _(
                "%(changed_by)s changed the view “%(name)s” meanwhile. Look at it first, or save yours as a new view."
            )
            % {"changed_by": view.changed_by, "name": view.name}
        )
        self.version = view.version


def save_view(
    *,
    store: Store,
    query: Query,
    name: str,
    actor: Actor,
    now: datetime,
    scope: str = Scope.PERSONAL,
    role: str = "",
    widths: Mapping[str, Any] | None = None,
    density: str = "",
) -> View:
    """Save what a list shows under a name.

    Raises `Invalid`, `QueryError` (conditions that cannot be understood), `NotAllowed`, `NameTaken` and `TooManyViews`.
    """
    about = {"name": rules.clean_name(name), **_shared_with(scope, role, actor)}
    look = _look(store, query, widths or {}, density, actor, now)
    return _add(store, query.resource.name, about, look, actor, now)


def change_view(
    *,
    store: Store,
    view_id: UUID,
    base_version: int | None,
    actor: Actor,
    now: datetime,
    query: Query | None = None,
    widths: Mapping[str, Any] | None = None,
    density: str | None = None,
    name: str | None = None,
    scope: str | None = None,
    role: str = "",
) -> View:
    """Let a view show something else, rename it, or share it with others; what is not given stays.

    `base_version` is the version one was looking at. Raises `ViewGone`, `ViewChanged`, `NotAllowed`, `Invalid`,
    `QueryError` and `NameTaken`.
    """
    with transaction.atomic(), _refuse_twins():
        view = _locked(store, view_id, actor)
        wanted: dict[str, Any] = {}
        if query is not None:
            kept = (view.widths if widths is None else widths, view.density if density is None else density)
            wanted |= _look(store, query, *kept, actor, now)
        if name is not None:
            wanted["name"] = rules.clean_name(name)
        if scope is not None and (scope, role) != (view.scope, view.role):
            wanted |= _shared_with(scope, role, actor)
        changed = {key: value for key, value in wanted.items() if getattr(view, key) != value}
        if not changed:
            return view
        if base_version is not None and base_version != view.version:
            raise ViewChanged(view)
        before = {key: getattr(view, key) for key in changed}
        write_view(view=view, values=changed, by=actor.name, now=now)
        tell(store, actor, events.CHANGED, view, now, before=before, after=changed)
    return view


def copy_view(*, store: Store, view_id: UUID, actor: Actor, now: datetime) -> View:
    """A personal view like this one. Raises `ViewGone` and `TooManyViews`."""
    with transaction.atomic():
        view = queries.get_view(store=store, actor=actor, view_id=view_id)
        here = queries.views_of(store=store, actor=actor, resource=view.resource)
        name = rules.copy_name(view.name, {one.name.lower() for one in here})
        look = {key: getattr(view, key) for key in rules.LOOK}
        about = {"name": name, **_shared_with(Scope.PERSONAL, "", actor)}
        return _add(store, view.resource, about, look, actor, now)


def remove_view(*, store: Store, view_id: UUID, actor: Actor, now: datetime) -> UUID:
    """Delete a view for everybody who has it; returns the change set that brings it back. Raises `ViewGone`."""
    with transaction.atomic():
        view = _locked(store, view_id, actor)
        values = {key: as_json(getattr(view, key)) for key in (*rules.ABOUT, *rules.LOOK, "resource")}
        kept = {
            "pins": [
                [str(user), position] for user, position in view.pins.values_list("user_id", "position")
            ],
            "firsts": [str(user) for user in view.firsts.values_list("user_id", flat=True)],
        }
        change_set = tell(store, actor, events.REMOVED, view, now, before=values, data=kept)
        view.delete()
    return change_set


def rewrite_view(*, store: Store, use_id: UUID, where: str, actor: Actor, now: datetime) -> None:
    """Give a view conditions that mean the same, because something they name was renamed; part of that act."""
    view = lock_rows(View.objects.filter(store=store), [use_id]).get(use_id)
    if view is None or view.where == where:
        return
    before = {"where": view.where}
    write_view(view=view, values={"where": where}, by=actor.name, now=now)
    tell(store, actor, events.CHANGED, view, now, before=before, after={"where": where})


def write_view(*, view: View, values: Mapping[str, Any], by: str, now: datetime) -> None:
    """Write some columns of a locked view and count its version up."""
    for key, value in values.items():
        setattr(view, key, value)
    view.version += 1
    view.updated_at, view.changed_by = now, by
    view.save(update_fields=[*values, "version", "updated_at", "changed_by"])


def tell(
    store: Store, actor: Actor, kind: EventKind, view: View, now: datetime, **what: Mapping[str, Any] | None
) -> UUID:
    """The event of one view, as an act of its own."""
    note = kind.say({"name": view.name})
    opened = open_change_set(store=store, actor=actor, kind=kind, now=now, note=note)
    record(change_set=opened, resource="views", kind=kind, touched=[touched_of(view=view, **what)], now=now)
    return opened.id


def touched_of(
    *,
    view: View,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Touched:
    """A view as an event keeps it."""
    return Touched(
        view.pk,
        version=view.version,
        before={key: as_json(value) for key, value in before.items()} if before else None,
        after={key: as_json(value) for key, value in after.items()} if after else None,
        data={"name": view.name, "list": view.resource, **(data or {})},
    )


def as_json(value: Any) -> Any:
    """A column's value as an event keeps it."""
    return str(value) if isinstance(value, UUID | str) else value


def _look(
    store: Store, query: Query, widths: Mapping[str, Any], density: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    """What a query shows, as a view keeps it. Raises `QueryError` when its conditions cannot be carried out."""
    if query.error:
        raise query.error
    compile_query(query.node, query.resource, Context(store=store, actor=actor, now=now))
    return {
        "tab": query.tab if query.tab != query.resource.default_tab else "",
        "q": query.text,
        "where": write(query.node),
        "sort": f"-{query.sort}" if query.descending and query.sort else query.sort,
        "columns": list(query.columns),
        "size": query.size,
        "widths": rules.clean_widths(widths, list(query.columns)),
        "density": rules.clean_density(density),
    }


def _add(
    store: Store, resource: str, about: dict[str, Any], look: dict[str, Any], actor: Actor, now: datetime
) -> View:
    actor.require(get_resource(resource).permission("view"))
    with transaction.atomic(), _refuse_twins():
        # Locked so that two windows of one person cannot both save the last view that is allowed.
        lock_rows(Store.objects.all(), [store.pk])
        if actor.id and View.objects.filter(store=store, owner_id=actor.id).count() >= rules.MOST_VIEWS:
            raise TooManyViews(
                _("You have saved %(most_views)s views, the most one can. Delete one you no longer use.")
                % {"most_views": rules.MOST_VIEWS}
            )
        view = View.objects.create(
            id=new_id(),
            store=store,
            resource=resource,
            **{"owner_id": actor.id, "owner_name": actor.name, **about, **look},
            changed_by=actor.name,
            created_at=now,
            updated_at=now,
        )
        tell(store, actor, events.SAVED, view, now, after=about | look)
    return view


def _shared_with(scope: str, role: str, actor: Actor) -> dict[str, Any]:
    """The columns that say for whom a view is. A view made personal belongs to the one who does it."""
    given, role = rules.clean_scope(scope, role)
    if given != Scope.PERSONAL:
        if not actor.may(SHARE):
            raise NotAllowed(_("Your role does not include sharing views. Save it for yourself."))
        return {"scope": given.value, "role": role}
    if actor.id is None:
        raise Invalid(_("Nobody is signed in whose own view this could be. Share it instead."), field="scope")
    return {"scope": given.value, "role": "", "owner_id": actor.id, "owner_name": actor.name}


def _locked(store: Store, view_id: UUID, actor: Actor) -> View:
    """The view, locked, for somebody who may change it."""
    queries.get_view(store=store, actor=actor, view_id=view_id)
    view = lock_rows(View.objects.filter(store=store), [view_id]).get(view_id)
    if view is None:
        raise ViewGone(_("This view was deleted, or it is not shared with you."))
    if not queries.may_change(view=view, actor=actor):
        raise NotAllowed(_("Only those who may share views can change this one. Save yours as a new view."))
    return view


@contextmanager
def _refuse_twins() -> Iterator[None]:
    """Turn the database's refusal of a second view of one name into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "view_name_unique_per" in str(error):
            raise NameTaken(
                _("A view of this name is there already. Choose another name."), field="name"
            ) from error
        raise
