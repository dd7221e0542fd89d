"""Lines of very many orders at once."""

from collections.abc import Sequence
from uuid import UUID

from regulars.kit.copying import copy_rows
from regulars.kit.ids import new_id
from regulars.orders.incoming import LINE, Line
from regulars.orders.models import Product
from regulars.stores.models import Store


def write_lines(store: Store, orders: Sequence[tuple[UUID, Sequence[Line]]]) -> None:
    """Add the lines of orders, each with the product that has its sku."""
    if not orders:
        return
    skus = {line["sku"] for _order, lines in orders for line in lines if line["sku"]}
    products = Product.objects.filter(store=store, sku__in=skus) if skus else Product.objects.none()
    by_sku = dict(products.values_list("sku", "pk"))
    copy_rows(
        table="orders_orderline",
        columns=("id", "order_id", "product_id", "position", *LINE),
        rows=(
            (new_id(), order_id, by_sku.get(line["sku"]), position, *[line[name] for name in LINE])
            for order_id, lines in orders
            for position, line in enumerate(lines, 1)
        ),
        same={"store_id": store.pk},
    )
