"""How a page says no: a toast for htmx, else a page with the reason and who can help."""

import json
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk.requests import MissingPermission, StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import Refused
from regulars.staff import queries as staff_queries
from regulars.staff.permissions import STAFF_MANAGE

_CARDS = {403: "desk/states/403.html", 404: "desk/states/404.html"}


def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Tell the person what was refused and why."""
    if request.headers.get("HX-Request"):
        toast = {"desk:toast": {"text": refusal.sentence, "kind": "error"}}
        headers = {"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"}
        return HttpResponse(status=refusal.status, headers=headers)
    if not hasattr(request, "actor"):
        card = _CARDS.get(refusal.status, "desk/states/refused.html")
        return render(request, card, {"sentence": refusal.sentence}, status=refusal.status)
    known = cast(StaffRequest, request)
    context = {"shell": shell(known, current=""), "state": _state(known, refusal)}
    return render(request, "desk/states/page.html", context, status=refusal.status)


def _state(request: StaffRequest, refusal: Refused) -> dict[str, Any]:
    titles = {403: _("Not open to your role"), 404: _("Not found"), 409: _("Not possible now")}
    icons = {403: "lock", 404: "search"}
    who = []
    if refusal.status == 403:
        permission = refusal.permission if isinstance(refusal, MissingPermission) else STAFF_MANAGE
        found = staff_queries.people_who_may(store=request.store, permission=permission)
        who = [{"name": name, "role_label": role.label} for name, role in found]
    home = reverse("store_home", kwargs={"store": request.store.slug})
    return {
        "code": refusal.status,
        "icon": icons.get(refusal.status, "alert-triangle"),
        "title": titles.get(refusal.status, _("Not possible")),
        "text": refusal.sentence + (" " + _("These people can:") if who else ""),
        "who": who,
        "actions": [{"label": _("Back to the store"), "url": home}],
    }
