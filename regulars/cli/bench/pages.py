"""What is asked of the pages: every tab and sort, deep pages, searches, filters, the counter, records, reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from regulars.cli.bench.web import STORE
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.page import fetch_page
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.queries import Store

Params = dict[str, str]
# What the project has set itself, in ms for the 95th percentile of whole pages.
LIST, SEARCH, FILTER, RECORD, COUNTER, REPORT = 60, 100, 150, 80, 100, 500
SORTS, RECORDS = "list, every sort, both directions", "record page"
FILTERS = {
    "filter, 1 condition": ("country = FR", "country = BG", "tag = vip", "spent > 3000", "created > -7d"),
    "filter, 3 conditions": (
        "country = FR and spent > 200 and last_order < -90d",
        "country = BG and spent > 1000 and newsletter = yes",
        "tag = wholesale and country = JP and orders_count > 2",
        "city = Lyon and age < 30 and newsletter = yes",
    ),
    "filter on what was bought": (
        "has >= 2 purchases (sku = B-0007 and placed > -90d)",
        "has >= 2 purchases (product contains Teapot and placed > -90d)",
        "has purchases (sku = B-1200)",
        "has no orders (returned > 0)",
        "has >= 3 orders (total > 300)",
        "has tradeins (status = on_hold)",
        "frequency_score = 5 and recency_score <= 2",
    ),
}
# The other lists, with what is typed into their search boxes: fields of their own records.
OTHERS = {
    "orders": ("number", "tracking_number", "serial", "customer_email"),
    "products": ("title", "sku"),
    "invoices": ("number", "bill_name", "tracking_number"),
    "tradeins": ("number", "tracking_number"),
}
ASKED_OF_OTHERS = {
    "orders": ("total > 500", "country = BG and status = open", "product contains Lamp", "returned > 0"),
    "invoices": ("total > 500 and status = paid", "salesperson = Ana Costa and status = open"),
    "tradeins": ("status = on_hold", "way = mail_in and status = completed"),
}


@dataclass(frozen=True)
class Asked:
    """One line of the report: addresses, and what their 95th percentile may be in ms; `part` asks as htmx does."""

    name: str
    budget: float
    urls: list[str]
    part: bool = False


def ask(store: Store) -> list[Asked]:
    """Pages that touch the store all over, drawn from the store itself."""
    context = Context(store=store, actor=system("Bench"), now=timezone.now())
    people = _people(store, context)
    return [
        *_customers(people, context),
        *(line for name in OTHERS for line in _others(name, context)),
        *_counter(people, context),
        Asked(RECORDS, RECORD, [_url(f"customers/{row['id']}/") for row in people]),
        Asked(
            "record page, its money and its orders",
            RECORD,
            [
                url
                for row in people
                for url in (
                    _url(f"customers/{row['id']}/", {"show": "money"}),
                    _url(
                        f"customers/{row['id']}/of/orders/",
                        {"tab": "all", "where": f"customer = {row['number']}"},
                    ),
                )
            ],
        ),
        Asked("report page, counted ahead", REPORT, [_url("reports/")]),
    ]


def _customers(people: list[dict[str, Any]], context: Context) -> list[Asked]:
    tabs, sorts = _tabs("customers"), _sorts("customers", context)
    lists = {
        "list, tabs": (LIST, [{"tab": tab} for tab in tabs]),
        SORTS: (LIST, [{"sort": sort} for sort in sorts]),
        "list, every sort of every tab": (
            LIST,
            [{"tab": tab, "sort": sort} for tab, sort in product(tabs, sorts)],
        ),
        "list, page 2": (
            LIST,
            [_next({"sort": name}, context, 1) for name in ("name", "-spent", "-created", "email")],
        ),
        "list, page 200": (
            LIST,
            [_next({"sort": name}, context, 200) for name in ("name", "-spent", "-created")],
        ),
        "search, common words": (
            SEARCH,
            [{"q": word} for word in ("mart", "example.com", "mar", "paris", "sch")],
        ),
        "search, rare words": (
            SEARCH,
            [{"q": word} for word in ("zubiz", "echeverria ines", "szymanski", "qqqqq", "kestrel optics")],
        ),
        "search, e-mail and parts of it": (
            SEARCH,
            [{"q": text} for row in people[:8] for text in (row["email"], row["email"].partition("@")[0])],
        ),
        "search, phone and its last digits": (
            SEARCH,
            [
                {"q": text}
                for row in people[:8]
                for text in (row["phone"], row["phone"][-6:], row["phone"][-4:])
            ],
        ),
        "search, number": (SEARCH, [{"q": str(row["number"])} for row in people[:15]]),
    }
    for name, conditions in FILTERS.items():
        asked = product(conditions, ("-created", "name", "-spent"))
        lists[name] = FILTER, [{"where": where, "sort": sort} for where, sort in asked]
    return [_asked(name, budget, "customers", params) for name, (budget, params) in lists.items()]


def _others(name: str, context: Context) -> list[Asked]:
    """Another list: its tabs, sorts, searches and filters, and the pages of its records."""
    rows = _sample(name, {"size": "25"}, context)
    sorts = [{"tab": tab, "sort": sort} for tab, sort in product(_tabs(name), _sorts(name, context))]
    texts = {str(row[field]) for row in rows for field in OTHERS[name] if row.get(field)}
    found = [
        _asked(f"list of {name}, every sort of every tab", LIST, name, sorts),
        _asked(f"list of {name}, search", SEARCH, name, ({"q": text} for text in sorted(texts)[:40])),
        Asked(f"page of one of the {name}", RECORD, [_url(f"{name}/{row['id']}/") for row in rows]),
    ]
    if name in ASKED_OF_OTHERS:
        asked = ({"tab": "all", "where": where} for where in ASKED_OF_OTHERS[name])
        found.append(_asked(f"list of {name}, filter", FILTER, name, asked))
    return found


def _counter(people: list[dict[str, Any]], context: Context) -> list[Asked]:
    """What is typed or scanned at the counter, each kind of it."""
    orders = _sample("orders", {"where": "serial is not empty", "size": "25"}, context)
    tradeins = _sample("tradeins", {"size": "25"}, context)
    texts = {
        "the last digits of a phone": [row["phone"][-4:] for row in people],
        "a customer number": [str(row["number"]) for row in people],
        "an order number": [row["number"] for row in orders],
        "the serial of something sold": [row["serial"].partition(",")[0] for row in orders],
        "the number of a trade-in": [f"#{row['number']}" for row in tradeins],
        "part of a name": [row["last_name"][1:6] for row in people if len(row["last_name"]) > 4],
        "the beginning of a name": [row["first_name"][:4] for row in people if row["first_name"]],
        "a name as it sounds": ["shmyt", "meyer ana", "nikolson", "katrine", "fillip", "thomasz"],
        "what nobody is called": ["qqqqq", "xxzzyy", "0000000000000", "ORD-404"],
    }
    return [
        # As while one types: the cards alone; with Enter the only one who is found opens.
        Asked(f"counter, {name}", COUNTER, [_url("counter/", {"q": text}) for text in each], part=True)
        for name, each in texts.items()
    ]


def _asked(name: str, budget: float, resource: str, asked: Iterable[Params]) -> Asked:
    return Asked(name, budget, [_url(f"{resource}/", params) for params in asked])


def _url(path: str, params: Params | None = None) -> str:
    return f"/desk/{STORE}/{path}" + (f"?{urlencode(params)}" if params else "")


def _tabs(name: str) -> list[str]:
    return [tab.name for tab in get_resource(name).tabs]


def _sorts(name: str, context: Context) -> list[str]:
    """Every field to sort by, upwards and downwards."""
    fields = get_resource(name).fields(context.actor)
    return [mark + field.name for field in fields if field.sort for mark in ("", "-")]


def _people(store: Store, context: Context) -> list[dict[str, Any]]:
    """Forty customers with e-mail and phone from all over the store."""
    found: list[dict[str, Any]] = []
    last = store.next_customer_number
    for step in range(40):
        where = f"number > {max(last * step // 40 - 1, 0)} and email is not empty and phone is not empty"
        found += _sample("customers", {"where": where, "sort": "number", "size": "1"}, context)
    return found


def _sample(name: str, params: Params, context: Context) -> list[dict[str, Any]]:
    """The first page of a list, with what is typed into search boxes."""
    resource = get_resource(name)
    wanted = ("number", "email", "phone", "first_name", "last_name", "serial", *OTHERS.get(name, ()))
    fields = [field for field in resource.fields(context.actor) if field.name in wanted]
    query = query_from_params(resource, {"tab": "all", **params}, context, strict=True)
    rows = fetch_page(query, context, fields).rows
    return [{field.name: field.read(row, context) for field in fields} | {"id": row["id"]} for row in rows]


def _next(params: Params, context: Context, pages: int) -> Params:
    """The list so many pages on: the address that a person would be at after as many clicks."""
    customers = get_resource("customers")
    after = ""
    for _ in range(pages):
        query = query_from_params(customers, {**params, "after": after}, context, strict=True)
        after = fetch_page(query, context, []).next or after
    return {**params, "after": after}
