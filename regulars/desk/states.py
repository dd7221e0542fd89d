"""Pages for when there is nothing to show: no such address, too many attempts, a fault of ours."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.desk.refusals import refuse
from regulars.kit.errors import NotAllowed, NotFound, Refused


class TooMany(Refused):
    """Somebody tries again and again."""

    code = "too_many"
    status = 429


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No page has this address."""
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "Not found", "status": 404, "code": "not_found"}
        return JsonResponse(problem, status=404, content_type="application/problem+json")
    return refuse(request, NotFound(_("There is no page at this address.")))


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read: too large, damaged, or for a host that is not ours."""
    text = _(
        "This could not be read: it is damaged, or larger than what is taken at once. Nothing was saved."
    )
    return render(request, "desk/states/refused.html", {"sentence": text}, status=400)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is from before a sign-in or sign-out, or was not sent from a page of this desk."""
    text = _(
        "This page is from before you signed in or out. Go back, reload it and try again; nothing was saved."
    )
    if request.headers.get("HX-Request"):
        return refuse(request, NotAllowed(text))
    return render(request, "desk/states/refused.html", {"sentence": text}, status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Too many attempts in a short time."""
    return refuse(request, TooMany(_("Too many attempts. Wait a few minutes, then try again.")))


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours. The page asks nothing of the database: that may be what failed."""
    return render(request, "desk/states/500.html", status=500)
