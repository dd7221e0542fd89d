"""What people who come from other products look for first, where they look for it."""

import re
from datetime import date
from typing import Any

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone

URL = "/desk/shop/customers/"


def listed(someone: Someone, where: str, **more: str) -> str:
    answer = someone.client.get(URL, {"tab": "all", "where": where} | more)
    return str(answer.content.decode())


def test_the_navigation_leads_to_customers_and_to_the_help(viewer: Someone) -> None:
    page = viewer.client.get("/desk/shop/").content.decode()
    side = page[page.index('<header class="side">') : page.index("</header>")]
    assert f'href="{URL}"' in side and 'href="/desk/shop/help/start/"' in side


def test_the_menu_of_a_row_has_the_usual_verbs(owner: Someone) -> None:
    Store.objects.update(shop_open=True, pickup_address="Here")
    ada = make_customer(owner.store, email="ada@example.com")
    menu = owner.client.get(f"{URL}{ada.pk}/menu/", headers={"HX-Request": "true"}).content.decode()
    assert f'href="{URL}{ada.pk}/edit/"' in menu
    verbs = ("flag", "block", "archive", "open-portal", "deactivate", "delete", "adjust-points", "anonymise")
    assert [name for name in verbs if f"/actions/{name}/" not in menu] == []


def test_the_form_of_a_buyback_shop_is_kept_and_shown(owner: Someone) -> None:
    typed = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "company": "Engines Ltd",
        "email": "ada@example.com",
        "address": "12 St James Square",
        "building": "B2, 3rd floor",
        "phone": "+33 6 12 34 56 78",
        "note": "Rings twice",
    }
    page = owner.client.post(f"{URL}new/", typed, follow=True).content.decode()
    ada = Customer.objects.get()
    assert {name: getattr(ada, name) for name in typed} == typed | {"phone": "+33612345678"}
    assert [value for name, value in typed.items() if name != "phone" and value not in page] == []


def test_the_list_shows_who_they_are_and_what_they_bought(owner: Someone) -> None:
    values = {"first_name": "Ada", "birthdate": date(1990, 1, 1), "city": "Lyon", "country": "FR"}
    figures = {"orders_count": 4, "items_count": 17, "spent_minor": 123_45}
    services.insert_customers(store=owner.store, records=[values | figures], now=NOW)
    page = owner.client.get(URL).content.decode()
    heads = re.findall(r'<th scope="col" data-column="(\w+)"', page)
    wanted = {"name", "age", "country", "city", "orders_count", "items_count", "spent", "points"}
    assert wanted <= set(heads)
    for cell in (">4<", ">17<", "€123.45", "Lyon", "France"):
        assert cell in page, cell


def test_a_flag_is_a_column_and_a_condition(owner: Someone) -> None:
    ada, bob = (make_customer(owner.store, first_name=name) for name in ("Ada", "Bob"))
    services.flag_customers(
        store=owner.store,
        ids=[ada.pk],
        inputs={"level": "high_risk", "reason": "Paid with a stolen card", "review": None},
        actor=owner.actor,
        now=NOW,
        change_set=None,
    )
    shown = listed(owner, "flag = high_risk", columns="name,flag,flag_reason")
    assert str(ada.pk) in shown and str(bob.pk) not in shown
    assert "High risk" in shown and "Paid with a stolen card" in shown
    assert str(bob.pk) in listed(owner, "flag = none")


def test_people_who_work_here_are_no_customers(owner: Someone, clerk: Someone) -> None:
    make_customer(owner.store, first_name="Ada", email="ada@example.com")
    people = owner.client.get("/desk/shop/settings/people/").content.decode()
    customers = owner.client.get(URL, {"tab": "all"}).content.decode()
    assert clerk.user.email in people and "ada@example.com" not in people
    assert clerk.user.email not in customers and "ada@example.com" in customers


def test_any_conditions_can_be_combined(owner: Someone) -> None:
    trade = services.create_group(store=owner.store, name="Trade", actor=owner.actor, now=NOW)
    facts: dict[str, Any] = {"points_summary": True, "birthdate": date(1985, 4, 23)}
    ada = make_customer(owner.store, first_name="Ada", email="ada@example.com", phone="+33612345678", **facts)
    make_customer(owner.store, first_name="Ada", email="other@example.com")
    make_customer(owner.store, first_name="Eve", email="eve@example.com", **facts)
    make_customer(owner.store, first_name="Ada", email="ada2@example.com", phone="+33611115678", **facts)
    Customer.objects.exclude(email="ada2@example.com").update(group=trade)
    shown = listed(
        owner,
        "name contains ada and email contains example and phone contains 5678 and group = Trade and "
        "state = active and blocked = no and birthdate < 1990-01-01 and points_summary = yes and "
        "created >= -36500d and orders = 0 and spent < 10 and tier is empty",
    )
    assert re.findall(r'data-id="([^"]+)"', shown) == [str(ada.pk)]
