"""Open pages ask what others changed: by everybody, cheaply, nothing missed and nothing told twice."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.ids import new_id
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.pulse import MOST, beat, read_since
from tests.factories import make_customer
from tests.people import Someone
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db
URL = "/desk/shop/pulse/"
PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")


@pytest.fixture
def customer(owner: Someone) -> Customer:
    return make_customer(owner.store, first_name="Ada", city="Paris", phone="+33612345678")


def ask(who: Someone, cursor: str, record: object = "") -> Any:
    params = {"resource": "customers", "since": cursor} | ({"record": str(record)} if record else {})
    return who.client.get(URL, params, headers={"HX-Request": "true"})


def start(who: Someone, record: object = "") -> str:
    return str(ask(who, "", record).headers["Pulse-Cursor"])


def edit(who: Someone, customer: Customer, **values: Any) -> None:
    services.edit_customer(
        store=who.store,
        customer_id=customer.pk,
        values=values,
        base_version=None,
        actor=who.actor,
        now=timezone.now(),
    )


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_ask(customer: Customer, who: str, request: pytest.FixtureRequest) -> None:
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    answer = client.get(URL, {"resource": "customers"}, headers={"HX-Request": "true"})
    if who == "anonymous":
        assert answer.status_code == 204 and "login" in answer.headers["HX-Redirect"]
        assert "Pulse-Cursor" not in answer.headers
    else:
        assert answer.status_code == (404 if who == "other_owner" else 204)
    assert client.post(URL).status_code in (302, 405)


def test_nothing_new_is_no_content(clerk: Someone, customer: Customer) -> None:
    cursor = start(clerk)
    for _again in range(3):
        answer = ask(clerk, cursor)
        assert answer.status_code == 204 and not answer.content
        cursor = answer.headers["Pulse-Cursor"]


def test_a_change_is_told_once(clerk: Someone, owner: Someone, customer: Customer) -> None:
    cursor = start(clerk)
    edit(owner, customer, city="Rome")
    answer = ask(clerk, cursor)
    assert answer.status_code == 200 and answer.json() == {"records": [str(customer.pk)]}
    assert ask(clerk, answer.headers["Pulse-Cursor"]).status_code == 204
    assert ask(clerk, cursor).status_code == 200  # an answer that got lost is asked for again


def test_what_commits_late_is_not_missed(clerk: Someone, owner: Someone, customer: Customer) -> None:
    """Its id was taken before the look, its transaction ended after it."""
    early = new_id()
    edit(owner, customer, city="Rome")
    cursor = start(clerk)
    act = ChangeSet.objects.latest("pk")
    Event.objects.create(
        id=early,
        store=owner.store,
        change_set_id=act.pk,
        key="customer.edited",
        resource="customers",
        record_id=customer.pk,
    )
    assert ask(clerk, cursor).status_code == 200


def test_a_record_tells_who_changed_what(clerk: Someone, owner: Someone, customer: Customer) -> None:
    other = make_customer(owner.store, first_name="Bob")
    cursor = start(clerk, customer.pk)
    edit(owner, other, city="Oslo")
    assert ask(clerk, cursor, customer.pk).status_code == 204
    edit(owner, customer, city="Rome", phone="+33699999999", phone_typed="06 99 99 99 99")
    told = ask(clerk, cursor, customer.pk).json()
    assert [line["text"] for line in told["lines"]] == [f"{owner.actor.name} changed City, Phone"]
    assert sorted(told["lines"][0]["fields"]) == ["city", "phone"]
    assert "Rome" not in json.dumps(told)


def test_ones_own_change_in_another_window_is_drawn_but_not_told(clerk: Someone, customer: Customer) -> None:
    cursor = start(clerk, customer.pk)
    edit(clerk, customer, city="Rome")
    assert ask(clerk, cursor, customer.pk).json() == {"records": [str(customer.pk)], "lines": []}


def test_other_stores_are_not_heard(clerk: Someone, other_owner: Someone, customer: Customer) -> None:
    cursor = start(clerk)
    edit(other_owner, make_customer(other_owner.store, first_name="Eve"), city="Rome")
    assert ask(clerk, cursor).status_code == 204


def test_never_breaks(clerk: Someone, customer: Customer) -> None:
    for text in [*naughty_strings()[:60], "a.b", f"{new_id().hex}.-1", f"{'f' * 32}.3", f"{'0' * 32}.0"]:
        sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        assert ask(clerk, sent).status_code in (200, 204)
        assert ask(clerk, "", sent).status_code in (200, 204)
    assert clerk.client.get(URL).status_code == clerk.client.get(f"{URL}?resource=x").status_code == 404


def test_very_many_changes_are_one_bounded_look(clerk: Someone, customer: Customer) -> None:
    since = read_since(start(clerk))
    Event.objects.bulk_create(
        Event(
            id=new_id(), store=clerk.store, change_set_id=new_id(), key="customer.edited", resource="customers",
            record_id=new_id(),
        )
        for _at in range(MOST + 50)
    )  # fmt: skip
    now = timezone.now()
    found = beat(store=clerk.store, since=since, now=now)
    assert MOST - 20 < len(found.fresh) <= MOST + 1
    assert beat(
        store=clerk.store, since=found.since, now=now
    ).fresh  # what one look did not reach is not forgotten
    later = now + timedelta(minutes=1)
    quiet = beat(store=clerk.store, since=found.since, now=later)
    assert not beat(store=clerk.store, since=quiet.since, now=later).fresh


def test_one_small_query_along_an_index(clerk: Someone, owner: Someone, customer: Customer) -> None:
    ask(clerk, "")
    cursor = start(clerk)
    counts = []
    for _again in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert ask(clerk, cursor).status_code == 204
        counts.append(len(captured))
        looks = [one["sql"] for one in captured if "timeline_event" in one["sql"]]
        assert len(looks) == 1
        for at in range(20):
            make_customer(owner.store, first_name=f"P{at}")
        cursor = start(clerk)
    assert counts[0] == counts[1] <= 7
    with connection.cursor() as database:
        database.execute("SET LOCAL enable_seqscan = off")
        database.execute(f"EXPLAIN {looks[0]}")
        plan = "\n".join(line for (line,) in database.fetchall())
    assert "Index" in plan and "Seq Scan" not in plan and "Sort" not in plan


def test_pages_carry_where_they_begin(clerk: Someone, owner: Someone, customer: Customer) -> None:
    for path in ("", f"{customer.pk}/", f"{customer.pk}/edit/"):
        text = clerk.client.get(f"/desk/shop/customers/{path}").content.decode()
        cursor = text.split('data-cursor="')[1].split('"')[0]
        record = customer.pk if path else ""
        assert ask(clerk, cursor, record).status_code == 204
        edit(owner, customer, city=f"Rome {path[-6:]}")
        assert ask(clerk, cursor, record).status_code == 200
