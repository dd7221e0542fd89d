"""Duplicates, worked through with the keyboard, merged and split again."""

import re

from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.duplicates import services
from regulars.duplicates.models import Merge, Pair
from regulars.stores.models import Store
from tests.browser.conftest import press
from tests.factories import NOW, make_customer

URL = "/desk/shop/duplicates/"


def two_of(store: Store, name: str, phone: str) -> tuple[Customer, Customer]:
    first = make_customer(
        store, first_name=name, last_name="Lovelace", phone=phone, email=f"{name}@example.com"
    )
    second = make_customer(store, first_name=name, last_name="Lovelace", phone=phone, city="Lyon")
    return first, second


def test_decide_with_the_keyboard_and_undo(desk: Page, shop: Store) -> None:
    for at, name in enumerate(("Ada", "Bea", "Cleo")):
        two_of(shop, name, f"+3361234567{at}")
    services.scan(store=shop, full=True, now=NOW)
    desk.goto(URL)
    heads = desk.locator(".versus thead")
    expect(desk.locator(".pairs > li")).to_have_count(3)
    expect(heads).to_contain_text("Ada Lovelace")
    press(desk, "j")
    expect(heads).to_contain_text("Bea Lovelace")
    press(desk, "k")
    expect(heads).to_contain_text("Ada Lovelace")
    press(desk, "n")
    expect(desk.locator(".pairs > li")).to_have_count(2)
    expect(heads).to_contain_text("Bea Lovelace")
    desk.wait_for_load_state()
    desk.locator(".toast-x").get_by_role("button", name="Undo").click()
    expect(desk.locator(".pairs > li")).to_have_count(3)  # the page looks again by itself
    desk.wait_for_load_state()
    for box in desk.locator(".pairs .tick").all()[:2]:
        box.check()
    desk.locator("#picked").get_by_role("button", name="Same household").click()
    expect(desk.locator(".pairs > li")).to_have_count(1)
    assert Pair.objects.filter(verdict="household").count() == 2


def test_choose_merge_look_and_split_again(desk: Page, shop: Store) -> None:
    first, second = two_of(shop, "Ada", "+33612345670")
    services.scan(store=shop, full=True, now=NOW)
    desk.goto(f"/desk/shop/customers/{second.pk}/")
    desk.get_by_role("link", name="Compare").click()
    expect(desk.locator(".versus thead")).to_contain_text("Ada Lovelace")
    press(desk, "m")
    expect(desk.get_by_role("heading", name="Merge customers")).to_be_visible()
    results = desk.locator(".versus thead .result")
    expect(results).to_contain_text("#1")
    desk.get_by_label("Let this one stay").check()
    expect(results).to_contain_text("#2")
    desk.get_by_label("City").or_(desk.get_by_label("Address of Ada Lovelace (#1)")).first.check()
    expect(desk.locator("tr", has_text="Address").locator("td.result")).not_to_contain_text("Lyon")
    desk.get_by_role("region", name="What happens").or_(desk.locator(".merge-tells")).get_by_role(
        "button", name="Merge"
    ).click()
    expect(desk).to_have_url(re.compile(rf"customers/{second.pk}/"))
    expect(desk.locator(".timeline")).to_contain_text("#1 went into this customer")
    assert Customer.objects.count() == 1 and Merge.objects.count() == 1
    desk.goto(f"/desk/shop/customers/{first.pk}/")
    expect(desk).to_have_url(re.compile(rf"customers/{second.pk}/"))
    desk.goto(f"{URL}?show=merged")
    desk.get_by_role("button", name="Split again").click()
    expect(desk).to_have_url(re.compile(rf"customers/{first.pk}/"))
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")
    assert Customer.objects.count() == 2 and not Merge.objects.exists()
