"""Lists that belong to a customer, as tabs of the page: held to the customer whatever one asks."""

import html
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.resources.related import Related
from regulars.resources.resource import get_resource
from tests.factories import make_customer
from tests.people import Someone, client_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FAMILY = Related(
    name="family",
    label="Family",
    rows="customers",
    rank=1,
    where=lambda row: f'last_name = "{row["last_name"]}"',
    without=("email",),
)


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_resource("customers"), "_related", {"family": FAMILY})


@pytest.fixture
def ada(owner: Someone) -> Customer:
    """One of three Stones; a fourth is archived, and there is a stranger."""
    ada = make_customer(owner.store, first_name="Ada", last_name="Stone", city="Rome", email="ada@x.de")
    for name in ("Bea", "Cid"):
        make_customer(owner.store, first_name=name, last_name="Stone", city="Oslo")
    make_customer(owner.store, first_name="Old", last_name="Stone", state="archived")
    make_customer(owner.store, first_name="Stranger", last_name="Brook", city="Oslo")
    return ada


def url_of(customer: Customer) -> str:
    return f"/desk/shop/customers/{customer.pk}/of/family/"


@pytest.mark.parametrize("who", ["owner", "manager", "clerk", "viewer", "other_owner", "anonymous"])
def test_who_may(ada: Customer, who: str, request: pytest.FixtureRequest) -> None:
    client: Client = client_of(who, request)
    answer = client.get(url_of(ada))
    wanted = {"anonymous": 302, "other_owner": 404}.get(who, 200)
    assert answer.status_code == wanted and ("Bea" in answer.content.decode()) == (wanted == 200)
    assert client.post(url_of(ada)).status_code in {wanted, 405}


def test_the_page_has_a_tab_with_the_count_and_the_list_in_it(owner: Someone, ada: Customer) -> None:
    page = owner.client.get(f"/desk/shop/customers/{ada.pk}/").content.decode()
    link = html.unescape(page.split(">Family<small>4</small>")[0].rsplit('href="', 1)[1].split('"')[0])
    assert link.startswith(f"{url_of(ada)}?")
    page = owner.client.get(link).content.decode()
    for shown in (
        "Ada Stone",
        "Bea",
        "Cid",
        "Old",
        'aria-current="page">Family',
        "actions/archive/",
        "/export/?",
    ):
        assert shown in page, shown
    assert "Stranger" not in page and 'data-column="email"' not in page and 'class="chip"' not in page
    assert (
        "Archived<small>1</small>" in page
        and "imports/new/" not in page.split('id="results"')[1].split("</main>")[0]
    )


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?where=",
        "?where=city+%3D+Oslo",
        "?where=city+%3D+Oslo+or+city+%3D+Rome",
        "?q=Stranger",
        "?tab=all&sort=name",
    ],
)
def test_nothing_one_asks_leaves_the_customer(owner: Someone, ada: Customer, asked: str) -> None:
    page = owner.client.get(f"{url_of(ada)}{asked}").content.decode()
    part = owner.client.get(f"{url_of(ada)}{asked}", headers=HTMX).content.decode()
    assert "Stranger</bdi>" not in page and "Stranger</bdi>" not in part
    assert "<!doctype" not in part and 'id="results"' in part


def test_filters_files_and_picks_mean_the_same_rows(owner: Someone, ada: Customer) -> None:
    page = owner.client.get(f"{url_of(ada)}?f=city&o=%3D&v=Oslo")
    assert page.status_code == 302
    shown = owner.client.get(page.headers["Location"]).content.decode()
    assert "Bea" in shown and "Ada</bdi>" not in shown and shown.count('class="chip"') == 1
    export = html.unescape(shown.split("/export/?")[1].split('"')[0])
    assert "last_name" in export and "city" in export
    hidden = shown.split('id="bulk"')[1]
    assert 'name="where" value="last_name = Stone and city = Oslo"' in hidden


def test_what_cannot_be_understood_shows_nobody(owner: Someone, ada: Customer) -> None:
    for asked in ("((", "nonsense = 1", "city ="):
        page = owner.client.get(f"{url_of(ada)}?where={quote(asked)}").content.decode()
        assert "cannot be understood" in page and "Bea" not in page


def test_an_empty_one_says_so(owner: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Related(
        name="family", label="Family", rows="customers", rank=1, where=lambda row: "city = Nowhere"
    )
    monkeypatch.setattr(get_resource("customers"), "_related", {"family": nobody})
    customer = make_customer(owner.store)
    page = owner.client.get(url_of(customer)).content.decode()
    assert "No customers yet" in page and "Clear everything" not in page
    assert owner.client.get(f"/desk/shop/customers/{customer.pk}/of/nonsense/").status_code == 404


def test_the_number_of_queries_does_not_grow(
    owner: Someone, ada: Customer, django_assert_max_num_queries: Any
) -> None:
    owner.client.get(url_of(ada))
    with django_assert_max_num_queries(40) as first:
        owner.client.get(url_of(ada))
    for at in range(30):
        make_customer(owner.store, first_name=f"More {at}", last_name="Stone")
    with django_assert_max_num_queries(len(first)):
        owner.client.get(url_of(ada))
