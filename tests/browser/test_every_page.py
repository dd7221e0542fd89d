"""No page is forgotten: what can be opened is looked at by one of these tests, or is said to be no page, and why."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.browser import (
    test_accessibility,
    test_desk_pages,
    test_offers,
    test_portal,
    test_sales_pages,
    test_shop,
    test_sign_in_pages,
    test_uniting,
)
from tests.browser.looking import Place

LOOKED_AT: tuple[dict[str, Place], ...] = (
    test_accessibility.PAGES,
    test_sales_pages.PAGES,
    test_offers.PAGES,
    test_portal.PAGES,
    test_desk_pages.PAGES,
    *(test_sign_in_pages.FIRST, test_sign_in_pages.STRANGER, test_sign_in_pages.OWN),
    *(test_sign_in_pages.FRESHLY_IN, test_sign_in_pages.WITHOUT_PASSWORD),
    *(test_sign_in_pages.UNKNOWN, test_sign_in_pages.SECOND, test_sign_in_pages.REPLACING),
    *(test_sign_in_pages.NORA, test_sign_in_pages.VISIT, test_sign_in_pages.VISITING),
)
NO_PAGES = {
    "leads on to another page": {
        "", "desk/<slug:store>/consents/<uuid:record_id>/", "desk/<slug:store>/help/",
        "desk/<slug:store>/sent_offers/<uuid:record_id>/", "desk/<slug:store>/redemptions/<uuid:record_id>/",
        "desk/<slug:store>/exports/<uuid:change_set>/there/",
    },
    "a file": {
        "accounts/2fa/recovery-codes/file/", "desk/<slug:store>/changes/export/",
        "desk/<slug:store>/customers/<uuid:record_id>/data/<uuid:copy_id>/",
        "desk/<slug:store>/exports/<uuid:change_set>/file/", "desk/<slug:store>/imports/<uuid:import_id>/failed.csv",
        "desk/<slug:store>/invoices/<uuid:record_id>/pdf/", "desk/<slug:store>/offers/<uuid:record_id>/codes.csv",
        "desk/<slug:store>/offers/<uuid:record_id>/picture/", "desk/<slug:store>/reports/<slug:name>.csv",
        "desk/<slug:store>/runs/<uuid:run_id>/left.csv", "desk/<slug:store>/<slug:resource_name>/imports/sample.csv",
        "shop/<slug:store>/account/data/copy/<uuid:copy_id>/",
        "shop/<slug:store>/account/invoices/<uuid:invoice_id>/pdf/",
        "shop/<slug:store>/account/offers/<uuid:offer_id>/picture/", "shop/<slug:store>/offers/<str:token>/picture/",
    },
    "a part of a page, which is looked at with it": {
        "desk/<slug:store>/customers/palette/", "desk/<slug:store>/customers/pick/",
        "desk/<slug:store>/orders/products/", "desk/<slug:store>/segments/check/",
        "desk/<slug:store>/<slug:resource_name>/count/", "desk/<slug:store>/<slug:resource_name>/filter/fields/",
        "desk/<slug:store>/<slug:resource_name>/filter/suggest/",
        "desk/<slug:store>/<slug:resource_name>/<uuid:record_id>/edit/<slug:name>/",
        "desk/<slug:store>/<slug:resource_name>/<uuid:record_id>/menu/", "desk/<slug:store>/pulse/",
    },
    "for machines": {"healthz", "readyz", "metrics", "accounts/2fa/keys/login/"},
}  # fmt: skip
SOMETHING = "00000000-0000-0000-0000-000000000001"


def routes(patterns: Iterable[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, before + str(one.pattern))
        else:
            yield (before + str(one.pattern)).replace("^", ""), one


def opened() -> set[str]:
    """What can be opened in a browser: all but what is only sent to, the API and what providers call."""
    return {
        route
        for route, pattern in routes(get_resolver().url_patterns)
        if not route.startswith(("api/", "hooks/")) and "GET" in (methods(pattern.callback) or ["GET"])
    }


def methods(view: Any) -> list[str] | None:
    """What `require_http_methods` lets in, wherever it stands around a view; nothing when there is none."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            found: list[str] = view.__closure__[names.index("request_method_list")].cell_contents
            return found
        view = getattr(view, "__wrapped__", None)
    return None


def looked_at() -> set[str]:
    """The routes of the pages that these tests open; what stands for an id or a secret is made up."""
    paths = [path for pages in LOOKED_AT for place in pages.values() for path in place.paths]
    known = {"key": f"1-{SOMETHING}", "security_key": "1"}
    made_up = [re.sub(r"\{(\w+)\}", lambda name: known.get(name[1], SOMETHING), path) for path in paths]
    found = {resolve(path.partition("?")[0]).route.replace("^", "") for path in made_up}
    by_name = {pattern.name: route for route, pattern in routes(get_resolver().url_patterns)}
    # The ways of a buyer and of who joins two accounts go through these pages, and prove at their end that they did.
    ways = {by_name[name] for name in test_shop.ROUTES | test_uniting.ROUTES if name}
    return found | ways | {"shop/<slug:store>/<path:rest>"}


def test_every_page_is_looked_at() -> None:
    said = [route for some in NO_PAGES.values() for route in some]
    forgotten = opened() - looked_at() - set(said)
    assert not forgotten, f"look at these pages, or say in NO_PAGES what they are: {sorted(forgotten)}"
    assert len(said) == len(set(said))
    assert not set(said) & looked_at()
    assert set(said) <= opened()


def test_what_can_only_be_sent_to_is_told_from_pages() -> None:
    """The control: else every page could be missing without anybody being told."""
    assert "desk/<slug:store>/customers/<uuid:record_id>/" in opened()
    assert "desk/<slug:store>/runs/<uuid:run_id>/stop/" not in opened()
    assert len(opened()) > 150
