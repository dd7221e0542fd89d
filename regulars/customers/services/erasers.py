"""What is forgotten about people in the customers' own tables and in those of the parts below."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from regulars.customers.choices import Flag
from regulars.customers.erasing import Person, erases, traces_of
from regulars.customers.models import Address, Customer, Note
from regulars.customers.services.people import OF_ADDRESSES, personal_columns
from regulars.jobs.erasing import clean_queue, clean_runs
from regulars.kit.phone import digits
from regulars.resources.erasing import forget_requests
from regulars.staff.erasing import clean_messages
from regulars.stores.models import Store
from regulars.timeline.erasing import clean_events_of, clean_texts, erase_values

# What a person agreed to ends with them, and so does the store's judgement.
RESET: dict[str, Any] = {
    "accepts_marketing": False,
    "points_summary": False,
    "accepts_sms": False,
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


def forget_mentions(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take out of notes about others, and of their history, what names these people for certain.

    That is their e-mails, phone numbers, full names and addresses; a first name alone may be anybody's.
    """
    traces = traces_of(people)
    ids = [person.id for person in people]
    notes = Note.objects.filter(store=store).exclude(customer_id__in=ids)
    facts = Customer.objects.filter(store=store).exclude(pk__in=ids).exclude(note="")
    spoken_of: set[UUID] = set()
    for note in notes.filter(_mentions("body", people)).only("body", "customer_id"):
        cleaned = traces.clean(note.body, names=False)
        if cleaned != note.body:
            Note.objects.filter(pk=note.pk).update(body=cleaned)
            spoken_of.add(note.customer_id)
    for customer in facts.filter(_mentions("note", people)).only("note"):
        cleaned = traces.clean(customer.note, names=False)
        if cleaned != customer.note:
            Customer.objects.filter(pk=customer.pk).update(note=cleaned)
            spoken_of.add(customer.pk)
    clean_events_of(store=store, record_ids=spoken_of, traces=traces)


def _mentions(column: str, people: list[Person]) -> Q:
    """Rows of which a text may name one of the people; what is in them is looked at word by word afterwards."""
    words = {word for person in people for word in (*person.emails, *person.texts) if word}
    patterns = [f"%{_literal(word)}%" for word in words]
    # However a number was written, its last six digits stand in its text in this order.
    ends = {digits(phone)[-6:] for person in people for phone in person.phones}
    numbers = [r"\D*".join(end) for end in ends if len(end) == 6]
    asked = f"{column} ILIKE ANY(%s::text[]) OR {column} ~ ANY(%s::text[])"
    return Q(RawSQL(asked, [patterns, numbers], BooleanField()))


def _literal(text: str) -> str:
    """A text in which LIKE finds no wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


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
    erases("mentions", forget_mentions, tables=())
    erases("timeline", forget_history, tables=("timeline_event", "timeline_changeset"))
    erases("jobs", forget_work, tables=("jobs_run", "jobs_skipped", "procrastinate_jobs"))
    erases("requests", forget_sent, tables=("resources_idempotencykey", "staff_outboxmessage"))
