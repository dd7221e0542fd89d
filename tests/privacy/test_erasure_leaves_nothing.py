"""An erasure that was asked for, confirmed and carried out: no table says who it was, and the door stays shut."""

import pytest
from django.apps import apps
from django.db import connection

from regulars.blocklist.services import block_customers
from regulars.blocklist.services.gate import may_register
from regulars.customers.models import Customer
from regulars.privacy import services
from regulars.privacy.choices import Kind, Way
from regulars.privacy.services.mailing import confirm_url
from regulars.stores.models import Store
from tests.factories import NOW
from tests.people import Someone
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
