"""Makes the rows that tests start from, through the services that make them in the product."""

from datetime import UTC, datetime

from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff import tasks
from regulars.staff.choices import Role
from regulars.staff.models import User
from regulars.staff.permissions import permissions_of
from regulars.stores import services as store_services
from regulars.stores.models import Store

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PASSWORD = "tulip-harbour-92"


def make_store(slug: str = "shop", **settings: object) -> Store:
    """A store in euros, Paris time."""
    defaults = {"currency": "EUR", "time_zone": "Europe/Paris", "country": "FR"}
    return store_services.create_store(
        slug=slug, name=slug.title(), actor=system("Tests"), now=NOW, settings=defaults | settings
    )


def make_person(store: Store, role: str = Role.OWNER, email: str = "") -> User:
    """Somebody who works for the store and signs in with PASSWORD."""
    return staff_services.add_person(
        store=store,
        email=email or f"{role}@{store.slug}.test",
        name=f"{role.title()} {store.name}",
        password=PASSWORD,
        role=role,
        actor=system("Tests"),
        now=NOW,
    )


def actor_of(store: Store, user: User) -> Actor:
    """The person as services see them."""
    access = staff_queries.find_access(slug=store.slug, user_id=user.pk)
    assert access is not None
    return Actor(
        kind="staff",
        id=user.pk,
        name=user.display_name,
        role=access.role,
        permissions=permissions_of(access.role),
    )


def make_customer(store: Store, **facts: object) -> Customer:
    """A customer with these facts, by name if nothing else says who it is."""
    values = facts if facts.keys() & {"first_name", "email", "company"} else {"first_name": "Nora"} | facts
    return customer_services.create_customer(store=store, values=values, actor=system("Tests"), now=NOW)


def send_waiting_mail() -> None:
    """What the worker does with the links that were asked for."""
    jobs = ProcrastinateJob.objects.filter(task_name="staff.send_reset_link").order_by("pk")
    for job in jobs:
        tasks.send_reset_link(**job.args)
