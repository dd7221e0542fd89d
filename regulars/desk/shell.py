"""What stands around every page of the desk: stores, navigation, the person."""

import zlib
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from regulars.desk.requests import StaffRequest
from regulars.kit.text import initials
from regulars.staff import queries as staff_queries
from regulars.staff.choices import Role

_HUES = 8


def shell(request: StaffRequest, *, current: str) -> dict[str, Any]:
    """The frame of a page, with the entry of the navigation that is open."""
    store, actor, user = request.store, request.actor, request.user
    here = {"store": store.slug}
    return {
        "store": {
            "name": store.name,
            "slug": store.slug,
            "initial": initials(store.name)[:1],
            "dir": "rtl" if get_language_bidi() else "ltr",
            "language": get_language(),
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
        "pinned": [],
        "person": {
            "name": user.display_name,
            "email": user.email,
            "initials": initials(user.display_name),
            "hue": zlib.crc32(user.email.encode()) % _HUES + 1,
            "role_label": Role(actor.role).label,
        },
        "urls": {
            "palette": reverse("store_home", kwargs=here),
            "settings": _settings_url(request),
            "account": reverse("usersessions_list"),
            "help": getattr(settings, "HELP_URL", ""),
            "sign_out": reverse("account_logout"),
        },
        "actions": [],
    }


def _navigation(request: StaffRequest, current: str) -> list[dict[str, Any]]:
    slug = request.store.slug
    entries = [
        ("customers", _("Customers"), "users", f"/desk/{slug}/customers/", "C"),
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
            "count": "",
        }
        for key, label, icon, url, shortcut in entries
        if url
    ]


def _settings_url(request: StaffRequest) -> str:
    """The first page of the settings that the role may open."""
    here = {"store": request.store.slug}
    pages = (("store.manage", "store_settings"), ("staff.view", "people"))
    return next((reverse(name, kwargs=here) for right, name in pages if request.actor.may(right)), "")
