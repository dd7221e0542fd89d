"""The saved views around a list: which one it shows, what differs from it, and the menu of the others."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.utils.translation import gettext as _

from regulars.desk.requests import StaffRequest
from regulars.desk.views import opening
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.staff.choices import Role
from regulars.views import queries
from regulars.views.choices import Scope
from regulars.views.queries import View


@dataclass(frozen=True, slots=True)
class Here:
    """A list and its views. `elsewhere` is the address to open instead, when there is one."""

    query: Query
    context: Context
    base: str
    views: tuple[View, ...] = ()
    current: View | None = None
    elsewhere: str = ""

    @property
    def layout(self) -> Mapping[str, Any]:
        """The widths of the view's columns; nothing when the list shows no view."""
        return {"widths": self.current.widths} if self.current else {}

    def told(self, query: Query) -> dict[str, Any]:
        """What the list's template needs to know; some of it in place of what the list says without a view."""
        label = str(query.resource.label)
        view = self.current
        found: dict[str, Any] = {
            "whole": [(name, value) for name, value in query.whole() if name not in ("q", "after", "before")],
            "layout_key": query.resource.name,
            "views": {
                "title": view.name if view else label,
                "base": f"{self.base}views/",
                "all_label": _("All %(things)s") % {"things": inside(label)},
                "all_url": f"{self.base}?view={opening.ALL}",
                "groups": groups_of(self.views, self.base, view, self.context),
                "new_url": f"{self.base}views/new/?{urlencode(query.params())}",
                "worth_saving": bool(query.where or query.text or query.sort) and not query.error,
                "current": None,
            },
        }
        if view:
            found["views"]["current"] = self._current(view, query)
            found |= {"layout_url": "", "layout_key": f"{query.resource.name}/{view.pk}@{view.version}"}
        return found

    def _current(self, view: View, query: Query) -> dict[str, Any]:
        return {
            **told_of(view, self.base, self.context),
            "version": view.version,
            "key": f"{view.pk}@{view.version}",
            "density": view.density,
            "widths": json.dumps(view.widths),
            "edited": query.is_edited,
            "state": state_of(query),
            "can_save": queries.may_change(view=view, actor=self.context.actor) and not query.error,
        }


def views_here(request: StaffRequest, query: Query, context: Context, base: str) -> Here:
    """The views of the list that an address asks for.

    An address that asks for nothing opens the view the person chose for that; one whose view is gone says so and opens
    the list.
    """
    if opening.is_gone(query.error):
        assert query.error is not None
        messages.error(request, query.error.sentence)
        return Here(
            query, context, base, elsewhere=f"{base}?{urlencode([('view', opening.ALL), *query.whole()])}"
        )
    found = tuple(opening.views_of(request, query.resource))
    first = next((view for view in found if view.is_first), None)
    if first is not None and not request.GET:
        return Here(query, context, base, elsewhere=f"{base}?view={first.pk}")
    if first is not None and not query.start:
        # From here on the bare address is the chosen view; links back to this list have to say so.
        query = replace(query, start=(("view", opening.ALL),))
    wanted = dict(query.start).get("view", "")
    current = next((view for view in found if str(view.pk) == wanted), None)
    return Here(query, context, base, found, current)


def state_of(query: Query) -> list[tuple[str, str]]:
    """What a list shows, complete: nothing is left to the defaults of the person who saves it."""
    shown = dict(replace(query, after="", before="").whole())
    return list((shown | {"size": str(query.size)}).items())


def groups_of(
    views: tuple[View, ...], base: str, current: View | None, context: Context
) -> list[dict[str, Any]]:
    """Views by whom they are for: one's own, each role's, everybody's."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for view in views:
        told = told_of(view, base, context) | {"current": current is not None and view.pk == current.pk}
        groups.setdefault(told["for_whom"], []).append(told)
    return [{"label": label, "views": told} for label, told in groups.items()]


def told_of(view: View, base: str, context: Context) -> dict[str, Any]:
    """One view as plain data, with the addresses of what can be done with it."""
    mine = queries.may_change(view=view, actor=context.actor)
    at = f"{base}views/{view.pk}/"
    return {
        "name": view.name,
        "url": f"{base}?view={view.pk}",
        "for_whom": scope_label(view.scope, view.role),
        "is_personal": view.scope == Scope.PERSONAL,
        "pinned": view.place is not None,
        "first": view.is_first,
        "where": view.where,
        "q": view.q,
        "owner": view.owner_name,
        "changed_by": view.changed_by,
        "save_url": f"{at}save/",
        "copy_url": f"{at}copy/",
        "pin_url": f"{at}pin/",
        "first_url": f"{at}first/",
        "edit_url": f"{at}edit/" if mine else "",
        "remove_url": f"{at}remove/" if mine else "",
    }


def scope_label(scope: str, role: str) -> str:
    """For whom a view is, in words."""
    if scope == Scope.ROLE:
        return {
            Role.OWNER: _("Owners"),
            Role.MANAGER: _("Managers"),
            Role.CLERK: _("Clerks"),
            Role.VIEWER: _("Viewers"),
        }[Role(role)]
    return _("Only me") if scope == Scope.PERSONAL else _("Everybody in the store")


def pinned(request: StaffRequest) -> list[dict[str, Any]]:
    """The views in the side bar of the person, in their order."""
    open_now = request.GET.get("view", "")
    return [
        _link(view, request) | {"current": str(view.pk) == open_now} for view in opening.side_bar(request)
    ]


def found_views(request: StaffRequest, text: str) -> list[dict[str, str]]:
    """The views that Ctrl+K finds by a part of their name."""
    if not text:
        return []
    found = queries.search_views(store=request.store, actor=request.actor, text=text)
    return [_link(view, request) for view in found]


def _link(view: View, request: StaffRequest) -> dict[str, str]:
    return {"label": view.name, "url": f"/desk/{request.store.slug}/{view.resource}/?view={view.pk}"}
