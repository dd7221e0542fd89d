"""The record page of a customer with notes, tags, addresses, likely duplicates and the palette."""

import html
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from regulars.customers import services
from regulars.customers.models import Address, Customer, Note
from regulars.kit.ids import new_id
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db
URL = "/desk/shop/customers/"
HTMX = {"HX-Request": "true"}


def page(who: Someone, customer: Customer, query: str = "") -> str:
    answer = who.client.get(f"{URL}{customer.pk}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def busy(who: Someone, customer: Customer, times: int) -> None:
    """Notes, addresses and changes."""
    here: dict[str, Any] = {"store": who.store, "actor": who.actor}
    for at in range(times):
        now = NOW + timedelta(minutes=at)
        services.add_note(customer_id=customer.pk, body=f"Note {at}", pinned=at == 0, now=now, **here)
        services.add_address(customer_id=customer.pk, values={"city": f"City {at}"}, now=now, **here)
        services.edit_customer(
            customer_id=customer.pk, values={"city": f"C{at}"}, base_version=None, now=now, **here
        )


def test_shows_facts_notes_addresses_and_what_happened(owner: Someone) -> None:
    """P-34."""
    customer = make_customer(
        owner.store,
        first_name="Zoë",
        email="zoe@x.de",
        phone="+33612345678",
        tags=["vip"],
        city="Rome",
        country="IT",
    )
    busy(owner, customer, 2)
    text = html.unescape(page(owner, customer))
    for shown in (
        "Zoë",
        "zoe@x.de",
        "+33 6 12 34 56 78",
        "vip",
        "Italy",
        "Note 0",
        "Address added",
        "Note written",
        owner.user.display_name,
    ):
        assert shown in text, shown
    assert "<del><bdi>Rome</bdi></del>" in text and "<ins><bdi>C0</bdi></ins>" in text
    assert "City 1" in page(owner, customer, "?show=addresses") and "Note 1" in page(
        owner, customer, "?show=notes"
    )
    assert page(owner, customer, "?show=nonsense")


@pytest.mark.parametrize("tab", ["", "?show=addresses", "?show=notes"])
def test_the_same_number_of_queries_for_any_history(
    owner: Someone, tab: str, django_assert_max_num_queries: Any
) -> None:
    quiet, loud = make_customer(owner.store, first_name="Q"), make_customer(owner.store, first_name="L")
    busy(owner, quiet, 1)
    busy(owner, loud, 40)
    page(owner, quiet)
    with django_assert_max_num_queries(40) as first:
        page(owner, quiet, tab)
    with django_assert_max_num_queries(len(first)):
        page(owner, loud, tab)


def test_earlier_events_are_one_link_away(owner: Someone) -> None:
    customer = make_customer(owner.store)
    busy(owner, customer, 15)
    text = page(owner, customer)
    assert "Show earlier" in text and "Note 14" in text
    older = html.unescape(text[: text.index("Show earlier")].rsplit('href="', 1)[1].split('"')[0])
    assert "Note 1<" in owner.client.get(older).content.decode()


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "",
        "0001-01-01",
        "9999-12-31T23:59:59+00:00",
        "0001-01-01T00:00:00+14:00",
        "2024-01-01T00:00",
        "\x00",
        "9" * 5000,
    ],
)
def test_odd_moments_break_nothing(owner: Someone, before: str) -> None:
    page(owner, make_customer(owner.store), f"?before={quote(before)}")


def test_previous_and_next_follow_the_list_one_came_from(owner: Someone) -> None:
    people = [
        make_customer(owner.store, first_name=name, city="Rome" if name != "B" else "Oslo") for name in "ABC"
    ]
    query = "?where=city+%3D+Rome&sort=name"
    first = html.unescape(page(owner, people[0], query))
    assert (
        f"{URL}{people[2].pk}/?where=city+%3D+Rome&sort=name" in first
        and f"{URL}{people[1].pk}/" not in first
    )
    last = html.unescape(page(owner, people[2], query))
    assert f"{URL}{people[0].pk}/?where" in last
    for query in (
        "?where=city+%3D+Nowhere",
        "?where=((",
        "?where=nonsense+%3D+1",
        "?q=zzz",
        "?sort=nonsense",
        "?after=x&before=y",
        "?earlier=0001-01-01T00:00:00%2B23:59",
        "?size=" + "9" * 5000,
    ):
        page(owner, people[0], query)


def test_everything_that_is_written_is_shown_as_text(owner: Someone) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    here: dict[str, Any] = {"store": owner.store, "actor": owner.actor, "now": NOW}
    services.create_group(name=evil[:80], **here)
    customer = make_customer(
        owner.store,
        first_name=evil,
        last_name=evil,
        company=evil,
        city=evil,
        note=evil,
        tags=["<script>", '"><b>'],
        external_id=evil,
        address=evil,
    )
    make_customer(owner.store, first_name=evil, last_name=evil)
    services.add_note(customer_id=customer.pk, body=evil, pinned=True, **here)
    services.add_address(customer_id=customer.pk, values={"city": evil, "label": evil, "name": evil}, **here)
    services.edit_customer(
        customer_id=customer.pk, values={"company": evil + "2", "tags": ["<i>"]}, base_version=None, **here
    )
    paths = [
        f"{customer.pk}/{query}"
        for query in ("", "?show=notes", "?show=addresses", "?q=" + quote(evil), "edit/")
    ]
    paths += ["?q=" + quote(evil), "?where=" + quote("city contains " + '"<script>"'), "new/"]
    for path in paths:
        text = owner.client.get(f"{URL}{path}").content.decode()
        assert (
            "<script>alert" not in text
            and "<img src=x" not in text
            and '"><b>' not in text
            and "<i></bdi>" not in text
        )
    for path, data in (
        ("palette/?q=" + quote("<script>"), None),
        ("likely/", {"first_name": evil, "last_name": evil}),
    ):
        answer = (
            owner.client.get(f"{URL}{path}", headers=HTMX)
            if data is None
            else owner.client.post(f"{URL}{path}", data, headers=HTMX)
        )
        assert "<script>" not in answer.content.decode() and "alert(1)" in answer.content.decode()


# --- notes


def test_notes_are_written_pinned_and_removed(clerk: Someone) -> None:
    customer = make_customer(clerk.store)
    base = f"{URL}{customer.pk}/notes/"
    clerk.client.post(base, {"text": "Likes <red>", "pinned": "true"})
    note = Note.objects.get()
    assert note.pinned and "Likes &lt;red&gt;" in page(clerk, customer)
    assert "Unpin" not in clerk.client.post(f"{base}{note.pk}/pin/", headers=HTMX).content.decode()
    assert clerk.client.post(f"{base}{note.pk}/remove/").headers["Location"].endswith("?show=notes")
    assert not Note.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 10_001])
def test_empty_and_endless_notes_are_refused(clerk: Someone, text: str) -> None:
    customer = make_customer(clerk.store)
    for headers in ({}, HTMX):
        assert (
            clerk.client.post(f"{URL}{customer.pk}/notes/", {"text": text}, headers=headers).status_code
            == 422
        )
    assert clerk.client.post(f"{URL}{customer.pk}/notes/").status_code == 422
    assert not Note.objects.exists()


def test_a_note_belongs_to_its_customer(owner: Someone) -> None:
    """The address names both; a note under somebody else's address does not exist."""
    one, two = make_customer(owner.store), make_customer(owner.store)
    note = services.add_note(store=owner.store, customer_id=one.pk, body="x", actor=owner.actor, now=NOW)
    for verb in ("pin", "remove"):
        for record_id in (two.pk, new_id()):
            assert owner.client.post(f"{URL}{record_id}/notes/{note.pk}/{verb}/").status_code == 404
    kept = Note.objects.get()
    assert not kept.pinned and not Event.objects.filter(key="customer.note_pinned").exists()


# --- tags


def test_tags_are_added_and_removed(clerk: Someone) -> None:
    customer = make_customer(clerk.store, tags=["vip"])
    base = f"{URL}{customer.pk}/tags/"
    answer = clerk.client.post(f"{base}add/", {"tag": "a & b, c"}, headers=HTMX)
    assert "a &amp; b" in answer.content.decode() and Customer.objects.get().tags == ["vip", "a & b", "c"]
    clerk.client.post(f"{base}remove/?tag=a+%26+b", headers=HTMX)
    assert Customer.objects.get().tags == ["vip", "c"]
    for tag in ("", "x" * 61, ",", "\x00"):
        assert clerk.client.post(f"{base}add/", {"tag": tag}, headers=HTMX).status_code == 422
    assert clerk.client.post(f"{base}frob/", {"tag": "vip"}).status_code == 404
    assert clerk.client.post(f"{URL}{new_id()}/tags/add/", {"tag": "vip"}).status_code == 404
    assert Customer.objects.get().tags == ["vip", "c"]


# --- addresses


def test_addresses_are_added_changed_swapped_and_removed(clerk: Someone) -> None:
    customer = make_customer(clerk.store, city="Paris", country="FR")
    base = f"{URL}{customer.pk}/addresses/"
    assert (
        clerk.client.post(
            f"{base}new/", {"city": "Rome", "country": "IT", "phone": "06 698 82811"}
        ).status_code
        == 302
    )
    address = Address.objects.get()
    assert address.phone == "+390669882811"
    form = clerk.client.get(f"{base}{address.pk}/").content.decode()
    assert 'value="Rome"' in form and 'value="IT" selected' in form
    clerk.client.post(f"{base}{address.pk}/", {"city": "Roma", "country": "IT"})
    clerk.client.post(f"{base}{address.pk}/main/")
    assert (Customer.objects.get().city, Address.objects.get().city) == ("Roma", "Paris")
    clerk.client.post(f"{base}{address.pk}/remove/")
    assert not Address.objects.exists()


def test_a_wrong_address_keeps_what_was_typed(clerk: Someone) -> None:
    customer = make_customer(clerk.store)
    for typed, kept in (
        ({"phone": "call me", "city": "Rome"}, "call me"),
        ({"label": "Home"}, "Home"),
        ({"city": "x" * 301}, "x" * 301),
        ({"country": "Narnia"}, ""),
    ):
        answer = clerk.client.post(f"{URL}{customer.pk}/addresses/new/", typed)
        assert answer.status_code == 422 and kept in answer.content.decode()
    assert clerk.client.post(f"{URL}{customer.pk}/addresses/new/").status_code == 422
    assert not Address.objects.exists()


def test_an_address_belongs_to_its_customer(owner: Someone) -> None:
    one, two = make_customer(owner.store), make_customer(owner.store)
    address = services.add_address(
        store=owner.store, customer_id=one.pk, values={"city": "Rome"}, actor=owner.actor, now=NOW
    )
    for path in ("", "main/", "remove/"):
        assert (
            owner.client.post(f"{URL}{two.pk}/addresses/{address.pk}/{path}", {"city": "X"}).status_code
            == 404
        ), path
    assert Address.objects.get().city == "Rome" and Customer.objects.filter(version=1).count() == 2


# --- while typing


def test_likely_duplicates_show_while_typing(clerk: Someone, other_owner: Someone) -> None:
    make_customer(clerk.store, first_name="Zoë", last_name="Łuc", email="zoe@x.de")
    make_customer(other_owner.store, first_name="Foreign", email="foreign@x.de")
    text = clerk.client.post(
        f"{URL}likely/", {"first_name": "zoe", "last_name": "luc"}, headers=HTMX
    ).content.decode()
    assert "Zoë Łuc" in text and "same name" in text
    assert (
        "<li>"
        not in clerk.client.post(f"{URL}likely/", {"email": "foreign@x.de"}, headers=HTMX).content.decode()
    )
    for one in naughty_strings()[:60]:
        if "\ud800" in one:  # cannot be sent
            continue
        typed = dict.fromkeys(("first_name", "last_name", "company", "email", "phone"), one)
        assert clerk.client.post(f"{URL}likely/", typed, headers=HTMX).status_code == 200
    assert (
        clerk.client.post(f"{URL}likely/", {"email": "a\x00@b.de", "first_name": "x" * 9000}).status_code
        == 200
    )


def test_the_palette_finds_people_of_any_state(clerk: Someone) -> None:
    make_customer(clerk.store, first_name="Old", last_name="Timer", state="archived")
    make_customer(clerk.store, first_name="Old", last_name="Hand")
    text = clerk.client.get(f"{URL}palette/?q=old", headers=HTMX).content.decode()
    assert "Old Timer" in text and "Old Hand" in text
    for text in ("", "%", "\x00", "x" * 5000, "é" * 300):
        assert clerk.client.get(f"{URL}palette/", {"q": text}, headers=HTMX).status_code == 200
