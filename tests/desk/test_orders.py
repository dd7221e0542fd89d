"""Orders and products in the desk: who may, writing down, changing, taking back; without scripts too."""

from typing import Any

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.orders import services
from regulars.orders.models import Order, OrderLine, Product, Return
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.orders.making import MUG, TESTS, make_order
from tests.people import Someone

STAFF = {"owner", "manager", "clerk", "viewer"}
CLERKS, MANAGERS = STAFF - {"viewer"}, {"owner", "manager"}
EVERYBODY = (*sorted(STAFF), "other_owner", "anonymous")


@pytest.fixture
def order(store: Store) -> Order:
    nora = make_customer(store, first_name="Nora", last_name="Lind", email="nora@example.test")
    return make_order(store, customer_id=nora.pk)


@pytest.fixture
def teapot(store: Store) -> Product:
    values = {"title": "Teapot", "sku": "T-1", "price_minor": 2500}
    return services.create_product(store=store, values=values, actor=TESTS, now=NOW)


def client_of(name: str, request: pytest.FixtureRequest) -> Client:
    found: Someone | Client = request.getfixturevalue(name)
    return found.client if isinstance(found, Someone) else found


def pages(order: Order, teapot: Product) -> dict[str, set[str]]:
    """Every page with who may open it."""
    base = "/desk/shop"
    return {
        f"{base}/orders/": STAFF,
        f"{base}/orders/new/": CLERKS,
        f"{base}/orders/products/?line-0-what=tea": STAFF,
        f"{base}/customers/pick/?customer=nora": STAFF,
        f"{base}/orders/{order.pk}/": STAFF,
        f"{base}/orders/{order.pk}/edit/": CLERKS,
        f"{base}/orders/{order.pk}/return/": CLERKS,
        f"{base}/products/": STAFF,
        f"{base}/products/new/": MANAGERS,
        f"{base}/products/{teapot.pk}/": STAFF,
        f"{base}/products/{teapot.pk}/edit/": MANAGERS,
    }


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_open_a_page(order: Order, teapot: Product, who: str, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    for url, allowed in pages(order, teapot).items():
        answer = client.get(url)
        wanted = {"anonymous": 302, "other_owner": 404}.get(who, 200 if who in allowed else 403)
        assert answer.status_code == wanted, url
        if wanted == 200:
            text = answer.content.decode()
            assert " style=" not in text and " onclick=" not in text, url


@pytest.mark.parametrize("who", ["viewer", "other_owner", "anonymous"])
def test_who_may_not_writes_nothing(
    order: Order, teapot: Product, who: str, request: pytest.FixtureRequest
) -> None:
    client = client_of(who, request)
    base = f"/desk/shop/orders/{order.pk}"
    line = OrderLine.objects.filter(order=order).first()
    assert line is not None
    writes = {
        "/desk/shop/orders/new/": FORM | {"email": "x@example.test"},
        "/desk/shop/orders/lines/": FORM,
        f"{base}/edit/": FORM,
        f"{base}/return/": {f"line-{line.pk}": "1"},
        f"/desk/shop/orders/actions/cancel/?id={order.pk}": {"confirmed": "1"},
        f"/desk/shop/products/{teapot.pk}/edit/": {"title": "Stolen"},
    }
    for url, data in writes.items():
        wanted = {"anonymous": 302, "other_owner": 404}.get(who, 403)
        assert client.post(url, data).status_code == wanted, url
    fresh = Order.objects.get()
    assert (fresh.version, fresh.status, Return.objects.count()) == (1, "open", 0)
    assert Product.objects.get().title == "Teapot"


FORM: dict[str, Any] = {
    "channel": "in_store",
    "line-0-what": "Teapot (T-1)",
    "line-0-quantity": "2",
    "line-1-what": "Repair",
    "line-1-quantity": "1",
    "line-1-price": "12,50",
    "line-1-serial": "SN-9",
    "shipping": "4.90",
}


def test_an_order_is_written_down_for_a_picked_customer_and_paid(owner: Someone, teapot: Product) -> None:
    nora = make_customer(owner.store, first_name="Nora")
    form = FORM | {"customer": f"#{nora.number} Nora", "paid_by": "card"}
    answer = owner.client.post("/desk/shop/orders/new/", form)
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/desk/shop/orders/{order.pk}/"
    assert (order.total_minor, order.paid_minor, order.customer_id) == (5000 + 1250 + 490, 6740, nora.pk)
    assert (order.channel, order.salesperson_name) == ("in_store", owner.user.display_name)
    assert OrderLine.objects.get(order=order, title="Teapot").product_id == teapot.pk
    page = owner.client.get(answer.headers["Location"]).content.decode()
    assert "Teapot" in page and "SN-9" in page and "Nora" in page and "€67.40" in page


def test_an_order_of_somebody_unknown_makes_a_guest(owner: Someone, teapot: Product) -> None:
    form = FORM | {"name": "Ida Holm", "email": "ida@example.test"}
    assert owner.client.post("/desk/shop/orders/new/", form).status_code == 302
    guest = Customer.objects.get()
    assert (guest.first_name, guest.last_name, guest.orders_count) == ("Ida", "Holm", 1)


def test_a_form_sent_twice_makes_one_order(owner: Someone, teapot: Product) -> None:
    page = owner.client.get("/desk/shop/orders/new/").content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    form = FORM | {"email": "ida@example.test", "once": once}
    for _time in range(2):
        assert owner.client.post("/desk/shop/orders/new/", form).status_code == 302
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"customer": "#999"}, "There is no customer"),
        ({"line-1-price": "abc", "email": "x@example.test"}, "is not a number"),
        ({"line-1-price": "-5", "email": "x@example.test"}, "Line 2"),
        ({"email": "nonsense"}, "is not an e-mail"),
        ({}, "Choose a customer"),
        ({"discount": "999", "email": "x@example.test"}, "larger than what the lines come to"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    owner: Someone, teapot: Product, change: dict[str, str], said: str
) -> None:
    answer = owner.client.post("/desk/shop/orders/new/", FORM | change)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and 'value="SN-9"' in page
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)


def test_rows_come_and_go_without_scripts(owner: Someone, teapot: Product) -> None:
    more = owner.client.post("/desk/shop/orders/new/", FORM | {"add-line": "1"}).content.decode()
    assert 'name="line-2-what"' in more and Order.objects.count() == 0
    less = owner.client.post("/desk/shop/orders/new/", FORM | {"remove-line": "0"}).content.decode()
    assert 'name="line-1-what"' not in less and 'value="Repair"' in less


def test_the_rows_say_what_they_come_to_and_bring_the_price_of_a_product(
    owner: Someone, teapot: Product
) -> None:
    part = owner.client.post(
        "/desk/shop/orders/lines/", FORM, headers={"HX-Request": "true"}
    ).content.decode()
    assert "€67.40" in part and 'value="25.00"' in part and "<html" not in part
    assert Order.objects.count() == 0


def test_an_order_is_changed_and_somebody_elses_change_is_not_lost(owner: Someone, order: Order) -> None:
    url = f"/desk/shop/orders/{order.pk}/edit/"
    page = owner.client.get(url).content.decode()
    assert 'value="Mug"' in page and 'name="version" value="1"' in page
    services.edit_order(
        store=owner.store, order_id=order.pk, values={"courier": "DHL"}, base_version=1, actor=TESTS, now=NOW
    )
    lines = OrderLine.objects.filter(order=order).order_by("position")
    form = {"version": "1", "channel": "online", "courier": "UPS", "placed": "2026-03-02"} | {
        f"line-{at}-{name}": str(value)
        for at, line in enumerate(lines)
        for name, value in {
            "id": line.pk, "what": line.title, "serial": line.serial, "quantity": 4, "price": line.price_minor / 100,
        }.items()
    }  # fmt: skip
    answer = owner.client.post(url, form)
    assert answer.status_code == 422 and "changed “Courier”" in answer.content.decode()
    assert owner.client.post(url, form | {"version": "2"}).status_code == 302
    order.refresh_from_db()
    assert (order.courier, order.items_count, order.total_minor) == ("UPS", 8, 4 * 1500 + 4 * 4000)
    assert {one.pk for one in lines} == set(
        OrderLine.objects.filter(order=order).values_list("pk", flat=True)
    )


def test_goods_come_back_on_their_page(clerk: Someone, order: Order) -> None:
    mug = OrderLine.objects.get(order=order, title="Mug")
    url = f"/desk/shop/orders/{order.pk}/return/"
    wrong = clerk.client.post(url, {f"line-{mug.pk}": "3"})
    assert wrong.status_code == 422 and "at most 2" in wrong.content.decode()
    assert clerk.client.post(url, {f"line-{mug.pk}": "2", "reason": "Too small"}).status_code == 302
    order.refresh_from_db()
    assert (order.returned_items, order.returned_minor) == (2, 3000)
    page = clerk.client.get(f"/desk/shop/orders/{order.pk}/").content.decode()
    assert "2 × Mug" in page and "Too small" in page


def test_actions_of_an_order_from_its_page(clerk: Someone, order: Order) -> None:
    base = "/desk/shop/orders/actions"
    clerk.client.post(f"{base}/complete/?id={order.pk}")
    paid = {"confirmed": "1", "amount": "20", "method": "cash"}
    clerk.client.post(f"{base}/record-payment/?id={order.pk}", paid)
    order.refresh_from_db()
    assert (order.status, order.paid_minor) == ("completed", 2000)
    too_much = clerk.client.post(f"{base}/record-payment/?id={order.pk}", paid | {"amount": "900"})
    assert too_much.status_code == 422 and "are due" in too_much.content.decode()
    max_ = make_customer(clerk.store, first_name="Max")
    clerk.client.post(f"{base}/move/?id={order.pk}", {"confirmed": "1", "customer": f"#{max_.number}"})
    order.refresh_from_db()
    assert order.customer_id == max_.pk
    go = clerk.client.post(f"{base}/return/?id={order.pk}")
    assert go.headers["Location"] == f"/desk/shop/orders/{order.pk}/return/"


def test_a_dialog_that_asks_for_a_customer_offers_those_that_are_meant(owner: Someone, order: Order) -> None:
    other = make_customer(owner.store, first_name="Zoe", last_name="Maier")
    url = f"/desk/shop/orders/actions/move/?id={order.pk}"
    form = owner.client.post(url).content.decode()
    assert 'hx-get="/desk/shop/customers/pick/"' in form and '<datalist id="id-customer-list">' in form
    owner.client.post(url, {"confirmed": "1", "customer": f"#{other.number} Zoe Maier"})
    order.refresh_from_db()
    assert order.customer_id == other.pk
    points = f"/desk/shop/customers/actions/transfer-points/?id={other.pk}"
    Customer.objects.filter(pk=other.pk).update(points=10)
    assert 'hx-get="/desk/shop/customers/pick/"' in owner.client.post(points).content.decode()


def test_the_list_finds_by_number_serial_and_customer(owner: Someone, order: Order) -> None:
    other = make_order(owner.store, email="else@example.test", lines=(MUG,))
    for text in (order.number, "sn-77", "Lind", "nora@example.test", str(order.pk)):
        page = owner.client.get("/desk/shop/orders/", {"q": text}).content.decode()
        assert f"/orders/{order.pk}/" in page and f"/orders/{other.pk}/" not in page, text
    where = owner.client.get("/desk/shop/orders/", {"where": 'product = "lamp"'}).content.decode()
    assert f"/orders/{order.pk}/" in where and f"/orders/{other.pk}/" not in where


def test_a_product_is_added_changed_and_archived(manager: Someone) -> None:
    form = {"title": "Vase", "sku": "V-1", "price": "30"}
    answer = manager.client.post("/desk/shop/products/new/", form)
    vase = Product.objects.get()
    assert answer.headers["Location"] == f"/desk/shop/products/{vase.pk}/"
    twin = manager.client.post("/desk/shop/products/new/", form)
    assert twin.status_code == 422 and "has this sku" in twin.content.decode()
    manager.client.post(f"/desk/shop/products/{vase.pk}/edit/", form | {"price": "35", "version": "1"})
    manager.client.post(f"/desk/shop/products/actions/archive/?id={vase.pk}")
    vase.refresh_from_db()
    assert (vase.price_minor, vase.state, vase.version) == (3500, "archived", 3)
    assert "€35.00" in manager.client.get(f"/desk/shop/products/{vase.pk}/").content.decode()
