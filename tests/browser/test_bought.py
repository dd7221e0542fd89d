"""Who bought what, how often and when: asked by clicking, kept as a segment."""

import re
from datetime import timedelta
from urllib.parse import unquote_plus

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from regulars.customers.models import Customer
from regulars.orders import services
from regulars.orders.models import OrderLine
from regulars.stores.models import Store
from tests.orders.making import TESTS, make_order

URL = "/desk/shop/customers/"


def bought(store: Store, number: int, *days_ago: int) -> Customer:
    """A customer who bought mugs so many days ago."""
    customer = Customer.objects.get(store=store, number=number)
    for days in days_ago:
        make_order(store, customer_id=customer.pk, placed_at=timezone.now() - timedelta(days=days))
    return customer


def about_orders(page: Page, nth: int) -> Locator:
    """Ask for linked orders; gives the box with what is asked of them."""
    page.locator(".fb-group.top > .fb-add [data-do=link]").click()
    page.locator("#builder-menu .menu-item", has_text=re.compile("^Orders$")).click()
    return page.locator(".fb-link").nth(nth)


def of_each(page: Page, box: Locator, field: str) -> Locator:
    """Add a condition about the orders; gives its row."""
    box.locator(".fb-group .fb-add [data-do=add]").click()
    page.locator("#builder-menu .find-in").fill(field)
    page.locator("#builder-menu .menu-item:visible").first.click()
    return box.locator(".fb-group .fb-row").last


def test_who_bought_twice_and_never_brought_back_is_asked_by_clicking(desk: Page, people: Store) -> None:
    wanted = bought(people, 3, 5, 60)
    bought(people, 4, 5, 120)
    back = bought(people, 5, 5, 6)
    order = back.orders.order_by("placed_at")[0]
    line = OrderLine.objects.filter(order=order).order_by("position")[0]
    returned = {"quantities": {line.pk: 1}, "actor": TESTS, "now": timezone.now()}
    services.return_items(store=people, order_id=order.pk, **returned)
    desk.goto(URL)
    expect(desk.locator("filter-builder:defined")).to_have_count(1)
    desk.locator(".tools [data-builder='']").click()
    box = about_orders(desk, 0)
    box.locator(".fb-times").fill("2")
    of_each(desk, box, "What").locator(".fb-value input").fill("mug")
    placed = of_each(desk, box, "Placed")
    placed.locator(".fb-operator").select_option("last")
    placed.locator(".fb-amount").fill("90")
    never = about_orders(desk, 1)
    never.locator(".fb-operator").first.select_option("none")
    returned_row = of_each(desk, never, "Returned")
    returned_row.locator(".fb-operator").select_option(">")
    returned_row.locator(".fb-money input").fill("0")
    expect(desk.locator("filter-builder [data-count]")).to_have_text(re.compile("^1 "))
    desk.get_by_role("button", name="Apply", exact=True).last.click()
    expect(desk.locator("filter-builder")).not_to_be_visible()
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(desk.locator("tbody")).to_contain_text(wanted.last_name or wanted.email)
    assert "has no orders (returned > 0)" in unquote_plus(desk.url)

    desk.get_by_role("link", name="Save as segment").click()
    desk.get_by_label("Name", exact=True).fill("Mug lovers")
    desk.get_by_role("button", name="Make the segment").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mug lovers")
    expect(desk.locator("#figures dd").first).to_have_text(re.compile("^1"))
    desk.goto(f'{URL}?where=in segment "Mug lovers"')
    expect(desk.locator("tbody tr")).to_have_count(1)
