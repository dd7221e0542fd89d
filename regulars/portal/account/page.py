"""What all pages of the portal share: the sections beside them, what was just done, and forms that staff only read."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from allauth.core import ratelimit
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.kit.errors import NotFound, Refused
from regulars.kit.forms import form_of
from regulars.portal.account.sections import SECTIONS, is_open
from regulars.portal.frame import frame
from regulars.portal.requests import CustomerRequest

# What a page says after something was done: named in the address, so that nothing of it is kept anywhere.
_SAID = {
    "saved": gettext_lazy("Saved."),
    "removed": gettext_lazy("Removed."),
    "main": gettext_lazy("This is your main address now."),
    "started": gettext_lazy("We have your trade-in. We will look at it and name a price."),
    "joined": gettext_lazy("The two are one now. Everything is here."),
    "answered": gettext_lazy("Thank you. We have your answer."),
}


class TooMany(Refused):
    """A customer sends more than anybody types."""

    code = "too_many"
    status = 429


def of_section[**P](
    name: str,
) -> Callable[[Callable[Concatenate[CustomerRequest, P], HttpResponse]], Callable[..., HttpResponse]]:
    """A page of a section: not there while the store has switched that off. What is sent to it is counted."""

    def guard(view: Callable[Concatenate[CustomerRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: CustomerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not is_open(request.store, name):
                raise NotFound(_("There is no page at this address."))
            key = request.visitor.customer_id.hex
            if request.method == "POST" and not ratelimit.consume(request, action="shop_portal", key=key):
                raise TooMany(_("Too many clicks in a short time. Please wait a moment."))
            return view(request, *args, **kwargs)

        return guarded

    return guard


def portal_page(
    request: CustomerRequest,
    section: str,
    title: str,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of the portal, with the sections that are open."""
    told = around(request, section, title) | dict(context)
    if status != 200:
        told["said"] = ""
    return render(request, f"portal/mine/{template}.html", told, status=status)


def around(request: CustomerRequest, section: str, title: str) -> dict[str, Any]:
    """What stands around a page of the portal, for its frame."""
    sections = [
        {
            "label": one.label,
            "icon": one.icon,
            "url": one.url(request.store),
            "current": one.name == section,
        }
        for one in SECTIONS
        if one.is_open(request.store) and not (one.private and request.visitor.staff)
    ]
    return {
        "frame": frame(request, title=title, hidden=True),
        "title": title,
        "sections": sections,
        "said": _SAID.get(request.GET.get("said", ""), ""),
        "read_only": request.visitor.read_only,
    }


def form_page(
    request: CustomerRequest,
    form: forms.Form,
    *,
    submit_label: str,
    sections: Any = (),
    hidden: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A form as the pages draw it; `hidden` is sent along. Staff who only look can read it."""
    page = form_of(form, url=request.path, submit_label=submit_label, sections=sections)
    page["hidden"] = dict(hidden or {})
    page["read_only"] = request.visitor.read_only
    return page


def go(request: CustomerRequest, name: str, said: str, **where: Any) -> HttpResponse:
    """On to a page that says what was done."""
    return redirect(address(request, name, **where) + f"?{urlencode({'said': said})}")


def address(request: CustomerRequest, name: str, **where: Any) -> str:
    """A page of the same shop."""
    return reverse(name, kwargs={"store": request.store.slug, **where})


def further_url(request: CustomerRequest, further: object) -> str:
    """Where a list goes on; nothing at its end."""
    return f"{request.path}?{urlencode({'after': further})}" if further else ""
