"""What other tests do not look at in the desk: settings, privacy, segments, and dialogs about a customer’s login."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from regulars.customers import services as customers
from regulars.kit.actor import Actor
from regulars.privacy.choices import Kind
from regulars.resources.resource import all_resources
from regulars.staff import services as staff
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.accounts.people import accounts_settings, make_account
from tests.accounts.people import open_shop as open_shop_with_accounts
from tests.blocklist.conftest import make_rule as make_block
from tests.browser.conftest import Guard
from tests.browser.looking import Place, look_at_all, needs_axe
from tests.browser.test_sales_pages import open_dialog
from tests.factories import NOW, make_customer, make_person, make_store
from tests.people import Someone
from tests.privacy.people import ME, ask, buy
from tests.privacy.test_retention import make_rule, switch_on
from tests.segments.conftest import make_segment, put_in, refresh
from tests.views.test_services import save


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = open_shop_with_accounts()
    accounts_settings(store, second_step="optional")
    return store


@pytest.fixture
def places(shop: Store, owner: User, actor: Actor) -> dict[str, str]:
    """A customer with a login and all that privacy keeps of them, one without, and what settings list."""
    make_person(make_store("bare"), email=owner.email)
    nora = make_account(shop, accepts_marketing=True, city="Paris", tags=["vip"]).customer
    guest = make_customer(shop, first_name="Nora", last_name="Lind", email="ida@example.com", city="Paris")
    buy(nora)
    made = customers.add_address(
        store=shop, customer_id=nora.pk, values={"address": "9 Side St", "city": "York"}, actor=ME, now=NOW
    )
    request = ask(nora, Kind.ERASURE)
    rule = switch_on(make_rule(shop))
    static, dynamic = make_segment(shop, "Hand-picked"), make_segment(shop, "Paris", "city = Paris")
    put_in(static, nora)
    refresh(dynamic)
    staff.invite_person(store=shop, email="new@shop.test", role="clerk", actor=actor, now=timezone.now())
    staff.create_token(store=shop, name="Till", actor=actor, now=timezone.now())
    ids = {"nora": nora, "guest": guest, "address": made, "request": request, "rule": rule, "static": static}
    ids |= {"dynamic": dynamic, "block": make_block(shop, "email", "eve@example.com")}
    ids |= {"view": save(Someone(Client(), owner, shop, actor))}
    return {name: str(one.pk) for name, one in ids.items()}


def press_keys(keys: str, opens: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(keys)
        expect(page.locator(opens)).to_be_visible()

    return press


def send(page: Page) -> None:
    page.locator(".form-foot .btn").last.click()
    expect(page.get_by_role("alert").first).to_be_visible()


DIALOGS = (
    *("Resend Login Email", "Set password link", "Reset Password", "Update MFA Settings"),
    *("Open Customer Portal", "Deactivate", "Write a message"),
)
RECORD = "/desk/shop/customers/{nora}/"
SETTINGS = "/desk/shop/settings/"
SEGMENT = "/desk/shop/segments/{static}/"
PAGES: dict[str, Place] = {
    "stores": Place("/desk/"),
    "no such page": Place("/desk/shop/nowhere/", status=404),
    "list with the palette": Place(
        "/desk/shop/customers/?tab=all", press_keys("Control+k", "dialog.palette")
    ),
    **{f"list of {one.name}": Place(f"/desk/shop/{one.name}/") for one in all_resources()},
    "customer with a login": Place(RECORD),
    **{f"dialog of {name}": Place(RECORD, open_dialog(name)) for name in DIALOGS},
    "confirming a login": Place("/desk/shop/customers/{guest}/", open_dialog("Confirm login by code")),
    "data of a customer": Place(f"{RECORD}data/"),
    "new address": Place(f"{RECORD}addresses/new/"),
    "address": Place(f"{RECORD}addresses/{{address}}/"),
    "request": Place("/desk/shop/privacy_requests/{request}/"),
    "checking who asks": Place(
        "/desk/shop/privacy_requests/{request}/", open_dialog("Note the identity check")
    ),
    "turning a request down": Place("/desk/shop/privacy_requests/{request}/", open_dialog("Turn down")),
    "new request": Place("/desk/shop/privacy_requests/new/"),
    "settings of privacy": Place(f"{SETTINGS}privacy/"),
    "rules of keeping": Place(f"{SETTINGS}privacy/keeping/"),
    "new rule": Place(f"{SETTINGS}privacy/keeping/new/"),
    "new rule that was refused": Place(f"{SETTINGS}privacy/keeping/new/", send),
    "rule": Place(f"{SETTINGS}privacy/keeping/{{rule}}/"),
    "changing a rule": Place(f"{SETTINGS}privacy/keeping/{{rule}}/edit/"),
    "settings of accounts": Place(f"{SETTINGS}accounts/"),
    "settings of the portal": Place(f"{SETTINGS}portal/"),
    "tokens": Place(f"{SETTINGS}tokens/"),
    "inviting": Place(f"{SETTINGS}people/invite/"),
    "people with an invitation": Place(f"{SETTINGS}people/"),
    "block": Place("/desk/shop/blocks/{block}/"),
    "segment": Place(SEGMENT),
    "segment that is counted": Place("/desk/shop/segments/{dynamic}/"),
    "why somebody is in it": Place("/desk/shop/segments/{dynamic}/why/{nora}/"),
    "filling a segment": Place(f"{SEGMENT}members/"),
    "changing a segment": Place(f"{SEGMENT}edit/"),
    "deleting a segment": Place(f"{SEGMENT}delete/"),
    "merging": Place("/desk/shop/duplicates/merge/?id={nora}&id={guest}"),
    "views": Place("/desk/shop/customers/views/"),
    "new view": Place("/desk/shop/customers/views/new/?where=city+%3D+Paris"),
    "view": Place("/desk/shop/customers/views/{view}/edit/"),
}


@needs_axe
def test_pages_of_the_desk_are_for_everybody(
    signed_in: Callable[..., Page], guard: Guard, places: dict[str, str]
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    look_at_all(signed_in(), PAGES, places)
