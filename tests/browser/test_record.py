"""One customer: added, looked at, changed."""

import re

from playwright.sync_api import Page, expect

from regulars.customers.models import Address, Customer, Note
from regulars.stores.models import Store
from tests.browser.conftest import press
from tests.factories import make_customer

URL = "/desk/shop/customers/"


def test_a_new_customer_with_a_likely_duplicate(desk: Page, people: Store) -> None:
    desk.goto(URL)
    press(desk, "c")
    expect(desk).to_have_url(re.compile(r"customers/new/"))
    desk.get_by_label("First name").fill("zoe")
    desk.get_by_label("Last name").fill("de la cruz")
    expect(desk.locator("#likely")).to_contain_text("Zoë de la Cruz")
    desk.get_by_label("E-mail").fill("nonsense")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".problems")).to_be_focused()
    expect(desk.locator(".problems")).to_contain_text("is not an e-mail address")
    expect(desk.get_by_label("Last name")).to_have_value("de la cruz")
    desk.get_by_label("E-mail").fill("zoe2@example.com")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk).to_have_url(re.compile(r"customers/[0-9a-f-]{36}/$"))
    expect(desk.get_by_role("heading", level=1)).to_contain_text("zoe de la cruz")
    expect(desk.locator(".toast-x")).to_contain_text("Customer added")
    assert Customer.objects.filter(email="zoe2@example.com").count() == 1


def test_notes_tags_and_facts(desk: Page, shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada", email="ada@example.com")
    desk.goto(f"{URL}{customer.pk}/")
    desk.get_by_label("Write a note").fill("Likes <b>red</b>")
    desk.get_by_label("Pin to the top").check()
    desk.get_by_role("button", name="Save note").click()
    note = desk.locator("#notes .note.pinned")
    expect(note).to_contain_text("Likes <b>red</b>")
    note.get_by_role("button", name="Unpin").click()
    expect(desk.locator("#notes .note.pinned")).to_have_count(0)
    assert not Note.objects.get().pinned

    desk.locator("#tags .add-tag").click()
    desk.get_by_role("combobox", name="Tag").or_(desk.get_by_role("textbox", name="Tag")).first.fill("vip")
    desk.get_by_role("button", name="Add tag").click()
    expect(desk.locator("#tags")).to_contain_text("vip")
    desk.get_by_role("button", name="Remove tag vip").click()
    expect(desk.locator("#tags .tag")).to_have_count(0)

    fact = desk.locator("[data-edit-url*='/edit/email/']")
    fact.hover()
    fact.get_by_role("link", name="Edit E-mail").click()
    fact.locator("input.input").fill("wrong")
    desk.keyboard.press("Enter")
    expect(fact.locator(".problem")).to_be_visible()
    expect(fact.locator("input.input")).to_be_focused()
    fact.locator("input.input").fill("ada@new.example")
    desk.keyboard.press("Enter")
    expect(fact.locator(".cell-form")).to_have_count(0)
    expect(fact).to_contain_text("ada@new.example")
    assert Customer.objects.get().email == "ada@new.example"


def test_an_address_is_added_and_made_the_main_one(desk: Page, shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada", city="Paris")
    desk.goto(f"{URL}{customer.pk}/addresses/new/")
    desk.get_by_label("City").fill("Rome")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".record-main")).to_contain_text("Rome")
    desk.goto(f"{URL}{customer.pk}/addresses/{Address.objects.get().pk}/")
    desk.get_by_role("button", name="Make it the main address").click()
    expect(desk.locator(".toast-x")).to_contain_text("main address")
    assert Customer.objects.get().city == "Rome" and Address.objects.get().city == "Paris"


def test_walk_from_record_to_record_and_back_to_the_row(desk: Page, people: Store) -> None:
    desk.goto(f"{URL}?where=city+%3D+Paris&sort=email")
    desk.locator("tbody tr").first.locator(".name a").click()
    heading = desk.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Ada Lovelace")
    press(desk, "j")
    expect(heading).not_to_contain_text("Ada Lovelace")
    press(desk, "k")
    expect(heading).to_contain_text("Ada Lovelace")
    desk.get_by_role("navigation", name="You are here").get_by_role("link").first.click()
    expect(desk).to_have_url(re.compile("where=city"))
    expect(desk.locator("tbody tr.at")).to_have_count(1)


def test_a_verb_that_asks_keeps_its_record(desk: Page, shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada")
    desk.goto(f"{URL}{customer.pk}/")
    desk.get_by_role("button", name="More actions").click()
    desk.locator("#more").get_by_role("button", name="Deactivate").click()
    desk.locator("#dialog").get_by_role("button", name="Deactivate").click()
    expect(desk.locator(".hero")).to_contain_text("Inactive")
    assert Customer.objects.get().state == "inactive"


def test_two_people_edit_and_both_values_are_shown(desk: Page, shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada", city="Rome")
    desk.goto(f"{URL}{customer.pk}/edit/")
    other = desk.context.new_page()
    other.goto(f"{URL}{customer.pk}/edit/")
    other.get_by_label("City").fill("Oslo")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".hero")).to_contain_text("Oslo")
    other.close()
    desk.get_by_label("City").fill("Lima")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".merge")).to_contain_text("Oslo")
    desk.locator(".merge").get_by_label(re.compile("Oslo")).check()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk).to_have_url(re.compile(r"[0-9a-f]/$"))
    assert Customer.objects.get().city == "Oslo"


def test_what_was_done_on_the_page_of_a_record_can_be_undone_there(desk: Page, shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada", email="ada@example.com")
    desk.goto(f"{URL}{customer.pk}/")
    desk.get_by_label("Write a note").fill("Half a thought")
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Archive", exact=True).click()
    expect(desk.locator(".toast-x")).to_contain_text("Archived: 1")
    expect(desk.locator(".notice.warn")).to_be_visible()
    expect(desk.locator("#timeline")).to_contain_text("Archived")
    # The notice outlives what is drawn anew, and so does what one was typing.
    expect(desk.get_by_label("Write a note")).to_have_value("Half a thought")
    desk.locator(".toast-x").get_by_role("button", name="Undo").click()
    expect(desk.locator(".toast-x")).to_contain_text("Put back: 1")
    expect(desk.locator(".notice.warn")).to_have_count(0)
    assert Customer.objects.get().state == "active"
    desk.locator("#timeline").get_by_role("button", name="Undo").first.click()
    expect(desk.locator(".notice.warn")).to_be_visible()
    assert Customer.objects.get().state == "archived"


def test_a_page_that_has_to_be_opened_anew_keeps_the_notice_once(desk: Page, shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada", email="ada@example.com")
    desk.goto(f"{URL}{customer.pk}/")
    desk.evaluate("document.querySelector('live-pulse').remove()")
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Archive", exact=True).click()
    expect(desk.locator(".notice.warn")).to_be_visible()
    expect(desk.locator(".toast-x")).to_contain_text("Archived: 1")
    expect(desk.locator(".toast-x").get_by_role("button", name="Undo")).to_be_visible()
    assert desk.evaluate("sessionStorage.getItem('desk.toasts')") is None
    desk.reload()
    expect(desk.locator(".notice.warn")).to_be_visible()
    expect(desk.locator(".toast-x")).to_have_count(0)
