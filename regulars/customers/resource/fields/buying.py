"""What a customer bought, and what follows from it."""

from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.customers import queries
from regulars.customers.choices import LifeStage, PayoutKind
from regulars.customers.resource import computed
from regulars.customers.resource.fields.common import (
    BUYING,
    STAGE_TONES,
    labels,
)
from regulars.customers.resource.permissions import COMMISSION
from regulars.resources import kinds
from regulars.resources.field import Field, Sort

BOUGHT = (
    Field(
        name="life_stage",
        tones=STAGE_TONES,
        label=_("Life stage"),
        kind=kinds.Choice(),
        section=BUYING,
        path="f_life_stage",
        expression=computed.life_stage_expression,
        condition=computed.life_stage_condition,
        choices=labels(LifeStage),
        shown=True,
        width=110,
    ),
    Field(
        name="orders_count",
        label=_("Orders"),
        kind=kinds.Integer(),
        section=BUYING,
        sort=Sort("orders_count", zeros=True),
        shown=True,
        width=90,
    ),
    Field(
        name="items_count",
        label=_("Products"),
        kind=kinds.Integer(),
        section=BUYING,
        sort=Sort("items_count", zeros=True, rare="orders_count"),
        shown=True,
        width=90,
    ),
    Field(
        name="spent",
        label=_("Total spent"),
        kind=kinds.Money(),
        section=BUYING,
        path="spent_minor",
        sort=Sort("spent_minor", zeros=True, rare="orders_count"),
        shown=True,
        width=120,
    ),
    Field(
        name="average_order",
        why_empty=_("No orders yet"),
        label=_("Average order"),
        kind=kinds.Money(),
        section=BUYING,
        path="average_order_minor",
        optional=True,
        sort=Sort("average_order_minor", empties=Q(average_order_minor__isnull=True)),
        width=120,
    ),
    Field(
        name="first_order",
        why_empty=_("No orders yet"),
        label=_("First order"),
        kind=kinds.Moment(),
        section=BUYING,
        path="first_order_at",
        sort=Sort("first_order_at", empties=Q(first_order_at__isnull=True)),
        width=120,
    ),
    Field(
        name="last_order",
        why_empty=_("No orders yet"),
        label=_("Last order"),
        kind=kinds.Moment(),
        section=BUYING,
        path="last_order_at",
        shown=True,
        sort=Sort("last_order_at", empties=Q(last_order_at__isnull=True)),
        width=120,
    ),
    Field(
        name="days_between_orders",
        why_empty=_("Not two orders yet"),
        label=_("Days between orders"),
        kind=kinds.Integer(),
        section=BUYING,
        optional=True,
        sort=Sort("days_between_orders", empties=Q(days_between_orders__isnull=True)),
        help=_("From the first order to the last, on average."),
        width=120,
    ),
    Field(
        name="points",
        label=_("Points"),
        kind=kinds.Integer(),
        section=BUYING,
        shown=True,
        sort=Sort("points", along=("lookup__points", "lookup__customer")),
        condition=queries.looked_up,
        width=90,
    ),
    Field(
        name="payout_method",
        label=_("Payout method"),
        kind=kinds.Choice(),
        choices=labels(PayoutKind),
        section=BUYING,
        personal="payment",
        width=140,
    ),
    Field(
        name="commission_reduction",
        label=_("Commission reduced %"),
        section=BUYING,
        editable=True,
        edit_permission=COMMISSION,
        importable=True,
        kind=kinds.Number(minimum=Decimal(0), maximum=Decimal(100)),
        width=130,
        aliases=("commission reduced %", "commission reduction", "commission reduced"),
    ),
)
