"""Whatever two customers hold and whatever is chosen: merged and split again, the database is as before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.choices import Flag, State
from regulars.customers.models import Customer
from regulars.customers.services import update_customers
from regulars.duplicates import services
from regulars.duplicates.facts import FACTS, merged_customer
from regulars.duplicates.models import Merge, Pair
from regulars.stores.models import Store
from tests.duplicates.conftest import ME, furnish, picture
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change

pytestmark = pytest.mark.django_db
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
FACTS_OF_ONE = st.fixed_dictionaries(
    {},
    optional={
        "first_name": TEXT,
        "last_name": TEXT,
        "company": TEXT,
        "phone": st.sampled_from(["", "+33612345678", "+4915112345678"]),
        "birthdate": st.none() | st.dates(date(1930, 1, 1), date(2020, 1, 1)),
        "city": TEXT,
        "postcode": TEXT,
        "tags": st.lists(st.sampled_from(["vip", "old", "repair", "Ünïcode, or so"[:7]]), unique=True),
        "note": TEXT,
        "accepts_marketing": st.booleans(),
        "language": st.sampled_from(["", "fr", "de"]),
    },
)
COLUMNS = st.fixed_dictionaries(
    {
        "flag": st.sampled_from(Flag.values),
        "state": st.sampled_from([State.ACTIVE.value, State.INACTIVE.value, State.ARCHIVED.value]),
        "created_at": st.integers(0, 900).map(lambda days: NOW - timedelta(days=days)),
    }
)
POINTS = st.integers(-5, 500)
ONE = st.tuples(
    FACTS_OF_ONE, COLUMNS, POINTS, st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.booleans()
)


def make(store: Store, at: int, one: Any) -> Customer:
    facts, columns, points, orders, notes, addresses, mail = one
    facts = facts | {"first_name": facts.get("first_name") or "N"}
    customer = make_customer(store, **facts, **({"email": f"p{at}@example.com"} if mail else {}))
    reason = "" if columns["flag"] == Flag.NONE else f"Reason {at}"
    update_customers(store=store, changes=[(customer.pk, columns | {"flag_reason": reason})], now=NOW)
    furnish(store, customer, orders=orders, notes=notes, addresses=addresses)
    if points:
        change(store, customer, points)
    return Customer.objects.get(pk=customer.pk)


@given(
    people=st.lists(ONE, min_size=2, max_size=4),
    picks=st.dictionaries(st.sampled_from([fact.name for fact in FACTS]), st.integers(0, 3)),
    order=st.randoms(use_true_random=False),
    decided=st.sampled_from(["", "different", "household"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merged_and_split(
    store: Store, people: list[Any], picks: dict[str, int], order: Any, decided: str
) -> None:
    with transaction.atomic():
        survivor, *losers = [make(store, at, one) for at, one in enumerate(people)]
        first, second = sorted((survivor.pk, losers[0].pk))
        Pair.objects.create(store=store, first_id=first, second_id=second, score=60, verdict=decided)
        everybody = [survivor, *losers]
        choices = {name: everybody[at % len(everybody)].pk for name, at in picks.items()}
        before = picture()
        foretold = merged_customer(survivor, losers, choices)
        services.merge_customers(
            store=store,
            survivor_id=survivor.pk,
            loser_ids=[one.pk for one in losers],
            choices=choices,
            actor=ME,
            now=NOW,
        )
        kept = Customer.objects.get(store=store)
        for fact in FACTS:
            assert fact.of(kept) == fact.of(foretold)
        assert kept.orders_count == sum(one.orders_count for one in everybody)
        assert kept.spent_minor == sum(one.spent_minor for one in everybody)
        merges = list(Merge.objects.filter(store=store))
        order.shuffle(merges)
        for merge in merges:
            services.unmerge(store=store, merge_id=merge.pk, actor=ME, now=NOW)
        assert picture() == before
        transaction.set_rollback(True)  # the next example begins with an empty store
