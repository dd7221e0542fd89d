"""Customers who sign in, and the worker that writes their mail."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.accounts import services, tasks
from regulars.accounts.choices import Stage
from regulars.accounts.models import Account
from regulars.accounts.services import Browser
from regulars.accounts.services.sessions import begin
from regulars.customers.models import Customer
from regulars.customers.services import set_has_account
from regulars.kit.actor import system
from regulars.messaging.services import deliver_due
from regulars.portal import visiting
from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store
from tests import factories
from tests.factories import NOW

PASSWORD = "orchard-lantern-57"


def open_shop(slug: str = "shop", **settings: Any) -> Store:
    """A store whose shop page is open."""
    return factories.make_store(slug, shop_open=True, pickup_address="1 Rue Longue", **settings)


def accounts_settings(store: Store, *, default_password: str | None = None, **changes: Any) -> None:
    services.edit_settings(
        store=store, changes=changes, default_password=default_password, actor=system("Tests"), now=NOW
    )


def make_account(
    store: Store, email: str = "nora@example.com", password: str = PASSWORD, **facts: Any
) -> Account:
    """A customer who has confirmed their mail, with a password."""
    customer = factories.make_customer(
        store, email=email, **({"first_name": "Nora", "last_name": "Lind"} | facts)
    )
    Account.objects.create(
        store=store,
        customer=customer,
        email=email,
        email_key=customer.email_key,
        verified_at=NOW,
        password=make_password(password) if password else "",
    )
    set_has_account(store=store, ids=[customer.pk], has=True)
    return Account.objects.select_related("customer", "store").get(store=store, customer=customer)


def visitor_client(store: Store, customer: Customer, *, remember: bool = False) -> Client:
    """A browser that is signed in as this customer, who gets an account if there is none."""
    account = Account.objects.select_related("customer").filter(store=store, customer=customer).first()
    if account is None:
        account = Account.objects.create(
            store=store,
            customer=customer,
            email=customer.email,
            email_key=customer.email_key,
            verified_at=NOW,
        )
        account = Account.objects.select_related("customer").get(store=store, customer=customer)
    begun = begin(
        store=store, account=account, stage=Stage.WHOLE, browser=Browser("Firefox", "127.0.0.1", "", remember),
        now=timezone.now(),
    )  # fmt: skip
    client = Client()
    put_cookie(client, store, visiting.SESSION, begun.key)
    return client


def put_cookie(client: Client, store: Store, name: str, value: str) -> None:
    client.cookies[name] = value
    client.cookies[name]["path"] = f"/shop/{store.slug}/"


@dataclass(frozen=True)
class Got:
    """A mail or text message, as whoever has the mailbox or phone reads it."""

    to: str
    subject: str
    body: str
    opens_access: bool


def write_mail() -> list[Got]:
    """What the worker does with the mails that were asked for; gives those that it wrote, text messages last."""
    mail.outbox.clear()
    OutboxMessage.objects.all().delete()
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="accounts.send").order_by("pk")
    for job in jobs:
        getattr(tasks, job.task_name.partition(".")[2])(**job.args)
    forget(list(jobs.values_list("pk", flat=True)))
    deliver_due(now=timezone.now())
    mails = [
        Got(one.to[0], one.subject, str(one.body), getattr(one, "opens_access", False)) for one in mail.outbox
    ]
    texts = OutboxMessage.objects.order_by("pk")
    return mails + [Got(one.to, one.subject, one.body, one.opens_access) for one in texts]


def forget(ids: list[int]) -> None:
    """The queue forgets jobs that are done."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [ids])


def link_in(got: Got) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/shop/\S+)", got.body)
    assert found, got.body
    return found[1]


def code_in(got: Got) -> str:
    """The code in a mail or text message."""
    found = re.search(r"\b(\d{4} \d{4}|\d{6})\b", got.body)
    assert found, got.body
    return found[1]


def key_of(client: Client) -> str:
    """The key of the session that a browser has."""
    return client.cookies[visiting.SESSION].value if visiting.SESSION in client.cookies else ""
