"""The pages of what customers bought, sold and owe: nobody is kept out, nothing sticks out, a thumb can hit it.

Every page is tried wide and on a phone, light and dark, with dialogs open and with forms that were refused.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.customers.services import subscribe_customers
from regulars.jobs.models import Run
from regulars.loyalty.models import EarnRule, Programme, Tier
from regulars.loyalty.services import place_members, save_rule, save_tier
from regulars.messaging import kinds
from regulars.messaging import services as messaging
from regulars.messaging.models import Message
from regulars.messaging.services import unsubscribe_url
from regulars.orders import services as orders
from regulars.orders.facts import LineFacts, PaymentFacts
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.resource import get_resource
from regulars.staff.models import User
from regulars.stores.models import Store
from regulars.stores.services import edit_store
from tests.browser.conftest import Guard
from tests.browser.looking import Place, look_at_all, needs_axe
from tests.factories import NOW, actor_of, make_customer, make_person, make_store
from tests.invoices.conftest import make_draft, make_issued, pay
from tests.loyalty.giving import change
from tests.messaging.kinds_of_tests import NEWS
from tests.orders.making import LAMP, MUG, TESTS, make_order
from tests.portal.conftest import OPEN, make_product
from tests.tradeins.making import IBAN, WATCH, make_tradein, move, paid_in
from tests.tradeins.making import PHONE as HANDSET


@pytest.fixture
def places(people: Store, owner: User) -> dict[str, str]:
    """One of everything, with a long title among it."""
    edit_store(store=people, changes=OPEN, actor=TESTS, now=NOW)
    make_person(make_store("bare"), email=owner.email)
    ada = make_customer(people, first_name="Ada", last_name="Lovelace", email="ada@example.com", city="Paris")
    product = make_product(people, "Stoneware mug")
    long = LineFacts(
        title="A very long name of a thing that nobody can say in one breath " * 3, price_minor=99
    )
    order = make_order(people, customer_id=ada.pk, lines=(MUG, LAMP, long))
    first = PaymentFacts(amount_minor=2000, method="cash", reference="till 2")
    orders.record_payment(store=people, order_id=order.pk, payment=first, actor=TESTS, now=NOW)
    back = make_order(people, customer_id=ada.pk, paid_by="card")
    line = back.lines.first()
    assert line is not None
    orders.return_items(
        store=people, order_id=back.pk, quantities={line.pk: 1}, reason="Cracked", actor=TESTS, now=NOW
    )
    issued = make_issued(people, customer_id=ada.pk)
    pay(people, issued, 500)
    offer = make_tradein(people, ada, items=(HANDSET, WATCH), way="mail_in")
    sold = make_tradein(people, ada)
    paid_in(sold, "bank_transfer", holder="Ada King", iban=IBAN)
    for step in ("accept", "take-in"):
        move(sold, step)
    made: dict[str, Any] = {"order": order, "back": back, "draft": make_draft(people), "issued": issued}
    made |= {
        "given": change(people, ada, 250, reason="Late " * 40, note="Sorry"),
        "held": asked_for(people, ada),
    }
    change(people, ada, -30)
    made["message"] = make_message(ada)
    made |= earning(people, ada)
    return {
        name: str(one.pk) for name, one in (made | {"offer": offer, "sold": sold, "ada": ada}).items()
    } | {
        "product": str(product.pk),
        "number": str(ada.number),
        "leave": unsubscribe_url(store=people, customer_id=ada.pk, purpose="marketing").split("/")[-2],
    }


def earning(store: Store, customer: Customer) -> dict[str, EarnRule | Tier]:
    """Two tiers with the customer in the lower one, and a rule for members of the better one."""
    act: dict[str, Any] = {"store": store, "actor": TESTS, "now": NOW}
    about = {"by": "spend", "colour": "amber", "benefits": "Coffee\n" + "And cake " * 40}
    save_tier(tier_id=None, values=about | {"name": "Silver", "rank": 1, "threshold": 0}, **act)
    gold = save_tier(
        tier_id=None, values=about | {"name": "Gold " * 12, "rank": 2, "threshold": 10**9}, **act
    )
    place_members(ids=[customer.pk], **act)
    values = {"name": "Double " * 12, "kind": "multiplier", "percent": 200, "tiers": [str(gold.pk)]}
    return {"tier": gold, "campaign": save_rule(rule_id=None, values=values, **act)}


def asked_for(store: Store, customer: Customer) -> Run:
    """Points that a manager asked for and somebody else has to agree to."""
    Programme.objects.create(store=store, approval_above=100)
    asker = actor_of(store, make_person(store, "manager"))
    run = perform(
        resource=get_resource("customers"),
        name="adjust-points",
        selection=Selection(ids=(customer.pk,)),
        raw_inputs={"points": "500", "reason": "Broken"},
        context=Context(store=store, actor=asker, now=NOW),
    ).run
    assert run is not None
    return run


@pytest.fixture(autouse=True)
def _news(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of message that has a wording."""
    monkeypatch.setattr(kinds, "_kinds", kinds._kinds | {NEWS.name: NEWS})


def make_message(to: Customer) -> Message:
    """One that came back, so that nothing goes to its address any more."""
    words = {
        "purpose": "service",
        "subject": "Your repair",
        "body": "It is ready.\nhttps://example.com/" + "x" * 90,
    }
    asked: dict[str, Any] = {
        "store": to.store,
        "ids": [to.pk],
        "actor": TESTS,
        "now": NOW,
        "change_set": None,
    }
    subscribe_customers(**asked, inputs={"wording": "Yes, please send me news about everything there is."})
    messaging.write_to(**asked, inputs=words)
    messaging.deliver_due(now=NOW)
    message = Message.objects.get()
    report = messaging.Report(messaging.News.BOUNCED, message_id=message.pk, why="550 no such user")
    messaging.take_report(report=report, provider="Postmark", now=NOW)
    return message


def send(page: Page) -> None:
    page.locator(".form-foot .btn").last.click()
    expect(page.get_by_role("alert").first).to_be_visible()


def send_wrong_points(page: Page) -> None:
    page.get_by_label("Days of warning").fill("")
    send(page)


def open_previews(page: Page) -> None:
    page.get_by_text("Preview of the monthly mail").click()


def send_nonsense(page: Page) -> None:
    page.get_by_label("Description 1").fill("Phone")
    page.get_by_label("Price 1").fill("cheap")
    send(page)


def open_dialog(name: str) -> Callable[[Page], None]:
    def click(page: Page) -> None:
        button = page.get_by_role("button", name=name, exact=True).first
        if not button.is_visible():
            open_menu(page)
        button.click()
        expect(page.locator("#dialog")).to_be_visible()

    return click


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()


def pick_two(page: Page) -> None:
    for row in range(2):
        page.get_by_label("Pick this row").nth(row).check(force=True)


def send_no_words(page: Page) -> None:
    page.get_by_label("Subject").fill("{{nobody}}")
    send(page)


def leave(page: Page) -> None:
    page.get_by_role("button", name="Send me no more of this").click()
    expect(page.get_by_role("status")).to_be_visible()


PAGES: dict[str, Place] = {
    "orders": Place("/desk/shop/orders/"),
    "orders that were picked": Place("/desk/shop/orders/", pick_two),
    "orders of which none is found": Place("/desk/shop/orders/?q=zzzz"),
    "no orders yet": Place("/desk/bare/orders/"),
    "order": Place("/desk/shop/orders/{order}/"),
    "order with a return": Place("/desk/shop/orders/{back}/"),
    "paying an order": Place("/desk/shop/orders/{order}/", open_dialog("Record a payment")),
    "taking items back": Place("/desk/shop/orders/{back}/return/"),
    "new order": Place("/desk/shop/orders/new/?customer={number}"),
    "order that was refused": Place("/desk/shop/orders/new/", send),
    "changing an order": Place("/desk/shop/orders/{order}/edit/"),
    "products": Place("/desk/shop/products/"),
    "product": Place("/desk/shop/products/{product}/"),
    "new product": Place("/desk/shop/products/new/"),
    "product that was refused": Place("/desk/shop/products/new/", send),
    "invoices": Place("/desk/shop/invoices/"),
    "draft": Place("/desk/shop/invoices/{draft}/"),
    "invoice": Place("/desk/shop/invoices/{issued}/"),
    "paying an invoice": Place("/desk/shop/invoices/{issued}/", open_dialog("Record payment")),
    "new invoice": Place("/desk/shop/invoices/new/"),
    "invoice that was refused": Place("/desk/shop/invoices/new/", send_nonsense),
    "changing an invoice": Place("/desk/shop/invoices/{issued}/edit/"),
    "trade-ins": Place("/desk/shop/tradeins/"),
    "mail-in": Place("/desk/shop/tradeins/{offer}/"),
    "what else one can do with it": Place("/desk/shop/tradeins/{offer}/", open_menu),
    "accepting it": Place("/desk/shop/tradeins/{offer}/", open_dialog("Accept the quote")),
    "being inspected": Place("/desk/shop/tradeins/{sold}/"),
    "how it is paid": Place("/desk/shop/tradeins/{sold}/payout/"),
    "new trade-in": Place("/desk/shop/tradeins/new/?customer={number}"),
    "trade-in that was refused": Place("/desk/shop/tradeins/new/", send),
    "changing a trade-in": Place("/desk/shop/tradeins/{offer}/edit/"),
    "how a customer is paid": Place("/desk/shop/customers/{ada}/payout/?kind=bank_transfer"),
    "customer": Place("/desk/shop/customers/{ada}/"),
    "money of a customer": Place("/desk/shop/customers/{ada}/?show=money"),
    "orders of a customer": Place("/desk/shop/customers/{ada}/of/orders/"),
    "counter": Place("/desk/shop/counter/"),
    "counter with hits": Place("/desk/shop/counter/?q=ada"),
    "counter without": Place("/desk/shop/counter/?q=zzzz"),
    "reports": Place("/desk/shop/reports/?span=all"),
    "reports of an empty store": Place("/desk/bare/reports/"),
    "messages": Place("/desk/shop/messages/"),
    "message": Place("/desk/shop/messages/{message}/"),
    "messages of a customer": Place("/desk/shop/customers/{ada}/of/messages/"),
    "what customers agreed to": Place("/desk/shop/consents/"),
    "what a customer agreed to": Place("/desk/shop/customers/{ada}/of/agreements/"),
    "writing to a customer": Place("/desk/shop/customers/{ada}/", open_dialog("Write a message")),
    "settings of messages": Place("/desk/shop/settings/messages/"),
    "wording": Place("/desk/shop/settings/messages/tests.news/mail/fr/"),
    "wording of a text message": Place("/desk/shop/settings/messages/tests.news/sms/en/"),
    "wording that was refused": Place("/desk/shop/settings/messages/tests.news/mail/fr/", send_no_words),
    "leaving": Place("/shop/shop/unsubscribe/{leave}/"),
    "having left": Place("/shop/shop/unsubscribe/{leave}/", leave),
    "settings of the shop page": Place("/desk/shop/settings/shop/"),
    "settings of invoices": Place("/desk/shop/settings/invoices/"),
    "points": Place("/desk/shop/points/"),
    "points that were taken": Place("/desk/shop/points/?tab=taken"),
    "entry of points": Place("/desk/shop/points/{given}/"),
    "voiding it": Place("/desk/shop/points/{given}/", open_dialog("Void")),
    "points of a customer": Place("/desk/shop/customers/{ada}/of/points/"),
    "giving points": Place("/desk/shop/customers/{ada}/", open_dialog("Add or remove points")),
    "transferring points": Place("/desk/shop/customers/{ada}/", open_dialog("Transfer points")),
    "points that wait for a second person": Place("/desk/shop/runs/{held}/"),
    "settings of points": Place("/desk/shop/settings/points/"),
    "settings of points that were refused": Place("/desk/shop/settings/points/", send_wrong_points),
    "earning rules": Place("/desk/shop/settings/earning/"),
    "no earning rules yet": Place("/desk/bare/settings/earning/"),
    "new earning rule": Place("/desk/shop/settings/earning/new/products/"),
    "earning rule for tiers": Place("/desk/shop/settings/earning/{campaign}/"),
    "earning rule that was refused": Place("/desk/shop/settings/earning/new/products/", send),
    "tiers": Place("/desk/shop/settings/tiers/"),
    "no tiers yet": Place("/desk/bare/settings/tiers/"),
    "tier": Place("/desk/shop/settings/tiers/{tier}/"),
    "tier that was refused": Place("/desk/shop/settings/tiers/new/", send),
    "membership of a customer": Place("/desk/shop/customers/{ada}/?show=membership", open_previews),
    "setting a tier": Place("/desk/shop/customers/{ada}/?show=membership", open_dialog("Set tier")),
    "store settings": Place("/desk/shop/settings/"),
    "outbox": Place("/desk/shop/settings/outbox/"),
}


@needs_axe
def test_pages_of_sales_are_for_everybody(
    signed_in: Callable[..., Page], guard: Guard, places: dict[str, str]
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    look_at_all(signed_in(), PAGES, places, thumbs=True)
