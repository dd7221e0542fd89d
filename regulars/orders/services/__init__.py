"""Writing orders and products, and the figures orders leave beside the customer."""

from regulars.orders.services.checkout import MayNotOrder, OfferChanged, OrderedAlready, check_out
from regulars.orders.services.confirm import mail_confirmation
from regulars.orders.services.edit import LinesAreFixed, OrderExternalIdTaken, edit_order
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.forget import forget_people
from regulars.orders.services.load import NewOrder, insert_orders, load_into_empty_tables
from regulars.orders.services.move import move_orders
from regulars.orders.services.payments import PaidTooMuch, record_payment
from regulars.orders.services.place import NumberTaken, place_once, place_order
from regulars.orders.services.products import (
    ProductExternalIdTaken,
    SkuTaken,
    archive_products,
    create_product,
    edit_product,
    restore_products,
)
from regulars.orders.services.remove import remove_orders
from regulars.orders.services.returns import CannotReturn, return_items
from regulars.orders.services.states import cancel_orders, complete_orders, reopen_orders

__all__ = [
    "CannotReturn",
    "LinesAreFixed",
    "MayNotOrder",
    "NewOrder",
    "NumberTaken",
    "OfferChanged",
    "OrderExternalIdTaken",
    "OrderedAlready",
    "PaidTooMuch",
    "ProductExternalIdTaken",
    "SkuTaken",
    "archive_products",
    "cancel_orders",
    "check_out",
    "complete_orders",
    "create_product",
    "edit_order",
    "edit_product",
    "forget_people",
    "insert_orders",
    "load_into_empty_tables",
    "mail_confirmation",
    "move_orders",
    "place_once",
    "place_order",
    "record_payment",
    "recount_figures",
    "remove_orders",
    "reopen_orders",
    "restore_products",
    "return_items",
]
