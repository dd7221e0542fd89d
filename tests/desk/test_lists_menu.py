"""What lists offer beside their rows: the menu of a row, the typed query, days, the page size one keeps."""

import re
from typing import Any

import pytest
from django.test import Client

from regulars.customers import services
from tests.factories import NOW
from tests.people import Someone

URL = "/desk/shop/customers/"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ada(owner: Someone) -> Any:
    values = {"first_name": "Ada", "country": "FR"}
    return services.create_customer(store=owner.store, values=values, actor=owner.actor, now=NOW)


@pytest.mark.parametrize("who", ["owner", "clerk", "viewer", "other_owner", "anonymous"])
def test_the_menu_of_a_row_holds_what_the_role_may(
    ada: Any, who: str, request: pytest.FixtureRequest
) -> None:
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    answer = client.get(f"{URL}{ada.pk}/menu/", headers=HTMX)
    if who in ("other_owner", "anonymous"):
        assert "Open" not in answer.content.decode()
        return
    menu = answer.content.decode()
    assert answer.status_code == 200 and f"{URL}{ada.pk}/" in menu
    assert ("/actions/archive/" in menu) == (who != "viewer")
    assert ("/actions/deactivate/" in menu) == (who == "owner")
    assert "/actions/restore/" not in menu


def test_without_scripts_the_menu_is_the_record(ada: Any, owner: Someone) -> None:
    assert owner.client.get(f"{URL}{ada.pk}/menu/").headers["Location"] == f"{URL}{ada.pk}/"


def test_the_bar_offers_only_what_fits_the_rows(ada: Any, owner: Someone) -> None:
    page = owner.client.get(URL).content.decode()
    assert "/actions/archive/" in page and "/actions/restore/" not in page


def test_the_word_that_is_not_understood_is_marked(ada: Any, owner: Someone) -> None:
    page = owner.client.get(URL, {"where": "country = FR and spnt > 3"}).content.decode()
    assert "country = FR and <mark>spnt</mark> &gt; 3" in page and "Did you mean “spent”?" in page
    page = owner.client.get(URL, {"where": '<b> = "1'}).content.decode()
    assert "<b> =" not in page


@pytest.mark.parametrize(
    ("days", "where"),
    [
        (["2026-03-01", "2026-03-31"], "created between 2026-03-01 and 2026-03-31"),
        (["2026-03-01", ""], "created >= 2026-03-01"),
        (["", "2026-03-31"], "created <= 2026-03-31"),
    ],
)
def test_days_from_and_to(ada: Any, owner: Someone, days: list[str], where: str) -> None:
    answer = owner.client.get(URL, {"f": "created", "o": "between", "v": days}, follow=True)
    assert answer.request["QUERY_STRING"] == "where=" + where.replace(" ", "+").replace(">", "%3E").replace(
        "<", "%3C"
    ).replace("=", "%3D")
    assert "Ada" in answer.content.decode()


def test_the_page_size_is_kept_when_chosen_not_when_linked(ada: Any, owner: Someone) -> None:
    owner.client.get(URL, {"size": "200"})
    assert "50 a page" in owner.client.get(URL).content.decode()
    answer = owner.client.get(URL, {"size": "100", "keep": "size"})
    assert answer.headers["Location"] == f"{URL}?size=100"
    assert "100 a page" in owner.client.get(URL).content.decode()
    owner.client.get(URL, {"size": "50", "keep": "size"})
    assert "50 a page" in owner.client.get(URL).content.decode()


def test_going_back_in_the_history_gets_a_whole_page(ada: Any, owner: Someone) -> None:
    whole = owner.client.get(URL, headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<html" in whole.content.decode() and "HX-Request-Type" in whole.headers["Vary"]
    assert "<html" not in owner.client.get(URL, headers=HTMX).content.decode()


def test_a_new_group_can_be_asked_for_at_once(ada: Any, owner: Someone) -> None:
    offered = f"{URL}filter/fields/"
    assert "Press club" not in owner.client.get(offered).content.decode()
    services.create_group(store=owner.store, name="Press club", actor=owner.actor, now=NOW)
    assert "Press club" in owner.client.get(offered).content.decode()


def test_each_section_of_the_filter_is_there_once(ada: Any, owner: Someone) -> None:
    page = owner.client.get(URL).content.decode()
    menu = page[page.index('class="pick-field') : page.index('class="none"', page.index('class="pick-field'))]
    headings = re.findall(r"<h3>(.*?)</h3>", menu)
    assert len(headings) > 4 and len(headings) == len(set(headings))
    assert menu.count("data-field=") == len(set(re.findall(r'data-field="(\w+)"', menu))) > 40
