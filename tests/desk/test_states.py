"""What a person sees when a request cannot be read or is from an old page."""

import pytest
from django.test import Client

from regulars.customers.models import Customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
NEW = "/desk/shop/customers/new/"


def test_a_form_from_before_a_sign_in_says_so(owner: Someone) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = owner.client.cookies
    answer = client.post(NEW, {"first_name": "Ada"})
    assert answer.status_code == 403
    assert "reload it" in answer.content.decode()
    part = client.post(NEW, {"first_name": "Ada"}, headers={"HX-Request": "true"})
    assert (part.status_code, "reload it" in part.headers["HX-Trigger"]) == (403, True)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("first_name=" + "x" * 3_000_000, "application/x-www-form-urlencoded"),
        ("&".join(f"id{number}=1" for number in range(10_001)), "application/x-www-form-urlencoded"),
        ("first_name=Ada", "application/x-www-form-urlencoded; charset=utf-16"),
    ],
    ids=["large", "many", "encoding"],
)
def test_a_request_that_cannot_be_read_gets_a_page(owner: Someone, body: str, content_type: str) -> None:
    owner.client.raise_request_exception = False
    answer = owner.client.generic("POST", NEW, body, content_type=content_type)
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()
    assert not Customer.objects.exists()


def test_another_host_is_told_nothing(owner: Someone) -> None:
    answer = owner.client.get("/desk/shop/customers/", headers={"Host": "evil.example"})
    assert (answer.status_code, "Shop" in answer.content.decode()) == (400, False)


@pytest.mark.parametrize("page", ["", "2fa/", "2fa/keys/", "sessions/", "profile/", "password/change/"])
def test_pages_about_a_sign_in_are_not_kept_by_browsers(owner: Someone, page: str) -> None:
    answer = owner.client.get(f"/accounts/{page or 'login/'}")
    assert "no-store" in answer.headers["Cache-Control"]


def test_static_files_carry_the_policy_too(client: Client) -> None:
    answer = client.get("/static/kit/icons.svg")
    assert answer.status_code == 200
    assert "default-src" in answer.headers["Content-Security-Policy"]
