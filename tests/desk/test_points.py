"""Points in the desk: the ledger, the page of an entry, the settings, and what waits for a second person."""

import pytest
from django.test import Client

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.loyalty.models import Entry, Programme
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.resource import get_resource
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change, points_of
from tests.people import Someone, client_of

pytestmark = pytest.mark.django_db
GOOD = {
    "active": "on",
    "value": "2.50",
    "expire_months": "24",
    "warn_days": "30",
    "pending_days": "14",
    "below_zero": "clamp",
    "approval_above": "1000",
    "cap_manager": "500",
}


def held(who: Someone) -> Run:
    """What this person asked for, which is too much for one."""
    Programme.objects.update_or_create(store=who.store, defaults={"approval_above": 10})
    done = perform(
        resource=get_resource("customers"),
        name="adjust-points",
        selection=Selection(ids=(make_customer(who.store).pk,)),
        raw_inputs={"points": "50", "reason": "Sorry"},
        context=Context(store=who.store, actor=who.actor, now=NOW),
    )
    assert done.run is not None
    return done.run


def test_the_ledger_the_tab_and_the_entry(viewer: Someone) -> None:
    ada = make_customer(viewer.store, first_name="Ada", last_name="Lovelace")
    given = change(viewer.store, ada, 50, reason="Sorry")
    change(viewer.store, ada, -20)
    page = viewer.client.get("/desk/shop/points/").content.decode()
    assert "Ada Lovelace" in page and f"/desk/shop/points/{given.pk}/" in page
    record = viewer.client.get(f"/desk/shop/customers/{ada.pk}/").content.decode()
    assert f"/desk/shop/customers/{ada.pk}/of/points/" in record
    tab = viewer.client.get(
        f"/desk/shop/customers/{ada.pk}/of/points/?where=customer+%3D+{ada.number}&tab=all"
    )
    assert "Sorry" in tab.content.decode()
    entry = viewer.client.get(f"/desk/shop/points/{given.pk}/").content.decode()
    assert "Went into" in entry and "Sorry" in entry and "Void" not in entry


def test_a_manager_voids_on_the_page_of_an_entry(manager: Someone) -> None:
    ada = make_customer(manager.store)
    given = change(manager.store, ada, 50)
    assert "void-points" in manager.client.get(f"/desk/shop/points/{given.pk}/").content.decode()
    sent = {"id": str(given.pk), "reason": "Wrong", "confirmed": "1"}
    manager.client.post("/desk/shop/points/actions/void-points/", sent)
    assert points_of(ada) == [0] and Entry.objects.get(reverses=given.pk).reason == "Wrong"
    assert "void-points" not in manager.client.get(f"/desk/shop/points/{given.pk}/").content.decode()


def test_who_has_fewer_is_asked_without_an_answer_that_says_nothing(manager: Someone) -> None:
    ada = make_customer(manager.store)
    answer = manager.client.post("/desk/shop/customers/actions/adjust-points/", {"id": str(ada.pk)})
    dialog = answer.content.decode()
    assert "As the store" in dialog and dialog.count('<option value=""') == 1


@pytest.mark.parametrize(("who", "status"), [("other_owner", 404), ("anonymous", 302)])
def test_strangers_see_no_entry(
    who: str, status: int, owner: Someone, request: pytest.FixtureRequest
) -> None:
    given = change(owner.store, make_customer(owner.store), 50)
    client: Client = client_of(who, request)
    for path in ("points/", f"points/{given.pk}/", "settings/points/"):
        assert client.get(f"/desk/shop/{path}").status_code == status, path


def test_an_owner_changes_the_settings(owner: Someone, manager: Someone) -> None:
    assert manager.client.get("/desk/shop/settings/points/").status_code == 403
    assert owner.client.get("/desk/shop/settings/points/").status_code == 200
    assert owner.client.post("/desk/shop/settings/points/", GOOD).status_code == 302
    programme = Programme.objects.get()
    assert (programme.value_minor, programme.expire_months, programme.daily_caps) == (
        250,
        24,
        {"manager": 500},
    )
    assert programme.active and programme.below_zero == "clamp"
    wrong = owner.client.post("/desk/shop/settings/points/", GOOD | {"expire_months": "-1", "value": "x"})
    assert wrong.status_code == 422 and Programme.objects.get().value_minor == 250
    assert 'value="2.50"' in owner.client.get("/desk/shop/settings/points/").content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 403), ("viewer", 403), ("other_owner", 404), ("anonymous", 302)],
)
@pytest.mark.parametrize("verb", ["agree", "turn-down"])
def test_who_may_not_decide_changes_nothing(
    who: str, status: int, verb: str, manager: Someone, request: pytest.FixtureRequest
) -> None:
    run = held(manager)
    client: Client = client_of(who, request)
    assert client.post(f"/desk/shop/runs/{run.pk}/{verb}/").status_code == status
    assert client.get(f"/desk/shop/runs/{run.pk}/{verb}/").status_code in (405, 302, 404)
    assert Run.objects.get().state == RunState.HELD


def test_who_asked_takes_it_back_but_does_not_agree(manager: Someone) -> None:
    run = held(manager)
    page = manager.client.get(f"/desk/shop/runs/{run.pk}/").content.decode()
    assert f"/runs/{run.pk}/agree/" not in page and f"/runs/{run.pk}/turn-down/" in page
    manager.client.post(f"/desk/shop/runs/{run.pk}/agree/")
    assert Run.objects.get().state == RunState.HELD
    manager.client.post(f"/desk/shop/runs/{run.pk}/turn-down/", {"reason": "Typed wrong"})
    assert Run.objects.get().state == RunState.CANCELLED


def test_a_second_person_agrees(manager: Someone, owner: Someone) -> None:
    run = held(manager)
    assert f"/runs/{run.pk}/" in owner.client.get("/desk/shop/").content.decode()
    page = owner.client.get(f"/desk/shop/runs/{run.pk}/").content.decode()
    assert f"/runs/{run.pk}/agree/" in page
    owner.client.post(f"/desk/shop/runs/{run.pk}/agree/")
    assert Run.objects.get().state == RunState.WAITING
