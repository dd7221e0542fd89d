"""An offer from the form to the figures: sent to a segment, kept and claimed by link, redeemed with the PIN, found."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.customers.models import Customer
from regulars.messaging.models import Message
from regulars.offers import services
from regulars.offers.models import Grant, Offer, Redemption
from regulars.segments.services import SegmentFacts, create_segment, refresh_segment
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.browser.conftest import Guard
from tests.browser.looking import Place, look_at_all, needs_axe
from tests.browser.test_journeys import shots
from tests.factories import NOW, make_person
from tests.offers.making import ME, open_offer, send, token_of


@pytest.fixture
def readers(people: Store) -> Store:
    """A segment of those in France who take the newsletter."""
    Customer.objects.filter(store=people, country="FR").update(accepts_marketing=True)
    facts = SegmentFacts(name="French readers", kind="dynamic", where="newsletter = yes and country = FR")
    made = create_segment(store=people, facts=facts, actor=ME, now=NOW)
    refresh_segment(store=people, segment_id=made.pk, now=NOW)
    services.set_settings(store=people, pin="4711", most_offers=0, within_days=30, actor=ME, now=NOW)
    return people


def test_the_form_shows_what_goes_with_the_choices_alone(
    readers: Store, browser: Any, signed_in: Callable[..., Page], live_server: LiveServer
) -> None:
    """Also without scripts; what was typed before another choice is kept, and a problem is always seen."""
    desk = signed_in(within=browser.new_context(base_url=live_server.url, java_script_enabled=False))
    desk.goto("/desk/shop/offers/new/")
    boxes = ("percent", "amount", "partial", "points", "gift", "segment", "tier", "code")

    def seen() -> list[str]:
        return [name for name in boxes if desk.locator(f"#id-{name}").is_visible()]

    assert seen() == ["percent", "code"]
    desk.get_by_label("Title").fill("Ten off")
    desk.get_by_label("Kind").select_option("amount")
    desk.get_by_label("For", exact=True).select_option("tier")
    desk.get_by_label("Codes").select_option("unique")
    assert seen() == ["amount", "partial", "tier"]
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_role("alert")).to_contain_text("Give an amount above zero.")
    desk.get_by_label("Kind").select_option("gift")
    assert seen() == ["amount", "gift", "tier"]


def test_an_offer_goes_the_whole_way(
    readers: Store, signed_in: Callable[..., Page], guard: Guard, browser: Any, live_server: LiveServer
) -> None:
    desk = signed_in()
    desk.goto("/desk/shop/offers/new/")
    desk.get_by_label("Title").fill("Friday lunch")
    desk.get_by_label("Kind").select_option("percent")
    desk.get_by_label("Percent", exact=False).first.fill("20")
    desk.get_by_label("For", exact=True).select_option("segment")
    desk.get_by_label("Segment").select_option(label="French readers")
    shots(desk, "offer-new")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator("h1")).to_contain_text("Friday lunch")
    desk.locator(".next-steps").get_by_role("button", name="Open").click()
    expect(desk.locator("h1")).to_contain_text("Active")
    desk.locator(".next-steps").get_by_role("button", name="Send to all it is for").click()
    desk.locator("#dialog").get_by_role("button", name="Send to all it is for").click()
    expect(desk.get_by_text("Offer is being sent").first).to_be_visible()
    offer = Offer.objects.get()
    readers_in_france = Customer.objects.filter(store=readers, country="FR").count()
    assert Grant.objects.filter(sent_at__isnull=False).count() == readers_in_france > 1

    mail = Message.objects.order_by("pk").first()
    assert mail is not None and mail.customer is not None
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 900})
    page = guard.watch(context.new_page())
    page.goto(re.findall(r"/shop/shop/offers/\S+", mail.body)[0])
    expect(page.locator("h1")).to_have_text("Friday lunch")
    page.get_by_role("button", name="Keep as a favourite").click()
    expect(page.get_by_role("button", name="remove it")).to_be_visible()
    page.get_by_role("button", name="Claim it").click()
    expect(page.get_by_role("img", name=offer.code)).to_be_visible()
    shots(page, "offer-claimed")

    clerk = signed_in(make_person(readers, "clerk"), within=browser.new_context(base_url=live_server.url))
    clerk.goto(f"/desk/shop/redeem/?customer={mail.customer.number}")
    clerk.keyboard.type(offer.code)
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_text("It can be redeemed.")).to_be_visible()
    expect(clerk.get_by_label("PIN of the store")).to_be_focused()
    shots(clerk, "offer-redeem")
    clerk.get_by_label("Total of the bill").fill("50")
    clerk.get_by_label("PIN of the store").fill("1234")
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_text("This PIN is wrong")).to_be_visible()
    clerk.get_by_label("PIN of the store").fill("4711")
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_text(re.compile("Redeemed: Friday lunch, €10.00"))).to_be_visible()
    assert Redemption.objects.get().customer_id == mail.customer_id

    desk.goto(f"/desk/shop/customers/{mail.customer_id}/of/offers/")
    row = desk.locator("tbody tr").first
    expect(row).to_contain_text("Friday lunch")
    for no in ("no favourite", "not claimed yet", "not redeemed yet"):
        expect(row).not_to_contain_text(no)
    shots(desk, "offer-record")
    desk.goto("/desk/shop/customers/?tab=all&where=redemption_date+between+today+and+today")
    expect(desk.locator("#results tbody tr")).to_have_count(1)
    expect(desk.locator("#results")).to_contain_text(mail.customer.name)
    desk.goto("/desk/shop/customers/?tab=all&where=redemption_date+between+2001-01-01+and+2001-12-31")
    expect(desk.locator("#results tbody tr")).to_have_count(0)
    desk.goto(f"/desk/shop/offers/{offer.pk}/")
    expect(desk.get_by_role("link", name="Redeemed", exact=True)).to_be_visible()
    shots(desk, "offer")


@pytest.fixture
def places(readers: Store, owner: User) -> dict[str, str]:
    ada = Customer.objects.filter(store=readers, country="FR").order_by("number").first()
    assert ada is not None
    long = "A very long name of an offer that nobody can say in one breath " * 3
    offer = open_offer(
        readers, title=long, guests=True, code="LUNCH20", terms=long * 3, windows=[[4, 720, 840]]
    )
    send(offer, ada)
    voucher = open_offer(readers, kind="amount", amount_minor=1500, partial=True, codes="unique", hold_out=50)
    send(voucher, *Customer.objects.filter(store=readers, country="FR"))
    return {"offer": str(offer.pk), "voucher": str(voucher.pk), "ada": str(ada.pk), "number": str(ada.number),
            "link": token_of(offer, ada)}  # fmt: skip


PAGES = {
    "list": Place("/desk/shop/offers/"),
    "offer": Place("/desk/shop/offers/{offer}/"),
    "voucher": Place("/desk/shop/offers/{voucher}/"),
    "new": Place("/desk/shop/offers/new/"),
    "edit": Place("/desk/shop/offers/{offer}/edit/"),
    "settings": Place("/desk/shop/offers/settings/"),
    "redeem": Place("/desk/shop/redeem/"),
    "look": Place("/desk/shop/redeem/?code=lunch20&customer={number}"),
    "redemptions": Place("/desk/shop/redemptions/"),
    "sent offers": Place("/desk/shop/sent_offers/"),
    "of a customer": Place("/desk/shop/customers/{ada}/of/offers/"),
    "help": Place("/desk/shop/help/offers/"),
    "page of the customer": Place("/shop/shop/offers/{link}/"),
}


@needs_axe
def test_pages_of_offers_are_for_everybody(
    signed_in: Callable[..., Page], guard: Guard, places: dict[str, str]
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    look_at_all(signed_in(), PAGES, places, pictures="offers")
