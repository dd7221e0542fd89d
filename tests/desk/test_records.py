"""Adding and changing records in forms and in place."""

import html
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.ids import new_id
from regulars.resources.resource import get_resource
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db
URL = "/desk/shop/customers/"
HTMX = {"HX-Request": "true"}


def test_a_new_customer_with_everything(owner: Someone) -> None:
    group = services.create_group(store=owner.store, name="Trade", actor=owner.actor, now=NOW)
    typed = {
        "first_name": "Zoë",
        "last_name": "Łuc",
        "company": "O’Brien & Söhne",
        "email": "Zoe@Example.com",
        "phone": "06 12 34 56 78",
        "birthdate": "1985-03-02",
        "language": "fr",
        "address": "1 rue X\r\nÉtage 2",
        "city": "Łódź",
        "country": "PL",
        "group": str(group.pk),
        "tags": "vip, till ,vip",
        "note": "<b>x</b>",
        "accepts_marketing": "true",
        "commission_reduction": "12,5",
        "external_id": "t-1",
    }
    answer = owner.client.post(f"{URL}new/", typed)
    made = Customer.objects.get()
    assert answer.headers["Location"] == f"{URL}{made.pk}/"
    assert (made.phone, made.phone_typed, made.tags, made.address) == (
        "+33612345678",
        "06 12 34 56 78",
        ["vip", "till"],
        "1 rue X\nÉtage 2",
    )
    assert (
        made.group_id,
        str(made.commission_reduction),
        made.accepts_marketing,
        made.points_summary,
        made.source,
    ) == (group.pk, "12.50", True, False, "desk")
    assert "Customer added" in owner.client.get(answer.headers["Location"]).content.decode()


def test_another_one(owner: Someone) -> None:
    answer = owner.client.post(f"{URL}new/", {"first_name": "A", "another": "1"})
    assert answer.headers["Location"] == f"{URL}new/"


def key_of(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_sent_twice_adds_one_record(owner: Someone) -> None:
    typed = {"first_name": "Ann", "once": key_of(owner.client.get(f"{URL}new/").content.decode())}
    first, second = (owner.client.post(f"{URL}new/", typed).headers["Location"] for _at in range(2))
    assert first == second == f"{URL}{Customer.objects.get().pk}/"
    assert key_of(owner.client.get(f"{URL}new/").content.decode()) != typed["once"]


def test_a_form_given_back_keeps_its_key_and_a_saved_one_that_changed_gets_another(owner: Someone) -> None:
    once = key_of(owner.client.get(f"{URL}new/").content.decode())
    refused = owner.client.post(f"{URL}new/", {"first_name": "Ann", "email": "nonsense", "once": once})
    assert refused.status_code == 422 and key_of(refused.content.decode()) == once
    owner.client.post(f"{URL}new/", {"first_name": "Ann", "once": once})
    changed = owner.client.post(f"{URL}new/", {"first_name": "Bea", "once": once})
    assert changed.status_code == 422 and "saved before" in changed.content.decode()
    assert Customer.objects.count() == 1
    typed = {"first_name": "Bea", "once": key_of(changed.content.decode())}
    assert owner.client.post(f"{URL}new/", typed).status_code == 302
    assert Customer.objects.count() == 2


def test_a_refused_form_keeps_what_was_typed_and_names_each_problem(owner: Someone) -> None:
    """P-33."""
    typed = {
        "first_name": "Ada <i>",
        "email": "nonsense",
        "phone": "call me",
        "birthdate": "31/12/1985",
        "commission_reduction": "101",
        "country": "Narnia",
        "last_name": "x" * 101,
        "tags": "y" * 61,
        "accepts_marketing": "true",
    }
    answer = owner.client.post(f"{URL}new/", typed)
    text = answer.content.decode()
    assert answer.status_code == 422 and "8" not in str(Customer.objects.count())
    assert text.count('<a href="#id-') >= 7 and "things to mend" in text
    for value in ("Ada <i>", "nonsense", "call me", "x" * 101):
        assert html.escape(value) in text
    assert Customer.objects.count() == 0


def test_a_taken_email_is_said_at_its_field(owner: Someone) -> None:
    make_customer(owner.store, email="a@b.de")
    answer = owner.client.post(f"{URL}new/", {"email": "A@B.de", "first_name": "Kept"})
    text = answer.content.decode()
    assert (
        answer.status_code == 422
        and "has this e-mail" in text
        and 'href="#id-email"' in text
        and "Kept" in text
    )
    assert Customer.objects.count() == 1


def test_an_empty_form_is_refused(owner: Someone) -> None:
    assert owner.client.post(f"{URL}new/", {}).status_code == 422
    assert (
        owner.client.post(f"{URL}new/", {"nonsense": "1", "number": "7", "state": "archived"}).status_code
        == 422
    )
    assert not Customer.objects.exists()


def test_fields_nobody_may_type_are_ignored(clerk: Someone) -> None:
    owner_only = {
        "first_name": "A",
        "spent": "100",
        "state": "archived",
        "number": "99",
        "id": str(new_id()),
        "store": "x",
        "version": "9",
    }
    clerk.client.post(f"{URL}new/", owner_only | {"commission_reduction": "50"})
    made = Customer.objects.get()
    assert (made.spent_minor, made.state, made.number, made.version, made.commission_reduction) == (
        0,
        "active",
        1,
        1,
        0,
    )


def test_naughty_strings_in_forms_are_kept_or_refused_and_shown_as_text(owner: Someone) -> None:
    for one in naughty_strings()[:120:6]:
        typed = {
            "first_name": one,
            "last_name": one,
            "city": one,
            "note": one,
            "tags": one,
            "email": one,
            "phone": one,
            "birthdate": one,
            "group": one,
        }
        for data in (typed, {"first_name": one, "last_name": "L", "note": one}):
            answer = owner.client.post(f"{URL}new/", data, follow=True)
            assert answer.status_code in (200, 422)
            text = answer.content.decode()
            assert "<script>alert" not in text and "<img src=x" not in text


def test_saving_changes_only_what_was_changed(owner: Someone) -> None:
    customer = make_customer(
        owner.store,
        first_name="Ada",
        email="ada@x.de",
        phone="+33612345678",
        phone_typed="06 12 34 56 78",
        accepts_marketing=True,
        tags=["a"],
    )
    form = fields_of(owner.client.get(f"{URL}{customer.pk}/edit/").content.decode())
    assert (form["first_name"], form["email"], form["version"]) == ("Ada", "ada@x.de", "1")
    answer = owner.client.post(f"{URL}{customer.pk}/edit/", form | {"city": "Rome"})
    assert answer.headers["Location"] == f"{URL}{customer.pk}/"
    (event,) = Event.objects.filter(key="customer.edited")
    assert event.after == {"city": "Rome"}
    owner.client.post(f"{URL}{customer.pk}/edit/", form | {"city": "Rome", "version": "2"})
    assert Event.objects.filter(key="customer.edited").count() == 1


def fields_of(text: str) -> dict[str, str]:
    """The inputs of a page's form with their values, as a browser would send them."""
    form = text[text.index('id="record-form"') :].split("</form>")[0]
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and (('type="checkbox"' not in tag and 'type="radio"' not in tag) or " checked" in tag):
            sent[name[1]] = html.unescape(value[1]) if value else ""
    for name_of, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', inside)
        sent[name_of] = html.unescape(chosen[1]) if chosen else ""
    for name_of, inside in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name_of] = html.unescape(inside)
    sent.pop("csrfmiddlewaretoken", None)
    return {name: value.replace("\n", "\r\n") for name, value in sent.items()}


def test_opening_and_saving_any_customer_changes_nothing(owner: Someone) -> None:
    """Every stored value goes through its control and back."""
    group = services.create_group(store=owner.store, name="Trade", actor=owner.actor, now=NOW)
    customer = make_customer(
        owner.store,
        first_name='"Zoë" <b>',
        last_name="O'Hara",
        company="a & b",
        email="Zoë@uñas.co",
        phone="+33612345678;ext=12",
        phone_typed="06 12 34 56 78 ext 12",
        birthdate=date(1985, 3, 2),
        language="pt-BR",
        address="1 rue X\nÉtage 2",
        city="Łódź",
        country="FR",
        group_id=group.pk,
        tags=["a b", "c"],
        note="line 1\nline 2\n\nline 4",
        accepts_marketing=True,
        commission_reduction=Decimal("12.50"),
        external_id="t;1",
    )
    form = fields_of(owner.client.get(f"{URL}{customer.pk}/edit/").content.decode())
    answer = owner.client.post(f"{URL}{customer.pk}/edit/", form)
    assert answer.status_code == 302, answer.content.decode()
    changed = [event.after for event in Event.objects.filter(key="customer.edited")]
    assert changed == []


def test_a_conflict_shows_both_values_and_either_can_be_kept(owner: Someone, clerk: Someone) -> None:
    customer = make_customer(owner.store, first_name="Ada", city="London", last_name="L")
    url = f"{URL}{customer.pk}/edit/"
    form = fields_of(clerk.client.get(url).content.decode())
    owner.client.post(url, form | {"city": "Paris", "company": "Theirs"})
    answer = clerk.client.post(url, form | {"city": "Rome", "last_name": "Mine"})
    text = answer.content.decode()
    assert (
        answer.status_code == 422 and "Paris" in text and "Rome" in text and owner.user.display_name in text
    )
    assert Customer.objects.get().city == "Paris"
    again = fields_of(text)
    assert (again["city"], again["last_name"], again["company"], again["version"]) == (
        "Rome",
        "Mine",
        "Theirs",
        "2",
    )
    clerk.client.post(url, again | {"keep-city": "theirs"})
    kept = Customer.objects.get()
    assert (kept.city, kept.last_name, kept.company) == ("Paris", "Mine", "Theirs")
    clerk.client.post(url, again | {"keep-city": "mine", "version": "3", "city": "Oslo"})
    assert Customer.objects.get().city == "Oslo"


@pytest.mark.parametrize(
    "name",
    [
        "accepts_marketing",
        "points_summary",
        "group",
        "tags",
        "birthdate",
        "commission_reduction",
        "phone",
        "country",
    ],
)
def test_theirs_can_be_kept_of_every_kind_of_field(owner: Someone, name: str) -> None:
    group = services.create_group(store=owner.store, name="Trade", actor=owner.actor, now=NOW)
    customer = make_customer(
        owner.store,
        email="a@b.de",
        accepts_marketing=True,
        group_id=group.pk,
        tags=["x"],
        phone="+33612345678",
        country="FR",
    )
    before = Customer.objects.values().get()
    url = f"{URL}{customer.pk}/edit/"
    form = fields_of(owner.client.get(url).content.decode())
    typed = {
        "accepts_marketing": "false",
        "points_summary": "true",
        "tags": "y",
        "birthdate": "2000-01-01",
        "commission_reduction": "3",
        "phone": "+33698765432",
        "country": "DE",
        "group": "",
    }[name]
    answer = owner.client.post(url, form | {name: typed, f"keep-{name}": "theirs"})
    assert answer.status_code == 302
    assert Customer.objects.values().get() == before


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999", "1.5", "\x00"])
def test_odd_versions_break_nothing(owner: Someone, version: str) -> None:
    customer = make_customer(owner.store)
    answer = owner.client.post(f"{URL}{customer.pk}/edit/", {"first_name": "B", "version": version})
    assert answer.status_code == 302 and Customer.objects.get().first_name == "B"


# --- one field in place


def in_place(who: Someone, customer: Customer, name: str, value: str, version: str = "") -> Any:
    return who.client.post(
        f"{URL}{customer.pk}/edit/{name}/", {name: value, "version": version}, headers=HTMX
    )


def test_a_cell_is_changed_in_place(clerk: Someone) -> None:
    customer = make_customer(clerk.store, city="Rome")
    form = clerk.client.get(f"{URL}{customer.pk}/edit/city/", headers=HTMX).content.decode()
    assert 'value="Rome"' in form and 'name="version" value="1"' in form
    answer = in_place(clerk, customer, "city", "<b>Oslo</b>", "1")
    assert answer.content.decode() == "<bdi>&lt;b&gt;Oslo&lt;/b&gt;</bdi>"
    assert json.loads(answer.headers["HX-Trigger"]) == {
        "desk:saved": {"id": str(customer.pk), "field": "city"}
    }
    assert Event.objects.get(key="customer.edited").after == {"city": "<b>Oslo</b>"}


def test_a_wrong_value_keeps_the_form_open(clerk: Someone) -> None:
    customer = make_customer(clerk.store, email="a@b.de", city="Rome")
    make_customer(clerk.store, email="c@d.de")
    for name, value in (
        ("email", "nonsense"),
        ("email", "C@D.DE"),
        ("birthdate", "x"),
        ("country", "Narnia"),
        ("tags", "y" * 61),
        ("phone", "x"),
    ):
        answer = in_place(clerk, customer, name, value, "1")
        assert answer.status_code == 422 and "cell-problem" in answer.content.decode(), name
    assert Customer.objects.get(number=1).version == 1


def test_somebody_elses_change_is_shown_in_the_cell(owner: Someone, clerk: Someone) -> None:
    customer = make_customer(clerk.store, city="Rome")
    in_place(owner, customer, "city", "Paris", "1")
    answer = in_place(clerk, customer, "city", "Oslo", "1")
    text = answer.content.decode()
    assert (
        answer.status_code == 422
        and "<b>Paris</b>" in text
        and owner.user.display_name in text
        and 'value="Oslo"' in text
    )
    assert 'name="version" value="2"' in text and Customer.objects.get().city == "Paris"
    assert in_place(clerk, customer, "city", "Oslo", "2").status_code == 200


@pytest.mark.parametrize("name", ["number", "spent", "state", "age", "nonsense", "search", "id"])
def test_what_cannot_be_edited_is_not_found(owner: Someone, name: str) -> None:
    customer = make_customer(owner.store)
    assert in_place(owner, customer, name, "1").status_code == 404
    assert owner.client.get(f"{URL}{customer.pk}/edit/{name}/", headers=HTMX).status_code == 404
    assert Customer.objects.get().version == 1


def test_every_editable_field_has_a_form_and_takes_nothing(owner: Someone) -> None:
    """An empty answer empties the field or is refused; never a fault."""
    customer = make_customer(owner.store, email="a@b.de", tags=["x"], country="FR", phone="+33612345678")
    for field in get_resource("customers").editable_fields(owner.actor):
        url = f"{URL}{customer.pk}/edit/{field.name}/"
        assert owner.client.get(url, headers=HTMX).status_code == 200, field.name
        assert owner.client.get(url).headers["Location"].endswith(f"/edit/#id-{field.name}")
        for value in ("", "\x00", "x" * 20_000):
            assert in_place(owner, customer, field.name, value).status_code in (200, 422), field.name
        assert owner.client.post(url, headers=HTMX).status_code in (200, 422)


def test_records_that_do_not_exist(owner: Someone) -> None:
    for path in (
        f"{new_id()}/edit/",
        f"{new_id()}/edit/city/",
        f"{new_id()}/",
        "nonsense/",
        "nonsense/edit/",
    ):
        assert owner.client.get(f"{URL}{path}").status_code in (302, 404), path
        assert owner.client.get(f"{URL}{path}", headers=HTMX).status_code == 404, path
