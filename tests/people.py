"""The people who try every endpoint: four roles of one store, the owner of another, and nobody."""

from dataclasses import dataclass

import pytest
from django.test import Client

from regulars.kit.actor import Actor
from regulars.staff.choices import Role
from regulars.staff.models import User
from regulars.stores.models import Store
from tests import factories


@dataclass(frozen=True)
class Someone:
    """A signed-in person: the browser, the user, the store and the actor that services get."""

    client: Client
    user: User
    store: Store
    actor: Actor


def sign_in(store: Store, role: Role) -> Someone:
    """Somebody of this role, signed in."""
    user = factories.make_person(store, role)
    client = Client()
    client.force_login(user)
    return Someone(client, user, store, factories.actor_of(store, user))


@pytest.fixture
def store(db: None) -> Store:
    return factories.make_store("shop")


@pytest.fixture
def other_store(db: None) -> Store:
    return factories.make_store("other")


@pytest.fixture
def owner(store: Store) -> Someone:
    return sign_in(store, Role.OWNER)


@pytest.fixture
def manager(store: Store) -> Someone:
    return sign_in(store, Role.MANAGER)


@pytest.fixture
def clerk(store: Store) -> Someone:
    return sign_in(store, Role.CLERK)


@pytest.fixture
def viewer(store: Store) -> Someone:
    return sign_in(store, Role.VIEWER)


@pytest.fixture
def other_owner(other_store: Store) -> Someone:
    """The owner of another store: a stranger here."""
    return sign_in(other_store, Role.OWNER)


@pytest.fixture
def anonymous(db: None) -> Client:
    """Nobody signed in."""
    return Client()


def client_of(name: str, request: pytest.FixtureRequest) -> Client:
    """The browser of one of these people, or of nobody."""
    found: Someone | Client = request.getfixturevalue(name)
    return found.client if isinstance(found, Someone) else found
