"""Words that break pages: typed into every form of the shop, and kept in every column that a page could show."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, models, transaction
from django.test import Client

from regulars.customers.models import Customer
from regulars.loyalty.models import Tier
from regulars.offers.models import Offer
from regulars.orders.models import Product
from regulars.privacy import gathering
from regulars.resources.resource import all_resources
from regulars.staff.choices import Role
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.accounts.people import accounts_settings, visitor_client
from tests.people import sign_in
from tests.portal.mine.having import Somebody, make_shop
from tests.portal.test_every_url import ALL, OWN, TYPED, offer_token, url, whole
from tests.shared import OWN as WORDS

pytestmark = pytest.mark.django_db
# Ends whatever it stands in (text, attribute, script, comment, template), and then does something.
HOSTILE = (
    "--></title></textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% now 'Y' %}"
)
FIELDS = {
    *TYPED, "password", "language", "remember", "remember_device", "sealed", "next", "address", "building", "city",
    "country", "postcode", "region", "label", "name", "company", "birthdate", "version", "holder", "iban", "courier",
    "tracking_number", "note", "lines", "thing-0-title", "thing-0-condition", "thing-0-serial", "product", "quantity",
    "basket", "seen", "pays", "newsletter", "remove", "again", "reason",
}  # fmt: skip
# Those of our own list that differ in what they could break, and the one above.
TYPED_WORDS = (HOSTILE, *(one for one in WORDS[2:] if "\ud800" not in one and len(one) > 1))
# Kept as one word of a few, or in a form of their own: a page looks them up rather than shows them.
KEPT_AS_IT_IS = re.compile(
    r"(^|_)(language|currency|kind|state|status|key|hash|sealed|digest|email|stage|channel)$"
)


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


@pytest.fixture
def shop() -> Store:
    store = make_shop()
    accounts_settings(store, second_step="optional")
    return store


@pytest.fixture
def ada(shop: Store) -> Somebody:
    return whole(shop, "Ada")


class Live(HTMLParser):
    """What in a page does something that no page of ours does."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = tag == "script" and "src" not in given
        handles = [name for name in given if name.startswith("on") or name == "style"]
        leads = [
            value for value in given.values() if (value or "").lower().lstrip().startswith("javascript:")
        ]
        if (
            runs
            or handles
            or leads
            or tag in ("iframe", "object", "embed", "base")
            or given.get("src") == "x"
        ):
            self.found.append(self.get_starttag_text() or tag)


def is_clean(page: str) -> bool:
    """Whether nothing that was typed became a part of the page: no tag, no attribute, no address that runs."""
    reader = Live()
    reader.feed(page)
    return not reader.found


def test_what_is_looked_for_is_found() -> None:
    """The control."""
    for live in (
        "<script>x</script>",
        "<img src=x>",
        "<a onclick=x>",
        '<a href="JavaScript:x">',
        "<p style=x>",
    ):
        assert not is_clean(f"<p>{live}</p>")
    assert is_clean('<p title="&lt;script&gt; onload=x"><script src="/a.js"></script><a href="/x">x</a></p>')


@pytest.mark.parametrize("name", sorted({str(one.name) for one in ALL}))
def test_no_word_typed_into_any_form_breaks_it(ada: Somebody, name: str) -> None:
    (one,) = [each for each in ALL if str(each.name) == name]
    token = {"token": offer_token(ada)} if name in ("shop_offer", "shop_offer_picture") else {}
    here = url(one, "shop", ada.ids | token)
    for word in TYPED_WORDS:
        client = visitor_client(ada.store, ada.customer) if one in OWN else Client()
        cache.clear()
        answer = client.post(here, dict.fromkeys(FIELDS, word))
        assert answer.status_code < 500, (name, word)
        if answer.status_code != 302:
            assert is_clean(answer.content.decode("utf-8", "replace")), (name, word)
        looked = client.get(here, dict.fromkeys(("next", "after", "said", "kind"), word))
        assert looked.status_code < 500, (name, word)
        if not looked.streaming:
            assert is_clean(looked.content.decode("utf-8", "replace")), (name, word)


def spoil(rows: Any) -> set[str]:
    """Put it into every column of these rows that takes it; gives which did."""
    done = set()
    for field in rows.model._meta.concrete_fields:
        if not isinstance(field, (models.TextField, models.CharField)) or field.choices:
            continue
        if KEPT_AS_IT_IS.search(field.name) or isinstance(field, models.EmailField):
            continue
        try:
            with transaction.atomic():
                if rows.update(**{field.name: HOSTILE}):
                    done.add(f"{rows.model._meta.db_table}.{field.name}")
        except DatabaseError:
            pass  # the database holds nothing of the kind there
    return done


def spoil_all(one: Somebody) -> set[str]:
    """All that is kept about somebody, and what the shop says around it."""
    done = spoil(Customer.objects.filter(pk=one.customer.pk))
    for table in gathering.tables():
        done |= spoil(table.model._default_manager.filter(**{table.path: one.customer.pk}))
    for model in (Offer, Product, Tier):
        done |= spoil(model._default_manager.filter(store=one.store))
    User.objects.update(name=HOSTILE)
    Store.objects.filter(pk=one.store.pk).update(name=HOSTILE, pickup_address=HOSTILE, bank_details=HOSTILE)
    return done


def test_what_is_kept_is_text_on_every_page_of_the_shop(ada: Somebody) -> None:
    done = spoil_all(ada)
    # A new column is among them by itself; fewer would mean that this test tries nothing.
    assert len(done) > 60, sorted(done)
    shown = 0
    for one in OWN:
        answer = ada.client.get(url(one, "shop", ada.ids))
        assert answer.status_code < 500, one.name
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            page = answer.content.decode()
            assert is_clean(page), one.name
            assert "unsafe" not in answer["Content-Security-Policy"]
            shown += "&lt;script&gt;alert(1)" in page
    assert shown > 20
    link = f"/shop/shop/offers/{offer_token(ada)}/"
    assert is_clean(Client().get(link).content.decode())
    for path in ("", f"products/{ada.ids['product_id']}/"):
        page = Client().get(f"/shop/shop/{path}").content.decode()
        assert is_clean(page) and "&lt;script&gt;" in page
    paper = ada.client.get(ada.url(f"invoices/{ada.ids['invoice_id']}/pdf/"))
    assert b"".join(paper)[:5] == b"%PDF-"
    assert paper["Content-Disposition"].startswith("attachment;") and "\n" not in paper["Content-Disposition"]


def test_what_is_kept_is_text_on_every_list_and_record_of_the_desk(ada: Somebody) -> None:
    """What a customer typed is read by staff, who may do more than they."""
    client = sign_in(ada.store, Role.OWNER).client
    spoil_all(ada)
    seen = 0
    for resource in all_resources():
        columns = ",".join(one.name for one in resource.all_fields())[:1900].rpartition(",")[0]
        row = resource.rows(ada.store).values_list("pk", flat=True).first()
        paths = [f"/desk/shop/{resource.name}/", f"/desk/shop/{resource.name}/?columns={columns}&tab=all"]
        paths += [f"/desk/shop/{resource.name}/{row}/"] if row else []
        for path in paths:
            answer = client.get(path)
            assert answer.status_code < 500, path
            if answer.status_code == 200:
                page = answer.content.decode()
                assert is_clean(page), path
                seen += "&lt;script&gt;alert(1)" in page
    assert seen > 10
