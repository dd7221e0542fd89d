"""What customers type and send: everything that anybody ever broke a page with, in every field of every form."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from regulars.accounts.models import Session
from regulars.customers.models import Address, Customer
from regulars.customers.services import edit_customer
from regulars.messaging.models import Consent
from regulars.stores.models import Store
from regulars.tradeins import queries
from regulars.tradeins.models import CustomerPayout, Item, TradeIn
from tests.factories import NOW
from tests.portal.mine.having import ME, Somebody, everything, make_shop, somebody
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db
PAGES = ("", "orders/", "invoices/", "trade-ins/", "points/", "offers/", "profile/", "payout/", "agreements/")
FORMS: dict[str, tuple[str, ...]] = {
    "profile/": ("first_name", "last_name", "company", "phone", "language", "birthdate", "version"),
    "profile/address/": ("address", "building", "postcode", "city", "region", "country"),
    "profile/addresses/new/": ("label", "name", "company", "address", "city", "country", "phone"),
    "payout/": (
        "kind",
        "holder",
        "iban",
        "bic",
        "account",
        "bank_code",
        "email",
        "payee",
        "address",
        "card",
        "points",
    ),
    "agreements/": ("accepts_marketing", "points_summary", "accepts_sms"),
    "trade-ins/new/": ("lines", "thing-0-title", "thing-0-condition", "thing-0-serial", "note"),
    "trade-ins/{tradein_id}/answer/": ("do", "version", "courier", "tracking_number"),
    "trade-ins/{tradein_id}/parcel/": ("courier", "tracking_number"),
    "offers/{offer_id}/answer/": ("do",),
}


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


@pytest.fixture
def shop() -> Store:
    return make_shop()


@pytest.fixture
def ada(shop: Store) -> Somebody:
    return everything(shop)


def tag_free(page: str) -> bool:
    """Nothing that somebody typed became part of the page itself."""
    return not re.search(r"<(?:script>|img src=x|svg/?onload|iframe|body onload)", page, re.IGNORECASE)


@pytest.mark.parametrize("path", FORMS)
def test_no_string_breaks_a_form_or_gets_into_a_page(ada: Somebody, path: str) -> None:
    here = ada.url(path.format(**ada.ids))
    known = [one for one in naughty_strings() if "\ud800" not in one]
    strings = [*known[:20], *known[20 + list(FORMS).index(path) :: len(FORMS)]]
    statuses = set()
    for at, string in enumerate(strings):
        sent = dict.fromkeys(FORMS[path], string)
        cache.clear()
        # Each field by itself too, with the rest in order, so that what is checked first hides nothing.
        if path == "trade-ins/new/":
            sent = {"lines": "1", "thing-0-title": string, "thing-0-condition": "good", "note": string}
        elif path == "profile/addresses/new/":
            sent |= {"country": "FR", "phone": ""}
        elif path == "profile/" and at % 2:
            sent |= {"phone": "", "language": "shop", "birthdate": "", "version": ""}
        elif path == "profile/address/" and at % 2:
            sent["country"] = "FR"
        elif path == "payout/":
            sent["kind"] = ("paypal", "cheque", "bank_transfer", string)[at % 4]
        answer = ada.client.post(here, sent)
        assert answer.status_code < 500, (path, string)
        statuses.add(answer.status_code)
        if answer.status_code != 302:
            assert tag_free(answer.content.decode()), (path, string)
        Address.objects.filter(customer=ada.customer).delete()
        TradeIn.objects.filter(customer=ada.customer, status="requires_review").update(status="cancelled")
    # Some of it was kept, so that the pages had it to show.
    assert path.endswith(("answer/", "parcel/")) or 302 in statuses


def test_what_is_stored_is_text_on_every_page(shop: Store) -> None:
    """Staff and files bring names that no form of ours would take."""
    for at, string in enumerate(naughty_strings()):
        if not string.strip() or "\x00" in string or "\ud800" in string or (at >= 20 and at % 12):
            continue
        one = somebody(shop, "Ada", email=f"ada{at}@example.com")
        fields = {
            "first_name": string,
            "company": string,
            "address": string,
            "city": string,
            "language": "en",
        }
        Customer.objects.filter(pk=one.customer.pk).update(**fields)
        for path in PAGES:
            answer = one.client.get(one.url(path))
            assert answer.status_code == 200, (path, string)
            assert tag_free(answer.content.decode()), (path, string)


def test_nothing_else_of_the_record_is_taken(ada: Somebody) -> None:
    """Fields that no form has change nothing, whatever they are called."""
    before = Customer.objects.filter(pk=ada.customer.pk).values().get()
    sent = {
        "first_name": "Ada", "last_name": "King", "language": "shop",
        "points": "99999", "tier": "Gold", "note": "x", "flag": "trusted",
        "state": "archived", "email": "thief@example.com", "commission_reduction": "100", "tags": "vip", "group": "1",
        "credit_minor": "9999", "accepts_marketing": "true", "external_id": "1", "id": "1", "store": "1",
    }  # fmt: skip
    assert ada.client.post(ada.url("profile/"), sent).status_code == 302
    after = Customer.objects.filter(pk=ada.customer.pk).values().get()
    assert {name for name in before if before[name] != after[name]} == set()


def test_the_price_and_the_points_are_the_shops_to_give(ada: Somebody) -> None:
    sent = {
        "lines": "1", "thing-0-title": "Phone", "thing-0-condition": "good", "thing-0-quoted_minor": "999999",
        "thing-0-final_minor": "999999", "acceptance": "seller", "status": "completed", "way": "in_store",
    }  # fmt: skip
    assert ada.client.post(ada.url("trade-ins/new/"), sent).status_code == 302
    made = TradeIn.objects.get(status="requires_review")
    item = Item.objects.get(tradein=made)
    assert (made.way, made.acceptance, item.quoted_minor, item.final_minor) == ("mail_in", "", None, None)
    typed = {"kind": "points", "points": "1000000", "card": "1"}
    assert ada.client.post(ada.url("payout/"), typed).status_code == 302
    known = queries.payout_of(store=ada.store, customer_id=ada.customer.pk)
    assert known is not None and known.payout_sealed == ""


def test_the_date_of_birth_is_given_once(ada: Somebody) -> None:
    client, url = ada.client, ada.url("profile/")
    for wrong in ("2190-01-01", "1700-01-01", "yesterday"):
        assert (
            client.post(url, {"first_name": "Ada", "language": "shop", "birthdate": wrong}).status_code == 422
        )
    for typed in ("1980-02-29", "1999-01-01"):
        client.post(url, {"first_name": "Ada", "language": "shop", "birthdate": typed})
        ada.customer.refresh_from_db()
        assert str(ada.customer.birthdate) == "1980-02-29"


def test_particulars_are_sealed_and_never_shown_again(ada: Somebody) -> None:
    iban = "DE89370400440532013000"
    sent = {"kind": "bank_transfer", "holder": "Ada King", "iban": iban}
    assert ada.client.post(ada.url("payout/"), sent).status_code == 302
    kept = CustomerPayout.objects.get(customer=ada.customer)
    assert iban not in kept.payout_sealed and kept.payout_kind == "bank_transfer"
    page = ada.client.get(ada.url("payout/")).content.decode()
    assert iban not in page and "0130" not in page and "3000" in page
    assert TradeIn.objects.get(pk=ada.ids["tradein_id"]).payout_kind == "bank_transfer"


def test_how_one_is_paid_is_not_changed_at_a_browser_that_was_left_open(ada: Somebody) -> None:
    Session.objects.filter(store=ada.store).update(proved_at=timezone.now() - timedelta(hours=1))
    for answer in (
        ada.client.get(ada.url("payout/")),
        ada.client.post(ada.url("payout/"), {"kind": "paypal", "email": "thief@example.com"}),
    ):
        assert answer.status_code == 302 and "/account/prove/" in answer["Location"]
    assert not CustomerPayout.objects.exists()


def test_agreeing_keeps_the_words_that_were_read(ada: Somebody) -> None:
    sent = {"accepts_marketing": "true", "points_summary": "true"}
    assert ada.client.post(ada.url("agreements/"), sent).status_code == 302
    kept = Consent.objects.filter(customer_id=ada.customer.pk).order_by("-pk")[0]
    assert kept.granted and kept.wording == "Send me the summary of my points at Shop by e-mail."
    assert (kept.place, kept.author_kind, kept.author_name) == ("portal", "customer", "")
    answer = ada.client.post(ada.url("agreements/"), sent | {"accepts_sms": "true"})
    assert answer.status_code == 422 and "Give us your phone number first." in answer.content.decode()


def test_somebody_elses_change_meanwhile_is_not_written_over(ada: Somebody) -> None:
    seen = ada.customer.version
    edit_customer(
        store=ada.store,
        customer_id=ada.customer.pk,
        values={"company": "Acme"},
        base_version=None,
        actor=ME,
        now=NOW,
    )
    sent: dict[str, Any] = {
        "first_name": "Adele",
        "last_name": "King",
        "company": "",
        "language": "shop",
        "version": seen,
    }
    assert ada.client.post(ada.url("profile/"), sent).status_code == 302
    ada.customer.refresh_from_db()
    assert (ada.customer.first_name, ada.customer.company) == ("Adele", "Acme")
