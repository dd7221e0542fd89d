"""What other parts find of a merged customer: imports, erasing, the timeline."""

from datetime import timedelta

import pytest

from regulars.customers import services as customer_services
from regulars.customers.importer import IMPORTER
from regulars.customers.models import Customer
from regulars.duplicates import queries, services
from regulars.duplicates.models import Kept, Merge, Moved, Pair
from regulars.duplicates.services import CannotMerge
from regulars.kit.errors import NotFound
from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Matching
from regulars.resources.record import fetch_record
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.duplicates.conftest import ME
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged(store: Store) -> tuple[Customer, Customer]:
    stays = make_customer(store, first_name="Ada", email="ada@example.com", external_id="S-1")
    goes = make_customer(
        store, first_name="Ada", email="ada@old.example", external_id="S-2", phone="+33612345678"
    )
    make_customer(store, first_name="Eve", phone="+33612345678")
    services.scan(store=store, full=True, now=NOW)
    services.merge_customers(
        store=store, survivor_id=stays.pk, loser_ids=[goes.pk], choices={}, actor=ME, now=NOW
    )
    return stays, goes


@pytest.mark.parametrize(
    "values",
    [
        {"external_id": "S-2", "company": "New"},
        {"email": "Ada@OLD.example", "company": "New"},
        {"email": "ada@old.example", "external_id": "S-2", "company": "New"},
        {"email": "ada@example.com", "company": "New"},
    ],
)
def test_a_file_that_names_the_old_one_changes_the_one_that_stays(
    store: Store, merged: tuple[Customer, Customer], values: dict[str, str]
) -> None:
    context = Context(store=store, actor=ME, now=NOW)
    (decision,) = IMPORTER.decide(
        store=store, candidates=[Candidate(line=1, values=values)], matching=Matching(), context=context
    )
    assert decision.record_id == merged[0].pk
    assert decision.values == {"company": "New"}


def test_the_old_mail_under_the_old_name_is_no_family(
    store: Store, merged: tuple[Customer, Customer]
) -> None:
    """Somebody said that the two names are one person when they were merged."""
    context = Context(store=store, actor=ME, now=NOW)
    values = {"email": "ada@old.example", "first_name": "Quite", "last_name": "Different"}
    (decision,) = IMPORTER.decide(
        store=store, candidates=[Candidate(line=1, values=values)], matching=Matching(), context=context
    )
    assert (decision.record_id, decision.verdict) == (merged[0].pk, "changed")


def test_the_old_id_is_answered_with_the_one_that_stays(
    store: Store, other_store: Store, merged: tuple[Customer, Customer]
) -> None:
    resource = get_resource("customers")
    row = fetch_record(resource, merged[1].pk, [], Context(store=store, actor=ME, now=NOW))
    assert row["id"] == merged[0].pk
    assert resource.lives_on(merged[1].number, store) == merged[0].pk
    assert resource.lives_on(merged[1].pk, other_store) is None
    assert resource.lives_on(merged[1].number, other_store) is None


def test_after_erasing_nothing_of_the_loser_is_kept_and_it_stays_merged(
    store: Store, merged: tuple[Customer, Customer]
) -> None:
    stays, goes = merged
    assert Kept.objects.exists()
    action = get_resource("customers").action("anonymise")
    outcome = action.perform(
        store=store, ids=[stays.pk], inputs={}, actor=ME, now=NOW + timedelta(days=1), change_set=None
    )
    assert outcome.done == [stays.pk]
    assert not Kept.objects.exists() and not Moved.objects.exists() and not Pair.objects.exists()
    merge = Merge.objects.get()
    assert merge.is_final and (merge.email_key, merge.external_id, merge.changed) == ("", "", {})
    assert queries.survivor_of(store=store, customer_id=goes.pk) == stays.pk
    with pytest.raises(CannotMerge, match="anonymised"):
        services.unmerge(store=store, merge_id=merge.pk, actor=ME, now=NOW)
    with pytest.raises(CannotMerge, match="anonymised"):
        other = make_customer(store, first_name="Zed")
        services.merge_customers(
            store=store, survivor_id=other.pk, loser_ids=[stays.pk], choices={}, actor=ME, now=NOW
        )


def test_after_deleting_nothing_is_left(store: Store, merged: tuple[Customer, Customer]) -> None:
    stays, _goes = merged
    action = get_resource("customers").action("delete")
    outcome = action.perform(store=store, ids=[stays.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert outcome.done == [stays.pk]
    assert not Merge.objects.exists() and not Kept.objects.exists() and not Moved.objects.exists()


def test_a_note_on_the_one_that_went_is_refused_in_words(
    store: Store, merged: tuple[Customer, Customer]
) -> None:
    with pytest.raises(NotFound):
        customer_services.add_note(store=store, customer_id=merged[1].pk, body="x", actor=ME, now=NOW)
