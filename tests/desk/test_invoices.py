"""Invoices in the desk: written by hand, issued, paid, credited, taken home as a PDF; who may do what."""

from typing import Any

import pytest
from django.test import Client

from regulars.invoices import services
from regulars.invoices.models import Invoice, InvoicePayment, Line, Settings
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, make_draft, make_issued
from tests.orders.making import make_order
from tests.people import Someone, client_of

pytestmark = pytest.mark.django_db
URL = "/desk/shop/invoices/"
EVERYONE = {"owner", "manager", "clerk", "viewer"}
CLERKS, MANAGERS = EVERYONE - {"viewer"}, {"owner", "manager"}
PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")
NEW = {
    "kind": "invoice",
    "bill_name": "Nora Field",
    "salesperson": "",
    "prices_include_tax": "true",
    "line-title": ["Phone", "Cable", ""],
    "line-sku": ["P1", "", ""],
    "line-quantity": ["1", "3", ""],
    "line-price": ["200.00", "3,33", ""],
    "line-discount": ["", "", ""],
    "line-tax_percent": ["20", "5.5", "20"],
}


def doors(draft: Invoice, issued: Invoice) -> dict[str, tuple[str, str, set[str], int, dict[str, Any]]]:
    """Each address: how it is asked, who may, what it answers them."""
    one, yes = f"{issued.pk}/", {"confirmed": "1"}
    return {
        "list": ("get", "", EVERYONE, 200, {}),
        "show": ("get", one, EVERYONE, 200, {}),
        "pdf": ("get", f"{one}pdf/", EVERYONE, 200, {}),
        "new form": ("get", "new/", CLERKS, 200, {}),
        "new": ("post", "new/", CLERKS, 302, NEW),
        "sums": ("post", "sums/", CLERKS, 200, NEW),
        "edit form": ("get", f"{draft.pk}/edit/", CLERKS, 200, {}),
        "edit": ("post", f"{draft.pk}/edit/", CLERKS, 302, NEW | {"version": "1"}),
        "issue": ("post", f"actions/issue/?id={draft.pk}", CLERKS, 302, yes),
        "pay": ("post", f"actions/record-payment/?id={issued.pk}", CLERKS, 302, yes | {"method": "cash"}),
        "mail": ("post", f"actions/mail/?id={issued.pk}", CLERKS, 302, yes | {"email": "a@b.de"}),
        "credit": ("post", f"actions/credit/?id={issued.pk}", CLERKS, 302, yes),
        "void": ("post", f"actions/void/?id={issued.pk}", MANAGERS, 302, yes | {"reason": "x"}),
        "discard": ("post", f"actions/discard/?id={draft.pk}", CLERKS, 302, yes),
        "export": ("get", "export/", MANAGERS, 200, {}),
    }


NAMES = list(doors(Invoice(), Invoice()))


@pytest.fixture
def known(owner: Someone) -> dict[str, Any]:
    return doors(make_draft(owner.store), make_issued(owner.store))


def send(client: Client, door: Any, store: str = "shop") -> Any:
    method, path, _allowed, _status, data = door
    return getattr(client, method)(f"/desk/{store}/invoices/{path}", data)


def everything() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in (Invoice, Line, InvoicePayment, Event)]


@pytest.mark.parametrize("name", NAMES)
def test_those_who_may_can(known: dict[str, Any], name: str, request: pytest.FixtureRequest) -> None:
    least = next(who for who in ("viewer", "clerk", "manager") if who in known[name][2])
    answer = send(client_of(least, request), known[name])
    assert answer.status_code == known[name][3], answer.content.decode()[:2000]


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_those_who_may_not_change_nothing(
    known: dict[str, Any], who: str, request: pytest.FixtureRequest
) -> None:
    client, before = client_of(who, request), everything()
    for name, door in known.items():
        if who in door[2]:
            continue
        wanted = {"anonymous": 302, "other_owner": 404}.get(who, 403)
        assert send(client, door).status_code == wanted, name
    assert everything() == before


def test_of_another_store_nothing_is_found(known: dict[str, Any], other_owner: Someone) -> None:
    before = everything()
    for name in ("show", "pdf", "edit", "edit form"):
        assert send(other_owner.client, known[name], "other").status_code == 404, name
    for name in ("issue", "pay", "void", "discard", "mail", "credit"):
        send(other_owner.client, known[name], "other")
    assert everything() == before


def test_an_invoice_from_the_form_to_the_last_payment(store: Store, clerk: Someone) -> None:
    customer = make_customer(store, first_name="Ada", last_name="Lovelace", email="ada@example.com")
    form = clerk.client.get(f"{URL}new/?customer={customer.number}").content.decode()
    assert f'value="{customer.number}"' in form and "Clerk Shop" in form
    answer = clerk.client.post(
        f"{URL}new/", NEW | {"bill_name": "", "customer": "ada@example.com", "salesperson": "Clerk Shop"}
    )
    draft = Invoice.objects.get()
    assert answer["Location"] == f"{URL}{draft.pk}/"
    assert (draft.bill_name, draft.customer_id, draft.total_minor) == ("Ada Lovelace", customer.pk, 20999)
    assert draft.salesperson_id == clerk.user.pk
    page = clerk.client.get(f"{URL}{draft.pk}/").content.decode()
    for part in ("A draft", "Phone", "€209.99", "Tax 5.5 % on €9.47", "Issue", f"customers/{customer.pk}/"):
        assert part in page, part
    asked = clerk.client.post(f"{URL}actions/issue/?id={draft.pk}").content.decode()
    assert "It gets the number INV-00001." in asked
    clerk.client.post(f"{URL}actions/issue/?id={draft.pk}", {"confirmed": "1"})
    pay = {"confirmed": "1", "amount": "10", "method": "card", "reference": "R-1"}
    clerk.client.post(f"{URL}actions/record-payment/?id={draft.pk}", pay)
    too_much = clerk.client.post(f"{URL}actions/record-payment/?id={draft.pk}", pay | {"amount": "1000"})
    assert too_much.status_code == 422 and "more than the €199.99" in too_much.content.decode()
    page = clerk.client.get(f"{URL}{draft.pk}/").content.decode()
    for part in ("INV-00001", "Partly paid", "€199.99", "R-1", "Payment of €10.00 recorded"):
        assert part in page, part
    listed = clerk.client.get(f"{URL}?where=customer+%3D+{customer.number}").content.decode()
    assert "INV-00001" in listed and "Still due" in listed
    pdf = clerk.client.get(f"{URL}{draft.pk}/pdf/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    assert 'filename="INV-00001.pdf"' in pdf["Content-Disposition"] and "no-store" in pdf["Cache-Control"]


def test_a_form_that_is_sent_twice_makes_one_invoice(owner: Someone) -> None:
    once = NEW | {"once": "0190a0a0-0000-7000-8000-000000000001"}
    first, second = (owner.client.post(f"{URL}new/", once)["Location"] for _ in range(2))
    assert first == second and Invoice.objects.count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_stays(owner: Someone) -> None:
    for change, words in (
        ({"line-price": ["abc", "1", ""]}, "Line 1: “abc” is not a number"),
        ({"line-title": ["", "Cable", ""]}, "Line 1: say what it is"),
        ({"line-tax_percent": ["101", "1", ""]}, "Line 1: the tax lies between"),
        ({"customer": "999"}, "There is no customer with this number"),
        ({"salesperson": "Nobody"}, "works for this store"),
        ({"due_date": "soon"}, "is not a date"),
        ({"kind": "credit_note"}, "Choose what it is"),
    ):
        answer = owner.client.post(f"{URL}new/", NEW | {"note": "kept words"} | change)
        page = answer.content.decode()
        assert answer.status_code == 422 and words in page and "kept words" in page, words
    assert not Invoice.objects.exists()
    answer = owner.client.post(f"{URL}new/", NEW | {"line-title": ["<script>x</script>", "Cable", ""]})
    page = owner.client.get(answer["Location"]).content.decode()
    assert "<script>x" not in page


def test_more_lines_keeps_what_was_typed_and_saves_nothing(owner: Someone) -> None:
    page = owner.client.post(f"{URL}new/", NEW | {"more": "1"}).content.decode()
    assert page.count('name="line-title"') == 7 and 'value="Phone"' in page
    assert not Invoice.objects.exists()
    part = owner.client.post(f"{URL}sums/", NEW, headers={"HX-Request": "true"}).content.decode()
    assert "€209.99" in part and "<html" not in part


def test_two_who_edit_a_draft_lose_nothing(store: Store, owner: Someone, clerk: Someone) -> None:
    draft = make_draft(store)
    url = f"{URL}{draft.pk}/edit/"
    owner.client.post(url, NEW | {"version": "1", "note": "first"})
    answer = clerk.client.post(url, NEW | {"version": "1", "note": "second"})
    assert answer.status_code == 422 and "while you were editing" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.note == "first"


def test_an_issued_invoice_asks_only_what_still_changes(store: Store, owner: Someone) -> None:
    issued = make_issued(store)
    url = f"{URL}{issued.pk}/edit/"
    page = owner.client.get(url).content.decode()
    assert 'name="tracking"' in page and 'name="line-title"' not in page and 'name="note"' not in page
    owner.client.post(url, NEW | {"tracking": "T-9", "note": "sly", "email": "", "version": "2"})
    issued.refresh_from_db()
    assert (issued.tracking_number, issued.note, issued.total_minor) == ("T-9", "", 20999)


def test_status_tabs_and_filters(store: Store, owner: Someone) -> None:
    late = make_issued(store, due_on=NOW.date(), salesperson_name="Nora", tracking_number="T-1")
    make_draft(store, note="draft")
    for params, there in (
        ("", True),
        ("?tab=overdue", True),
        ("?tab=paid", False),
        ("?tab=all&where=status+%3D+overdue", True),
        ("?tab=all&where=status+%3D+open", False),
        ('?where=salesperson+%3D+"nora"', True),
        ("?where=tracking+%3D+T-1", True),
        ("?where=issued+between+2026-03-01+and+2026-03-31", True),
        ("?where=issued+between+2026-04-01+and+2026-04-30", False),
        ("?q=inv-00001", True),
        ("?tab=draft", False),
    ):
        assert (late.number in owner.client.get(f"{URL}{params}").content.decode()) == there, params


def test_customers_are_asked_by_their_invoices(store: Store, owner: Someone) -> None:
    debtor, other = make_customer(store, first_name="Ada"), make_customer(store, first_name="Bob")
    make_issued(store, customer_id=debtor.pk, bill_name="", due_on=NOW.date())
    make_draft(store, customer_id=other.pk, bill_name="")
    base = "/desk/shop/customers/"
    for where in ("has+invoices+(status+%3D+overdue)", "outstanding+>+100"):
        page = owner.client.get(f"{base}?where={where}").content.decode()
        assert "Ada" in page and ">Bob<" not in page, where
    page = owner.client.get(f"{base}{debtor.pk}/").content.decode()
    assert "Outstanding" in page and "€209.99" in page


def test_the_settings_of_invoices(store: Store, owner: Someone, manager: Someone) -> None:
    url = "/desk/shop/settings/invoices/"
    assert manager.client.get(url).status_code == 403 and manager.client.post(url, {}).status_code == 403
    assert "INV-00001" in owner.client.get(url).content.decode()
    values = {
        "number_prefix": "R-",
        "terms_days": "30",
        "tax_percent": "20",
        "seller_address": "1 rue X\r\nParis",
    }
    assert owner.client.post(url, values).status_code == 302
    assert make_issued(store).number == "R-00001"
    assert Settings.objects.get().seller_address == "1 rue X\nParis"
    answer = owner.client.post(url, values | {"number_prefix": "2026"})
    assert answer.status_code == 422 and "not ending with a digit" in answer.content.decode()


def test_of_a_sealed_one_only_managers_open_the_document(
    store: Store, manager: Someone, clerk: Someone
) -> None:
    issued = make_issued(store)
    Invoice.objects.filter(pk=issued.pk).update(bill_name="", sealed={"name": "Ada Lovelace"})
    for who in (manager, clerk):
        page = who.client.get(f"{URL}{issued.pk}/").content.decode()
        assert "anonymised" in page and "Lovelace" not in page
        assert (f"{issued.pk}/pdf/" in page) == (who is manager)
    assert clerk.client.get(f"{URL}{issued.pk}/pdf/").status_code == 403
    assert manager.client.get(f"{URL}{issued.pk}/pdf/").status_code == 200


def test_pages_ask_the_database_a_fixed_number_of_times(
    store: Store, owner: Someone, django_assert_max_num_queries: Any
) -> None:
    issued = make_issued(store)
    owner.client.get(URL)
    with django_assert_max_num_queries(30):
        owner.client.get(f"{URL}{issued.pk}/")
    for _at in range(12):
        make_issued(store)
    with django_assert_max_num_queries(30):
        owner.client.get(URL)
    assert services.edit_settings(store=store, changes={}, actor=ME, now=NOW)


def test_orders_become_invoices(store: Store, clerk: Someone, viewer: Someone) -> None:
    order = make_order(store, name="Nora")
    url = f"/desk/shop/orders/actions/invoice/?id={order.pk}"
    assert viewer.client.post(url, {"confirmed": "1"}).status_code == 403
    assert not Invoice.objects.exists()
    assert clerk.client.post(url, {"confirmed": "1", "issue": "true"}).status_code == 302
    made = Invoice.objects.get()
    assert (made.number, made.source_id, made.total_minor) == ("INV-00001", order.pk, order.total_minor)
    assert order.number in clerk.client.get(f"{URL}{made.pk}/").content.decode()
