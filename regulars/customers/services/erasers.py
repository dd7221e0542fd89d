"""What is forgotten about people in the customers' own tables and in those of the parts below."""

from datetime import datetime
from typing import Any

from regulars.customers.choices import Flag
from regulars.customers.erasing import Person, erases, traces_of
from regulars.customers.models import Address, Customer, Note
from regulars.customers.services.people import OF_ADDRESSES, personal_columns
from regulars.jobs.erasing import clean_queue, clean_runs
from regulars.resources.erasing import forget_requests
from regulars.staff.erasing import clean_messages
from regulars.stores.models import Store
from regulars.timeline.erasing import clean_texts, erase_values

# What a person agreed to ends with them, and so does the store's judgement.
RESET: dict[str, Any] = {
    "accepts_marketing": False,
    "points_summary": False,
    "flag": Flag.NONE,
    "flag_review_on": None,
}


def forget_facts(*, store: Store, people: list[Person], now: datetime) -> None:
    """Empty the customers' rows; further addresses and notes go altogether."""
    ids = [person.id for person in people]
    Address.objects.filter(store=store, customer_id__in=ids).delete()
    Note.objects.filter(store=store, customer_id__in=ids).delete()
    empty = {
        field.name: None if field.null else field.get_default()
        for field in Customer._meta.concrete_fields
        if field.name in personal_columns()
    }
    Customer.objects.filter(store=store, pk__in=ids).update(**empty, **RESET)


def forget_history(*, store: Store, people: list[Person], now: datetime) -> None:
    """Empty their events, and take them out of what happened to other things."""
    names = personal_columns() | OF_ADDRESSES
    ids = [one for person in people for one in (person.id, *person.earlier)]
    erase_values(store=store, record_ids=ids, names=names)
    clean_texts(store=store, traces=traces_of(people))


def forget_work(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take them out of what runs were asked for, and out of finished jobs."""
    traces = traces_of(people)
    clean_runs(store=store, traces=traces)
    clean_queue(traces=traces)


def forget_sent(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take them out of kept requests of clients and of messages that wait to be read."""
    traces = traces_of(people)
    forget_requests(store=store, record_ids=[person.id for person in people], traces=traces)
    clean_messages(store=store, traces=traces)


def declare_erasers() -> None:
    """Called once, at start."""
    erases(
        "customers",
        forget_facts,
        tables=("customers_customer", "customers_lookup", "customers_address", "customers_note"),
    )
    erases("timeline", forget_history, tables=("timeline_event", "timeline_changeset"))
    erases("jobs", forget_work, tables=("jobs_run", "jobs_skipped", "procrastinate_jobs"))
    erases("requests", forget_sent, tables=("resources_idempotencykey", "staff_outboxmessage"))
