"""Two people at work at once: what one changes shows at the other's, and nothing of the other's is lost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.factories import actor_of, make_customer, make_person

URL = "/desk/shop/customers/"


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PULSE_MILLISECONDS = 300


@pytest.fixture
def anna(shop: Store) -> Actor:
    return actor_of(shop, colleague(shop))


def colleague(shop: Store) -> User:
    user = make_person(shop, "manager", "anna@shop.test")
    user.name = "Anna"
    user.save(update_fields=["name"])
    return user


def edit(customer: Customer, by: Actor, **values: Any) -> None:
    services.edit_customer(
        store=customer.store,
        customer_id=customer.pk,
        values=values,
        base_version=None,
        actor=by,
        now=timezone.now(),
    )


def row_of(page: Page, customer: Customer) -> Any:
    return page.locator(f"tr[data-id='{customer.pk}']")


@pytest.fixture
def two(desk: Page, shop: Store, signed_in: Callable[..., Page]) -> Iterator[tuple[Page, Page]]:
    """The owner and Anna, each in a browser of their own."""
    browser = desk.context.browser
    assert browser is not None
    desk.goto("/desk/shop/")
    context = browser.new_context(
        base_url=desk.url.split("/desk")[0], viewport={"width": 1440, "height": 900}
    )
    yield desk, signed_in(colleague(shop), within=context)
    context.close()


def test_a_change_in_one_shows_in_the_others_list_and_record(two: tuple[Page, Page], shop: Store) -> None:
    customer = make_customer(shop, first_name="Ada", last_name="King", city="Paris", phone="+33612345678")
    mine, annas = two
    record = mine.context.new_page()
    record.goto(f"{URL}{customer.pk}/")
    mine.goto(f"{URL}?columns=name,city,phone")
    annas.goto(f"{URL}{customer.pk}/edit/")
    annas.get_by_label("City").fill("Rome")
    annas.get_by_role("button", name="Save", exact=True).click()
    mine.bring_to_front()
    expect(row_of(mine, customer)).to_contain_text("Rome")
    record.bring_to_front()
    expect(record.locator(".pulse")).to_contain_text("Anna changed City")
    expect(record.locator(".hero")).to_contain_text("Rome")
    edit(customer, actor_of(shop, User.objects.get(email="anna@shop.test")), first_name="Augusta")
    expect(record.locator("[data-live='fact:first_name']")).to_have_attribute("data-changed", "")
    expect(record.locator("#timeline")).to_contain_text("Rome")


def test_the_list_keeps_ticks_typing_focus_and_scroll(desk: Page, people: Store, anna: Actor) -> None:
    desk.set_viewport_size({"width": 1440, "height": 500})
    desk.goto(f"{URL}?sort=email&columns=name,email,city")
    expect(desk.locator("tbody tr")).to_have_count(50)
    rows = desk.locator("tbody tr")
    first, last = (Customer.objects.get(pk=rows.nth(at).get_attribute("data-id")) for at in (0, 40))
    ticked = rows.nth(2).locator(".pick input")
    ticked.check()
    rows.nth(40).scroll_into_view_if_needed()
    cell = rows.nth(40).locator(":scope > *").nth(3)
    cell.dblclick()
    box = cell.locator("input.input")
    box.fill("Half a na")
    top = desk.evaluate("document.querySelector('.sheet-table').scrollTop")
    assert top > 0
    edit(first, anna, city="Reykjavík")
    edit(last, anna, city="Tórshavn", phone="+33699887766")
    expect(row_of(desk, first)).to_contain_text("Reykjavík")
    expect(box).to_have_value("Half a na")
    expect(box).to_be_focused()
    expect(ticked).to_be_checked()
    expect(desk.locator(".bulk output")).to_contain_text("1 selected")
    assert desk.evaluate("document.querySelector('.sheet-table').scrollTop") == top
    desk.keyboard.press("Escape")
    expect(row_of(desk, last)).to_contain_text("Tórshavn")  # what was left alone follows when one is done


def test_rows_do_not_jump(desk: Page, people: Store, anna: Actor) -> None:
    desk.goto(f"{URL}?sort=email&columns=name,email")
    rows = desk.locator("tbody tr")
    expect(rows).to_have_count(50)
    before = [row.get_attribute("data-id") for row in rows.all()]
    moved = Customer.objects.get(pk=before[30])
    edit(moved, anna, email="a@example.com")
    pill = desk.locator(".pulse.of-list")
    expect(pill).to_contain_text("1 change")
    expect(row_of(desk, moved)).to_contain_text("a@example.com")
    assert [row.get_attribute("data-id") for row in rows.all()] == before
    new = services.create_customer(
        store=people, values={"first_name": "Aa", "email": "aa@example.com"}, actor=anna, now=timezone.now()
    )
    expect(pill).to_contain_text("2 changes")
    pill.get_by_role("button", name="Show").click()
    expect(rows.first).to_have_attribute("data-id", str(moved.pk))
    expect(row_of(desk, new)).to_be_visible()
    expect(pill).not_to_be_visible()


def test_the_record_keeps_what_is_typed(desk: Page, shop: Store, anna: Actor) -> None:
    customer = make_customer(
        shop, first_name="Ada", last_name="King", email="ada@example.com", phone="+33612345678"
    )
    desk.goto(f"{URL}{customer.pk}/")
    desk.get_by_label("Write a note").fill("Called about the red lamp")
    fact = desk.locator("[data-live='fact:email']")
    fact.hover()
    fact.get_by_role("link", name="Edit E-mail").click()
    fact.locator("input.input").fill("half@typ")
    edit(customer, anna, phone="+33699887766", language="fr")
    expect(desk.locator(".pulse")).to_contain_text("Anna changed")
    phone = desk.locator("[data-live='fact:phone']")
    expect(phone).to_contain_text("99 88 77 66")
    expect(phone).to_have_attribute("data-changed", "")
    expect(fact.locator("input.input")).to_have_value("half@typ")
    expect(fact.locator("input.input")).to_be_focused()
    expect(desk.get_by_label("Write a note")).to_have_value("Called about the red lamp")
    edit(customer, anna, email="ada@anna.example")
    expect(fact.locator(".pulse-note")).to_contain_text("Anna changed this meanwhile")
    desk.keyboard.press("Escape")
    expect(fact).to_contain_text("ada@anna.example")


def test_an_open_form_is_left_alone_and_told(desk: Page, shop: Store, anna: Actor) -> None:
    customer = make_customer(shop, first_name="Ada", city="Paris", phone="+33612345678")
    desk.goto(f"{URL}{customer.pk}/edit/")
    desk.get_by_label("City").fill("Lima")
    edit(customer, anna, phone="+33699887766")
    expect(desk.locator(".pulse")).to_contain_text("Anna changed Phone")
    expect(desk.locator(".field", has=desk.get_by_label("Phone", exact=True))).to_contain_text(
        "Anna changed this meanwhile"
    )
    expect(desk.get_by_label("City")).to_have_value("Lima")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".hero")).to_contain_text("Lima")
    kept = Customer.objects.get()
    assert (kept.city, kept.phone) == ("Lima", "+33699887766")


def test_a_deleted_record_says_so(desk: Page, shop: Store, anna: Actor) -> None:
    customer = make_customer(shop, first_name="Ada")
    desk.goto(f"{URL}{customer.pk}/")
    expect(desk.locator(".hero")).to_contain_text("Ada")
    services.delete_customers(
        store=shop, ids=[customer.pk], inputs={}, actor=anna, now=timezone.now(), change_set=None
    )
    expect(desk.locator(".pulse")).to_contain_text("deleted or moved")


def test_a_hidden_page_rests_and_looks_at_once_when_seen(
    desk: Page, shop: Store, anna: Actor, settings: Any
) -> None:
    settings.PULSE_MILLISECONDS = 3_600_000  # only being seen again can bring it
    customer = make_customer(shop, first_name="Ada", city="Paris")
    desk.goto(f"{URL}?columns=name,city")
    expect(row_of(desk, customer)).to_contain_text("Paris")
    edit(customer, anna, city="Rome")
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(row_of(desk, customer)).to_contain_text("Rome")
