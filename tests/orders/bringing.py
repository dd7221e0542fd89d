"""Order files for tests: brought the way the product brings them."""

import io
from typing import Any

from regulars.orders.models import Order
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import queries, services
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from tests.factories import NOW
from tests.orders.making import TESTS


def bring(store: Store, content: str | bytes, *, dry_run: bool = False, **plan: Any) -> ImportView:
    """Import orders from a text or bytes within this process, under a plan."""
    raw = content.encode() if isinstance(content, str) else content
    return services.import_now(
        store=store,
        resource=get_resource("orders"),
        file=io.BytesIO(raw),
        filename="orders.csv",
        actor=TESTS,
        now=NOW,
        dry_run=dry_run,
        plan=Plan.from_json(plan) if plan else None,
    )


def told(view: ImportView) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: count for name, count in view.counts.items() if count and name != "total"}


def wrong(store: Store, view: ImportView) -> list[str]:
    """What is wrong with the rows that were not taken."""
    return [one.text for one in queries.failures(store=store, import_id=view.id)]


def the_order(store: Store, number: str) -> Order:
    """The order with this number and its customer."""
    return Order.objects.select_related("customer").get(store=store, number=number)
