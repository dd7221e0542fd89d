"""What is asked of the pages: every tab and sort, deep pages, searches, filters, records."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.page import fetch_page
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.queries import Store

Params = dict[str, str]
TABS = ("active", "blocked", "inactive", "archived", "all")
FILTERS = {
    "filter, 1 condition": ("country = FR", "country = BG", "tag = vip", "spent > 3000", "created > -7d"),
    "filter, 3 conditions": (
        "country = FR and spent > 200 and last_order < -90d",
        "country = BG and spent > 1000 and newsletter = yes",
        "tag = wholesale and country = JP and orders_count > 2",
        "city = Lyon and age < 30 and newsletter = yes",
    ),
}


@dataclass(frozen=True)
class Asked:
    """What the measured pages ask, drawn from the store itself."""

    lists: dict[str, list[Params]]
    records: list[Any]


def ask(store: Store) -> Asked:
    """Lists, searches and records that touch the store all over."""
    context = Context(store=store, actor=system("Bench"), now=timezone.now())
    customers = get_resource("customers")
    sortable = [field.name for field in customers.fields(context.actor) if field.sort]
    sample = _sample(store, context)
    lists = {
        "list, tabs": [{"tab": tab} for tab in TABS],
        "list, every sort, both directions": [
            {"sort": mark + name} for name in sortable for mark in ("", "-")
        ],
        "list, every sort of the archived": [{"sort": name, "tab": "archived"} for name in sortable],
        "list, page 2": [
            _next({"sort": name}, context, 1) for name in ("name", "-spent", "-created", "email")
        ],
        "list, page 200": [_next({"sort": name}, context, 200) for name in ("name", "-spent", "-created")],
        "search, common words": [{"q": word} for word in ("mart", "example.com", "mar", "paris", "sch")],
        "search, rare words": [
            {"q": word} for word in ("zubiz", "echeverria ines", "szymanski", "qqqqq", "kestrel optics")
        ],
        "search, e-mail and parts of it": [
            {"q": text} for row in sample[:8] for text in (row["email"], row["email"].partition("@")[0])
        ],
        "search, phone and its last digits": [
            {"q": text} for row in sample[:8] for text in (row["phone"], row["phone"][-6:], row["phone"][-4:])
        ],
        "search, number": [{"q": str(row["number"])} for row in sample[:15]],
    }
    for name, conditions in FILTERS.items():
        lists[name] = [
            {"where": where, "sort": sort} for where in conditions for sort in ("-created", "name", "-spent")
        ]
    return Asked(lists, [row["id"] for row in sample])


def _sample(store: Store, context: Context) -> list[dict[str, Any]]:
    """Forty customers with e-mail and phone from all over the store."""
    customers = get_resource("customers")
    fields = [
        field for field in customers.fields(context.actor) if field.name in ("email", "phone", "number")
    ]
    found: list[dict[str, Any]] = []
    last = store.next_customer_number
    for step in range(40):
        where = f"number > {max(last * step // 40 - 1, 0)} and email is not empty and phone is not empty"
        query = query_from_params(
            customers, {"where": where, "sort": "number", "size": "1"}, context, strict=True
        )
        found += [dict(row) for row in fetch_page(query, context, fields).rows]
    return found


def _next(params: Params, context: Context, pages: int) -> Params:
    """The list so many pages on: the address that a person would be at after as many clicks."""
    customers = get_resource("customers")
    after = ""
    for _ in range(pages):
        query = query_from_params(customers, {**params, "after": after}, context, strict=True)
        after = fetch_page(query, context, []).next or after
    return {**params, "after": after}
