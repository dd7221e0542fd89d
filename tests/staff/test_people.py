"""Joining, changing roles, leaving."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from regulars.kit.actor import system
from regulars.kit.errors import Invalid, InvalidRecord, NotAllowed, NotFound
from regulars.staff import queries, services
from regulars.staff.choices import Role
from regulars.staff.models import Membership
from regulars.timeline.models import ChangeSet, Event
from tests import factories
from tests.factories import NOW
from tests.people import Someone, sign_in


def roles(someone: Someone) -> dict[str, str]:
    return {person.email: person.role.value for person in queries.people(store=someone.store)}


def test_owner_changes_a_role_and_the_timeline_says_so(owner: Someone, clerk: Someone) -> None:
    services.change_role(store=owner.store, user_id=clerk.user.pk, role="manager", actor=owner.actor, now=NOW)
    assert roles(owner)[clerk.user.email] == "manager"
    event = Event.objects.get(key="staff.role_changed")
    assert (event.before, event.after) == ({"role": "clerk"}, {"role": "manager"})
    assert ChangeSet.objects.get(pk=event.change_set_id).actor_id == owner.user.pk


def test_the_same_role_again_writes_nothing(owner: Someone, clerk: Someone) -> None:
    services.change_role(store=owner.store, user_id=clerk.user.pk, role="clerk", actor=owner.actor, now=NOW)
    assert not Event.objects.filter(key="staff.role_changed").exists()


@pytest.mark.parametrize("who", ["manager", "clerk", "viewer"])
def test_only_owners_change_roles(owner: Someone, who: str, request: pytest.FixtureRequest) -> None:
    someone: Someone = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        services.change_role(
            store=owner.store, user_id=someone.user.pk, role="owner", actor=someone.actor, now=NOW
        )
    assert roles(owner)[someone.user.email] == who


def test_nobody_gives_a_role_above_their_own(owner: Someone, clerk: Someone) -> None:
    manager_with_rights = replace(owner.actor, role=Role.MANAGER)
    with pytest.raises(NotAllowed):
        services.change_role(
            store=owner.store, user_id=clerk.user.pk, role="owner", actor=manager_with_rights, now=NOW
        )
    assert roles(owner)[clerk.user.email] == "clerk"


def test_refuses_an_unknown_role(owner: Someone, clerk: Someone) -> None:
    with pytest.raises(Invalid):
        services.change_role(
            store=owner.store, user_id=clerk.user.pk, role="king", actor=owner.actor, now=NOW
        )


def test_the_last_owner_cannot_step_down_or_leave(owner: Someone, manager: Someone) -> None:
    with pytest.raises(services.LastOwner):
        services.change_role(
            store=owner.store, user_id=owner.user.pk, role="clerk", actor=owner.actor, now=NOW
        )
    with pytest.raises(services.LastOwner):
        services.remove_person(store=owner.store, user_id=owner.user.pk, actor=owner.actor, now=NOW)
    assert roles(owner)[owner.user.email] == "owner"


def test_an_owner_who_is_switched_off_does_not_count(owner: Someone) -> None:
    second = factories.make_person(owner.store, Role.OWNER, "second@shop.test")
    services.switch_sign_in(email=second.email, active=False, actor=system(), now=NOW)
    with pytest.raises(services.LastOwner):
        services.remove_person(store=owner.store, user_id=owner.user.pk, actor=owner.actor, now=NOW)


def test_people_of_another_store_are_not_found(owner: Someone, other_owner: Someone) -> None:
    with pytest.raises(NotFound):
        services.remove_person(store=owner.store, user_id=other_owner.user.pk, actor=owner.actor, now=NOW)
    assert len(queries.people(store=other_owner.store)) == 1


def test_removing_ends_access_and_sessions_at_once(owner: Someone, clerk: Someone) -> None:
    assert clerk.client.post("/accounts/logout/").status_code == 302
    clerk.client.post("/accounts/login/", {"login": clerk.user.email, "password": factories.PASSWORD})
    assert Session.objects.filter(session_key=clerk.client.session.session_key).exists()
    services.remove_person(store=owner.store, user_id=clerk.user.pk, actor=owner.actor, now=NOW)
    assert queries.find_access(slug=owner.store.slug, user_id=clerk.user.pk) is None
    assert clerk.client.get("/accounts/sessions/").headers["Location"].startswith("/accounts/login/")


def test_switching_off_ends_sign_in_at_once(owner: Someone, clerk: Someone) -> None:
    assert clerk.client.get("/accounts/profile/").status_code == 200
    services.switch_sign_in(email=clerk.user.email, active=False, actor=system(), now=NOW)
    assert clerk.client.get("/accounts/profile/").status_code == 302


def test_weak_passwords_are_refused(store: object, owner: Someone) -> None:
    with pytest.raises(InvalidRecord) as caught:
        services.add_person(
            store=owner.store,
            email="new@shop.test",
            role="clerk",
            password="password12",
            actor=system(),
            now=NOW,
        )
    assert set(caught.value.errors) == {"password"}
    assert "new@shop.test" not in roles(owner)


def test_addresses_are_one_in_any_case(owner: Someone) -> None:
    services.add_person(store=owner.store, email="New@Shop.test", role="clerk", actor=system(), now=NOW)
    services.add_person(store=owner.store, email="new@SHOP.test", role="viewer", actor=system(), now=NOW)
    assert roles(owner)["new@shop.test"] == "clerk"


# Two owners demote each other at the same moment:


def _demote_each_other(
    demote: Callable[[Someone, Someone], None], first: Someone, second: Someone
) -> list[str]:
    ready, outcome = threading.Barrier(2), []

    def run(by: Someone, whom: Someone) -> None:
        try:
            ready.wait(5)
            demote(by, whom)
            outcome.append("done")
        except services.LastOwner:
            outcome.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(outcome)


def _two_owners(slug: str) -> tuple[Someone, Someone]:
    store = factories.make_store(slug)
    first = sign_in(store, Role.OWNER)
    user = factories.make_person(store, Role.OWNER, f"second@{slug}.test")
    return first, Someone(first.client, user, store, factories.actor_of(store, user))


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_owners_would_both_be_demoted() -> None:
    first, second = _two_owners("racing")
    looked = threading.Barrier(2)

    def careless(by: Someone, whom: Someone) -> None:
        with transaction.atomic():
            owners = Membership.objects.filter(store=by.store, role=Role.OWNER).exclude(user=whom.user)
            assert owners.exists()
            looked.wait(5)
            Membership.objects.filter(store=by.store, user=whom.user).update(role=Role.CLERK)

    assert _demote_each_other(careless, first, second) == ["done", "done"]
    assert not Membership.objects.filter(store=first.store, role=Role.OWNER).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_demote_each_other_one_stays() -> None:
    for attempt in range(5):
        first, second = _two_owners(f"racing-{attempt}")

        def demote(by: Someone, whom: Someone) -> None:
            services.change_role(store=by.store, user_id=whom.user.pk, role="clerk", actor=by.actor, now=NOW)

        assert _demote_each_other(demote, first, second) == ["done", "refused"]
        assert Membership.objects.filter(store=first.store, role=Role.OWNER).count() == 1
