"""Everything one can see, ask, sort, edit, import and export of a customer, and do with one."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from regulars.customers import queries, services
from regulars.customers.choices import LifeStage, State
from regulars.customers.export_presets import EXPORT_PRESETS
from regulars.customers.importer import IMPORTER
from regulars.customers.resource import computed
from regulars.customers.resource.actions import ACTIONS
from regulars.customers.resource.fields import FIELDS
from regulars.customers.resource.finders import FINDERS
from regulars.customers.resource.links import LINKS
from regulars.kit import money
from regulars.kit.actor import Actor
from regulars.resources.context import Context
from regulars.resources.resource import Resource, Tab
from regulars.stores.models import Store

ACTIVE = Q(state=State.ACTIVE, blocked=False)


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    columns = {"source": actor.surface, **columns_of(values)}
    return services.create_customer(store=store, values=columns, actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    edited = services.edit_customer(
        store=store,
        customer_id=record_id,
        values=columns_of(values),
        base_version=base_version,
        actor=actor,
        now=now,
    )
    return edited.version


def columns_of(values: dict[str, Any]) -> dict[str, Any]:
    """Catalogue names to columns: a full name becomes two, the group is kept by id, `created` is created_at."""
    columns = dict(values)
    if "name" in columns:
        first, _space, last = columns.pop("name").rpartition(" ")
        columns.setdefault("first_name", first or last)
        columns.setdefault("last_name", last if first else "")
    if "group" in columns:
        columns["group_id"] = columns.pop("group")
    if "created" in columns:
        columns["created_at"] = columns.pop("created")
    if columns.get("commission_reduction", 0) is None:
        columns["commission_reduction"] = 0
    return columns


def _summary(rows: QuerySet[Any], context: Context) -> list[tuple[str, str]]:
    sums = rows.order_by().aggregate(spent=Sum("spent_minor"), orders=Sum("orders_count"))
    spent, orders = sums["spent"] or 0, sums["orders"] or 0
    if not orders:
        return []
    currency, locale = context.store.currency, context.locale
    return [
        (str(_("Total spent")), money.display_money(spent, currency, locale)),
        (str(_("Average order")), money.display_money(round(spent / orders), currency, locale)),
    ]


# By the day they were added, which lists begin with, one would pass by all who were added since they were last seen.
_FIRST = {
    LifeStage.CUSTOMER: ("name", False),
    LifeStage.AT_RISK: ("spent", True),
    LifeStage.LAPSED: ("name", False),
}


def _in_stage(stage: LifeStage, context: Context) -> Q:
    return ACTIVE & computed.in_life_stages({stage}, context)


CUSTOMERS = Resource(
    name="customers",
    label=_("Customers"),
    singular=_("Customer"),
    new_label=_("New customer"),
    added_label=_("Customer added"),
    noun="customer",
    rows=queries.customers_of,
    title=computed.name,
    title_needs=("first_name", "last_name", "company", "email", "number", "version"),
    search=queries.search_spans,
    search_filter=queries.search_filter,
    search_hint=_("Name, e-mail, phone, number"),
    tabs=(
        Tab("active", _("Active"), ACTIVE),
        *(
            Tab(stage, stage.label, partial(_in_stage, stage), counted=False, sort=_FIRST.get(stage))
            for stage in (
                LifeStage.POTENTIAL,
                LifeStage.NEW,
                LifeStage.CUSTOMER,
                LifeStage.LOYAL,
                LifeStage.AT_RISK,
                LifeStage.LAPSED,
            )
        ),
        Tab("blocked", _("Blocked"), Q(blocked=True)),
        Tab("inactive", _("Inactive"), Q(state=State.INACTIVE)),
        Tab("archived", _("Archived"), Q(state=State.ARCHIVED)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="active",
    default_sort=("created", True),
    summary=_summary,
    create=_create,
    edit=_edit,
    lead="name",
    # What a screen of 1440 shows without scrolling: who they are, and what they are worth to the shop.
    columns=(
        "name",
        "email",
        "life_stage",
        "spent",
        "orders_count",
        "items_count",
        "last_order",
        "points",
        "age",
        "country",
        "city",
    ),
    enough=_("Name, e-mail or phone is enough to begin"),
    documentation="customers",
    synonyms={
        "tag": "tags",
        "orders": "orders_count",
        "items": "items_count",
        "newsletter": "accepts_marketing",
    },
    importer=IMPORTER,
    export_presets=EXPORT_PRESETS,
)
CUSTOMERS.add(fields=FIELDS, actions=ACTIONS, links=LINKS, finders=FINDERS)
