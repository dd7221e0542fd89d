"""Ending an agreement through the link of a message: also while the shop page is closed, without cookies or sign-in.

The link alone says who it is: it was sent to nobody else, and all it can do is to end or renew this one agreement. So
no token of a form is asked for, and mail programs can do it in one click (RFC 8058).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.kit.errors import NotFound
from regulars.kit.language import spoken
from regulars.messaging import queries, services
from regulars.messaging.choices import Agreement
from regulars.portal import states
from regulars.stores.queries import Store, find_store


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, store: str, token: str) -> HttpResponse:
    """Ask first: machines open links, too. What is sent from here, or by a mail program, does it."""
    found = find_store(slug=store)
    if found is None:
        return states.no_shop(request)
    try:
        way = services.read_way(store=found, token=token)
    except NotFound:
        return states.no_shop(request)
    with spoken(queries.language_of(store=found, customer_id=way.customer_id)):
        said = _said(way.agreement, found)
        state = "asked"
        if request.method == "POST":
            state = "again" if request.POST.get("again") else "left"
            do = services.come_back if state == "again" else services.leave
            do(store=found, token=token, wording=said[state], now=timezone.now())
        context = {
            "title": said["what"],
            "text": said[state],
            "state": state,
            "url": request.path,
            "store": found.name,
            "language": translation.get_language(),
            "dir": "rtl" if translation.get_language_bidi() else "ltr",
        }
        response = render(request, "portal/leave.html", context)
    add_never_cache_headers(response)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _said(agreement: Agreement, store: Store) -> dict[str, str]:
    """The words of the page. Nothing in them tells whether anybody was sent anything."""
    what = {
        Agreement.MARKETING: _("News and offers by e-mail"),
        Agreement.POINTS: _("The summary of your points"),
        Agreement.SMS: _("News and offers by text message"),
    }[agreement]
    told = {"what": what, "store": store.name}
    return {
        "what": what,
        "asked": _("%(store)s sends no more of this once you press the button.") % told,
        "left": _("%(what)s: %(store)s sends you no more of this.") % told,
        "again": _("%(what)s: yes, please send me this, %(store)s.") % told,
    }
