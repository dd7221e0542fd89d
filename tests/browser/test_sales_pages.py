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
from tests.browser.test_accessibility import AXE, PHONE
from tests.browser.test_accessibility import look as faults
from tests.factories import NOW, actor_of, make_customer, make_person, make_store
from tests.invoices.conftest import make_draft, make_issued, pay
from tests.loyalty.giving import change
from tests.messaging.kinds_of_tests import NEWS
from tests.orders.making import LAMP, MUG, TESTS, make_order
from tests.portal.conftest import OPEN, make_product
from tests.tradeins.making import IBAN, WATCH, make_tradein, move, paid_in
from tests.tradeins.making import PHONE as HANDSET

# What is drawn beyond the right edge, and what is lower than a thumb needs. Links within a sentence may be small.
STICKS_OUT = """() => [document.documentElement, ...document.querySelectorAll('.scroll, dialog[open]')]
  .filter((part) => part.scrollWidth > part.clientWidth + 1)
  .map((part) => `${part.className || part.tagName} is ${part.scrollWidth - part.clientWidth} px too wide`)"""
TOO_SMALL = """() => {
  const reach = (one) => {
    const label = one.matches('[type=radio], [type=checkbox]') && one.closest('label');
    const heights = [(label || one).getBoundingClientRect().height];
    for (const side of ['::before', '::after']) {
      const style = getComputedStyle(one, side);
      if (style.content !== 'none' && style.position === 'absolute') heights.push(parseFloat(style.height) || 0);
    }
    return Math.max(...heights);
  };
  const parts = 'main :is(button, select, summary, .input, .textarea, .tabs a, .btn, .figures a, .chip a), .dock *';
  return [...document.querySelectorAll(parts)]
    .filter((one) => one.matches('a, button, input, select, textarea, summary') && !one.closest('.unseen'))
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((one) => one.getBoundingClientRect().width > 2 && reach(one) < 43.5)
    .map((one) => `${one.outerHTML.slice(0, 140)} is ${reach(one)} px high`);
}"""


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
        "leave": unsubscribe_url(store=people, customer_id=ada.pk, purpose="marketing"),
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


Steps = Callable[[Page], None] | None
PAGES: dict[str, tuple[str, Steps]] = {
    "orders": ("orders/", None),
    "orders that were picked": ("orders/", pick_two),
    "orders of which none is found": ("orders/?q=zzzz", None),
    "no orders yet": ("/desk/bare/orders/", None),
    "order": ("orders/{order}/", None),
    "order with a return": ("orders/{back}/", None),
    "paying an order": ("orders/{order}/", open_dialog("Record a payment")),
    "taking items back": ("orders/{back}/return/", None),
    "new order": ("orders/new/?customer={number}", None),
    "order that was refused": ("orders/new/", send),
    "changing an order": ("orders/{order}/edit/", None),
    "products": ("products/", None),
    "product": ("products/{product}/", None),
    "new product": ("products/new/", None),
    "product that was refused": ("products/new/", send),
    "invoices": ("invoices/", None),
    "draft": ("invoices/{draft}/", None),
    "invoice": ("invoices/{issued}/", None),
    "paying an invoice": ("invoices/{issued}/", open_dialog("Record payment")),
    "new invoice": ("invoices/new/", None),
    "invoice that was refused": ("invoices/new/", send_nonsense),
    "changing an invoice": ("invoices/{issued}/edit/", None),
    "trade-ins": ("tradeins/", None),
    "mail-in": ("tradeins/{offer}/", None),
    "what else one can do with it": ("tradeins/{offer}/", open_menu),
    "accepting it": ("tradeins/{offer}/", open_dialog("Accept the quote")),
    "being inspected": ("tradeins/{sold}/", None),
    "how it is paid": ("tradeins/{sold}/payout/", None),
    "new trade-in": ("tradeins/new/?customer={number}", None),
    "trade-in that was refused": ("tradeins/new/", send),
    "changing a trade-in": ("tradeins/{offer}/edit/", None),
    "how a customer is paid": ("customers/{ada}/payout/?kind=bank_transfer", None),
    "customer": ("customers/{ada}/", None),
    "money of a customer": ("customers/{ada}/?show=money", None),
    "orders of a customer": ("customers/{ada}/of/orders/", None),
    "counter": ("counter/", None),
    "counter with hits": ("counter/?q=ada", None),
    "counter without": ("counter/?q=zzzz", None),
    "reports": ("reports/?span=all", None),
    "reports of an empty store": ("/desk/bare/reports/", None),
    "messages": ("messages/", None),
    "message": ("messages/{message}/", None),
    "messages of a customer": ("customers/{ada}/of/messages/", None),
    "what customers agreed to": ("consents/", None),
    "what a customer agreed to": ("customers/{ada}/of/agreements/", None),
    "writing to a customer": ("customers/{ada}/", open_dialog("Write a message")),
    "settings of messages": ("settings/messages/", None),
    "wording": ("settings/messages/tests.news/mail/fr/", None),
    "wording of a text message": ("settings/messages/tests.news/sms/en/", None),
    "wording that was refused": ("settings/messages/tests.news/mail/fr/", send_no_words),
    "leaving": ("{leave}", None),
    "having left": ("{leave}", leave),
    "settings of the shop page": ("settings/shop/", None),
    "settings of invoices": ("settings/invoices/", None),
    "points": ("points/", None),
    "points that were taken": ("points/?tab=taken", None),
    "entry of points": ("points/{given}/", None),
    "voiding it": ("points/{given}/", open_dialog("Void")),
    "points of a customer": ("customers/{ada}/of/points/", None),
    "giving points": ("customers/{ada}/", open_dialog("Add or remove points")),
    "transferring points": ("customers/{ada}/", open_dialog("Transfer points")),
    "points that wait for a second person": ("runs/{held}/", None),
    "settings of points": ("settings/points/", None),
    "settings of points that were refused": ("settings/points/", send_wrong_points),
    "earning rules": ("settings/earning/", None),
    "no earning rules yet": ("/desk/bare/settings/earning/", None),
    "new earning rule": ("settings/earning/new/products/", None),
    "earning rule for tiers": ("settings/earning/{campaign}/", None),
    "earning rule that was refused": ("settings/earning/new/products/", send),
    "tiers": ("settings/tiers/", None),
    "no tiers yet": ("/desk/bare/settings/tiers/", None),
    "tier": ("settings/tiers/{tier}/", None),
    "tier that was refused": ("settings/tiers/new/", send),
    "membership of a customer": ("customers/{ada}/?show=membership", open_previews),
    "setting a tier": ("customers/{ada}/?show=membership", open_dialog("Set tier")),
    "store settings": ("settings/", None),
    "outbox": ("settings/outbox/", None),
}


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with the npm packages of ui/")
@pytest.mark.parametrize(("scheme", "wide"), [("light", True), ("dark", False)])
def test_pages_of_sales_are_for_everybody(
    signed_in: Callable[..., Page], guard: Guard, places: dict[str, str], scheme: Any, wide: bool
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    page = signed_in()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if not wide:
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    for name, (path, steps) in PAGES.items():
        path = path.format(**places)
        path = path[path.index("/shop/") :] if "/unsubscribe/" in path else path
        answer = page.goto(path if path.startswith("/") else f"/desk/shop/{path}")
        assert answer is not None and answer.status == 200, (name, answer and answer.status)
        page.wait_for_load_state()
        if steps:
            steps(page)
        seen = [*page.evaluate(STICKS_OUT), *faults(page)]
        seen += [] if wide else page.evaluate(TOO_SMALL)
        for fault in seen:
            found.setdefault(fault, []).append(name)
    assert not found, "\n".join(f"{fault} | {', '.join(names)}" for fault, names in found.items())
