"""The first page of a store."""

from typing import Any

import pytest
from django.test import Client

from regulars.customers import services
from tests.factories import NOW
from tests.people import Someone

URL = "/desk/shop/"


def add(owner: Someone, count: int) -> None:
    for number in range(count):
        values = {"first_name": f"Ada {number}", "accepts_marketing": True, "email": f"a{number}@shop.test"}
        services.create_customer(store=owner.store, values=values, actor=owner.actor, now=NOW)


@pytest.mark.parametrize("who", ["owner", "manager", "clerk", "viewer", "other_owner", "anonymous"])
def test_who_may(owner: Someone, who: str, request: pytest.FixtureRequest) -> None:
    add(owner, 1)
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    answer = client.get(URL)
    wanted = {"anonymous": 302, "other_owner": 404}.get(who, 200)
    assert answer.status_code == wanted
    page = answer.content.decode()
    assert ("Ada 0" in page) == (wanted == 200)
    assert ("/desk/shop/imports/" in page) == (who in ("owner", "manager"))
    assert ("/desk/shop/customers/new/" in page) == (who in ("owner", "manager", "clerk"))


def test_an_empty_store_says_how_to_begin(owner: Someone, viewer: Someone) -> None:
    page = owner.client.get(URL).content.decode()
    assert "No customers yet" in page and "/desk/shop/customers/imports/new/" in page
    assert "Somebody with the right" in viewer.client.get(URL).content.decode()


def test_figures_open_the_list_they_count(owner: Someone) -> None:
    add(owner, 3)
    page = owner.client.get(URL).content.decode()
    link = "/desk/shop/customers/?tab=all&amp;where=accepts_marketing+%3D+yes"
    assert f'<a href="{link}">3</a>' in page
    assert owner.client.get(link.replace("&amp;", "&")).status_code == 200


def test_the_number_of_queries_does_not_grow(owner: Someone, django_assert_max_num_queries: Any) -> None:
    add(owner, 12)
    owner.client.get(URL)
    with django_assert_max_num_queries(40):  # each bounded count sets and drops its time limit
        owner.client.get(URL)
