"""An open shop with things to buy, and somebody who fills a basket."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.kit.actor import system
from regulars.orders import services, tasks
from regulars.orders.models import Product
from regulars.stores.models import Store
from regulars.stores.services import edit_store
from tests.factories import NOW, make_store

OPEN = {"shop_open": True, "pickup_address": "12 rue des Lilas\nParis", "bank_details": "IBAN FR76 1234"}
BUYER = {
    "email": "ada@example.com",
    "phone": "06 12 34 56 78",
    "name": "Ada King Lovelace",
    "address": "3 rue Neuve",
    "postcode": "75002",
    "city": "Paris",
    "country": "FR",
    "pays": "pickup",
}


def open_shop(slug: str = "shop", **settings: Any) -> Store:
    """A store whose shop page is open."""
    store = make_store(slug)
    return edit_store(store=store, changes=OPEN | settings, actor=system("Tests"), now=NOW)


def make_product(store: Store, title: str, price: int = 1500, **values: Any) -> Product:
    """Something to buy."""
    facts = {"title": title, "price_minor": price, "tax_percent": Decimal(20)} | values
    return services.create_product(store=store, values=facts, actor=system("Tests"), now=NOW)


def edit_product(product: Product, **changes: Any) -> None:
    services.edit_product(
        store=product.store,
        product_id=product.pk,
        values=changes,
        base_version=None,
        actor=system("Tests"),
        now=NOW,
    )


def archive(product: Product) -> None:
    services.archive_products(
        store=product.store, ids=[product.pk], inputs={}, actor=system("Tests"), now=NOW, change_set=None
    )


def put(client: Client, product: Product, quantity: int = 1, slug: str = "shop") -> Any:
    """Put a product into the basket of this browser."""
    return client.post(f"/shop/{slug}/basket/add/", {"product": str(product.pk), "quantity": str(quantity)})


def hidden(client: Client, slug: str = "shop") -> dict[str, str]:
    """What the form of the checkout carries beside what the buyer types."""
    page = client.get(f"/shop/{slug}/checkout/").content.decode()
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("basket", "seen")}


def buy(client: Client, slug: str = "shop", **changes: str) -> Any:
    """Look at the checkout, fill it in and send it."""
    return client.post(f"/shop/{slug}/checkout/", hidden(client, slug) | BUYER | changes)


def send_confirmations() -> None:
    """What the worker does with the confirmations that wait."""
    for job in ProcrastinateJob.objects.filter(task_name="orders.mail_confirmation", status="todo"):
        tasks.mail_confirmation(**job.args)


@pytest.fixture(autouse=True)
def _no_attempts_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def store(db: None) -> Store:
    return open_shop()


@pytest.fixture
def mug(store: Store) -> Product:
    return make_product(store, "Mug", 1500, sku="MUG-1", description="Holds tea.\nAnd coffee.")


@pytest.fixture
def lamp(store: Store) -> Product:
    return make_product(store, "Lamp", 4000)
