"""Forgetting a customer: their orders stay for the books and say nothing of them."""

import pytest

from regulars.customers.services import anonymise_customers
from regulars.orders import services
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, Payment
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.orders.making import TESTS, make_order

pytestmark = pytest.mark.django_db
SECRETS = ("Nora", "nora@example.test", "+33612345678", "rue des Lilas")


def test_orders_of_somebody_forgotten_keep_their_sums_alone(store: Store) -> None:
    nora = make_customer(store, first_name="Nora", last_name="Lindqvist", email="nora@example.test")
    other = make_customer(store, first_name="Max")
    contact = {
        "name": "Nora Lindqvist",
        "email": "nora@example.test",
        "phone": "+33612345678",
        "address": "1 rue des Lilas",
        "note": "For Nora",
    }
    order = make_order(
        store,
        customer_id=nora.pk,
        payments=(PaymentFacts(amount_minor=100, method="transfer", reference="From Nora"),),
        **contact,
    )
    sent_to_her = make_order(store, customer_id=other.pk, email="NORA@example.test", name="Nora L.")
    services.edit_order(
        store=store,
        order_id=order.pk,
        values={"address": "2 rue des Lilas"},
        base_version=None,
        actor=TESTS,
        now=NOW,
    )
    anonymise_customers(store=store, ids=[nora.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
    texts = [str(row) for row in Order.objects.filter(pk__in=[order.pk, sent_to_her.pk]).values()]
    texts += [str(row) for row in Payment.objects.values()]
    texts += [str(row) for row in Event.objects.values("before", "after", "data")]
    for secret in SECRETS:
        assert not [text for text in texts if secret.lower() in text.lower()], secret
    order.refresh_from_db()
    assert (order.total_minor, order.paid_minor, order.customer_id) == (7000, 100, nora.pk)
    assert services.recount_figures(store=store) == 0
