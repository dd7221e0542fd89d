"""Writing orders, and the figures they leave beside the customer."""

from regulars.orders.services.figures import recount_figures
from regulars.orders.services.load import NewOrder, insert_orders, load_into_empty_tables
from regulars.orders.services.remove import remove_orders

__all__ = ["NewOrder", "insert_orders", "load_into_empty_tables", "recount_figures", "remove_orders"]
