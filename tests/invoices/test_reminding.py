"""Reminders of overdue invoices: to whom, when, in which language, and to whom not."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.invoices import services
from regulars.invoices.models import Invoice
from regulars.orders import services as orders
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, act, make_draft, make_issued, pay
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db


def make_late(store: Store, **facts: Any) -> Invoice:
    """An invoice that was due eight days ago."""
    given = {"email": "nora@example.com", "due_on": store.day_of(NOW) - timedelta(days=8)} | facts
    return make_issued(store, **given)


def work(store: Store) -> None:
    for job in ProcrastinateJob.objects.filter(task_name="invoices.remind").order_by("pk"):
        assert job.args["store_id"] == str(store.pk)
        here = {"store_id": store.pk, "invoice_id": job.args["invoice_id"], "to": job.args["to"]}
        services.send_reminder(**here, now=NOW)


def test_who_is_late_gets_the_invoice_once_more(store: Store) -> None:
    late = make_late(store)
    pay(store, late, 999)
    assert act(services.remind_customers, store, late).done == [late.pk]
    work(store)
    (sent,) = mail.outbox
    assert sent.to == ["nora@example.com"] and "INV-00001" in sent.subject
    assert "€200.00 of INV-00001 were due by" in sent.body and "8 days ago" in sent.body
    assert sent.attachments[0][0] == "INV-00001.pdf"
    assert Event.objects.get(key="invoice.reminded").data == {"email": "nora@example.com"}
    again = act(services.remind_customers, store, late)
    assert again.skipped == {late.pk: "was reminded of today"}


def test_the_language_is_the_customers(store: Store) -> None:
    nora = make_customer(store, first_name="Nora", email="nora@example.com", language="fr")
    late = make_late(store, customer_id=nora.pk)
    act(services.remind_customers, store, late)
    with override_settings(LANGUAGES=[("en", "English"), ("fr", "French")]):
        work(store)
    assert "200,00" in mail.outbox[0].body or "209,99" in mail.outbox[0].body


def test_nobody_is_reminded_of_what_is_not_owed(store: Store) -> None:
    draft, fresh, nobody = make_draft(store), make_issued(store), make_late(store, email="")
    note = make_late(store, kind="purchase_note")
    outcome = act(services.remind_customers, store, draft, fresh, nobody, note)
    assert outcome.skipped == {
        draft.pk: "is not overdue",
        fresh.pk: "is not overdue",
        nobody.pk: "has no e-mail address",
        note.pk: "is due to the customer, not by them",
    }
    paid = make_late(store)
    act(services.remind_customers, store, paid)
    pay(store, paid)  # before the worker came to it
    work(store)
    assert not mail.outbox


def test_an_order_that_was_cancelled_is_not_asked_for(store: Store) -> None:
    order = make_order(store, name="Nora", email="nora@example.com")
    act(services.invoice_orders, store, order)
    Invoice.objects.update(due_on=store.day_of(NOW) - timedelta(days=2))
    draft = Invoice.objects.get()
    invoice = services.issue_invoice(store=store, invoice_id=draft.pk, actor=ME, now=NOW)
    orders.cancel_orders(store=store, ids=[order.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    outcome = act(services.remind_customers, store, invoice)
    assert outcome.skipped == {invoice.pk: "differs from its order; bring it in line first"}
