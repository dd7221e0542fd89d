"""The page of a bulk action that is too large to be done at once."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.duplicates.services import merge_customers
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.resources import execute
from regulars.timeline import undoing
from tests.factories import NOW, make_customer
from tests.people import Someone

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def run_url(owner: Someone, monkeypatch: pytest.MonkeyPatch) -> str:
    """A clerk's archiving of everybody, waiting for the worker; one customer is archived already."""
    monkeypatch.setattr(execute, "AT_ONCE", 2)
    ids: list[UUID] = []
    for name in ("Ada", "Bea", "Cem", "<b>Dot</b>"):
        made = services.create_customer(
            store=owner.store, values={"first_name": name}, actor=owner.actor, now=NOW
        )
        ids.append(made.pk)
    services.archive_customers(
        store=owner.store, ids=ids[-1:], inputs={}, actor=owner.actor, now=NOW, change_set=None
    )
    asked = {"everything": "1", "tab": "all", "confirmed": "1"}
    answer = owner.client.post("/desk/shop/customers/actions/archive/", asked)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_it_works_polls_and_ends(run_url: str, owner: Someone) -> None:
    part = owner.client.get(run_url, headers=HTMX).content.decode()
    assert "every 1s" in part and "<html" not in part
    execute_run(run_id=Run.objects.get().pk)
    page = owner.client.get(run_url).content.decode()
    assert "Archived: 3" in page and "is archived already" in page and "every 1s" not in page
    assert "<b>Dot</b>" not in page and "tab=all" in page
    assert Customer.objects.filter(state="archived").count() == 4


def test_it_can_be_taken_back(run_url: str, owner: Someone) -> None:
    execute_run(run_id=Run.objects.get().pk)
    page = owner.client.get(run_url).content.decode()
    [undo] = re.findall(r'action="([^"]*/changes/[^"]*/undo/)"', page)
    answer = owner.client.post(undo)
    assert answer.status_code == 302
    execute_run(run_id=Run.objects.order_by("-created_at").first().pk)  # type: ignore[union-attr]
    assert Customer.objects.filter(state="archived").count() == 1


def test_it_can_be_stopped(run_url: str, owner: Someone) -> None:
    assert owner.client.post(f"{run_url}stop/").headers["Location"] == run_url
    execute_run(run_id=Run.objects.get().pk)
    assert "Stopped after" in owner.client.get(run_url).content.decode()
    assert Customer.objects.filter(state="archived").count() == 1


@pytest.mark.parametrize(
    ("who", "sees", "stops"),
    [
        ("manager", 200, 302),
        ("clerk", 200, 302),
        ("viewer", 200, 403),
        ("other_owner", 404, 404),
        ("anonymous", 302, 302),
    ],
)
def test_who_may(run_url: str, who: str, sees: int, stops: int, request: pytest.FixtureRequest) -> None:
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    answer = client.get(run_url)
    assert answer.status_code == sees
    if sees == 200:
        assert ("stop/" in answer.content.decode()) == (stops == 302)
    assert client.post(f"{run_url}stop/").status_code == stops
    assert Run.objects.get().cancel_asked == (who in ("manager", "clerk"))


def test_a_run_of_another_store_or_kind_is_not_found(
    run_url: str, owner: Someone, other_owner: Someone
) -> None:
    assert other_owner.client.get(run_url.replace("/shop/", "/other/")).status_code == 404
    Run.objects.update(kind="transfers.run")
    assert owner.client.get(run_url).status_code == 404
    assert owner.client.get(f"{run_url}stop/").status_code == 405


def test_the_queries_stay_few(run_url: str, owner: Someone, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        owner.client.get(run_url, headers=HTMX)


def test_only_who_may_undo_an_act_takes_up_its_undo(
    owner: Someone, clerk: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 0)
    ids = [make_customer(owner.store).pk]
    who = {"store": owner.store, "actor": owner.actor, "now": timezone.now()}
    made = merge_customers(survivor_id=ids[0], loser_ids=[make_customer(owner.store).pk], choices={}, **who)
    assert made.change_set is not None
    run = undoing.undo_change_set(change_set_id=made.change_set, **who).run
    assert run is not None
    Run.objects.filter(pk=run.pk).update(state="cancelled")
    url = f"/desk/shop/runs/{run.pk}/go-on/"
    assert clerk.client.post(url).status_code == 409
    assert Run.objects.get(pk=run.pk).state == "cancelled"
    assert owner.client.post(url).status_code == 302
    assert Run.objects.get(pk=run.pk).state == "waiting"
