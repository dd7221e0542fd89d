"""What offers add to customers: what one can ask, the tab, and what they are sent."""

from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from regulars.offers import queries
from regulars.offers.models import Grant, Redemption
from regulars.offers.resource.permissions import VIEW
from regulars.offers.resource.traces import DATES
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds.base import NEGATIVE
from regulars.resources.links import Link
from regulars.resources.related import Related
from regulars.resources.tree import Condition


def _last(context: Context) -> Subquery:
    rows = Grant.objects.filter(store=OuterRef("store"), customer=OuterRef("pk")).order_by()
    last = rows.values("customer").annotate(last=Max("redeemed_at")).values("last")
    return Subquery(last, output_field=DateTimeField())


_AT = Field(name="redemption_date", label=_("Redemption date"), kind=kinds.Moment(), path="at")


def _any(one: Condition, field: Field, context: Context) -> Q:
    """Customers of whom some redemption meets the condition; `not` and `!=` mean that none does."""
    if one.operator in NEGATIVE and one.operator != "is not empty":
        return ~_any(Condition(one.field, NEGATIVE[one.operator], one.values), field, context)
    if one.operator in ("is empty", "is not empty"):
        some = _some(context, Q())
        return ~some if one.operator == "is empty" else some
    return _some(context, _AT.compile(one, context))


def _some(context: Context, part: Q) -> Q:
    rows = Redemption.objects.filter(
        part, store=context.store, customer=OuterRef("pk"), voided_at__isnull=True
    )
    return Q(Exists(rows.order_by()))


REDEMPTION_DATE = Field(
    name="redemption_date",
    label=_("Redemption date"),
    kind=kinds.Moment(),
    section=_("Offers"),
    path="offer_redeemed_at",
    expression=_last,
    condition=_any,
    permission=VIEW,
    why_empty=_("no offer redeemed"),
    width=130,
    help=_("When an offer was redeemed; the list shows the last time, conditions look at each."),
)
LINK = Link(
    name="offers",
    label=_("Offers"),
    singular=_("Offer"),
    rows=queries.grants_of,
    permission=VIEW,
    fields=(
        Field(name="offer", label=_("Offer"), kind=kinds.Text(), path="offer__title"),
        *(
            Field(name=name, label=label, kind=kinds.Moment(), path=f"{name}_at", optional=True)
            for name, label, _why in DATES
        ),
        Field(name="held_out", label=_("Held out"), kind=kinds.Boolean()),
    ),
)
RELATED = (
    Related(
        name="offers",
        label=_("Offers"),
        rows="sent_offers",
        rank=40,
        where=lambda row: f"customer = {row['number']}",
        without=("customer",),
    ),
)
