"""The two lists that offers leave behind: what became of each with each customer, and every redemption."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.customers.queries import customers_of, search_filter
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.actor import Actor
from regulars.kit.errors import NotAllowed
from regulars.kit.ids import parse_id
from regulars.kit.words import Words
from regulars.offers import queries
from regulars.offers.choices import Place
from regulars.offers.codes import code_key, show_code
from regulars.offers.resource.actions import VOID_REDEMPTION
from regulars.offers.resource.fields import labels
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row, Sort, Span
from regulars.resources.resource import Resource, Tab
from regulars.stores.models import Store

_NAMES = (
    "customer__first_name",
    "customer__last_name",
    "customer__company",
    "customer__number",
    "customer_id",
)
DATES = (
    ("sent", _("Sent"), _("not sent")),
    ("seen", _("Seen"), _("not seen yet")),
    ("favourited", _("Favourite since"), _("no favourite")),
    ("claimed", _("Claimed"), _("not claimed yet")),
    ("redeemed", _("Redeemed"), _("not redeemed yet")),
)


def _whose(row: Row, context: Context) -> str:
    if row["customer_id"] is None:
        return str(_("Guest"))
    number = f"#{row['customer__number']}"
    if not context.actor.may(SEE_CUSTOMERS):
        return number
    name = f"{row['customer__first_name']} {row['customer__last_name']}".strip()
    return name or row["customer__company"] or number


CUSTOMER = Field(
    name="customer",
    label=_("Customer"),
    kind=kinds.Integer(),
    path="customer__number",
    needs=_NAMES,
    show=_whose,
    shown=True,
    width=190,
    personal="identity",
    help=_("The number of the customer."),
)
OFFER = Field(
    name="offer",
    label=_("Offer"),
    kind=kinds.Reference(),
    choices=lambda context: queries.all_titles(context.store),
    path="offer_id",
    needs=("offer__title", "offer_id"),
    value=lambda row, context: row["offer__title"],
    shown=True,
    width=220,
)


def _moment(name: str, label: Words, **more: Any) -> Field:
    return Field(
        name=name,
        label=label,
        kind=kinds.Moment(),
        path=f"{name}_at",
        optional=True,
        shown=True,
        width=120,
        **more,
    )


def _none(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    raise NotAllowed(gettext("These come about by themselves: send or redeem an offer."))


def _fixed(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    raise NotAllowed(gettext("What happened is not changed. A redemption can be taken back."))


def _found(text: str, context: Context) -> Q:
    """By id, title of the offer, or the customer."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = text.strip()
    if not word:
        return Q(pk__in=[])
    found = Q(offer__title__icontains=word)
    if context.actor.may(SEE_CUSTOMERS):
        people = customers_of(context.store).filter(search_filter(word, context))
        found |= Q(customer__in=people.values("pk"))
    return found


def _found_redemption(text: str, context: Context) -> Q:
    """The same, and by code, or the number of the order."""
    word, key = text.strip(), code_key(text)
    found = _found(text, context)
    if key:
        found |= Q(code__code_key=key)
    return found | (Q(order_number=word.lstrip("#")) & ~Q(order_number="") if word else Q(pk__in=[]))


SENT_OFFERS = Resource(
    name="sent_offers",
    label=_("Sent offers"),
    singular=_("Sent offer"),
    noun="sent offer",
    rows=queries.grants_of,
    title=lambda row: str(row["offer__title"]),
    title_needs=("offer__title",),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_found,
    search_hint=_("Offer, customer"),
    tabs=(
        Tab(
            "waiting", _("Favourite, not redeemed"), Q(favourited_at__isnull=False, redeemed_at__isnull=True)
        ),
        Tab("claimed", _("Claimed, not redeemed"), Q(claimed_at__isnull=False, redeemed_at__isnull=True)),
        Tab("redeemed", _("Redeemed"), Q(redeemed_at__isnull=False)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="all",
    default_sort=("created", True),
    create=_none,
    edit=_fixed,
    lead="offer",
    documentation="offers",
)
SENT_OFFERS.add(
    fields=(
        OFFER,
        CUSTOMER,
        *(_moment(name, label, why_empty=why) for name, label, why in DATES),
        Field(name="held_out", label=_("Held out"), kind=kinds.Boolean(), shown=True, width=90),
        Field(
            name="created",
            label=_("Begun"),
            kind=kinds.Moment(),
            path="created_at",
            sort=Sort("created_at"),
            width=120,
        ),
    )
)
REDEMPTIONS = Resource(
    name="redemptions",
    label=_("Redemptions"),
    singular=_("Redemption"),
    noun="redemption",
    rows=queries.redemptions_of,
    title=lambda row: str(row["offer__title"]),
    title_needs=("offer__title",),
    search=lambda text, context: [Span(None, "at", True)],
    search_filter=_found_redemption,
    search_hint=_("Offer, customer, code, order"),
    tabs=(
        Tab("done", _("Redeemed"), Q(voided_at__isnull=True)),
        Tab("void", _("Taken back"), Q(voided_at__isnull=False)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="done",
    default_sort=("at", True),
    create=_none,
    edit=_fixed,
    lead="offer",
    documentation="offers",
)
REDEMPTIONS.add(
    fields=(
        OFFER,
        CUSTOMER,
        Field(name="at", label=_("When"), kind=kinds.Moment(), sort=Sort("at"), shown=True, width=130),
        Field(
            name="amount",
            label=_("Worth"),
            kind=kinds.Money(),
            path="amount_minor",
            optional=True,
            shown=True,
            width=100,
        ),
        Field(name="bill", label=_("Bill"), kind=kinds.Money(), path="bill_minor", optional=True, width=100),
        Field(
            name="code",
            label=_("Own code"),
            kind=kinds.Text(),
            path="code__code_key",
            show=lambda row, context: show_code(row["code__code_key"] or ""),
            filterable=False,
            width=140,
        ),
        Field(
            name="order",
            label=_("Order"),
            kind=kinds.Text(),
            path="order_number",
            shown=True,
            width=110,
        ),
        Field(
            name="place", label=_("Where"), kind=kinds.Choice(), choices=labels(Place), shown=True, width=130
        ),
        Field(
            name="author",
            label=_("By"),
            kind=kinds.Text(),
            path="author_name",
            shown=True,
            width=130,
        ),
        Field(
            name="taken_back",
            label=_("Taken back"),
            kind=kinds.Moment(),
            path="voided_at",
            optional=True,
            width=120,
        ),
        Field(
            name="reason",
            label=_("Reason"),
            kind=kinds.Text(),
            path="void_reason",
            personal="notes",
            width=180,
        ),
    ),
    actions=(VOID_REDEMPTION,),
)
