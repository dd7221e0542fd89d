"""Invoices over the API: written with their lines, issued, paid; and the document."""

from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import make_customer
from tests.invoices.conftest import make_issued

LINES = [
    {"title": "Phone", "price": "200.00", "tax_percent": 20},
    {"title": "Cable", "quantity": 3, "price": 3.33, "tax_percent": "5.5"},
]


def test_an_invoice_from_its_lines_to_its_payment(store: Store, clerk_api: ApiClient) -> None:
    customer = make_customer(store, first_name="Ada", email="ada@example.com")
    made = clerk_api.post("/invoices", {"customer": customer.number, "lines": LINES}, Idempotency_Key="k1")
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["total"], found["status"], found["bill_name"]) == ("209.99", "draft", "Ada")
    assert found["lines"][1] == {
        "title": "Cable", "sku": "", "quantity": "3", "price": "3.33", "discount": "0.00",
        "tax_percent": "5.50", "amount": "9.99",
    }  # fmt: skip
    again = clerk_api.post("/invoices", {"customer": customer.number, "lines": LINES}, Idempotency_Key="k1")
    assert (again.status_code, again.json()["id"]) == (200, found["id"])
    one = f"/invoices/{found['id']}"
    edited = clerk_api.patch(one, {"lines": LINES[:1], "tracking": "T-1"}, If_Match='"1"')
    assert (edited.json()["total"], edited.json()["tracking"]) == ("200.00", "T-1")
    issued = clerk_api.post("/invoices/actions/issue", {"ids": [found["id"]]})
    assert issued.json()["done"] == 1
    refused = clerk_api.patch(one, {"note": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "issued")
    pay = {"ids": [found["id"]], "inputs": {"amount": "50", "method": "cash"}}
    assert clerk_api.post("/invoices/actions/record-payment", pay).json()["done"] == 1
    shown = clerk_api.get(one).json()
    assert (shown["number"], shown["status"], shown["due"]) == ("INV-00001", "partly_paid", "150.00")
    too_much = pay | {"inputs": {"amount": "500", "method": "cash"}}
    assert clerk_api.post("/invoices/actions/record-payment", too_much).status_code == 422
    listed = clerk_api.get("/invoices", where=f"customer = {customer.number} and due > 100").json()
    assert [item["number"] for item in listed["items"]] == ["INV-00001"]


def test_lines_that_make_no_sense_are_refused(store: Store, clerk_api: ApiClient) -> None:
    for lines in (
        "text", {"title": "x"}, [1], [{"title": ""}], [{"title": "x", "prize": 1}],
        [{"title": "x", "quantity": "1e400"}], [{"title": "x", "price": [1]}], [{"title": "x", "price": -1}],
        [{"title": "x", "quantity": "1.2345"}], [{"title": "x"}] * 501, [{"title": "x", "price": True}],
    ):  # fmt: skip
        answer = clerk_api.post("/invoices", {"bill_name": "Nora", "lines": lines})
        assert answer.status_code == 422, lines
        assert "lines" in answer.content.decode()
    assert clerk_api.get("/invoices").json()["items"] == []


def test_the_document(store: Store, clerk_api: ApiClient) -> None:
    issued = make_issued(store)
    answer = clerk_api.get(f"/invoices/{issued.pk}/pdf")
    assert answer.content.startswith(b"%PDF") and "INV-00001.pdf" in answer["Content-Disposition"]
    assert clerk_api.get("/invoices/nothing/pdf").status_code == 404


def test_the_document_of_another_store_is_not_found(store: Store, other_store: Store) -> None:
    stranger = ApiClient(token_of(other_store, Role.OWNER))
    assert stranger.get(f"/invoices/{make_issued(store).pk}/pdf").status_code == 404
