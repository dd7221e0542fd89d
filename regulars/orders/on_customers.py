"""What orders tell about a customer: the figures on their page and their card."""

from django.utils.translation import gettext as _

from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.figure import Figure


def _products(row: Row, context: Context) -> str:
    return str(_("%(count)s products")) % {"count": f"{row['items_count']:,}"} if row["orders_count"] else ""


FIGURES = (
    Figure(field="spent", rank=10),
    Figure(field="orders_count", rank=20, note=_products),
    Figure(field="average_order", rank=30),
    Figure(field="last_order", rank=40, card=True),
)
