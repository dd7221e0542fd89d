"""Products come in from files: found by external id, sku or name, with a second time that changes nothing."""

import io
from typing import Any

import pytest

from regulars.kit.actor import system
from regulars.orders.models import Product
from regulars.orders.services import create_product
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.services import import_now
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
ME = system("Tests")


def bring(store: Store, text: str) -> dict[str, Any]:
    """The counts of an import of this file."""
    view = import_now(
        store=store,
        resource=get_resource("products"),
        file=io.BytesIO(text.encode()),
        filename="products.csv",
        actor=ME,
        now=NOW,
    )
    return {name: view.counts[name] for name in ("new", "changed", "same", "failed")}


def test_a_file_of_a_shop_comes_in_once(store: Store) -> None:
    text = "Product name,Variant SKU,Variant Price,VAT,Description\nMug,M-1,9.90,20,Blue\nTea,,10.00,5.5,\n"
    assert bring(store, text) == {"new": 2, "changed": 0, "same": 0, "failed": 0}
    mug = Product.objects.get(sku="M-1")
    assert (mug.title, mug.price_minor, str(mug.tax_percent), mug.description) == (
        "Mug",
        990,
        "20.00",
        "Blue",
    )
    assert bring(store, text) == {"new": 0, "changed": 0, "same": 2, "failed": 0}
    assert bring(store, text.replace("9.90", "11.00"))["changed"] == 1
    mug.refresh_from_db()
    assert (mug.price_minor, mug.version) == (1100, 2)


def test_each_row_is_about_the_product_it_names(store: Store) -> None:
    for facts in ({"title": "Mug", "sku": "M-1"}, {"title": "Lamp", "external_id": "7"}, {"title": "Lamp"}):
        create_product(store=store, values=facts, actor=ME, now=NOW)
    wrong = "title,sku,external_id,price\nLamp,,,4\n,M-1,7,5\n,N-1,,6\nX,X-1,,-1\n"
    assert bring(store, wrong) == {"new": 0, "changed": 0, "same": 0, "failed": 4}
    text = "title,sku,external_id,price\nMug,M-1,,1\nLight,,7,2\nMug,M-2,,3\n"
    assert bring(store, text) == {"new": 1, "changed": 2, "same": 0, "failed": 0}
    told = list(Product.objects.order_by("price_minor").values_list("title", "sku", "price_minor"))
    assert told == [("Lamp", "", 0), ("Mug", "M-1", 100), ("Light", "", 200), ("Mug", "M-2", 300)]


def test_twice_in_one_file_is_one(store: Store) -> None:
    bring(store, "title,sku,price\nMug,M-1,1\nMug,M-1,2\n")
    assert Product.objects.filter(sku="M-1").count() == 1
