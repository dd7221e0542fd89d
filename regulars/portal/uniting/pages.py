"""What is shown before two accounts become one: plain rows, ready for the template."""

from typing import Any

from django.utils.translation import gettext as _

from regulars.kit.phone import display_phone
from regulars.portal.account.page import around
from regulars.portal.account.pages import url
from regulars.portal.account.sections import is_open
from regulars.portal.account.words import money, number, place
from regulars.portal.requests import CustomerRequest
from regulars.uniting.services import Preview


def confirm_page(request: CustomerRequest, preview: Preview) -> dict[str, Any]:
    """The sums, what stays of the details, and what happens to the other login."""
    own, other, result = preview.own, preview.other, preview.result
    assert other is not None and result is not None
    sums = [(_("Orders"), own.orders_count, other.orders_count, number)]
    if is_open(request.store, "points"):
        sums.append((_("Points"), own.points, other.points, number))
    if own.credit_minor or other.credit_minor:
        sums.append((_("Store credit"), own.credit_minor, other.credit_minor, _money(request)))
    details = [
        (_("Name"), [result.name]),
        (_("E-mail"), [result.email]),
        (_("Phone"), [display_phone(result.phone)] if result.phone else []),
        (_("Address"), place(result)),
    ]
    return {
        **around(request, "security", _("Join these two accounts?")),
        "email": preview.email,
        "sums": [
            {"label": label, "own": say(mine), "other": say(theirs), "both": say(mine + theirs)}
            for label, mine, theirs, say in sums
        ],
        "details": [{"label": label, "lines": lines} for label, lines in details if lines],
        "keeps_address": bool(place(other)) and place(other) != place(result),
        "has_login": other.has_account,
        "url": request.path,
        "leave_url": url(request, "shop_security"),
    }


def _money(request: CustomerRequest) -> Any:
    return lambda minor: money(minor, request.store.currency)
