"""The link of a message that ends an agreement: for everybody who holds it, and nobody else."""

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.messaging.models import Consent
from regulars.messaging.services import unsubscribe_url
from regulars.stores.models import Store
from tests.factories import make_customer
from tests.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(
        store, email="ada@example.test", phone="+33612345678", accepts_marketing=True, points_summary=True
    )


def path_of(customer: Customer, purpose: str = "marketing") -> str:
    url = unsubscribe_url(store=customer.store, customer_id=customer.pk, purpose=purpose)
    return url[url.index("/shop/") :]


@pytest.mark.parametrize("who", ["owner", "clerk", "other_owner", "anonymous"])
def test_looking_changes_nothing_and_the_button_does_it(
    ada: Customer, who: str, request: pytest.FixtureRequest
) -> None:
    client, path = client_of(who, request), path_of(ada)
    Store.objects.update(shop_open=False)
    page = client.get(path)
    assert page.status_code == 200 and ada.email not in page.content.decode()
    client.head(path)
    ada.refresh_from_db()
    assert ada.accepts_marketing
    assert client.post(path).status_code == 200
    ada.refresh_from_db()
    assert (ada.accepts_marketing, ada.points_summary) == (False, True)
    row = Consent.objects.order_by("-at", "-pk")[0]
    assert (row.granted, row.place, row.author_kind, row.author_name) == (
        False,
        "unsubscribe",
        "customer",
        "",
    )
    assert row.wording


def test_one_click_of_a_mail_program_needs_neither_cookie_nor_token(ada: Customer) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path_of(ada), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and not answer.cookies
    ada.refresh_from_db()
    assert not ada.accepts_marketing
    assert client.post(path_of(ada)).status_code == 200, "once more says the same"


def test_a_mistake_can_be_taken_back(ada: Customer) -> None:
    client = Client()
    client.post(path_of(ada))
    client.post(path_of(ada), {"again": "1"})
    ada.refresh_from_db()
    assert ada.accepts_marketing and Consent.objects.order_by("-at", "-pk")[0].granted


def test_each_link_ends_its_own_agreement_alone(ada: Customer) -> None:
    Client().post(path_of(ada, "points"))
    ada.refresh_from_db()
    assert (ada.accepts_marketing, ada.points_summary) == (True, False)


def test_a_made_up_link_and_one_of_another_store_are_like_no_shop(ada: Customer, other_store: Store) -> None:
    client, path = Client(), path_of(ada)
    for wrong in (path[:-3] + "x/", path.replace("/shop/shop/", "/shop/other/"), "/shop/shop/unsubscribe/x/"):
        for answer, none in (
            (client.get(wrong), client.get("/shop/nowhere/unsubscribe/x/")),
            (client.post(wrong), client.post("/shop/nowhere/unsubscribe/x/")),
        ):
            assert (answer.status_code, answer.content) == (none.status_code, none.content) and (
                answer.status_code == 404
            )
    ada.refresh_from_db()
    assert ada.accepts_marketing


def test_who_is_gone_gets_the_same_answer(ada: Customer) -> None:
    path = path_of(ada)
    Customer.objects.all().delete()
    assert Client().post(path).status_code == 200
