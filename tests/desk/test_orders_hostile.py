"""Pages of orders and products with what an attacker writes into them, and forms that no browser sends."""

from typing import Any

import pytest

from regulars.orders import services
from regulars.orders.facts import LineFacts
from regulars.orders.models import Order, OrderLine
from tests.factories import NOW, make_customer
from tests.orders.making import TESTS, make_order
from tests.people import Someone

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
FACTS = ("name", "company", "address", "building", "city", "region", "postcode", "courier", "tracking_number",
         "note", "source", "number", "external_id", "salesperson_name")  # fmt: skip


def test_what_an_attacker_writes_is_only_text(owner: Someone) -> None:
    store = owner.store
    nora = make_customer(store, first_name=EVIL, last_name=EVIL, company=EVIL)
    values = {"title": EVIL, "sku": EVIL, "external_id": EVIL, "description": EVIL}
    product = services.create_product(store=store, values=values, actor=TESTS, now=NOW)
    line = LineFacts(product_id=product.pk, title=EVIL, serial=EVIL, sku=EVIL, price_minor=100, quantity=3)
    order = make_order(
        store, customer_id=nora.pk, lines=(line,), paid_by="cash", **dict.fromkeys(FACTS, EVIL)
    )
    stored = OrderLine.objects.get(order=order)
    services.return_items(
        store=store, order_id=order.pk, quantities={stored.pk: 1}, reason=EVIL, actor=TESTS, now=NOW
    )
    services.edit_order(
        store=store, order_id=order.pk, values={"note": EVIL + "2"}, base_version=None, actor=TESTS, now=NOW
    )
    base = f"/desk/{store.slug}"
    for url in (
        f"{base}/orders/", f"{base}/orders/?q={'<script>'}", f"{base}/orders/{order.pk}/",
        f"{base}/orders/{order.pk}/edit/", f"{base}/orders/{order.pk}/return/",
        f"{base}/orders/new/?customer={nora.pk}", f"{base}/orders/products/?line-0-what=script",
        f"{base}/customers/pick/?customer=script", f"{base}/products/", f"{base}/products/{product.pk}/",
        f"{base}/products/{product.pk}/edit/", f"{base}/customers/{nora.pk}/", f"{base}/changes/", f"{base}/",
        f"{base}/orders/?columns=number,product,sku,serial,name,address,note,source,salesperson,external_id",
        f"{base}/reports/", f"/shop/{store.slug}/", f"/shop/{store.slug}/products/{product.pk}/",
    ):  # fmt: skip
        answer = owner.client.get(url, follow=True)
        assert answer.status_code in (200, 404), url
        text = answer.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, url
        assert "49" not in text or "{{7*7}}" in text or "alert" not in text, url


@pytest.mark.parametrize(
    "change",
    [
        {"line-0-what": "x" * 1_000_000},
        {"line-0-what": "\x00"},
        {"line-0-serial": "".join(chr(33 + at * 7919 % 90) for at in range(9000))},
        {"line-0-price": "9" * 5000},
        {"line-0-price": "NaN"},
        {"line-0-price": "1e14"},
        {"line-0-quantity": "1e3"},
        {"line-0-quantity": "9" * 5000},
        {"line-0-quantity": "-1"},
        {"line-0-tax": "1e30"},
        {"line-0-discount": "-1"},
        {"discount": "99999"},
        {"shipping": "1e29"},
        {"customer": "#" + "9" * 5000},
        {"customer": "#²"},
        {"placed": "0001-01-01T00:00"},
        {"placed": "9999-12-31T23:59"},
        {"email": "a" * 5000 + "@example.test"},
        {"phone": "1" * 5000},
        {"note": "x" * 1_000_000},
        {"tracking_number": "x" * 3000},
    ],
    ids=lambda change: str(change)[:50],
)
def test_forms_that_no_browser_sends_are_refused_in_words(owner: Someone, change: dict[str, Any]) -> None:
    owner.client.raise_request_exception = False
    form = {
        "channel": "in_store", "line-0-what": "Mug", "line-0-quantity": "1", "line-0-price": "10",
        "email": "nora@example.test",
    } | change  # fmt: skip
    base = f"/desk/{owner.store.slug}/orders"
    assert owner.client.post(f"{base}/new/", form).status_code in (400, 422)
    assert not Order.objects.exists()
    lines = owner.client.post(f"{base}/lines/", form)
    assert lines.status_code in (200, 400)
    order = make_order(owner.store, email="ida@example.test")
    changed = form | {"version": "1"}
    changed.pop("customer", None)
    if "customer" not in change:
        assert owner.client.post(f"{base}/{order.pk}/edit/", changed).status_code in (302, 400, 422)


@pytest.mark.parametrize(
    "form",
    [
        {"line": "99999"}, {"line": "-1"}, {"line": "²"}, {"line": "1", "refund": "999"},
        {"line": "1", "refund": "-1"}, {"line": "1", "method": "shells"}, {"line": "1", "reason": "x" * 501}, {},
    ],
    ids=str,
)  # fmt: skip
def test_returns_that_cannot_be(owner: Someone, form: dict[str, str]) -> None:
    order = make_order(owner.store, email="ida@example.test", paid_by="cash")
    line = OrderLine.objects.filter(order=order).earliest("position")
    sent = {(f"line-{line.pk}" if name == "line" else name): value for name, value in form.items()}
    answer = owner.client.post(f"/desk/{owner.store.slug}/orders/{order.pk}/return/", sent)
    assert answer.status_code == 422
    order.refresh_from_db()
    assert (order.version, order.returned_minor) == (1, 0)
