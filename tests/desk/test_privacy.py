"""Flags, deleting and anonymising in the desk, by every role."""

import pytest
from django.http import HttpResponse
from django.test import Client

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.orders.services import NewOrder, insert_orders, recount_figures
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
BASE = "/desk/shop/customers/"


@pytest.fixture
def zeb(store: Store) -> Customer:
    return make_customer(store, first_name="Zebulon", last_name="Quartermaine", email="zeb@example.com")


def act(someone: Someone | Client, name: str, customer: Customer, **form: str) -> HttpResponse:
    client = someone if isinstance(someone, Client) else someone.client
    return client.post(f"{BASE}actions/{name}/?id={customer.pk}", form)


def page(someone: Someone, customer: Customer) -> str:
    return someone.client.get(f"{BASE}{customer.pk}/").content.decode()


def flagged(clerk: Someone, zeb: Customer) -> None:
    form = {"confirmed": "1", "level": "high_risk", "reason": "Chargebacks", "review": "2099-01-15"}
    assert act(clerk, "flag", zeb, **form).status_code == 302


def test_a_clerk_flags_and_everybody_sees_the_level_but_not_the_reason(
    clerk: Someone, viewer: Someone, zeb: Customer
) -> None:
    asked = act(clerk, "flag", zeb).content.decode()
    assert 'name="level"' in asked and 'name="reason"' in asked and 'name="review"' in asked
    refused = act(clerk, "flag", zeb, confirmed="1", level="monitor", reason="", review="")
    assert "Say why" in refused.content.decode() or refused.status_code >= 300
    zeb.refresh_from_db()
    assert zeb.flag == "none"
    flagged(clerk, zeb)
    seen = page(clerk, zeb)
    assert "High risk" in seen and "Chargebacks" in seen and "Jan 15, 2099" in seen
    assert "Keep, look again in 3 months" in seen
    seen = page(viewer, zeb)
    assert "High risk" in seen and "Chargebacks" not in seen and "look again in 3 months" not in seen


def test_one_click_keeps_the_flag_with_a_later_look(clerk: Someone, zeb: Customer) -> None:
    flagged(clerk, zeb)
    assert act(clerk, "mark-reviewed", zeb, confirmed="1", review="2099-06-01").status_code == 302
    zeb.refresh_from_db()
    assert (zeb.flag, str(zeb.flag_review_on)) == ("high_risk", "2099-06-01")
    assert "Looked at by" in page(clerk, zeb)


def test_the_way_to_change_a_flag_brings_what_it_is(clerk: Someone, zeb: Customer) -> None:
    flagged(clerk, zeb)
    asked = act(clerk, "flag", zeb, level="high_risk", reason="Chargebacks", review="2099-01-15")
    told = asked.content.decode()
    assert "Chargebacks" in told and 'value="2099-01-15"' in told


@pytest.mark.parametrize("name", ["anonymise", "delete"])
def test_the_name_is_typed_before_it_is_done(manager: Someone, zeb: Customer, name: str) -> None:
    asked = act(manager, name, zeb).content.decode()
    assert "This cannot be undone" in asked and "<b>Zebulon Quartermaine</b>" in asked
    assert "also from the history, past filters, exports" in asked
    wrong = act(manager, name, zeb, confirmed="1", typed="Zebulon")
    assert "Type “Zebulon Quartermaine” to go on" in wrong.content.decode()
    assert Customer.objects.get(pk=zeb.pk).state == "active"
    done = act(manager, name, zeb, confirmed="1", typed="zebulon  quartermaine")
    assert done.status_code == 302
    left = Customer.objects.filter(pk=zeb.pk).values_list("state", flat=True)
    assert list(left) == (["anonymised"] if name == "anonymise" else [])


@pytest.mark.parametrize("name", ["anonymise", "delete"])
def test_only_managers_and_owners_may(
    clerk: Someone, viewer: Someone, other_owner: Someone, anonymous: Client, zeb: Customer, name: str
) -> None:
    before = Customer.objects.filter(pk=zeb.pk).values().get()
    for someone in (clerk, viewer, other_owner, anonymous):
        answer = act(someone, name, zeb, confirmed="1", typed="Zebulon Quartermaine")
        assert answer.status_code in (302, 403, 404)
    assert Customer.objects.filter(pk=zeb.pk).values().get() == before
    assert f"/actions/{name}/" not in page(clerk, zeb)


def test_whom_the_policy_keeps_is_said_at_once_without_a_dialog(
    manager: Someone, store: Store, zeb: Customer
) -> None:
    insert_orders(store=store, orders=[NewOrder(zeb.pk, "1", NOW, "completed", "online", 1, 100)])
    recount_figures(store=store)
    answer = manager.client.post(f"{BASE}actions/delete/?id={zeb.pk}", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "has 1 order: anonymise or archive instead" in answer.content.decode() + str(answer.headers)
    assert Customer.objects.filter(pk=zeb.pk).exists()


def test_many_are_counted_before(manager: Someone, store: Store, zeb: Customer) -> None:
    other = make_customer(store, first_name="Nora")
    url = f"{BASE}actions/anonymise/?id={zeb.pk}&id={other.pk}"
    asked = manager.client.post(url).content.decode()
    assert "<b>2</b>" in asked and "Zebulon Quartermaine and Nora" in asked
    manager.client.post(url, {"confirmed": "1", "typed": "2"})
    assert Customer.objects.filter(state="anonymised").count() == 2


def test_the_page_of_an_anonymised_customer_offers_nothing_that_cannot_be(
    owner: Someone, zeb: Customer
) -> None:
    services.edit_customer(
        store=owner.store,
        customer_id=zeb.pk,
        values={"last_name": "Miller"},
        base_version=None,
        actor=owner.actor,
        now=NOW,
    )
    act(owner, "anonymise", zeb, confirmed="1", typed="Zebulon Miller")
    seen = page(owner, zeb)
    assert "Anonymised for good" in seen and f"#{zeb.number}" in seen
    for gone in (
        "Zebulon",
        "Quartermaine",
        "Miller",
        "zeb@",
        "/edit/",
        "/notes/",
        "/actions/flag/",
        "-tag/",
        "subscribe",
        "set-group",
        "set-language",
    ):
        assert gone not in seen, gone
    assert "Erased: Last name" in seen


def test_the_owner_chooses_the_policy_and_is_told_what_it_means(owner: Someone, manager: Someone) -> None:
    told = owner.client.get("/desk/shop/settings/").content.decode()
    assert "Delete any customer, with their orders" in told
    assert "Anonymising, which is always possible" in told
    assert manager.client.get("/desk/shop/settings/").status_code == 403
