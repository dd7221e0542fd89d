"""The list of messages is searched along indexes: by a part of the subject or the address, and by name."""

from datetime import timedelta

import pytest
from django.db import connection

from regulars.customers.models import Customer
from regulars.kit.ids import new_id
from regulars.messaging.models import Message
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db


def message(store: Store, customer: Customer, subject: str, address: str, at: int = 0) -> Message:
    return Message(
        id=new_id(),
        store=store,
        customer=customer,
        kind="written.service",
        channel="mail",
        purpose="service",
        language="en",
        address=address,
        subject=subject,
        due_at=NOW,
        created_at=NOW - timedelta(minutes=at),
    )


def searched(who: Someone, text: str) -> list[str]:
    context = Context(store=who.store, actor=who.actor, now=NOW)
    query = query_from_params(get_resource("messages"), {"tab": "all", "q": text}, context, strict=True)
    rows = matching(query, context)
    return sorted(rows.values_list("subject", flat=True))


def test_a_part_of_what_stands_in_a_message_finds_it(
    clerk: Someone, other_owner: Someone, other_store: Store
) -> None:
    store = clerk.store
    ada, stranger = make_customer(store, first_name="Åda"), make_customer(other_store, first_name="Ada")
    bea = make_customer(store, first_name="Bea")
    Message.objects.bulk_create(
        [
            message(store, ada, "50% off_today", "a@x.example"),
            message(store, bea, "Invoice 7", "BEA@x.example"),
            message(other_store, stranger, "Invoice 7 of others", "bea@x.example"),
        ]
    )
    assert searched(clerk, "INVOICE") == searched(clerk, "bea@X") == searched(clerk, "bea") == ["Invoice 7"]
    assert searched(clerk, "ada") == searched(clerk, "% off_") == ["50% off_today"]
    assert searched(clerk, "50_ off") == searched(clerk, "nobody") == []
    assert searched(other_owner, "invoice") == ["Invoice 7 of others"]


def test_no_search_reads_every_message(owner: Someone) -> None:
    store, ada = owner.store, make_customer(owner.store)
    rows = [message(store, ada, f"Subject {at:05}", f"who{at:05}@x.example", at) for at in range(4000)]
    Message.objects.bulk_create(rows)
    context = Context(store=store, actor=owner.actor, now=NOW)
    query = query_from_params(get_resource("messages"), {"tab": "all", "q": "02345"}, context, strict=True)
    with connection.cursor() as cursor:
        for name in ("message_subject", "message_address"):  # what a vacuum does sooner or later
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [name])
        cursor.execute("ANALYZE messaging_message, customers_customer")
    plan = matching(query, context).explain()
    assert "message_subject" in plan and "message_address" in plan, plan
    assert searched(owner, "02345") == ["Subject 02345"]
