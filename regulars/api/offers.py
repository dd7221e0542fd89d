"""Offers beside their common addresses: whether one can be redeemed, redeeming it once, and what one looks like."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_params, read_string
from regulars.api.records import SAFE, router_for, whole
from regulars.kit.errors import Invalid, InvalidRecord, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.pictures import MEDIA_TYPE
from regulars.offers import queries, services
from regulars.offers.choices import Place
from regulars.offers.resource.asking import ASKED, read_asking
from regulars.offers.resource.permissions import EDIT, REDEEM, VIEW
from regulars.offers.resource.traces import REDEMPTIONS, SENT_OFFERS
from regulars.offers.services import Asking
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.idempotency import MAX_LENGTH

redemptions = router_for(REDEMPTIONS, create=False)
sent_offers = router_for(SENT_OFFERS, create=False)
# Before the addresses with an id.
doors = Router(tags=["redemptions"])
_ASKING: dict[str, Any] = {
    "type": "object",
    "required": ["code"],
    "additionalProperties": False,
    "properties": {field.name: {"type": "string", "description": str(field.help)} for field in ASKED},
}
_TEXT = {"type": "string"}
_LOOKED: dict[str, Any] = {
    "type": "object",
    "required": ["offer", "redeemable", "left", "reasons"],
    "properties": {
        "offer": schemas.UUID,
        "redeemable": {"type": "boolean"},
        "left": {"type": ["string", "null"], "description": "How much of an amount is left."},
        "reasons": {
            "type": "array",
            "description": "Every condition that does not hold.",
            "items": {"type": "object", "properties": {"condition": _TEXT, "sentence": _TEXT}},
        },
    },
}


@doors.post(
    "/redemptions/check",
    operation_id="check_redemptions",
    summary="Whether an offer could be redeemed now, and if not, every reason",
    openapi_extra=schemas.json_body(_ASKING) | schemas.answers(200, _LOOKED, "Nothing was redeemed."),
)
def check(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(REDEEM)
    looked = services.look_at(store=context.store, asking=_asking(request, context), now=context.now)
    return respond(
        {
            "offer": str(looked.offer.pk),
            "redeemable": not looked.whys,
            "left": kinds.Money().json(looked.left_minor, context),
            "reasons": [{"condition": name, "sentence": why} for name, why in looked.whys],
        }
    )


@redemptions.post(
    "/redemptions",
    operation_id="create_redemptions",
    summary="Redeem an offer, once for each idempotency key",
    openapi_extra={"parameters": [schemas.IDEMPOTENCY_KEY]}
    | schemas.json_body(_ASKING)
    | schemas.answers(
        201, schemas.ref(str(REDEMPTIONS.singular)), "It was redeemed, or had been under the same key."
    ),
)
def redeem(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(REDEEM)
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MAX_LENGTH or "\x00" in key:
        raise Invalid(f"An idempotency key has at most {MAX_LENGTH} characters.", field="Idempotency-Key")
    done = services.redeem_offer(
        store=context.store,
        asking=_asking(request, context),
        key=f"api:{context.actor.id}:{key}" if key else "",
        place=Place.API,
        actor=context.actor,
        now=context.now,
    )
    location = f"{request.path}/{done.pk}"
    return respond(whole(REDEMPTIONS, done.pk, context), status=201, headers={"Location": location})


_PICTURE: dict[str, Any] = {"type": "string", "format": "binary"}


@doors.get(
    "/offers/{record_id}/picture",
    operation_id="show_offers_picture",
    summary="What an offer looks like",
    openapi_extra=schemas.answers(200, _PICTURE, "The picture.", types=[MEDIA_TYPE]),
)
def show_picture(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    read_params(request, ())
    found = queries.find_picture(store=context.store, offer_id=_id(record_id))
    if found is None:
        raise NotFound("This offer has no picture.")
    return HttpResponse(found.data, content_type=MEDIA_TYPE, headers={"X-Content-Type-Options": "nosniff"})


@doors.put(
    "/offers/{record_id}/picture",
    operation_id="set_offers_picture",
    summary="Show an offer with another picture",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file itself, of at most 2 MB. It is drawn anew and made small.",
            "content": {one: {"schema": _PICTURE} for one in ("image/jpeg", "image/png", "image/webp")},
        }
    }
    | schemas.answers(204, {}, "It is shown from now on."),
)
def set_picture(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(EDIT)
    services.set_picture(
        store=context.store,
        offer_id=_id(record_id),
        data=request.body,
        actor=context.actor,
        now=context.now,
    )
    return HttpResponse(status=204)


@doors.delete(
    "/offers/{record_id}/picture",
    operation_id="remove_offers_picture",
    summary="Show an offer without a picture",
    openapi_extra=schemas.answers(204, {}, "It has none now."),
)
def remove_picture(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(EDIT)
    services.remove_picture(
        store=context.store, offer_id=_id(record_id), actor=context.actor, now=context.now
    )
    return HttpResponse(status=204)


def _id(record_id: str) -> UUID:
    known = parse_id(record_id)
    if known is None:
        raise NotFound("This offer does not exist in this store.")
    return known


def _asking(request: HttpRequest, context: Context) -> Asking:
    body = read_object(request)
    names = [field.name for field in ASKED]
    check_keys(body, names)
    typed = {name: read_string(body, name) for name in names}
    if not typed["code"].strip():
        raise InvalidRecord({"code": "Give the code."})
    return read_asking(typed, context)
