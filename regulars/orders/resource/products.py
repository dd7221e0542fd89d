"""Products in the catalogue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.fields.common import labels
from regulars.kit.actor import Actor
from regulars.kit.ids import parse_id
from regulars.kit.text import fold
from regulars.orders import queries, services
from regulars.orders.choices import ProductState
from regulars.orders.product_importer import COLUMNS, PRODUCT_IMPORTER
from regulars.orders.resource.actions import PRODUCT_ACTIONS
from regulars.orders.resource.kinds import Code
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row, Sort, Span
from regulars.resources.resource import Resource, Tab
from regulars.stores.models import Store

PRODUCT, DESK = _("Product"), _("Desk")
FIELDS = (
    Field(
        name="title",
        label=_("Name"),
        kind=kinds.Text(max_length=300),
        section=PRODUCT,
        sort=Sort("search"),
        shown=True,
        width=280,
        editable=True,
        required=True,
        importable=True,
        aliases=("name", "product", "product name"),
    ),
    Field(
        name="description",
        label=_("Description"),
        kind=kinds.Text(max_length=5000, multiline=True),
        section=PRODUCT,
        width=260,
        editable=True,
        importable=True,
        aliases=("body", "body html", "short description"),
        help=_("Shown on the shop page."),
    ),
    Field(
        name="sku",
        label=_("SKU"),
        kind=Code(max_length=120),
        section=PRODUCT,
        shown=True,
        width=140,
        editable=True,
        importable=True,
        aliases=("variant sku", "article number"),
    ),
    Field(
        name="price",
        label=_("Price"),
        kind=kinds.Money(),
        section=PRODUCT,
        path="price_minor",
        shown=True,
        width=110,
        editable=True,
        importable=True,
        aliases=("variant price", "regular price"),
        help=_("With the tax in it."),
    ),
    Field(
        name="tax",
        label=_("Tax %"),
        kind=kinds.Number(),
        section=PRODUCT,
        path="tax_percent",
        shown=True,
        width=90,
        editable=True,
        importable=True,
        aliases=("tax rate", "vat"),
        help=_("The rate that is part of the price, like 20."),
    ),
    Field(
        name="state",
        label=_("State"),
        kind=kinds.Choice(),
        section=PRODUCT,
        choices=labels(ProductState),
        tones={ProductState.ACTIVE: "green", ProductState.ARCHIVED: "grey"},
        shown=True,
        width=100,
    ),
    Field(
        name="external_id",
        label=_("External id"),
        kind=Code(max_length=120),
        section=DESK,
        editable=True,
        importable=True,
        aliases=("id", "product id", "handle"),
        help=_("What another system calls it."),
    ),
    Field(
        name="created",
        label=_("Added"),
        kind=kinds.Moment(),
        section=DESK,
        path="created_at",
        sort=Sort("created_at"),
        shown=True,
        width=120,
    ),
)


def columns_of(values: dict[str, Any]) -> dict[str, Any]:
    """Catalogue names to columns; an amount that is left out is none."""
    columns = {COLUMNS.get(name, name): value for name, value in values.items()}
    return {
        name: 0 if value is None and name in COLUMNS.values() else value for name, value in columns.items()
    }


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    return services.create_product(store=store, values=columns_of(values), actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    edited = services.edit_product(
        store=store,
        product_id=record_id,
        values=columns_of(values),
        base_version=base_version,
        actor=actor,
        now=now,
    )
    return edited.version


def _title(row: Row) -> str:
    return str(row["title"])


def _search_filter(text: str, context: Context) -> Q:
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    words = fold(text).split()
    return Q(*(Q(search__contains=word) for word in words)) if words else Q(pk__in=[])


PRODUCTS = Resource(
    name="products",
    label=_("Products"),
    singular=_("Product"),
    new_label=_("New product"),
    added_label=_("Product added"),
    noun="product",
    rows=queries.products_of,
    title=_title,
    title_needs=("title", "version"),
    search=lambda text, context: [Span(None, "search", False)],
    search_filter=_search_filter,
    search_hint=_("Name, SKU, external id"),
    tabs=(
        Tab("active", _("Active"), Q(state=ProductState.ACTIVE)),
        Tab("archived", _("Archived"), Q(state=ProductState.ARCHIVED)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="active",
    default_sort=("title", False),
    create=_create,
    edit=_edit,
    lead="title",
    enough=_("A name is enough to begin"),
    documentation="orders",
    importer=PRODUCT_IMPORTER,
    once_by="external_id",
)
PRODUCTS.add(fields=FIELDS, actions=PRODUCT_ACTIONS)
