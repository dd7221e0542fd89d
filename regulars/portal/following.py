"""Where somebody goes on after signing in: a page of this shop, and never anywhere else."""

import posixpath
from urllib.parse import unquote, urlencode, urlsplit

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from regulars.portal.requests import ShopRequest

_LONGEST = 500


def next_of(request: ShopRequest) -> str:
    """The page that was asked for, if it is one of this shop; else nothing."""
    wanted = (request.POST.get("next") or request.GET.get("next") or "")[:_LONGEST]
    start = reverse("shop", kwargs={"store": request.store.slug})
    path = unquote(urlsplit(wanted).path) if wanted.startswith(start) else ""
    if (
        not path
        or not wanted.isprintable()
        or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    ):
        return ""
    return wanted if (posixpath.normpath(path) + "/").startswith(start) else ""


def with_next(request: ShopRequest, name: str) -> str:
    """A page of the shop that comes back to this one; what was sent by a form is not sent again."""
    url = reverse(name, kwargs={"store": request.store.slug})
    here = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return f"{url}?{urlencode({'next': here})}" if here else url


def going_on(request: ShopRequest, name: str, **arguments: object) -> str:
    """The next step of signing in, which keeps in mind where somebody wanted to go."""
    url = reverse(name, kwargs={"store": request.store.slug, **arguments})
    wanted = next_of(request)
    return f"{url}?{urlencode({'next': wanted})}" if wanted else url
