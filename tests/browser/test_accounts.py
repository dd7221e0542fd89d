"""A customer's login from the first click to the last, in real browsers: the customer's and that of the shop's staff.

Mail and text messages are read where an install without a provider keeps them: in the Outbox of the desk.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.live_server_helper import LiveServer

from regulars.accounts import tasks
from regulars.accounts.models import Account
from regulars.customers.models import Customer
from regulars.messaging.services import deliver_due
from regulars.orders.models import Order
from regulars.stores.models import Store
from tests.accounts.people import accounts_settings, forget
from tests.accounts.people import open_shop as open_shop_with_accounts
from tests.browser.conftest import Guard
from tests.browser.test_shop import put
from tests.portal.conftest import make_product

SHOP, ACCOUNT = "/shop/shop/", "/shop/shop/account/"
EMAIL, PASSWORD, PHONE = "nora@example.com", "orchard-lantern-57", "+33612345678"
OUTBOX = {"default": {"BACKEND": "regulars.staff.outbox.OutboxBackend"}}


@pytest.fixture
def shop(transactional_db: None, settings: Any) -> Store:
    settings.MAILERS = OUTBOX
    cache.clear()
    store = open_shop_with_accounts()
    accounts_settings(store, second_step="optional")
    make_product(store, "Lamp", 4000)
    return store


def send_what_waits() -> None:
    """What the worker does with the mails and text messages that were asked for."""
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="accounts.send").order_by("pk")
    for job in jobs:
        getattr(tasks, job.task_name.partition(".")[2])(**job.args)
    forget(list(jobs.values_list("pk", flat=True)))
    deliver_due(now=timezone.now())


def newest(desk: Page, subject: str) -> str:
    """What stands in the newest mail of this subject, read in the Outbox."""
    send_what_waits()
    desk.goto("/desk/shop/settings/outbox/")
    mail = desk.locator("details", has_text=re.compile(subject)).first
    mail.locator("summary").click()
    text: str = mail.locator(".mail-text").inner_text()
    return text


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/shop/\S+)", text)
    assert found, text
    return found[1]


def sign_up(page: Page) -> None:
    page.goto(SHOP)
    page.get_by_role("link", name="Create login").click()
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Lind")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create login").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()


def confirm(page: Page, desk: Page) -> None:
    page.goto(link_in(newest(desk, "login|Confirm")))
    page.get_by_role("button", name="Confirm").click()
    is_in(page)


def sign_in(page: Page) -> None:
    page.goto(SHOP)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def is_in(page: Page) -> None:
    expect(page).to_have_url(re.compile(f"{ACCOUNT}$"))
    expect(page.locator("h1")).to_contain_text("Nora")


def turn_app_on(page: Page) -> str:
    """Set an app up; gives the secret that the app keeps."""
    page.goto(f"{ACCOUNT}security/")
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator(".qr-box svg")).to_be_visible()
    secret = page.locator(".typed-code").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).at(timezone.now()))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them: go on").click()
    # Back to where it was asked for.
    expect(page.get_by_role("button", name="Turn off the app")).to_be_visible()
    return secret


def turn_texts_on(page: Page, desk: Page) -> None:
    page.goto(f"{ACCOUNT}security/")
    page.get_by_role("link", name="Set up text messages").click()
    page.get_by_label("Mobile phone").fill(PHONE)
    page.get_by_role("button", name="Send a code").click()
    code = re.search(r"\b\d{6}\b", newest(desk, re.escape(PHONE)))
    assert code
    page.get_by_label("Code from the text message").fill(code[0])
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("button", name="Turn off text messages")).to_be_visible()


def act(desk: Page, customer: Customer, name: str, then: Callable[[Page], None] = lambda desk: None) -> None:
    """Press a button of the record page, and the one of its dialog."""
    desk.goto(f"/desk/shop/customers/{customer.pk}/")
    button = desk.get_by_role("button", name=name, exact=True).first
    if not button.is_visible():
        desk.get_by_role("button", name="More actions").click()
    button.click()
    then(desk)
    desk.locator("#dialog").get_by_role("button", name=name).click()


def test_from_creating_a_login_to_being_shut_out(
    page: Page,
    shop: Store,
    signed_in: Callable[..., Page],
    browser: Any,
    live_server: LiveServer,
    guard: Guard,
) -> None:
    desk = signed_in(within=browser.new_context(base_url=live_server.url, reduced_motion="reduce"))
    guard.watch(page).set_default_timeout(20_000)
    sign_up(page)
    assert not Customer.objects.exists()
    confirm(page, desk)
    nora = Customer.objects.get(email=EMAIL)
    assert nora.has_account
    sign_out(page)
    sign_in(page)
    is_in(page)

    secret = turn_app_on(page)
    turn_texts_on(page, desk)
    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.goto(ACCOUNT)
    expect(page).not_to_have_url(re.compile(f"{ACCOUNT}$"))
    sign_in(page)
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30)))
    page.get_by_role("button", name="Go on").click()
    is_in(page)

    # The phone is lost: neither app nor text message. Staff take both away, which ends every session.
    act(desk, nora, "Update MFA Settings", reset_all)
    expect(desk.get_by_text("Second step changed").first).to_be_visible()
    page.goto(ACCOUNT)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(page)
    is_in(page)
    account = Account.objects.get(customer=nora)
    assert (account.totp_sealed, account.mfa_sms) == ("", False)

    look_at_the_portal(desk, nora)
    page.goto(f"{ACCOUNT}security/")
    expect(page.get_by_text("Owner Shop")).to_be_visible()

    act(desk, nora, "Deactivate")
    expect(desk.get_by_text("Deactivated").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)
    expect(page.get_by_text("Where you are signed in")).to_have_count(0)
    sign_in(page)
    expect(page.get_by_text("Your login is switched off at the moment.")).to_be_visible()
    page.goto(ACCOUNT)
    expect(page).not_to_have_url(re.compile(f"{ACCOUNT}$"))


def reset_all(desk: Page) -> None:
    desk.locator("#dialog").get_by_label("What is to be done").select_option("reset")


def look_at_the_portal(desk: Page, nora: Customer) -> None:
    """Staff see the portal as the customer does, and can change nothing in it."""
    act(desk, nora, "Open Customer Portal")
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Go to the portal").click()
    portal = opened.value
    if portal.get_by_role("button", name="Open the portal").count():
        portal.get_by_role("button", name="Open the portal").click()
    banner = portal.get_by_role("status").filter(has_text="looks at the portal of Nora Lind")
    expect(banner).to_contain_text("Only to look: nothing can be changed.")
    portal.goto(f"{ACCOUNT}profile/")
    expect(portal.get_by_label("First name")).to_be_disabled()
    portal.goto(SHOP)
    with portal.expect_response(lambda answer: answer.request.method == "POST") as answered:
        portal.get_by_role("button", name="Add Lamp").click()
    assert answered.value.status == 403
    expect(portal.get_by_text("You only look at this portal")).to_be_visible()
    expect(portal.locator(".basket-link .count")).to_have_count(0)
    portal.close()


@pytest.fixture
def plain(browser: Any, live_server: LiveServer, guard: Guard) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = guard.watch(context.new_page())
    page.set_default_timeout(20_000)
    yield page
    context.close()


def test_everything_a_customer_needs_works_without_scripts(
    plain: Page, shop: Store, signed_in: Callable[..., Page]
) -> None:
    sign_up(plain)
    confirm(plain, signed_in())
    sign_out(plain)
    sign_in(plain)
    is_in(plain)
    put(plain, "Lamp")
    plain.get_by_role("link", name="Check out", exact=True).click()
    expect(plain.get_by_label("Name", exact=True)).to_have_value("Nora Lind")
    expect(plain.get_by_role("textbox", name="E-mail")).to_have_value(EMAIL)
    plain.get_by_label("Street and number").fill("3 rue Neuve")
    plain.get_by_label("City").fill("Paris")
    plain.get_by_role("button", name="Order and pay later").click()
    expect(plain.locator("h1")).to_have_text(re.compile("Order 1"))
    order = Order.objects.get()
    assert order.customer_id == Customer.objects.get(email=EMAIL).pk
    plain.goto(f"{ACCOUNT}orders/")
    expect(plain.locator("main")).to_contain_text("80.00")
    sign_out(plain)
    plain.goto(f"{ACCOUNT}orders/")
    expect(plain.get_by_role("button", name="Sign in")).to_be_visible()
