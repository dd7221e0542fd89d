"""Forgetting a customer: their orders stay for the books and say nothing of them."""

import contextlib

import pytest
from django.db import connection

from regulars.customers.services import anonymise_customers
from regulars.duplicates.services import merge_customers
from regulars.kit.errors import Refused
from regulars.orders import services
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import undo_change_set
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


def test_no_byte_of_somebody_forgotten_stays_whatever_was_done(store: Store) -> None:
    secret = "zanzibarine"
    nora = make_customer(
        store,
        first_name=f"{secret}a",
        last_name=f"{secret}b",
        email=f"{secret}@example.test",
        phone="+33612345678",
    )
    twin, max_ = make_customer(store, first_name=f"{secret}c"), make_customer(store, first_name="Max")
    orders = [
        make_order(
            store,
            customer_id=whose.pk,
            note=f"For {secret}",
            company=f"{secret} Ltd",
            city=secret,
            tracking_number=secret.upper(),
            paid_by="cash",
        )
        for whose in (nora, twin, max_)
    ]
    own, theirs, given = orders
    for order in (own, theirs):
        line = OrderLine.objects.filter(order=order).earliest("position")
        services.return_items(
            store=store, order_id=order.pk, quantities={line.pk: 1}, reason=secret, actor=TESTS, now=NOW
        )
        payment = PaymentFacts(amount_minor=-100, method="transfer", reference=f"To {secret}")
        services.record_payment(store=store, order_id=order.pk, payment=payment, actor=TESTS, now=NOW)
        services.edit_order(
            store=store, order_id=order.pk, values={"name": secret}, base_version=None, actor=TESTS, now=NOW
        )
        for key in ("order.edited", "order.paid", "order.returned"):
            act = Event.objects.filter(record_id=order.pk, key=key).latest("pk").change_set_id
            undone = undo_change_set(store=store, change_set_id=act, actor=TESTS, now=NOW)
            if key == "order.edited" and undone.change_set:
                undo_change_set(store=store, change_set_id=undone.change_set, actor=TESTS, now=NOW)
    services.move_orders(
        store=store, ids=[given.pk], inputs={"customer": nora.pk}, actor=TESTS, now=NOW, change_set=None
    )
    merge_customers(store=store, survivor_id=nora.pk, loser_ids=[twin.pk], choices={}, actor=TESTS, now=NOW)
    sums = list(Order.objects.order_by("pk").values_list("total_minor", "paid_minor", "returned_minor"))
    anonymise_customers(store=store, ids=[nora.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{secret}%"])
            assert cursor.fetchall() == [], table
    assert (
        list(Order.objects.order_by("pk").values_list("total_minor", "paid_minor", "returned_minor")) == sums
    )
    assert services.drift_of(store=store) == services.Drift()
    for act in ChangeSet.objects.filter(store=store).order_by("-pk"):
        with contextlib.suppress(Refused):
            undo_change_set(store=store, change_set_id=act.pk, actor=TESTS, now=NOW)
        assert services.drift_of(store=store) == services.Drift()
