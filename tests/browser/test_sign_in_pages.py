"""Pages on which staff and customers sign in and look after that, for everybody to use; the shop’s also in Arabic."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.accounts.choices import Stage
from regulars.accounts.models import Account
from regulars.accounts.services import Browser, open_portal
from regulars.accounts.services.sessions import begin
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.portal import visiting
from regulars.privacy.choices import Kind, Way
from regulars.staff import services as staff
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.accounts.people import (
    accounts_settings,
    link_in,
    make_account,
    visitor_client,
    write_mail,
)
from tests.accounts.people import open_shop as open_shop_with_accounts
from tests.browser.conftest import Guard
from tests.browser.looking import LOOKS, PHONE, WIDE, Faults, Place, look_at_all, needs_axe
from tests.factories import PASSWORD, make_person
from tests.privacy.people import ask
from tests.privacy.test_requests import token_of
from tests.staff.test_invitations import secret_of_last_mail

type NewBrowser = Callable[[], BrowserContext]


@pytest.fixture
def another(browser: Any, live_server: LiveServer, guard: Guard) -> Iterator[NewBrowser]:
    """Browsers that know nothing of each other."""
    opened: list[BrowserContext] = []

    def make() -> BrowserContext:
        opened.append(browser.new_context(base_url=live_server.url, reduced_motion="reduce"))
        return opened[-1]

    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    yield make
    for context in opened:
        context.close()


@pytest.fixture
def shop(request: pytest.FixtureRequest, transactional_db: None) -> Store:
    asked = getattr(request.node, "callspec", None)
    language = asked.params.get("language", "en") if asked else "en"
    store = open_shop_with_accounts(language=language)
    accounts_settings(store, second_step="optional")
    return store


# ---- staff

ACCOUNTS = "/accounts/"


def sign_in_half(email: str) -> Callable[[Page], None]:
    def fill(page: Page) -> None:
        page.locator("input[type=email], input[name=login]").first.fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")

    return fill


def send_nothing_right(page: Page) -> None:
    page.locator("input[type=email], input[name=login]").first.fill("nobody@shop.test")
    page.locator("input[type=password]").fill("wrong-password-1")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]").first).to_be_visible()


FIRST = {"first run": Place("/start/")}
STRANGER = {
    "signing in": Place(f"{ACCOUNTS}login/"),
    "not signed in": Place(f"{ACCOUNTS}login/", send_nothing_right),
    "second step": Place(
        f"{ACCOUNTS}login/", sign_in_half("owner@shop.test"), ends=f"{ACCOUNTS}2fa/authenticate/"
    ),
    "switched off": Place(f"{ACCOUNTS}inactive/"),
    "nobody signs up": Place(f"{ACCOUNTS}signup/"),
    "forgotten password": Place(f"{ACCOUNTS}password/reset/"),
    "mail is on its way": Place(f"{ACCOUNTS}password/reset/done/"),
    "new password": Place(
        f"{ACCOUNTS}password/reset/key/{{key}}/", lands=f"{ACCOUNTS}password/reset/key/{{user}}-set-password/"
    ),
    "password was changed": Place(f"{ACCOUNTS}password/reset/key/done/"),
    "invited": Place(f"{ACCOUNTS}join/{{invited}}/", lands=f"{ACCOUNTS}join/"),
}
OWN = {
    "profile": Place(f"{ACCOUNTS}profile/"),
    "browsers": Place(f"{ACCOUNTS}sessions/"),
    "once more": Place(f"{ACCOUNTS}reauthenticate/"),
    "changing the password": Place(f"{ACCOUNTS}password/change/"),
    "second steps": Place(f"{ACCOUNTS}2fa/"),
    "once more by a code": Place(f"{ACCOUNTS}2fa/reauthenticate/"),
    "no more app": Place(f"{ACCOUNTS}2fa/app/deactivate/"),
    "recovery codes": Place(f"{ACCOUNTS}2fa/recovery-codes/"),
    "new recovery codes": Place(f"{ACCOUNTS}2fa/recovery-codes/new/"),
    "keys": Place(f"{ACCOUNTS}2fa/keys/"),
    "new key": Place(f"{ACCOUNTS}2fa/keys/add/"),
    "once more by a key": Place(f"{ACCOUNTS}2fa/keys/reauthenticate/"),
    "renaming a key": Place(f"{ACCOUNTS}2fa/keys/{{security_key}}/edit/"),
    "removing a key": Place(f"{ACCOUNTS}2fa/keys/{{security_key}}/remove/"),
    "signing out": Place(f"{ACCOUNTS}logout/"),
}
FRESHLY_IN = {"new app": Place(f"{ACCOUNTS}2fa/app/activate/"), "no second steps": Place(f"{ACCOUNTS}2fa/")}
WITHOUT_PASSWORD = {"first password": Place(f"{ACCOUNTS}password/set/")}


def prove(page: Page) -> None:
    """Say the password once more, as pages about signing in want it of whoever did so a while ago."""
    page.goto(f"{ACCOUNTS}reauthenticate/?next={ACCOUNTS}2fa/")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{ACCOUNTS}2fa/$"))


def add_key(page: Page) -> int:
    """Register a key, which this browser has built in."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    ready = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options | ready})
    page.goto(f"{ACCOUNTS}2fa/keys/add/")
    page.get_by_label("Name").fill("My key")
    page.locator("main button[type=submit], main button:not([type]), button.btn").last.click()
    expect(page).not_to_have_url(f"{ACCOUNTS}2fa/keys/add/")
    page.goto(f"{ACCOUNTS}2fa/keys/")
    expect(page.get_by_text("My key")).to_be_visible()
    return Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk


@needs_axe
def test_the_first_run_is_for_everybody(transactional_db: None, another: NewBrowser, guard: Guard) -> None:
    look_at_all(guard.watch(another().new_page()), FIRST, {})


@needs_axe
def test_staff_sign_in_on_pages_for_everybody(
    shop: Store, owner: User, actor: Actor, signed_in: Callable[..., Page], another: NewBrowser, guard: Guard
) -> None:
    own = signed_in(within=another())
    prove(own)
    places = {"security_key": str(add_key(own))}
    TOTP.activate(owner, generate_totp_secret())
    RecoveryCodes.activate(owner)
    clerk, new = make_person(shop, "clerk"), make_person(shop, "viewer")
    staff.invite_person(store=shop, email="new@shop.test", role="clerk", actor=actor, now=timezone.now())
    user = user_pk_to_url_str(clerk)
    places |= {"user": user, "key": f"{user}-{default_token_generator.make_token(clerk)}"}
    places |= {"invited": secret_of_last_mail()}
    faults = Faults()
    # Opened a second time the secrets of the stranger have done their work: each look has a browser of its own.
    for look in LOOKS:
        stranger = guard.watch(another().new_page())
        look_at_all(stranger, STRANGER, places, looks=[look], faults=faults)
    look_at_all(own, OWN, places, faults=faults)
    for person, pages in ((clerk, FRESHLY_IN), (new, WITHOUT_PASSWORD)):
        if pages is WITHOUT_PASSWORD:
            person.set_unusable_password()
            person.save()
        page = signed_in(person, within=another())
        if pages is FRESHLY_IN:
            prove(page)
        look_at_all(page, pages, places, faults=faults)
    faults.expect_none()


# ---- customers

HOME = "/shop/shop/account/"
SECURITY, DATA = f"{HOME}security/", f"{HOME}data/"
FORM = {"first_name": "I", "last_name": "H", "email": "ida@example.com", "language": "en", "password": ""}
UNKNOWN = {
    "creating a login": Place(f"{HOME}new/"),
    "login that was refused": Place(f"{HOME}new/", lambda page: send(page, "nobody@nowhere", "alert")),
    "login that was asked for": Place(
        f"{HOME}new/", lambda page: send(page, "eve@example.com", ".typed-code")
    ),
    "confirming a login": Place(f"{HOME}confirm/{{confirm}}/"),
    "signing in": Place(f"{HOME}sign-in/"),
    "signing in by mail": Place(f"{HOME}sign-in/mail/"),
    "code of the mail": Place(f"{HOME}sign-in/code/{{challenge}}/"),
    "link of the mail": Place(f"{HOME}sign-in/link/{{link}}/"),
    "link of another browser": Place(f"{HOME}sign-in/link/{{link}}/", status=403),
    "link that is too old": Place(f"{HOME}sign-in/link/nothing/", status=422),
    "forgotten password": Place(f"{HOME}forgotten/"),
    "new password": Place(f"{HOME}password/{{password}}/"),
}
SECOND = {"second step": Place(f"{HOME}sign-in/second/")}
REPLACING = {"password that was given out": Place(f"{HOME}sign-in/password/")}
NORA = {
    "security": Place(SECURITY),
    "password": Place(f"{SECURITY}password/"),
    "app": Place(f"{SECURITY}app/"),
    "phone": Place(f"{SECURITY}phone/"),
    "recovery codes": Place(f"{SECURITY}codes/"),
    "new recovery codes": Place(f"{SECURITY}codes/", lambda page: show_codes(page)),
    "other address": Place(f"{SECURITY}mail/"),
    "confirming the address": Place(f"{SECURITY}mail/{{mail}}/"),
    "is it you": Place(f"{HOME}prove/"),
    "it is me, by a code": Place(f"{HOME}prove/code/{{challenge}}/"),
    "new address": Place(f"{HOME}profile/addresses/new/"),
    "data": Place(DATA),
    "copy of the data": Place(f"{DATA}copy/"),
    "erasing": Place(f"{DATA}erase/"),
    "confirming the erasure": Place(f"{DATA}confirm/{{erase}}/"),
}
VISIT = {"opening a portal": Place(f"{HOME}enter/{{visit}}/")}
VISITING = {"portal, opened by staff": Place(HOME), "security, opened by staff": Place(SECURITY)}


def send(page: Page, email: str, shows: str) -> None:
    for name, value in (FORM | {"email": email}).items():
        if name not in ("language", "password"):
            page.locator(f"[name={name}]").fill(value)
    page.locator("form .go button").click()
    expect(page.locator(f"[role={shows}]" if shows == "alert" else shows).first).to_be_visible()


def show_codes(page: Page) -> None:
    page.locator("main form .go button").click()
    expect(page.locator(".codes li")).to_have_count(10)


def secrets_of(store: Store, nora: Customer, actor: Actor) -> tuple[dict[str, str], str]:
    """What stands in the links of the mails that customers get, and what ties one of them to a browser."""
    client, own = Client(), visitor_client(store, nora)
    client.post(f"{HOME}new/", FORM)
    asked = client.post(f"{HOME}sign-in/mail/", {"email": nora.email})
    client.post(f"{HOME}forgotten/", {"email": nora.email})
    own.post(f"{SECURITY}mail/", {"email": "other@example.com"})
    paths = [link_in(one).strip("/").split("/") for one in write_mail() if "/account/" in one.body]
    made = {path[-2]: path[-1] for path in paths}
    request = ask(nora, Kind.ERASURE, Way.PORTAL, now=timezone.now())
    opened = open_portal(
        store=store, ids=[nora.pk], inputs={}, actor=actor, now=timezone.now(), change_set=None
    ).said[nora.pk]
    made |= {"challenge": asked.url.strip("/").split("/")[-1], "erase": token_of(request)}
    made |= {"visit": opened.strip("/").split("/")[-1]}
    return made, client.cookies[visiting.BROWSER].value


def put_key(context: BrowserContext, live_server: LiveServer, name: str, value: str) -> None:
    context.add_cookies([{"name": name, "value": value, "url": f"{live_server.url}/shop/shop/"}])


@needs_axe
@pytest.mark.parametrize("language", ["en", "ar"])
def test_customers_sign_in_on_pages_for_everybody(
    language: str,
    transactional_db: None,
    signed_in: Callable[..., Page],
    owner: User,
    actor: Actor,
    shop: Store,
    another: NewBrowser,
    live_server: LiveServer,
    guard: Guard,
) -> None:
    cache.clear()
    account = make_account(shop, language=language)
    Account.objects.update(mfa_phone="+33612345678", mfa_sms=True)
    nora = account.customer
    places, browser_secret = secrets_of(shop, nora, actor)
    faults = Faults()
    looks = LOOKS if language == "en" else (("dark", WIDE), ("light", PHONE))

    def at(stage: Stage | None) -> BrowserContext:
        """A browser that is so far with signing in."""
        context = another()
        if stage is not None:
            browser = Browser("Firefox", "127.0.0.1", "", False)
            begun = begin(store=shop, account=account, stage=stage, browser=browser, now=timezone.now())
            put_key(context, live_server, visiting.SESSION, begun.key)
        return context

    def see(context: BrowserContext, pages: dict[str, Place]) -> Page:
        page = guard.watch(context.new_page())
        look_at_all(page, pages, places, looks=looks, faults=faults)
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        return page

    knows = at(None)
    put_key(knows, live_server, visiting.BROWSER, browser_secret)
    see(knows, {name: place for name, place in UNKNOWN.items() if place.status != 403})
    see(at(None), {name: place for name, place in UNKNOWN.items() if place.status == 403})
    see(at(Stage.SECOND), SECOND)
    see(at(Stage.PASSWORD), REPLACING)
    see(at(Stage.WHOLE), NORA)
    desk = signed_in(within=another())
    look_at_all(desk, VISIT, places, looks=looks, faults=faults)
    desk.locator("main form .go button").click()
    expect(desk.locator(".visit")).to_be_visible()
    look_at_all(desk, VISITING, places, looks=looks, faults=faults)
    faults.expect_none()
