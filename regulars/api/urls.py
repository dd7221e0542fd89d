"""The addresses of the API: /api/v1/…"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI

import regulars
from regulars.api import (
    blocks,
    catalogue,
    changes,
    customers,
    duplicates,
    earning,
    export_schemas,
    exports,
    import_plans,
    import_schemas,
    imports,
    invoices,
    messaging,
    offers,
    orders,
    points,
    problems,
    queries,
    schemas,
    segments,
    views,
)
from regulars.api.access import Token
from regulars.api.answers import respond
from regulars.api.bulk import bulk_router_for
from regulars.api.records import router_for
from regulars.resources.resource import all_resources

PREFIX = "/api/v1/"
ABOUT = (
    "Work with the customers of one store. Send an API token as a bearer token; it is bound to its store and has the "
    "rights of its role. Every refusal is a problem document (RFC 9457)."
)
api = NinjaAPI(
    title="Regulars",
    version=regulars.__version__,
    description=ABOUT,
    docs_url=None,  # its page would load scripts from elsewhere
    openapi_url=None,
    auth=Token(),
    urls_namespace="api",
)
problems.install(api)
# Resources with addresses of their own beside the common ones.
_own = {
    "blocks": blocks.router,
    "orders": orders.router,
    "invoices": invoices.router,
    "points": points.entries,
    "redemptions": offers.redemptions,
    "sent_offers": offers.sent_offers,
}
_own_bulk = {"orders"}
api.add_router("", blocks.doors)
api.add_router("", offers.doors)
for _router in orders.many:
    api.add_router("", _router)
for _resource in all_resources():
    api.add_router("", exports.export_router(_resource))  # before the addresses with an id
    api.add_router("", queries.router_for(_resource))
    if _resource.once_by and _resource.name not in _own_bulk:
        api.add_router("", bulk_router_for(_resource))
    api.add_router("", _own.get(_resource.name) or router_for(_resource))
api.add_router("", imports.router)
api.add_router("", import_plans.router)
api.add_router("", exports.router)
api.add_router("", customers.router)
api.add_router("", points.router)
api.add_router("", earning.router)
api.add_router("", duplicates.router)
api.add_router("", segments.router)
api.add_router("", messaging.router)
api.add_router("", views.router)
api.add_router("", changes.router)
api.add_router("", catalogue.router)


def openapi() -> dict[str, Any]:
    """The description of the API, with the schemas of every resource in the catalogue."""
    document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    components = document["components"]
    found = dict(components.get("schemas", {})) | schemas.COMPONENTS
    found |= export_schemas.COMPONENTS | import_schemas.COMPONENTS
    for resource in all_resources():
        title = str(resource.singular)
        found[title] = schemas.record_schema(resource)
        found[f"{title}Create"] = schemas.create_schema(resource)
        found[f"{title}Edit"] = schemas.edit_schema(resource)
        found[f"{title}Act"] = schemas.act_schema(resource)
    components["schemas"] = found
    for address in document["paths"].values():
        for operation in address.values():
            operation["responses"] = _responses(operation["responses"])
    return document


def _responses(found: dict[int, Any]) -> dict[str, Any]:
    """The answers by status as text, without the bare 200 that is there for every operation."""
    described = {str(status): answer for status, answer in found.items()}
    others = [status for status in described if status.startswith("2") and status != "200"]
    if others and "content" not in described.get("200", {}):
        described.pop("200", None)
    return described


@api.get("/openapi.json", auth=None, include_in_schema=False)
def describe(request: HttpRequest) -> HttpResponse:
    """The description of the API; open to everybody, as the source of Regulars is."""
    return respond(openapi())


def _guarded(pattern: URLPattern | URLResolver) -> URLPattern:
    assert isinstance(pattern, URLPattern)
    pattern.callback = problems.guarded(pattern.callback)
    return pattern


urlpatterns = [
    path("v1/", ([_guarded(one) for one in api.urls[0]], "api", "api")),
    re_path(r"^(?P<path>.*)$", problems.nothing_here),
]
