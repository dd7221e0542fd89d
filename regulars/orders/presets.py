"""Order files of other systems: how they are recognised, which of their rows are one order, and where their headers say
something of their own."""

from typing import Final

from django.utils.translation import gettext_lazy

from regulars.resources.importer import Fold, Preset

_LINES: Final = "lines"
_BILLING: Final = (
    "street", "address1", "address2", "company", "city", "zip", "province", "province code", "province name",
    "country", "country code", "phone",
)  # fmt: skip
_SHOPIFY: Final = {
    "name": "number", "id": "external_id", "email": "email", "created at": "placed", "processed at": "placed",
    "phone": "phone", "financial status": "paid", "fulfillment status": "status", "cancelled at": "cancelled",
    "total": "total", "shipping": "shipping", "shipping line price": "shipping", "taxes": "tax", "total tax": "tax",
    "discount amount": "discount", "refunded amount": "returned", "outstanding balance": "due",
    "billing name": "customer_name", "billing first name": "first_name", "billing last name": "last_name",
    "shipping name": "name", "shipping company": "company", "shipping street": "", "shipping address1": "address",
    "shipping address2": "building", "shipping city": "city", "shipping zip": "postcode",
    "shipping province": "region", "shipping country": "country", "shipping country code": "country",
    "shipping method": "courier", "notes": "note", "note": "note", "source": "channel", "source name": "channel",
    "employee": "salesperson",
    **{f"billing {part}": "" for part in _BILLING},
    **{f"tax {number} {part}": "" for number in range(1, 6) for part in ("name", "title", "price", "rate", "value")},
    **dict.fromkeys(
        (
            "accepts marketing", "buyer accepts marketing", "paid at", "fulfilled at", "closed at", "subtotal",
            "discount code", "discount type", "payment method", "payment reference", "payment references",
            "payment id", "payment terms name", "next payment due at", "note attributes", "vendor", "location",
            "device id", "tags", "risk level", "receipt number", "duties", "cancel reason", "referring site",
            "total weight", "shipping first name", "shipping last name", "shipping province code",
            "shipping province name", "shipping line title", "shipping phone", "transaction amount",
            "transaction kind", "transaction status", "lineitem compare at price", "lineitem requires shipping",
            "lineitem taxable", "lineitem fulfillment status",
        ),
        "",
    ),
}  # fmt: skip
_SHOPIFY_ROWS: Final = Fold(
    key="name",
    parts={
        "lineitem name": "title",
        "lineitem sku": "sku",
        "lineitem quantity": "quantity",
        "lineitem price": "price",
        "lineitem discount": "discount",
    },
    into=_LINES,
)

PRESETS = (
    Preset(
        name="shopify",
        label=gettext_lazy("Shopify orders"),
        headers=("name", "email", "lineitem name"),
        columns=_SHOPIFY,
        fold=_SHOPIFY_ROWS,
    ),
    Preset(
        name="shopify-template",
        label=gettext_lazy("Shopify orders (template for importing)"),
        headers=("name", "email", "processed at", "lineitem sku", "lineitem price"),
        columns=_SHOPIFY,
        fold=_SHOPIFY_ROWS,
    ),
    Preset(
        name="woocommerce",
        label=gettext_lazy("WooCommerce orders (analytics)"),
        headers=("date", "order #", "status", "customer", "customer type", "items sold"),
        columns={
            "date": "placed", "order #": "number", "customer": "customer_name", "items sold": "items",
            "net sales": "total", "n. revenue": "total", "n. revenue (formatted)": "", "customer type": "",
            "product(s)": "", "coupon(s)": "", "attribution": "",
        },
    ),
    Preset(
        name="woocommerce-orders",
        label=gettext_lazy("WooCommerce orders"),
        headers=("order_id", "order_number", "date", "status", "order_total", "billing_email"),
        columns={
            "order_id": "external_id", "order_number": "number", "date": "placed", "order_total": "total",
            "order_currency": "currency", "shipping_total": "shipping", "tax_total": "tax",
            "discount_total": "discount",
            "cart_discount": "", "order_discount": "", "refunded_total": "returned",
            "billing_first_name": "first_name", "billing_last_name": "last_name", "billing_email": "email",
            "billing_phone": "phone", "billing_company": "company", "shipping_address_1": "address",
            "shipping_address_2": "building", "shipping_postcode": "postcode", "shipping_city": "city",
            "shipping_state": "region", "shipping_country": "country", "customer_note": "note",
            "customer_id": "", "shipping_phone": "", "shipping_company": "", "line_items": "",
        },
        fold=Fold(
            key="order_id",
            parts={
                "item_name": "title", "item_sku": "sku", "item_quantity": "quantity", "item_total": "total",
            },
            into=_LINES,
        ),
    ),
    Preset(
        name="woocommerce-advanced",
        label=gettext_lazy("WooCommerce orders (Advanced Order Export)"),
        headers=("order number", "order status", "order date", "email (billing)", "order total amount"),
        columns={
            "order number": "number", "order status": "status", "order date": "placed", "customer note": "note",
            "first name (billing)": "first_name", "last name (billing)": "last_name", "company (billing)": "company",
            "email (billing)": "email", "phone (billing)": "phone", "address 1&2 (shipping)": "address",
            "city (shipping)": "city", "state code (shipping)": "region", "postcode (shipping)": "postcode",
            "country code (shipping)": "country", "cart discount amount": "discount",
            "order shipping amount": "shipping", "order refund amount": "returned", "order total amount": "total",
            "order total tax amount": "tax", "order tax amount": "",
            "shipping method title": "courier", "discount amount": "", "order subtotal amount": "",
            **{
                f"{part} (billing)": ""
                for part in ("address 1&2", "city", "state code", "postcode", "country code")
            },
            **{f"{part} (shipping)": "" for part in ("first name", "last name", "company", "phone", "email")},
        },
        fold=Fold(
            key="order number",
            parts={
                "name": "title", "item name": "title", "sku": "sku", "quantity (- refund)": "quantity",
                "quantity": "quantity", "item cost": "price",
            },
            into=_LINES,
        ),
    ),
)  # fmt: skip
