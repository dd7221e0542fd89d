"""Invoices by mail: asked for now, sent by the worker, with the PDF."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.invoices import services, tasks
from regulars.invoices.models import Invoice
from regulars.staff import queries as staff_queries
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW
from tests.invoices.conftest import ME, act, make_draft, make_issued

pytestmark = pytest.mark.django_db


def work() -> None:
    for job in ProcrastinateJob.objects.filter(task_name="invoices.send").order_by("pk"):
        tasks.send_invoice(**job.args)


def test_the_customer_gets_the_pdf(store: Store) -> None:
    services.edit_settings(store=store, changes={"payment_text": "IBAN FR76"}, actor=ME, now=NOW)
    issued = make_issued(store, email="nora@example.com")
    assert act(services.mail_invoices, store, issued).done == [issued.pk] and not mail.outbox
    work()
    (sent,) = mail.outbox
    assert sent.to == ["nora@example.com"] and "Invoice INV-00001" in sent.subject
    assert "€209.99 is due by 2026-03-16" in sent.body and "IBAN FR76" in sent.body
    (attached,) = sent.attachments
    assert attached[0] == "INV-00001.pdf" and attached[1].startswith(b"%PDF")
    assert Invoice.objects.get().mailed_at == NOW
    assert Event.objects.get(key="invoice.mailed").data == {"email": "nora@example.com"}


@pytest.mark.parametrize("act_on", [services.mail_invoices, services.remind_customers])
def test_many_are_asked_for_at_once(store: Store, act_on: Any) -> None:
    later = NOW + timedelta(days=60)

    def ask(*those: Invoice) -> int:
        with CaptureQueriesContext(connection) as caught:
            done = act_on(
                store=store, ids=[one.pk for one in those], inputs={}, actor=ME, now=later, change_set=None
            )
        assert sorted(done.done) == sorted(one.pk for one in those)
        return len(caught)

    two, many = ([make_issued(store, email="a@b.de") for _at in range(count)] for count in (2, 6))
    assert ask(*many) == ask(*two)


def test_another_address_is_taken_once(store: Store) -> None:
    issued = make_issued(store)
    assert act(services.mail_invoices, store, issued).skipped == {issued.pk: "has no e-mail address"}
    act(services.mail_invoices, store, issued, email="books@example.com")
    work()
    assert mail.outbox[0].to == ["books@example.com"]


def test_drafts_and_void_ones_are_not_sent(store: Store) -> None:
    draft, gone = make_draft(store, email="a@b.de"), make_issued(store, email="a@b.de")
    act(services.mail_invoices, store, gone)
    act(services.void_invoices, store, gone, reason="x")
    assert len(act(services.mail_invoices, store, draft, gone).skipped) == 2
    work()  # asked for before it was made void
    assert not mail.outbox


def test_without_a_provider_the_outbox_says_what_was_attached(store: Store, settings: object) -> None:
    settings.MAILERS = {"default": {"BACKEND": "regulars.staff.outbox.OutboxBackend"}}  # type: ignore[attr-defined]
    act(services.mail_invoices, store, make_issued(store, email="nora@example.com"))
    work()
    (kept,) = staff_queries.kept_mail(store=store, actor=ME)
    assert kept.to == "nora@example.com" and kept.body.endswith("[INV-00001.pdf]")
