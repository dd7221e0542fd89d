"""Names as they sound are found along an index."""

import pytest
from django.db import connection

from regulars.customers.resource.finders import sounding_like
from regulars.customers.services import insert_customers
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.stores.models import Store
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(store: Store) -> Store:
    """Enough names for the planner to have a choice."""
    letters = "bdfgklmnprstvz"
    names = [
        f"{a}{b}o{c}e{d}".title() for a in letters for b in "aeiu" for c in letters[:7] for d in letters[:7]
    ]
    records = [{"first_name": f"Anna{at % 7}", "last_name": name} for at, name in enumerate(names)]
    insert_customers(store=store, records=records, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    return store


@pytest.mark.parametrize("words", [["dabodeg"], ["anna", "dabodeg"]])
def test_the_plan_walks_the_index_of_sounds(many: Store, words: list[str]) -> None:
    rows = sounding_like(Context(store=many, actor=system("Tests"), now=NOW), words).values("pk")
    plan = rows[:200].explain()
    assert "customer_sound" in plan and "Seq Scan" not in plan, plan
