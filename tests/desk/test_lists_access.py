"""Every address of lists, records and customers, tried by everybody; a refusal changes nothing."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from regulars.customers import services
from regulars.customers.models import Address, Customer, Group, Note
from regulars.jobs.models import Run
from regulars.kit.ids import new_id
from regulars.staff.models import User
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from tests.factories import NOW, make_customer
from tests.people import Someone, client_of

pytestmark = pytest.mark.django_db
EVERYONE = {"owner", "manager", "clerk", "viewer"}
CLERKS = EVERYONE - {"viewer"}
MANAGERS = {"owner", "manager"}
PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")


@dataclass
class Door:
    """One address of the desk: how it is asked, who may, and what it answers them."""

    method: str
    path: str
    allowed: set[str]
    status: int = 200
    data: dict[str, Any] = field(default_factory=dict)


def doors(customer: Customer, note: Note, address: Address) -> dict[str, Door]:
    """By the name of the route and what is done there."""
    one = f"{customer.pk}/"
    picked = {"id": str(customer.pk)}
    return {
        "list": Door("get", "", EVERYONE),
        "list_count": Door("get", "count/", EVERYONE),
        "list_layout": Door("post", "layout/", EVERYONE, 204, {"columns": "name,email"}),
        "action archive": Door("post", "actions/archive/", CLERKS, 302, picked),
        "action deactivate": Door("post", "actions/deactivate/", MANAGERS, 302, picked | {"confirmed": "1"}),
        "action add-tag": Door(
            "post", "actions/add-tag/", CLERKS, 302, picked | {"confirmed": "1", "tags": "new"}
        ),
        "row_menu": Door("get", f"{one}menu/", EVERYONE),
        "new_record": Door("post", "new/", CLERKS, 302, {"first_name": "Eve"}),
        "new_record form": Door("get", "new/", CLERKS),
        "edit_record": Door("post", f"{one}edit/", CLERKS, 302, {"first_name": "Eve", "version": "1"}),
        "edit_record form": Door("get", f"{one}edit/", CLERKS),
        "edit_field": Door("post", f"{one}edit/city/", CLERKS, 200, {"city": "Rome", "version": "1"}),
        "edit_field commission": Door(
            "post", f"{one}edit/commission_reduction/", MANAGERS, 200, {"commission_reduction": "5"}
        ),
        "likely_customers": Door("post", "likely/", EVERYONE, 200, {"email": "x@y.de"}),
        "palette": Door("get", "palette/", EVERYONE, 302),
        "customer": Door("get", one, EVERYONE),
        "add_note": Door("post", f"{one}notes/", CLERKS, 302, {"text": "Hello"}),
        "edit_note": Door("post", f"{one}notes/{note.pk}/", MANAGERS, 302, {"text": "Changed"}),
        "pin_note": Door("post", f"{one}notes/{note.pk}/pin/", CLERKS, 302),
        "remove_note": Door("post", f"{one}notes/{note.pk}/remove/", MANAGERS, 302),
        "change_tags add": Door("post", f"{one}tags/add/", CLERKS, 302, {"tag": "till"}),
        "change_tags remove": Door("post", f"{one}tags/remove/", CLERKS, 302, {"tag": "vip"}),
        "new_address": Door("post", f"{one}addresses/new/", CLERKS, 302, {"city": "Rome"}),
        "new_address form": Door("get", f"{one}addresses/new/", CLERKS),
        "edit_address": Door("post", f"{one}addresses/{address.pk}/", CLERKS, 302, {"city": "Rome"}),
        "edit_address form": Door("get", f"{one}addresses/{address.pk}/", CLERKS),
        "make_address_main": Door("post", f"{one}addresses/{address.pk}/main/", CLERKS, 302),
        "remove_address": Door("post", f"{one}addresses/{address.pk}/remove/", CLERKS, 302),
    }


NAMES = list(doors(Customer(id=new_id()), Note(id=new_id()), Address(id=new_id())))


@pytest.fixture
def known(owner: Someone) -> dict[str, Door]:
    customer = make_customer(
        owner.store, first_name="Ada", email="ada@example.com", tags=["vip"], city="Paris"
    )
    gone = make_customer(owner.store, first_name="Gone")
    here: dict[str, Any] = {"store": owner.store, "actor": owner.actor, "now": NOW}
    services.archive_customers(ids=[gone.pk], inputs={}, change_set=None, **here)
    note = services.add_note(customer_id=customer.pk, body="Secret note", **here)
    address = services.add_address(customer_id=customer.pk, values={"city": "Oslo"}, **here)
    return doors(customer, note, address)


def everything() -> list[Any]:
    """What those addresses could change."""
    tables = (Customer, Address, Note, Group, ChangeSet, Event, Run)
    preferences = list(User.objects.order_by("pk").values_list("preferences", flat=True))
    return [list(table.objects.order_by("pk").values()) for table in tables] + [preferences]


def send(client: Client, name: str, one: Door, store: str = "shop") -> Any:
    return getattr(client, one.method)(f"/desk/{store}/customers/{one.path}", one.data, headers=_htmx(name))


@pytest.mark.parametrize("name", NAMES)
def test_those_who_may_can(known: dict[str, Door], name: str, request: pytest.FixtureRequest) -> None:
    """Tried by the least of those who may, and by the owner."""
    least = next(who for who in ("viewer", "clerk", "manager") if who in known[name].allowed)
    for who in (least, "owner") if known[name].method == "get" else (least,):
        answer = send(client_of(who, request), name, known[name])
        assert answer.status_code == known[name].status, answer.content.decode()[:2000]


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_those_who_may_not_change_nothing(
    known: dict[str, Door], who: str, request: pytest.FixtureRequest
) -> None:
    client = client_of(who, request)
    before = everything()
    for name, one in known.items():
        if who in one.allowed:
            continue
        answer = send(client, name, one)
        if who == "anonymous":
            to = answer.headers.get("HX-Redirect") or answer.headers["Location"].split("?")[0]
            assert (answer.status_code in (204, 302), to) == (True, "/accounts/login/"), name
        else:
            assert answer.status_code in ((404,) if who == "other_owner" else (403, 404)), name
        assert "Ada" not in answer.content.decode() and "Secret" not in answer.content.decode()
    assert everything() == before


def _htmx(name: str) -> dict[str, str]:
    return {"HX-Request": "true"} if name.startswith(("edit_field", "likely", "row_menu")) else {}


def test_the_owner_of_another_store_finds_no_record_of_this_one(
    known: dict[str, Door], other_owner: Someone
) -> None:
    """The same ids under the address of one's own store."""
    tried = {name: one for name, one in known.items() if "-" in one.path.split("/")[0]}
    tried |= {name: one for name, one in known.items() if "id" in one.data}
    assert len(tried) > 15
    before = everything()
    for name, one in tried.items():
        answer = send(other_owner.client, name, one, "other")
        # An action with a form asks again and says that they do not exist.
        assert answer.status_code in ((302, 422) if name.startswith("action") else (404, 409)), name
        assert "Ada" not in answer.content.decode()
    assert everything() == before


def test_other_methods_are_not_answered(known: dict[str, Door], owner: Someone) -> None:
    before = everything()
    for name, one in known.items():
        answered = {other.method for other in known.values() if other.path == one.path}
        if name.startswith("edit_field"):
            answered.add("get")
        for method in {"get", "post", "put", "delete", "patch"} - answered:
            url = f"/desk/shop/customers/{one.path}"
            assert getattr(owner.client, method)(url).status_code == 405, (name, method)
    assert everything() == before


def test_writes_need_the_csrf_token(known: dict[str, Door], owner: Someone) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    before = everything()
    for name, one in known.items():
        if one.method == "post":
            assert client.post(f"/desk/shop/customers/{one.path}", one.data).status_code == 403, name
    assert everything() == before


def test_refusals_to_htmx_are_toasts(known: dict[str, Door], viewer: Someone) -> None:
    one = known["action archive"]
    answer = viewer.client.post(f"/desk/shop/customers/{one.path}", one.data, headers={"HX-Request": "true"})
    assert (
        answer.status_code == 403
        and json.loads(answer.headers["HX-Trigger"])["desk:toast"]["kind"] == "error"
    )


def test_no_address_is_left_out(store: Store) -> None:
    """A new address of these parts needs its line above."""
    tried = {name.split()[0] for name in NAMES}
    found = {
        str(pattern.name)
        for module in ("regulars.desk.lists.urls", "regulars.desk.customers.urls")
        for pattern in get_resolver(module).url_patterns
        if isinstance(pattern, URLPattern)  # what is included has tests of its own
    }
    elsewhere = {"new_import", "import_sample", "export"}
    elsewhere |= {"customer_related"}  # tests/desk/test_related.py
    elsewhere |= {"customer_payout", "reveal_customer_payout"}  # tests/desk/test_tradeins.py
    elsewhere |= {"pick_customer"}  # tests/desk/test_orders.py
    elsewhere |= {"customer_data", "make_data_copy", "data_copy"}  # tests/desk/test_privacy_requests.py
    elsewhere |= {"save_export"}  # tests/desk/test_transfers_access.py
    elsewhere |= {"filter_fields", "filter_check", "filter_suggest"}  # tests/desk/test_filter_builder.py
    assert found - elsewhere == tried


def test_viewers_see_no_button_they_may_not_press(
    known: dict[str, Door], viewer: Someone, clerk: Someone
) -> None:
    for path in ("", known["customer"].path):
        seen = viewer.client.get(f"/desk/shop/customers/{path}").content.decode()
        assert (
            "actions/archive/" not in seen
            and "customers/new/" not in seen
            and "/edit/" not in seen
            and "data-edit" not in seen
        )
        assert "/tags/" not in seen and "notes/" not in seen
        theirs = clerk.client.get(f"/desk/shop/customers/{path}").content.decode()
        assert "actions/archive/" in theirs and "actions/deactivate/" not in theirs
