"""Points beside their common addresses: what one customer has, and how the store runs them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_params
from regulars.api.records import SAFE, router_for
from regulars.customers.queries import get_customer
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.loyalty import queries, services
from regulars.loyalty.queries import Programme
from regulars.loyalty.resource.entries import POINTS
from regulars.loyalty.resource.permissions import PROGRAMME, VIEW
from regulars.loyalty.rules import worth
from regulars.loyalty.services.programme import EDITABLE

router = Router(tags=["points"])
entries = router_for(POINTS, create=False)
_WHOLE = {"type": "integer", "minimum": 0}
_PROGRAMME: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "active": {"type": "boolean"},
        "value_minor": _WHOLE | {"description": "What 100 points are worth, in minor units."},
        "expire_months": _WHOLE | {"description": "0: never."},
        "warn_days": _WHOLE,
        "pending_days": _WHOLE,
        "approval_above": _WHOLE | {"description": "Points of one act; 0: never."},
        "below_zero": {"enum": ["refuse", "clamp", "debt"]},
        "daily_caps": {"type": "object", "additionalProperties": _WHOLE, "description": "By role."},
    },
}
_WHEN = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
_HAS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "points": {"type": "integer", "description": "What can be spent, or below zero what is owed."},
        "pending": _WHOLE,
        "worth_minor": _WHOLE,
        "next_expiry": _WHEN,
        "points_expiring": _WHOLE,
        "entries": {"type": "string", "description": "Where the ledger of the customer is."},
    },
}


@router.get(
    "/customers/{record_id}/points",
    operation_id="show_customers_points",
    summary="What points a customer has",
    openapi_extra=schemas.answers(200, _HAS, "The points, and where the ledger is."),
)
def show_points(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    context.actor.require("customers.view")
    read_params(request, ())
    known = parse_id(record_id)
    if known is None:
        raise NotFound("This customer does not exist in this store.")
    customer = get_customer(store=context.store, customer_id=known)
    programme = queries.programme_of(store=context.store)
    soon = queries.next_expiry(store=context.store, customer_id=customer.pk)
    return respond(
        {
            "points": customer.points,
            "pending": customer.points_pending,
            "worth_minor": worth(customer.points, value_minor=programme.value_minor),
            "currency": context.store.currency,
            "next_expiry": soon[0].isoformat() if soon else None,
            "points_expiring": soon[1] if soon else 0,
            "entries": f"/api/v1/points?where=customer+%3D+{customer.number}",
        }
    )


@router.get(
    "/points-programme",
    operation_id="show_points_programme",
    summary="How the store gives and takes points",
    openapi_extra=schemas.answers(200, _PROGRAMME, "The settings."),
)
def show_programme(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    read_params(request, ())
    return respond(_programme_json(queries.programme_of(store=context.store)))


@router.patch(
    "/points-programme",
    operation_id="edit_points_programme",
    summary="Change how the store gives and takes points",
    openapi_extra=schemas.json_body(_PROGRAMME) | schemas.answers(200, _PROGRAMME, "The settings now."),
)
def edit_programme(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(PROGRAMME)
    read_params(request, ())
    body = read_object(request)
    check_keys(body, EDITABLE)
    programme = services.edit_programme(
        store=context.store, changes=body, actor=context.actor, now=context.now
    )
    return respond(_programme_json(programme))


def _programme_json(programme: Programme) -> dict[str, Any]:
    return {name: getattr(programme, name) for name in EDITABLE}
