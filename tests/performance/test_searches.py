"""A search for what names few records gathers them at once; rows along a list's index are not asked one by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.page import fetch_page, neighbours
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change
from tests.orders.making import make_order
from tests.tradeins.making import make_tradein

pytestmark = pytest.mark.django_db


SEARCHES = [
    ("orders", "Nora"),
    ("orders", "SN-77"),
    ("tradeins", "iphone"),
    ("points", "Mila"),
    ("points", "till-7"),
]


@pytest.mark.parametrize(("name", "text"), SEARCHES)
def test_it_is_gathered_at_once(store: Store, name: str, text: str) -> None:
    make_order(store, name="Nora")
    mila = make_customer(store, first_name="Mila")
    make_tradein(store, mila)
    change(store, mila, 50, key="till-7")
    context = Context(store=store, actor=system("Tests"), now=NOW)
    query = query_from_params(get_resource(name), {"q": text, "tab": "all"}, context, strict=True)
    with CaptureQueriesContext(connection) as captured:
        page = fetch_page(query, context, query.chosen_columns(context))
        assert len(page.rows) == 1
        assert neighbours(query, context, page.rows[0]["id"]) == (None, None)
    assert not [one["sql"] for one in captured if "enable_bitmapscan" in one["sql"]]
