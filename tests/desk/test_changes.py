"""The history page, one act, and taking it back from the desk."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.ids import new_id
from regulars.timeline.models import ChangeSet
from tests.factories import make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
URL = "/desk/shop/changes/"
HTMX = {"HX-Request": "true"}


def tag(who: Someone, people: list[Customer], word: str = "vip") -> UUID:
    made = services.add_tags(
        store=who.store,
        ids=[one.pk for one in people],
        inputs={"tags": [word]},
        actor=who.actor,
        now=timezone.now(),
        change_set=None,
    ).change_set
    assert made is not None
    return made


@pytest.fixture
def people(owner: Someone) -> list[Customer]:
    return [make_customer(owner.store, first_name=name) for name in ("Ada", "Bo", "<b>Cy</b>")]


def page(reader: Someone, path: str = "", /, **params: str) -> str:
    answer = reader.client.get(f"{URL}{path}", params)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_act_newest_first_with_whom_and_how_many(owner: Someone, people: list[Customer]) -> None:
    tag(owner, people)
    tag(owner, people[2:], "late")
    text = page(owner)
    assert text.index("&lt;b&gt;Cy&lt;/b&gt;") < text.index("3 records") and "<b>Cy</b>" not in text
    assert "Tags changed" in text and owner.user.display_name in text


def test_only_what_a_person_has_the_worker_do_is_said_to_be_in_bulk(
    owner: Someone, people: list[Customer]
) -> None:
    one = people[0]
    shown = (f"/desk/shop/customers/{one.pk}/", URL)
    in_bulk = "· in bulk"
    for actor, said in ((system(), False), (replace(owner.actor, surface="worker"), True)):
        Customer.objects.filter(pk=one.pk).update(tags=[])
        services.add_tags(
            store=owner.store, ids=[one.pk], inputs={"tags": ["vip"]}, actor=actor, now=timezone.now(),
            change_set=None,
        )  # fmt: skip
        for url in shown:
            acts = owner.client.get(url).content.decode().replace("&middot;", "·")
            assert "Tags changed" in acts
            assert (in_bulk in " ".join(acts.split())) is said, url


def test_narrowed_down_by_person_kind_way_and_day(
    owner: Someone, clerk: Someone, people: list[Customer]
) -> None:
    today = timezone.now().astimezone(owner.store.zone).date().isoformat()
    tag(owner, people)
    tag(clerk, people, "late")
    acts = 'class="what"'
    assert page(owner, who=str(clerk.user.pk)).count(acts) == 1
    assert page(owner, kind="customer.tagged").count(acts) == 2
    assert page(owner, kind="customer.tagged", surface="api").count(acts) == 0
    later = timezone.now().astimezone(owner.store.zone).date().isoformat()  # midnight may have passed
    assert page(owner, kind="customer.tagged", **{"from": today, "to": later}).count(acts) == 2
    assert page(owner, kind="customer.tagged", to="2020-01-01").count(acts) == 0
    assert "Write a day like" in page(owner, **{"from": "yesterday"})
    for hostile in ({"who": "x"}, {"kind": "'; drop"}, {"from": "9999-12-31", "to": "9999-12-31"}):
        page(owner, **hostile)


def test_a_change_is_told_by_the_name_of_its_own_field(owner: Someone) -> None:
    """The age is read from the birthdate; what changed is the birthdate."""
    ada = make_customer(owner.store, first_name="Ada")
    services.edit_customer(
        store=owner.store,
        customer_id=ada.pk,
        values={"birthdate": date(1990, 5, 17)},
        base_version=None,
        actor=owner.actor,
        now=timezone.now(),
    )
    act = ChangeSet.objects.filter(store=owner.store).latest("at")
    text = page(owner, f"{act.pk}/")
    assert "Birthdate" in text and "May 17, 1990" in text and "Age" not in text


def test_pages_by_key(owner: Someone, people: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.desk.changes import pages

    monkeypatch.setattr(pages, "A_PAGE", 3)
    seen: list[str] = []
    url = URL
    while url:
        text = owner.client.get(url).content.decode()
        seen += [part.split("/")[0] for part in text.split(f'href="{URL}')[1:] if part[:8].count("-") < 9]
        more = text.split('">Show earlier')[0].rsplit('href="', 1)[-1] if "Show earlier" in text else ""
        url = more.replace("&amp;", "&")
    known = [str(pk) for pk in ChangeSet.objects.filter(store=owner.store).values_list("pk", flat=True)]
    assert sorted(one for one in seen if one in known) == sorted(known)


@pytest.mark.parametrize(
    ("who", "audit", "one", "undo"),
    [
        ("owner", 200, 200, 302),
        ("manager", 200, 200, 302),
        ("clerk", 403, 403, 302),
        ("viewer", 403, 403, 403),
        ("other_owner", 404, 404, 404),
        ("anonymous", 302, 302, 302),
    ],
)
def test_who_may(
    who: str,
    audit: int,
    one: int,
    undo: int,
    owner: Someone,
    people: list[Customer],
    request: pytest.FixtureRequest,
) -> None:
    act = tag(owner, people)
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    assert client.get(URL).status_code == audit
    assert client.get(f"{URL}export/").status_code == audit
    assert client.get(f"{URL}{act}/").status_code == one
    assert client.post(f"{URL}{act}/undo/").status_code == undo
    put_back = undo == 302 and who != "anonymous"
    assert Customer.objects.filter(tags=["vip"]).exists() is not put_back


def test_people_see_and_take_back_their_own_acts(clerk: Someone, people: list[Customer]) -> None:
    act = tag(clerk, people)
    text = page(clerk, f"{act}/")
    assert "3 would be as before" in text and text.count("Undo here") == 3
    assert Customer.objects.filter(tags=["vip"]).count() == 3


def test_one_record_of_many_is_put_back(clerk: Someone, people: list[Customer]) -> None:
    act = tag(clerk, people)
    answer = clerk.client.post(f"{URL}{act}/undo/", {"record": str(people[0].pk)}, headers=HTMX)
    told: dict[str, Any] = json.loads(answer.headers["HX-Trigger"])
    assert answer.status_code == 204 and told["desk:toast"]["text"] == "Put back: 1"
    assert "desk:refresh" in told and Customer.objects.filter(tags=["vip"]).count() == 2
    text = page(clerk, f"{act}/")
    assert "2 would be as before, 1 left alone" in text and text.count("was changed since") == 1


def test_a_record_that_cannot_be_read_does_not_put_everybody_back(
    clerk: Someone, people: list[Customer]
) -> None:
    act = tag(clerk, people)
    assert clerk.client.post(f"{URL}{act}/undo/", {"record": "nonsense"}).status_code == 404
    assert Customer.objects.filter(tags=["vip"]).count() == 3


def test_without_scripts_the_person_is_back_where_they_were(clerk: Someone, people: list[Customer]) -> None:
    act = tag(clerk, people)
    record = f"/desk/shop/customers/{people[0].pk}/"
    text = clerk.client.get(record).content.decode()
    assert f"{URL}{act}/undo/" in text
    back = clerk.client.post(f"{URL}{act}/undo/", {"record": str(people[0].pk), "back": record})
    assert back.headers["Location"] == record
    other = clerk.client.post(f"{URL}{act}/undo/", {"back": "https://evil.example/"})
    assert other.headers["Location"] == f"{URL}{act}/"


def test_nothing_there_is_not_found(owner: Someone) -> None:
    assert owner.client.get(f"{URL}{new_id()}/").status_code == 404
    assert owner.client.post(f"{URL}{new_id()}/undo/").status_code == 404
    assert owner.client.get(URL, {"before": str(new_id())}).status_code == 404


def test_a_day_that_is_none_is_refused_not_left_out(owner: Someone) -> None:
    for name in ("from", "to"):
        answer = owner.client.get(f"{URL}export/", {name: "2026-02-30"})
        assert answer.status_code == 422 and "2026-03-01" in answer.content.decode()


def test_the_file_holds_every_event_and_no_formula(owner: Someone, people: list[Customer]) -> None:
    tag(owner, people, "=cmd")
    answer = owner.client.get(f"{URL}export/", {"kind": "customer.tagged"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]
    assert len(rows) == 3 and {row["kind"] for row in rows} == {"customer.tagged"}
    assert {row["record"] for row in rows} == {str(one.pk) for one in people}
    assert json.loads(rows[0]["after"]) == {"tags": ["=cmd"]}
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
