"""An erasure that was asked for, confirmed and carried out: no table says who it was, and the door stays shut."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.accounts.models import Account, Session
from regulars.blocklist.services import block_customers
from regulars.blocklist.services.gate import may_register
from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers
from regulars.privacy import services
from regulars.privacy.choices import Kind, Way
from regulars.privacy.services.mailing import confirm_url
from regulars.stores.models import Store
from regulars.stores.services import edit_store
from regulars.tradeins.models import CustomerPayout
from tests.accounts.people import accounts_settings, write_mail
from tests.factories import NOW
from tests.people import Someone
from tests.portal.conftest import OPEN
from tests.portal.test_every_url import whole
from tests.privacy.people import ADA, DAY, ada_of, ask, buy, give_credit, note, themself

pytestmark = pytest.mark.django_db


def tables_with(words: tuple[str, ...]) -> set[str]:
    """Every table of ours in which one of these words stands anywhere."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(
                f'SELECT 1 FROM "{table}" AS whole WHERE to_jsonb(whole)::text ILIKE ANY(%s) LIMIT 1',
                [[f"%{word}%" for word in words]],
            )
            if cursor.fetchone():
                found.add(table)
    return found


def test_no_table_says_who_it_was_and_the_block_list_still_knows(store: Store, owner: Someone) -> None:
    ada = ada_of(store)
    buy(ada)
    give_credit(ada)
    note(ada, "Adalberta came by")
    inputs = {"reason": "fraud", "reason_shown": "", "expires": None, "cover": "contact"}
    actor = themself(ada)
    services.make_copy(store=store, customer_id=ada.pk, tell=True, actor=actor, now=NOW)
    services.withdraw_consents(store=store, customer_id=ada.pk, wording="No more", actor=actor, now=NOW)
    asked = ask(ada, Kind.CORRECTION, Way.PORTAL, details="My name is Adalberta Quixmoor")
    services.turn_down(
        store=store, request_id=asked.pk, reason="Adalberta, it is right", actor=owner.actor, now=NOW
    )
    block_customers(store=store, ids=[ada.pk], inputs=inputs, actor=owner.actor, now=NOW, change_set=None)
    request = ask(ada, Kind.ERASURE, Way.PORTAL)
    token = confirm_url(store=store, request=request).rstrip("/").rpartition("/")[2]
    services.confirm_erasure(store=store, customer_id=ada.pk, token=token, actor=actor, now=NOW)
    words = ("adalberta", "quixmoor", "612345678")
    assert tables_with(words)
    assert services.erase_due(store=store, now=NOW + 7 * DAY) == 1
    assert Customer.objects.get(pk=ada.pk).state == "anonymised"
    assert tables_with(words) == set()
    assert not may_register(store=store, email=str(ADA["email"]), now=NOW + 8 * DAY).allowed
    assert may_register(store=store, email="somebody@else.example", now=NOW + 8 * DAY).allowed


def test_neither_do_ways_in_files_jobs_and_mail(store: Store, owner: Someone, files: Path) -> None:
    """Somebody with something in every part: logins, links, sessions, requests, payouts, a file that named them, jobs
    that failed, mail that lies in the outbox."""
    cache.clear()
    store = edit_store(store=store, changes=OPEN, actor=owner.actor, now=NOW)
    accounts_settings(store, second_step="optional")
    ada = whole(
        store, "Adalberta", last_name="Quixmoor", email="adalberta@quixmoor.example", phone="+33612345678"
    )
    client, page = ada.client, ada.url()
    now = timezone.now()
    client.post(f"{page}payout/", {"kind": "paypal", "email": "adalberta@quixmoor.example"})
    client.post(f"{page}data/ask/", {"kind": "objection", "details": "Adalberta Quixmoor objects"})
    Account.objects.filter(customer=ada.customer).update(mfa_phone="+33612345678", mfa_sms=True)
    Session.objects.filter(customer=ada.customer).update(device="Quixmoor phone")
    for path, sent in (
        ("sign-in/mail/", {}),
        ("forgotten/", {}),
        ("new/", {"first_name": "Adalberta", "last_name": "Quixmoor", "language": "en", "password": ""}),
    ):
        Client().post(page + path, {"email": "adalberta@quixmoor.example"} | sent)
    failed = ProcrastinateJob.objects.filter(task_name="accounts.send_reset").values_list("pk", flat=True)[0]
    write_mail()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock) "
            "VALUES ('default', 'accounts.send_reset', %s, 'failed', NULL)",
            [json.dumps({"email": "adalberta@quixmoor.example", "was": failed})],
        )
    words = ("quixmoor", "612345678")
    logins = {"accounts_account", "accounts_session", "accounts_signup", "accounts_token"}
    assert logins | {"procrastinate_jobs", "tradeins_customerpayout"} <= tables_with(words)
    anonymise_customers(
        store=store, ids=[ada.customer.pk], inputs={}, actor=owner.actor, now=now, change_set=None
    )
    assert tables_with(words) == set()
    assert not Session.objects.filter(customer=ada.customer).exists()
    assert not CustomerPayout.objects.filter(customer=ada.customer).exclude(payout_sealed="").exists()
    kept = [one for one in files.rglob("*") if one.is_file() and b"uixmoor" in one.read_bytes()]
    assert not kept
    assert client.get(page).status_code == 302
