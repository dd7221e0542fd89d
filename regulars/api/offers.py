"""Offers beside their common addresses: look whether one can be redeemed, and redeem it once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_string
from regulars.api.records import router_for, whole
from regulars.kit.errors import Invalid, InvalidRecord
from regulars.offers import services
from regulars.offers.choices import Place
from regulars.offers.resource.permissions import REDEEM
from regulars.offers.resource.traces import REDEMPTIONS, SENT_OFFERS
from regulars.offers.services import Asking
from regulars.orders.queries import find_buyer
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.idempotency import MAX_LENGTH

redemptions = router_for(REDEMPTIONS, create=False)
sent_offers = router_for(SENT_OFFERS, create=False)
# Before the addresses with an id.
doors = Router(tags=["redemptions"])
_KEYS = ("code", "customer", "bill", "part", "order")
_AMOUNTS = {name: Field(name=name, label=name, kind=kinds.Money()) for name in ("bill", "part")}
_TEXT = {"type": "string"}
_ASKING: dict[str, Any] = {
    "type": "object",
    "required": ["code"],
    "additionalProperties": False,
    "properties": {
        "code": _TEXT | {"description": "As printed; capitals, spaces and dashes do not count."},
        "customer": _TEXT | {"description": "Number, id, e-mail or external id; nothing for a guest."},
        "bill": _TEXT | {"description": "The total of the bill, like “12.50”."},
        "part": _TEXT | {"description": "How much of an amount is used now; nothing: all that is left."},
        "order": _TEXT | {"description": "Id, external id or number of the order."},
    },
}
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


def _asking(request: HttpRequest, context: Context) -> Asking:
    body = read_object(request)
    check_keys(body, _KEYS)
    texts = {name: read_string(body, name) for name in _KEYS}
    if not texts["code"].strip():
        raise InvalidRecord({"code": "Give the code."})
    amounts: dict[str, int | None] = {}
    for name, field in _AMOUNTS.items():
        try:
            amounts[name] = field.clean(texts[name], context)
        except Invalid as refusal:
            raise InvalidRecord({name: refusal.sentence}) from refusal
    who = texts["customer"]
    return Asking(
        code=texts["code"],
        customer_id=find_buyer(store=context.store, text=who) if who else None,
        bill_minor=amounts["bill"],
        part_minor=amounts["part"],
        order=texts["order"],
    )
