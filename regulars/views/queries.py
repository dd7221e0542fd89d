"""Reading saved views: which ones a person sees, the pinned ones, and the one a list opens with."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.kit.text import fold, storable
from regulars.resources.resource import all_resources, get_resource
from regulars.stores.models import Store
from regulars.views.choices import Scope
from regulars.views.models import First, Pin, View

__all__ = ["View"]

SHARE = "views.share"
_NEAREST_FIRST = [Scope.PERSONAL, Scope.ROLE, Scope.STORE]


class ViewGone(NotFound):
    """The view was deleted, or is not shared with this person; nobody is told which."""

    code = "view_gone"


def views_of(*, store: Store, actor: Actor, resource: str, with_pinned: bool = False) -> list[View]:
    """The views of a list that the actor may open, own ones first, then by name; if asked, other lists' pinned ones."""
    wanted = Q(resource=resource)
    found = _known(store, actor).filter(wanted | Q(place__isnull=False) if with_pinned else wanted)
    return sorted(found, key=lambda view: (_NEAREST_FIRST.index(Scope(view.scope)), fold(view.name), view.pk))


def get_view(*, store: Store, actor: Actor, view_id: UUID | None) -> View:
    """One view that the actor may open. Raises `ViewGone`."""
    view = _known(store, actor).filter(pk=view_id).first() if view_id else None
    if view is None:
        raise ViewGone(_("This view was deleted, or it is not shared with you."))
    return view


def find_view(*, store: Store, actor: Actor, resource: str, wanted: str) -> View:
    """The view of a list with this id or name. Raises `ViewGone`."""
    return one_of(views=views_of(store=store, actor=actor, resource=resource), wanted=wanted)


def one_of(*, views: Iterable[View], wanted: str) -> View:
    """The view with this id or name; of several with one name one's own, then the role's, then the store's.

    Raises `ViewGone`.
    """
    view_id, name = parse_id(wanted), fold(storable(wanted))
    for view in views:
        if view.pk == view_id or fold(view.name) == name:
            return view
    raise ViewGone(_("This view was deleted, or it is not shared with you."))


def pinned_views(*, store: Store, actor: Actor) -> list[View]:
    """The views in a person's side bar, in their order."""
    return in_their_places(views=_known(store, actor).filter(Q(place__isnull=False)))


def in_their_places(*, views: Iterable[View]) -> list[View]:
    """Those that are pinned, in the order of the side bar."""
    placed = [(view.place, view.pk, view) for view in views if view.place is not None]
    return [view for _place, _pk, view in sorted(placed, key=lambda one: one[:2])]


def search_views(*, store: Store, actor: Actor, text: str, limit: int = 5) -> list[View]:
    """The views whose name holds this text, by name."""
    found = _known(store, actor).filter(name__icontains=storable(text))
    return list(found.order_by("name", "pk")[:limit])


def may_change(*, view: View, actor: Actor) -> bool:
    """A personal view is its owner's alone; a shared one belongs to those who may share."""
    return view.owner_id == actor.id if view.scope == Scope.PERSONAL else actor.may(SHARE)


def params_of(*, view: View) -> dict[str, str]:
    """What the view asks for, as parameters of the list's address."""
    pairs = {
        "tab": view.tab,
        "q": view.q,
        "where": view.where,
        "sort": view.sort,
        "columns": ",".join(view.columns),
        "size": str(view.size) if view.size else "",
    }
    return {name: value for name, value in pairs.items() if value}


def opened(*, view: View, given: Mapping[str, str], actor: Actor) -> dict[str, str]:
    """What a view asks for with what is given besides on top, for readers that have no page: API and command line.

    There a list without a tab means every record; a view always means the tab it was saved in.
    """
    resource = get_resource(view.resource)
    params = params_of(view=view) | {"tab": view.tab or resource.default_tab}
    params["columns"] = ",".join(name for name in view.columns if resource.field(name, actor))
    return params | {name: value for name, value in given.items() if name != "view"}


def queries_of(*, store: Store) -> list[View]:
    """Every view of the store that has conditions, whoever it belongs to."""
    return list(View.objects.filter(store=store).exclude(where="").order_by("pk"))


def _known(store: Store, actor: Actor) -> QuerySet[View, Any]:
    """The views an actor may open: own ones, those of the role and of the store; who shares sees every shared one."""
    mine = Q(scope=Scope.PERSONAL, owner_id=actor.id) if actor.id else Q(pk__isnull=True)
    shared = (
        Q(scope__in=[Scope.ROLE, Scope.STORE])
        if actor.may(SHARE)
        else Q(scope=Scope.STORE) | Q(scope=Scope.ROLE, role=actor.role)
    )
    open_lists = [one.name for one in all_resources() if actor.may(one.permission("view"))]
    own = {"store": store, "user_id": actor.id, "view": OuterRef("pk")}
    taste: dict[str, Any] = {
        "place": Subquery(Pin.objects.filter(**own).values("position")),
        "is_first": Exists(First.objects.filter(**own)),
    }
    found = View.objects.filter(mine | shared, store=store, resource__in=open_lists)
    return found.annotate(**taste).order_by()
