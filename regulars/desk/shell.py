"""What stands around every page of the desk: stores, navigation, the person, the palette's verbs."""

import zlib
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from regulars.desk.requests import StaffRequest
from regulars.desk.views.menu import pinned
from regulars.duplicates import queries as duplicates
from regulars.kit.text import initials
from regulars.staff import queries as staff_queries
from regulars.staff.choices import Role

_HUES = 8
# Which page of the help explains an entry of the navigation.
_HELP = {
    "home": "start",
    "customers": "customers",
    "counter": "counter",
    "tradeins": "trade-ins",
    "offers": "offers",
    "redeem": "offers",
    "sent_offers": "offers",
    "redemptions": "offers",
    "segments": "segments",
    "orders": "orders",
    "products": "orders",
    "reports": "reports",
    "blocks": "block-list",
    "invoices": "invoices",
    "points": "points",
    "messages": "messages",
    "imports": "import-export",
    "exports": "import-export",
    "audit": "history",
    "privacy_requests": "privacy",
    "settings": "staff",
}


def shell(request: StaffRequest, *, current: str, help_page: str = "") -> dict[str, Any]:
    """The frame of a page, with the entry of the navigation that is open and the page of the help about it."""
    store, actor, user = request.store, request.actor, request.user
    here = {"store": store.slug}
    topic = help_page or _HELP.get(current, "start")
    return {
        "store": {
            "name": store.name,
            "slug": store.slug,
            "initial": initials(store.name)[:1],
            "dir": "rtl" if get_language_bidi() else "ltr",
            "language": get_language(),
            "contact": store.help_contact,
        },
        "stores": [
            {
                "name": access.store.name,
                "slug": access.store.slug,
                "url": reverse("store_home", kwargs={"store": access.store.slug}),
                "current": access.store.pk == store.pk,
            }
            for access in staff_queries.stores_of(user_id=user.pk)
        ],
        "nav": _navigation(request, current),
        "pinned": pinned(request),
        "person": {
            "name": user.display_name,
            "email": user.email,
            "initials": initials(user.display_name),
            "hue": zlib.crc32(user.email.encode()) % _HUES + 1,
            "role_label": Role(actor.role).label,
        },
        "urls": {
            "palette": reverse("palette", kwargs=here),
            "settings": _settings_url(request),
            "account": reverse("usersessions_list"),
            "help": reverse("help", kwargs={**here, "page": topic}),
            "sign_out": reverse("account_logout"),
        },
        "actions": _verbs(request),
    }


def wants_part(request: HttpRequest) -> bool:
    """True when htmx swaps a part of the page; it asks for whole pages too, to go back in the history."""
    headers = request.headers
    return bool(headers.get("HX-Request")) and headers.get("HX-Request-Type") != "full"


def _navigation(request: StaffRequest, current: str) -> list[dict[str, Any]]:
    here, may = {"store": request.store.slug}, request.actor.may
    customers = reverse("list", kwargs={**here, "resource_name": "customers"})
    entries = [
        ("home", _("Home"), "home", reverse("store_home", kwargs=here), "H"),
        ("customers", _("Customers"), "users", customers if may("customers.view") else "", "C"),
        (
            "counter",
            _("Counter"),
            "barcode",
            reverse("counter", kwargs=here) if may("customers.view") else "",
            "L",
        ),
        (
            "orders",
            _("Orders"),
            "shopping-cart",
            reverse("list", kwargs={**here, "resource_name": "orders"}) if may("orders.view") else "",
            "O",
        ),
        (
            "products",
            _("Products"),
            "package",
            reverse("list", kwargs={**here, "resource_name": "products"}) if may("products.view") else "",
            "P",
        ),
        (
            "tradeins",
            _("Trade-ins"),
            "package",
            reverse("list", kwargs={**here, "resource_name": "tradeins"}) if may("tradeins.view") else "",
            "T",
        ),
        (
            "redeem",
            _("Redeem"),
            "circle-check",
            reverse("redeem", kwargs=here) if may("offers.redeem") else "",
            "",
        ),
        (
            "offers",
            _("Offers"),
            "gift",
            reverse("list", kwargs={**here, "resource_name": "offers"}) if may("offers.view") else "",
            "F",
        ),
        (
            "segments",
            _("Segments"),
            "chart-pie",
            reverse("segments", kwargs=here) if may("segments.view") else "",
            "E",
        ),
        (
            "reports",
            _("Reports"),
            "chart-bar",
            reverse("reports", kwargs=here) if may("reports.view") else "",
            "R",
        ),
        (
            "blocks",
            _("Block list"),
            "ban",
            reverse("list", kwargs={**here, "resource_name": "blocks"}) if may("blocks.view") else "",
            "B",
        ),
        (
            "messages",
            _("Messages"),
            "mail",
            reverse("list", kwargs={**here, "resource_name": "messages"}) if may("messages.view") else "",
            "M",
        ),
        (
            "privacy_requests",
            _("Privacy"),
            "shield-check",
            reverse("list", kwargs={**here, "resource_name": "privacy_requests"})
            if may("privacy_requests.view")
            else "",
            "",
        ),
        (
            "invoices",
            _("Invoices"),
            "receipt",
            reverse("list", kwargs={**here, "resource_name": "invoices"}) if may("invoices.view") else "",
            "N",
        ),
        (
            "points",
            _("Points"),
            "coins",
            reverse("list", kwargs={**here, "resource_name": "points"}) if may("points.view") else "",
            "Y",
        ),
        (
            "duplicates",
            _("Duplicates"),
            "arrow-merge",
            reverse("duplicates", kwargs=here) if may("customers.merge") else "",
            "D",
        ),
        (
            "imports",
            _("Imports"),
            "file-import",
            reverse("imports", kwargs=here) if may("customers.import") else "",
            "I",
        ),
        (
            "exports",
            _("Exports"),
            "file-export",
            reverse("exports", kwargs=here) if may("customers.export") else "",
            "X",
        ),
        ("audit", _("History"), "history", reverse("audit", kwargs=here) if may("audit.view") else "", "A"),
        ("settings", _("Settings"), "settings", _settings_url(request), "S"),
    ]
    return [
        {
            "key": key,
            "label": label,
            "icon": icon,
            "url": url,
            "shortcut": shortcut,
            "current": key == current,
            "count": _waiting(request) if key == "duplicates" else "",
        }
        for key, label, icon, url, shortcut in entries
        if url
    ]


def _waiting(request: StaffRequest) -> str:
    """How many likely duplicates wait for somebody to decide; counted no further than a thousand."""
    count = duplicates.count_pairs(store=request.store, wanted=duplicates.Filter())
    return f"{count}+" if count >= duplicates.COUNT_AT_MOST else str(count or "")


def _verbs(request: StaffRequest) -> list[dict[str, str]]:
    """What the palette offers to do, as far as the role goes."""
    base = {"store": request.store.slug, "resource_name": "customers"}
    verbs = [
        ("customers.create", _("New customer"), "user-plus", "new_record", "C"),
        ("customers.import", _("Import customers"), "file-import", "new_import", ""),
        ("customers.export", _("Export customers"), "download", "export", ""),
    ]
    found = [
        {"label": label, "icon": icon, "url": reverse(name, kwargs=base), "shortcut": key}
        for permission, label, icon, name, key in verbs
        if request.actor.may(permission)
    ]
    if request.actor.may("blocks.create"):
        url = reverse("new_block", kwargs={"store": request.store.slug})
        label = _("Block an e-mail, domain or IP address")
        found.append({"label": label, "icon": "ban", "url": url, "shortcut": ""})
    if request.actor.may("orders.create"):
        url = reverse("new_order", kwargs={"store": request.store.slug})
        found.append({"label": _("New order"), "icon": "shopping-cart", "url": url, "shortcut": "O"})
    return found


def _settings_url(request: StaffRequest) -> str:
    """The first page of the settings that the role may open."""
    here = {"store": request.store.slug}
    pages = (("store.manage", "store_settings"), ("staff.view", "people"))
    return next((reverse(name, kwargs=here) for right, name in pages if request.actor.may(right)), "")
