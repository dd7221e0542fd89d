"""Merged, split, forgotten and deleted customers, and files of offers."""

from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers, delete_customers
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.offers import services
from regulars.offers.models import Code, Grant, Offer, Redemption
from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Matching, Verdict
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.services import open_change_set
from tests.factories import NOW
from tests.offers.making import ME, make_offer, open_offer, redeem, send, token_of, void
from tests.offers.test_sending import reader

pytestmark = pytest.mark.django_db


def everything() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in (Grant, Code, Redemption, Offer)]


def test_both_had_the_same_offer_and_are_split_again(store: Store) -> None:
    ada, twin = reader(store, "Ada"), reader(store, "Ada", email="twin@example.com")
    offer = open_offer(store, codes="unique", limit_per_customer=2)
    send(offer, ada, twin)
    for one in (ada, twin):
        services.claim_offer(store=store, token=token_of(offer, one), now=NOW)
    redeem(offer, code=Code.objects.get(customer=twin).code_key)
    before = everything()
    merge_customers(store=store, survivor_id=ada.pk, loser_ids=[twin.pk], choices={}, actor=ME, now=NOW)
    assert Grant.objects.get().redeemed_at == NOW and Redemption.objects.get().customer_id == ada.pk
    # The link of the one who went opens the page of the one who stayed.
    opened = services.open_offer(store=store, token=token_of(offer, twin), now=NOW, looked=True)
    assert opened.grant.customer_id == ada.pk
    Grant.objects.update(seen_at=None)
    unmerge(store=store, merge_id=Merge.objects.get().pk, actor=ME, now=NOW)
    assert everything() == before


def test_a_forgotten_persons_unused_codes_go(store: Store) -> None:
    ada = reader(store, "Ada")
    used, unused = open_offer(store, codes="unique"), open_offer(store, codes="unique")
    for offer in (used, unused):
        send(offer, ada)
        services.claim_offer(store=store, token=token_of(offer, ada), now=NOW)
    void(redeem(used, code=Code.objects.get(offer=used).code_key))
    facts: dict[str, Any] = {"store": store, "ids": [ada.pk], "actor": ME, "now": NOW, "change_set": None}
    anonymise_customers(inputs={}, **facts)
    assert list(Code.objects.values_list("offer_id", flat=True)) == [used.pk]
    assert Redemption.objects.get().void_reason == "" and Grant.objects.count() == 2


def test_a_deleted_customers_redemptions_stay_for_the_figures(store: Store) -> None:
    ada, offer = reader(store, "Ada"), open_offer(store)
    send(offer, ada)
    redeem(offer, customer=ada)
    facts: dict[str, Any] = {"store": store, "ids": [ada.pk], "actor": ME, "now": NOW, "change_set": None}
    assert delete_customers(inputs={}, **facts).done == [ada.pk]
    assert not Customer.objects.exists() and not Grant.objects.exists()
    assert Redemption.objects.get().customer_id is None and Offer.objects.get().redeemed == 1


class TestFiles:
    def rows(self, store: Store, *rows: dict[str, Any]) -> list[tuple[Verdict, str]]:
        """What becomes of the rows; new and changed ones are written."""
        importer = get_resource("offers").importer
        assert importer is not None
        context = Context(store=store, actor=ME, now=NOW)
        given = [Candidate(at + 2, dict(row)) for at, row in enumerate(rows)]
        found = importer.decide(store=store, candidates=given, matching=Matching(), context=context)
        from regulars.offers import events

        opened = open_change_set(store=store, actor=ME, kind=events.CREATED, now=NOW)
        importer.write(store=store, decisions=found, change_set=opened, now=NOW)
        return [(one.verdict, one.field) for one in found]

    def test_new_changed_same_and_wrong(self, store: Store) -> None:
        row = {"title": "Lunch", "kind": "percent", "percent": 20, "code": "LUNCH"}
        wrong = {"title": "Nothing", "kind": "amount"}
        assert self.rows(store, row, wrong) == [(Verdict.NEW, ""), (Verdict.FAILED, "amount")]
        assert self.rows(store, row) == [(Verdict.SAME, "")]
        assert self.rows(store, {"code": "l-u-n-c-h", "title": "Brunch"})[0][0] is Verdict.CHANGED
        assert Offer.objects.get().title == "Brunch"

    def test_a_code_for_all_is_made_where_none_is_given(self, store: Store) -> None:
        self.rows(store, {"title": "A", "kind": "free_shipping"}, {"title": "B", "kind": "free_shipping"})
        assert len(set(Offer.objects.values_list("code_key", flat=True)) - {""}) == 2

    def test_two_offers_in_one_row(self, store: Store) -> None:
        make_offer(store, code="AAA")
        make_offer(store, external_id="x", code="BBB")
        assert self.rows(store, {"external_id": "x", "code": "AAA"}) == [(Verdict.FAILED, "code")]
