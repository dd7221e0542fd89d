"""The lines of an order, filled up from the products they name."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.kit.ids import new_id
from regulars.kit.scans import kept_serial
from regulars.orders.facts import LineFacts
from regulars.orders.models import Order, OrderLine, Product
from regulars.stores.models import Store

MOST_LINES = 500
MOST_OF_ONE = 100_000
MOST_ITEMS = 10**9
# Of a price and of an order: so many of them still add up within the whole numbers of the database.
MOST_MINOR = 10**13


def make_lines(*, store: Store, order: Order, lines: Sequence[LineFacts]) -> list[OrderLine]:
    """The lines as rows that are not stored yet, with their totals. Raises `Invalid` naming the line."""
    if len(lines) > MOST_LINES:
        raise Invalid(
            _("An order has at most %(most_lines)s lines.") % {"most_lines": MOST_LINES}, field="lines"
        )
    by_id, by_sku = _products(store, lines)
    made = []
    for number, facts in enumerate(lines, start=1):
        product = by_sku.get(facts.sku) if facts.product_id is None else by_id.get(facts.product_id)
        if facts.product_id is not None and product is None:
            raise Invalid(
                _("Line %(number)s: this product does not exist in this store.") % {"number": number},
                field="lines",
            )
        made.append(_line(order, number, facts, product))
    return made


def _line(order: Order, number: int, facts: LineFacts, product: Product | None) -> OrderLine:
    title = facts.title.strip() or (product.title if product else facts.sku)
    price, tax = facts.price_minor, facts.tax_percent
    if price is None and product is not None:
        price = product.price_minor
    if not title:
        raise Invalid(
            _("Line %(number)s: choose a product or write what it is.") % {"number": number}, field="lines"
        )
    if price is None or not 0 <= price <= MOST_MINOR:
        raise Invalid(_("Line %(number)s: give a price of 0 or more.") % {"number": number}, field="lines")
    if not 1 <= facts.quantity <= MOST_OF_ONE:
        raise Invalid(
            _("Line %(number)s: give a quantity from 1 to %(most_of_one)s.")
            % {"number": number, "most_of_one": f"{MOST_OF_ONE:,}"},
            field="lines",
        )
    if not 0 <= facts.discount_minor <= facts.quantity * price:
        raise Invalid(
            _("Line %(number)s: the discount lies between 0 and the price.") % {"number": number},
            field="lines",
        )
    if tax is None:
        tax = product.tax_percent if product else Decimal(0)
    if not tax.is_finite() or not 0 <= tax <= 100:
        raise Invalid(_("Line %(number)s: give a tax from 0 to 100 %%.") % {"number": number}, field="lines")
    return OrderLine(
        id=facts.id or new_id(),
        store=order.store,
        order=order,
        product=product,
        position=number,
        title=title,
        sku=facts.sku or (product.sku if product else ""),
        serial=kept_serial(facts.serial),
        quantity=facts.quantity,
        price_minor=price,
        discount_minor=facts.discount_minor,
        total_minor=facts.quantity * price - facts.discount_minor,
        tax_percent=tax.quantize(Decimal("0.01")),
    )


def _products(store: Store, lines: Sequence[LineFacts]) -> tuple[dict[UUID, Product], dict[str, Product]]:
    rows = Product.objects.filter(store=store)
    by_id = rows.in_bulk([one.product_id for one in lines if one.product_id])
    skus = [one.sku for one in lines if one.sku and one.product_id is None]
    return by_id, {product.sku: product for product in rows.filter(sku__in=skus)}
