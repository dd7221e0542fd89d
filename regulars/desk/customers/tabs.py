"""The tabs of a customer's page: what the desk tells itself, and the lists that other parts declared."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.customers import queries
from regulars.desk import values
from regulars.desk.customers.membership import has_tiers
from regulars.desk.lists.counts import count_text
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.page import Count, count_each, matching
from regulars.resources.query import Query, query_from_params
from regulars.resources.related import Related
from regulars.resources.resource import Resource, get_resource


def tabs_of(
    resource: Resource, row: Row, context: Context, *, url: str, position: str, current: str
) -> list[dict[str, Any]]:
    """Every tab with its address and how much is in it."""
    found = resource.related(context.actor)
    asked = [matching(held_query(one, row, context), context) for one in found]
    beside = (queries.every_note(context.store), queries.every_address(context.store))
    asked += [rows.filter(customer_id=row["id"]) for rows in beside]
    *counts, notes, addresses = count_each(asked)
    has_main = any(row[name] for name in ("address", "city", "postcode", "country"))
    own = [("money", _("Money"), 0)] if resource.flows(context.actor) else []
    own += [("membership", _("Membership"), 0)] if has_tiers(context) else []
    own += [("addresses", _("Addresses"), addresses.value + has_main), ("notes", _("Notes"), notes.value)]
    ending = f"&{position}" if position else ""
    first = f"{url}?{position}" if position else url
    return [
        {"label": _("Overview"), "url": first, "current": current == "overview"},
        *(
            {
                "label": str(one.label),
                "url": related_url(one, row, context),
                "current": current == one.name,
                "count_text": _count(count, context),
            }
            for one, count in zip(found, counts, strict=True)
        ),
        *(
            {
                "label": label,
                "url": f"{url}?show={name}{ending}",
                "current": current == name,
                "count_text": _count(Count(count, exact=True), context),
            }
            for name, label, count in own
        ),
    ]


def held_query(one: Related, row: Row, context: Context) -> Query:
    """All rows of a list that belong to the record."""
    return query_from_params(get_resource(one.rows), {"tab": "all", "where": one.where(row)}, context)


def related_base(one: Related, record_id: UUID, context: Context) -> str:
    """The address of a list on the page of the record it belongs to."""
    here = {"store": context.store.slug, "record_id": record_id, "name": one.name}
    return reverse("customer_related", kwargs=here)


def related_url(one: Related, row: Row, context: Context) -> str:
    """The same with all rows of the record; the condition is said, so that files and actions mean these rows too."""
    asked = {"tab": "all", "where": one.where(row)}
    return f"{related_base(one, row['id'], context)}?{urlencode(asked)}"


def _count(count: Count, context: Context) -> str:
    return count_text(count, values.style_of(context).language) if count.value else ""
