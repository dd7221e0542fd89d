"""Writing orders and products, and the figures orders leave beside the customer."""

from regulars.orders.services.check import Drift, drift_of, put_right
from regulars.orders.services.checkout import MayNotOrder, OfferChanged, OrderedAlready, check_out
from regulars.orders.services.confirm import mail_confirmation
from regulars.orders.services.edit import LinesAreFixed, OrderExternalIdTaken, edit_order
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.forget import forget_people
from regulars.orders.services.keeping import keeps
from regulars.orders.services.load import NewOrder, fill_orders, insert_orders, load_into_empty_tables
from regulars.orders.services.move import move_orders
from regulars.orders.services.newsletter import agree, agree_url, wording_of
from regulars.orders.services.payments import PaidTooMuch, record_payment
from regulars.orders.services.place import NumberTaken, place_once, place_order, reckon
from regulars.orders.services.products import (
    ProductExternalIdTaken,
    SkuTaken,
    archive_products,
    create_product,
    edit_product,
    restore_products,
)
from regulars.orders.services.remove import OrdersAreKept, delete_orders, remove_orders
from regulars.orders.services.returns import CannotReturn, return_items
from regulars.orders.services.states import cancel_orders, complete_orders, reopen_orders
from regulars.orders.services.undo import undo_columns, undo_placed
from regulars.orders.services.undo_money import undo_payments, undo_returns
from regulars.orders.services.undo_products import undo_new_products, undo_product_changes
from regulars.orders.services.unimport import remove_imported_orders

__all__ = [
    "CannotReturn",
    "Drift",
    "LinesAreFixed",
    "MayNotOrder",
    "NewOrder",
    "NumberTaken",
    "OfferChanged",
    "OrderExternalIdTaken",
    "OrderedAlready",
    "OrdersAreKept",
    "PaidTooMuch",
    "ProductExternalIdTaken",
    "SkuTaken",
    "agree",
    "agree_url",
    "archive_products",
    "cancel_orders",
    "check_out",
    "complete_orders",
    "create_product",
    "delete_orders",
    "drift_of",
    "edit_order",
    "edit_product",
    "fill_orders",
    "forget_people",
    "insert_orders",
    "keeps",
    "load_into_empty_tables",
    "mail_confirmation",
    "move_orders",
    "place_once",
    "place_order",
    "put_right",
    "reckon",
    "record_payment",
    "recount_figures",
    "remove_imported_orders",
    "remove_orders",
    "reopen_orders",
    "restore_products",
    "return_items",
    "undo_columns",
    "undo_new_products",
    "undo_payments",
    "undo_placed",
    "undo_product_changes",
    "undo_returns",
    "wording_of",
]
