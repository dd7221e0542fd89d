"""Saved views in the address of a list: `?view=<id or name>`, with what differs from the view beside it."""

from collections.abc import Mapping

from regulars.desk.requests import StaffRequest
from regulars.resources.context import Context
from regulars.resources.language import QueryError
from regulars.resources.query import query_from_params
from regulars.resources.resource import Resource
from regulars.views import queries
from regulars.views.queries import View, ViewGone

# The list without any view, for those whose list opens with one.
ALL = "all"

Start = tuple[tuple[str, str], ...]


def views_of(request: StaffRequest, resource: Resource) -> list[View]:
    """The views of a list that the person may open, own ones first, then by name."""
    return [view for view in _asked_once(request, resource.name) if view.resource == resource.name]


def side_bar(request: StaffRequest) -> list[View]:
    """The views that the person has pinned, in their order."""
    return queries.in_their_places(views=_asked_once(request, ""))


def _asked_once(request: StaffRequest, resource_name: str) -> list[View]:
    """The views of a list, and pinned ones of any: its address, its menu and the side bar need them in turn."""
    asked, found = getattr(request, "views", (None, []))
    if asked is None or resource_name not in ("", asked):
        found = queries.views_of(
            store=request.store, actor=request.actor, resource=resource_name, with_pinned=True
        )
        request.views = resource_name, found
    return found


def start_of(request: StaffRequest, resource: Resource, wanted: str, context: Context) -> Start:
    """The parameters that an address with `view=` begins with. Raises `ViewGone`."""
    if not wanted:
        return ()
    if wanted == ALL:
        return (("view", ALL),)
    view = queries.one_of(views=views_of(request, resource), wanted=wanted)
    return start_with(view, resource, context)


def start_with(view: View, resource: Resource, context: Context) -> Start:
    """What a list begins with when it shows this view."""
    begun = query_from_params(resource, queries.params_of(view=view), context)
    return (("view", str(view.pk)), *begun.whole())


def overlaid(start: Start, given: Mapping[str, str]) -> dict[str, str]:
    """The view's parameters with those of the address on top; an empty one drops what the view says.

    A list without columns is none, so empty columns are those of the view.
    """
    over = {name: value for name, value in given.items() if name != "view" and (value or name != "columns")}
    return dict(start) | over


def is_view(start: Start) -> bool:
    """True when the list shows a saved view."""
    return dict(start).get("view", ALL) != ALL


def gone(refusal: ViewGone) -> QueryError:
    """A view that cannot be opened, as the fault of a query: nothing is found, and nothing is done to anything."""
    error = QueryError(refusal.sentence)
    error.code = refusal.code
    return error


def is_gone(error: QueryError | None) -> bool:
    """True when the view of the address cannot be opened."""
    return error is not None and error.code == ViewGone.code
