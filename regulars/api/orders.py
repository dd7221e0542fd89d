"""Orders beside their common addresses: written down with their lines, one or many; what was paid and came back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.bulk import bulk_router, list_schema
from regulars.api.reading import check_keys, read_object, read_params, read_value, read_values, read_version
from regulars.api.records import SAFE, router_for, whole
from regulars.customers.resource.fields.common import labels
from regulars.kit.errors import Invalid, InvalidRecord, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.money import to_major
from regulars.orders import queries, services
from regulars.orders.choices import PaymentMethod
from regulars.orders.facts import LineFacts, PaymentFacts
from regulars.orders.resource import ORDERS
from regulars.orders.resource.kinds import Code
from regulars.orders.resource.permissions import CREATE, EDIT, PAY, RETURN, VIEW
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.idempotency import take_once

MOST_LINES = 500
MOST_PAYMENTS = 50

router = router_for(ORDERS, create=False)

_LINE = (
    Field(name="product", label="Product", kind=kinds.Text(max_length=40), help="Its id."),
    Field(name="sku", label="SKU", kind=Code(max_length=120), help="Finds the product when there is no id."),
    Field(
        name="title", label="Name", kind=kinds.Text(max_length=300), help="Of the product if it is left out."
    ),
    Field(name="serial", label="Serial number", kind=kinds.Text(max_length=120)),
    Field(name="quantity", label="Quantity", kind=kinds.Integer(minimum=1, maximum=100_000)),
    Field(
        name="price",
        label="Price",
        kind=kinds.Money(),
        help="Of one, with the tax in it; else the product's.",
    ),
    Field(name="discount", label="Discount", kind=kinds.Money(), help="Off the whole line."),
    Field(name="tax", label="Tax %", kind=kinds.Number()),
)
_PAYMENT = (
    Field(name="amount", label="Amount", kind=kinds.Money(), help="Below zero when it is given back."),
    Field(name="method", label="How", kind=kinds.Choice(), choices=labels(PaymentMethod)),
    Field(name="paid", label="When", kind=kinds.Moment(), help="Now if it is left out."),
    Field(name="reference", label="Reference", kind=kinds.Text(max_length=200)),
    Field(
        name="external_id",
        label="External id",
        kind=Code(max_length=120),
        help="Sent twice it is one payment.",
    ),
)
_RETURN = (
    Field(
        name="refund", label="Given back", kind=kinds.Money(), help="What the goods cost if it is left out."
    ),
    Field(name="reason", label="Reason", kind=kinds.Text(max_length=500)),
    Field(name="method", label="How", kind=kinds.Choice(), choices=labels(PaymentMethod)),
    Field(name="items", label="Products", kind=kinds.Integer(minimum=0), help="For orders without lines."),
    Field(
        name="external_id",
        label="External id",
        kind=Code(max_length=120),
        help="Sent twice it is one return.",
    ),
)


def _object(fields: tuple[Field, ...], **more: Any) -> dict[str, Any]:
    properties = {field.name: schemas.write_schema(field) for field in fields} | more
    return {"type": "object", "additionalProperties": False, "properties": properties}


_CREATE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": schemas.create_schema(ORDERS)["properties"]
    | {
        "lines": list_schema(_object(_LINE), MOST_LINES),
        "payments": list_schema(_object(_PAYMENT), MOST_PAYMENTS),
    },
}
_BACK = {
    "line": schemas.UUID | {"description": "The id of the line."},
    "sku": {"type": "string", "description": "Finds the line when there is no id."},
    "quantity": {"type": "integer", "minimum": 1, "default": 1},
}
_RETURN_BODY = _object(
    _RETURN,
    lines=list_schema({"type": "object", "additionalProperties": False, "properties": _BACK}, MOST_LINES),
)
_LINES_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lines"],
    "properties": {
        "lines": list_schema(_object(_LINE, id=schemas.UUID), MOST_LINES),
        "version": {"type": ["integer", "null"], "minimum": 0},
    },
}
_PARTS = {
    "type": "object",
    "properties": {
        "lines": {"type": "array", "items": {"type": "object"}},
        "payments": {"type": "array", "items": {"type": "object"}},
        "returns": {"type": "array", "items": {"type": "object"}},
    },
}


@router.post(
    "/orders",
    operation_id="create_orders",
    summary="Write an order down; one that was sent with its external id before stays as it is",
    openapi_extra={"parameters": [schemas.IDEMPOTENCY_KEY]}
    | schemas.json_body(_CREATE)
    | schemas.answers(
        201,
        schemas.ref("Order"),
        "It was written down; Location says where it is.",
        also={200: "The same key or external id was sent before: nothing new."},
    ),
)
def create_order(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(CREATE)
    body = read_object(request)
    values = _order_values(body, context)
    record_id, is_new = take_once(
        resource=ORDERS,
        values=values,
        key=request.headers.get("Idempotency-Key", "").strip(),
        request=orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
        context=context,
    )
    location = f"{request.path}/{record_id}"
    return respond(
        whole(ORDERS, record_id, context), status=201 if is_new else 200, headers={"Location": location}
    )


@router.get(
    "/orders/{record_id}/parts",
    operation_id="show_orders_parts",
    summary="What is on an order, what was paid for it and what came back",
    openapi_extra=schemas.answers(200, _PARTS, "Its lines, payments and returns."),
)
def show_parts(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, order = _order(request, record_id, VIEW)
    return respond(_parts(order, context))


@router.put(
    "/orders/{record_id}/lines",
    operation_id="edit_orders_lines",
    summary="Put other lines on an order; those with their id stay the same lines",
    openapi_extra={"parameters": [schemas.IF_MATCH]}
    | schemas.json_body(_LINES_BODY)
    | schemas.answers(200, _PARTS, "What is on it now."),
)
def edit_lines(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, order = _order(request, record_id, EDIT)
    body = read_object(request)
    check_keys(body, ("lines", "version"))
    edited = services.edit_order(
        store=context.store,
        order_id=order.pk,
        values={},
        lines=_lines(body.get("lines"), context),
        base_version=read_version(request, body),
        actor=context.actor,
        now=context.now,
    )
    return respond(_parts(edited, context))


@router.post(
    "/orders/{record_id}/payments",
    operation_id="create_orders_payments",
    summary="Note a payment of an order; one sent with its external id before is not noted twice",
    openapi_extra=schemas.json_body(_object(_PAYMENT))
    | schemas.answers(200, _PARTS, "What was paid by now."),
)
def create_payment(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, order = _order(request, record_id, PAY)
    payment = _payment(read_object(request), context)
    paid = services.record_payment(
        store=context.store, order_id=order.pk, payment=payment, actor=context.actor, now=context.now
    )
    return respond(_parts(paid, context))


@router.post(
    "/orders/{record_id}/returns",
    operation_id="create_orders_returns",
    summary="Take goods of an order back",
    openapi_extra=schemas.json_body(_RETURN_BODY) | schemas.answers(200, _PARTS, "What came back by now."),
)
def create_return(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, order = _order(request, record_id, RETURN)
    return respond(_parts(_take_back(order.pk, read_object(request), context), context))


def _take_back(order_id: UUID, body: dict[str, Any], context: Context) -> queries.Order:
    lines = body.pop("lines", [])
    values = _values(body, _RETURN, context)
    return services.return_items(
        store=context.store,
        order_id=order_id,
        quantities=_quantities(lines, order_id, context),
        items=values.get("items") or 0,
        refund_minor=values.get("refund"),
        reason=values.get("reason", ""),
        method=values.get("method", ""),
        external_id=values.get("external_id", ""),
        actor=context.actor,
        now=context.now,
    )


def _order(request: HttpRequest, record_id: str, permission: str) -> tuple[Context, queries.Order]:
    context = asked_by(request)
    context.actor.require(VIEW)
    context.actor.require(permission)
    read_params(request, ())
    known = parse_id(record_id)
    if known is None:
        raise NotFound("This order does not exist in this store.")
    return context, queries.get_order(store=context.store, order_id=known)


def _order_values(body: Mapping[str, Any], context: Context) -> dict[str, Any]:
    plain = {name: value for name, value in body.items() if name not in ("lines", "payments")}
    values = read_values(plain, ORDERS.creatable_fields(context.actor), ORDERS.fields(context.actor), context)
    values = {name: value for name, value in values.items() if value is not None}
    values["lines"] = _lines(body.get("lines", []), context)
    payments = body.get("payments", [])
    if payments:
        context.actor.require(PAY)
    if isinstance(payments, list) and len(payments) > MOST_PAYMENTS:
        raise Invalid(f"Give up to {MOST_PAYMENTS} payments.", field="payments")
    values["payments"] = tuple(_payment(one, context) for one in _objects(payments, "payments"))
    return values


def _lines(given: Any, context: Context) -> tuple[LineFacts, ...]:
    lines = []
    if isinstance(given, list) and len(given) > MOST_LINES:
        raise Invalid(f"An order has at most {MOST_LINES} lines.", field="lines")
    for number, one in enumerate(_objects(given, "lines"), start=1):
        body = dict(one)
        named = body.pop("id", None)
        kept = parse_id(named) if isinstance(named, str) else None
        if named is not None and kept is None:
            raise InvalidRecord({f"lines[{number}].id": "This is not an id."})
        values = _values(body, _LINE, context, at=f"lines[{number}]")
        product = parse_id(values["product"]) if values.get("product") else None
        if values.get("product") and product is None:
            raise InvalidRecord({f"lines[{number}].product": "This is not an id."})
        lines.append(
            LineFacts(
                id=kept,
                product_id=product,
                sku=values.get("sku", ""),
                title=values.get("title", ""),
                serial=values.get("serial", ""),
                quantity=values.get("quantity") or 1,
                price_minor=values.get("price"),
                discount_minor=values.get("discount") or 0,
                tax_percent=values.get("tax"),
            )
        )
    return tuple(lines)


def _payment(body: Mapping[str, Any], context: Context) -> PaymentFacts:
    values = _values(body, _PAYMENT, context)
    return PaymentFacts(
        amount_minor=values.get("amount") or 0,
        method=values.get("method") or PaymentMethod.OTHER,
        paid_at=values.get("paid"),
        reference=values.get("reference", ""),
        external_id=values.get("external_id", ""),
    )


def _quantities(given: Any, order_id: UUID, context: Context) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    by_sku = {
        line.sku: line.pk
        for line in reversed(queries.lines_of(store=context.store, order_id=order_id))
        if line.sku
    }
    for one in _objects(given, "lines"):
        check_keys(one, _BACK)
        line, sku, count = one.get("line"), one.get("sku"), one.get("quantity", 1)
        known = parse_id(line) if isinstance(line, str) else None
        if line is None and isinstance(sku, str):
            known = by_sku.get(sku)
        if known is None:
            raise Invalid("Give the id of each line, or a sku that is on the order.", field="lines")
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise Invalid("Give a quantity of 1 or more for each line.", field="lines")
        found[known] = found.get(known, 0) + count
    return found


def _objects(given: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid("Write a list of objects.", field=name)
    return given


def _values(
    body: Mapping[str, Any], fields: tuple[Field, ...], context: Context, *, at: str = ""
) -> dict[str, Any]:
    known = {field.name: field for field in fields}
    check_keys(body, known)
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, given in body.items():
        try:
            values[name] = read_value(known[name], given, context)
        except Invalid as refusal:
            errors[f"{at}.{name}".lstrip(".")] = refusal.sentence
    if errors:
        raise InvalidRecord(errors)
    return values


def _parts(order: queries.Order, context: Context) -> dict[str, Any]:
    store = context.store

    def amount(minor: int) -> str:
        return str(to_major(minor, order.currency))

    return {
        "order": str(order.pk),
        "version": order.version,
        "total": amount(order.total_minor),
        "paid": amount(order.paid_minor),
        "due": amount(order.due_minor),
        "returned": amount(order.returned_minor),
        "lines": [
            {
                "id": str(line.pk),
                "product": str(line.product_id) if line.product_id else None,
                "title": line.title,
                "sku": line.sku,
                "serial": line.serial,
                "quantity": line.quantity,
                "price": amount(line.price_minor),
                "discount": amount(line.discount_minor),
                "total": amount(line.total_minor),
                "tax": str(line.tax_percent),
                "returned": line.returned,
            }
            for line in queries.lines_of(store=store, order_id=order.pk)
        ],
        "payments": [
            {
                "id": str(one.pk),
                "amount": amount(one.amount_minor),
                "method": one.method,
                "paid": one.paid_at.isoformat(),
                "reference": one.reference,
                "external_id": one.external_id,
            }
            for one in queries.payments_of(store=store, order_id=order.pk)
        ],
        "returns": [
            {
                "id": str(one.goods_return.pk),
                "made": one.goods_return.made_at.isoformat(),
                "reason": one.goods_return.reason,
                "items": one.goods_return.items_count,
                "refund": amount(one.goods_return.refund_minor),
            }
            for one in queries.returns_of(store=store, order_id=order.pk)
        ],
    }


def _create_one(given: dict[str, Any], context: Context) -> tuple[UUID, bool]:
    values = {"source": context.actor.surface, **_order_values(given, context)}
    return take_once(resource=ORDERS, values=values, key="", request=b"", context=context)


def _pay_one(given: dict[str, Any], context: Context) -> tuple[UUID, bool]:
    order, body = _of_order(given, context)
    payment = _payment(body, context)
    paid = services.record_payment(
        store=context.store, order_id=order.pk, payment=payment, actor=context.actor, now=context.now
    )
    return order.pk, paid.version > order.version


def _take_one_back(given: dict[str, Any], context: Context) -> tuple[UUID, bool]:
    order, body = _of_order(given, context)
    return order.pk, _take_back(order.pk, body, context).version > order.version


def _of_order(given: dict[str, Any], context: Context) -> tuple[queries.Order, dict[str, Any]]:
    """The order that a part is of, and what else is said."""
    body = dict(given)
    return queries.find_order(store=context.store, text=str(body.pop("order", ""))), body


_OF = {"order": {"type": "string", "description": "The id, the external id or the number of the order."}}
# Before the addresses with an id.
many = (
    bulk_router(
        path="/orders/bulk",
        name="orders",
        summary="Write up to 500 orders down, each by itself; those sent before stay as they are",
        permissions=(CREATE,),
        schema=_CREATE,
        take=_create_one,
    ),
    bulk_router(
        path="/orders/payments/bulk",
        name="payments",
        summary="Note up to 500 payments of orders; those sent with their external id before are not noted twice",
        permissions=(VIEW, PAY),
        schema=_object(_PAYMENT, **_OF),
        take=_pay_one,
    ),
    bulk_router(
        path="/orders/returns/bulk",
        name="returns",
        summary="Take goods of up to 500 orders back; what was sent with its external id before is not taken twice",
        permissions=(VIEW, RETURN),
        schema=_object(_RETURN, **_OF, lines=_RETURN_BODY["properties"]["lines"]),
        take=_take_one_back,
    ),
)
