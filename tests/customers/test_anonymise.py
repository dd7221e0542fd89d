"""Anonymising leaves no byte of a person anywhere; what they bought, and everybody else, stays."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.blocklist.services import NewRule, add_rule, block_customers, may_register
from regulars.customers import queries, services
from regulars.customers.models import Customer, Note
from regulars.customers.services.edit import Final
from regulars.duplicates.services import merge_customers
from regulars.jobs.models import Run
from regulars.jobs.services import Forgotten, execute_run, retry_run, start_run
from regulars.kit.actor import system
from regulars.orders.models import Order
from regulars.orders.services import NewOrder, insert_orders, recount_figures
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.idempotency import create_once
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import rehearse_undo
from regulars.transfers import services as transfers
from regulars.transfers.models import Import, ImportRow
from regulars.transfers.services.erase import ImportUnderWay
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.shared import taken_out

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
ME = system("Tests")
MAIL = "Zeb.Quartermaine@Löwenzahn-Exämple.com"
FACTS = {
    "first_name": "Zebulon",
    "last_name": "Quartermaine",
    "company": "Lilienthal & Söhne",
    "email": MAIL,
    "phone": "+33698765432",
    "phone_typed": "06 98 76 54 32",
    "address": "47 rue des Cerisiers",
    "city": "Vézelay",
    "postcode": "89450",
    "external_id": "CRM-7781234",
    "note": "Cousin of Zebulon's neighbour",
    "tags": ["zebulon-wedding", "vip"],
}
# Whatever form they are written in.
TRACES = (
    "zebulon", "quartermaine", "lilienthal", "löwenzahn", "xn--lwenzahn", "zeb.q", "98765432", "23456789",
    "98 76 54 32", "cerisiers", "vézelay", "vezelay", "89450", "7781234",
)  # fmt: skip

# Ids and hashes are random: any five digits turn up in them sooner or later.
RANDOM = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b|\\x[0-9a-f]{16,}")


def anonymise(store: Store, *customers: Customer) -> Outcome:
    ids = [one.pk for one in customers]
    return services.anonymise_customers(store=store, ids=ids, inputs={}, actor=ME, now=NOW, change_set=None)


def every_row() -> Iterator[tuple[str, str]]:
    """Each row of each table of the database as text: what a dump holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT row::text FROM {table} AS row")
            for (row,) in cursor.fetchall():
                yield table, row


def found_in(text: str) -> list[str]:
    text = RANDOM.sub("", text.lower())
    written = {form for one in TRACES for form in (one, quote(one).lower(), json.dumps(one)[1:-1].lower())}
    return sorted(form for form in written if form in text)


def readable(content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16."""
    return content.replace(b"\x00", b"").decode("utf-8", "replace")


def traces_left(folder: Path) -> list[tuple[str, list[str], str]]:
    """Where anything of the person is still to be found, in the database and among the files."""
    left = [(table, found, row) for table, row in every_row() if (found := found_in(row))]
    for file in folder.rglob("*"):
        if file.is_file() and (found := found_in(readable(file.read_bytes()))):
            left.append((file.name, found, ""))
    return left


def write_down_everywhere(store: Store, owner: Someone) -> Customer:
    """A customer who was imported, edited, noted, tagged, exported, searched, mailed, and acted on by a query."""
    context = Context(store=store, actor=owner.actor, now=NOW)
    resource = get_resource("customers")
    asked: dict[str, Any] = {"store": store, "actor": owner.actor, "now": NOW}
    rows = (
        "email,first name,last name,phone,external id\n"
        f"{MAIL},Zeb,Quartermaine,06 98 76 54 32,CRM-7781234\n"
        f"{MAIL.upper()},Zebulon,Quartermaine,06.98.76.54.32,\n"
        "zeb@@löwenzahn,Zebulon,Quartermaine,+33 6 98 76 54 32,\n"
        "nora@example.com,Nora,Lind,,\n"
    )
    bring = {"store": store, "resource": resource, "actor": owner.actor, "now": NOW}
    transfers.import_now(file=io.BytesIO(rows.encode()), filename="zebulon_quartermaine.csv", **bring)
    waiting = transfers.start_import(file=io.BytesIO(rows.encode("utf-16")), filename="again.csv", **bring)
    execute_run(run_id=waiting.run_id)
    zeb = Customer.objects.get(external_id="CRM-7781234")
    edited = {name: value for name, value in FACTS.items() if name != "email"}
    services.edit_customer(customer_id=zeb.pk, values=edited, base_version=None, **asked)
    note = services.add_note(customer_id=zeb.pk, body="Zebulon called from 0033 6 98 76 54 32", **asked)
    services.edit_note(note_id=note.pk, body="Mr Quartermaine called", **asked)
    services.remove_note(note_id=note.pk, **asked)
    services.add_note(customer_id=zeb.pk, body=f"Mail to {MAIL}", **asked)
    place = services.add_address(
        customer_id=zeb.pk,
        values={"name": "Quartermaine", "address": "47 rue des Cerisiers", "city": "Vézelay"},
        **asked,
    )
    services.make_address_main(address_id=place.pk, **asked)
    inputs = {"level": "high_risk", "reason": "Zebulon again", "review": None}
    services.flag_customers(ids=[zeb.pk], inputs=inputs, change_set=None, **asked)
    for params in ({"where": f'email = "{MAIL}"'}, {"q": "zebulon quartermaine"}, {"q": "+33 698765432"}):
        query = query_from_params(resource, {"tab": "all", **params}, context, strict=True)
        assert taken_out(query, context).count(b"\n") == 2
    query = query_from_params(
        resource, {"tab": "all", "where": 'last_name = "Quartermaine"'}, context, strict=True
    )
    arguments = {
        "resource": "customers",
        "action": "add-tag",
        "inputs": {"tags": "zebulon-wedding"},
        "actor": {"kind": "staff", "id": str(owner.user.pk), "name": owner.actor.name},
        "query": dict(query.params()),
    }
    run = start_run(
        store=store, kind="resources.action", arguments=arguments, actor=owner.actor, enqueue=False
    )
    execute_run(run_id=run.pk)
    create_once(
        resource=resource, values={"first_name": "Nora"}, key=f"signup-{MAIL}", request=b"{}", context=context
    )
    OutboxMessage.objects.create(store=store, to=MAIL, subject="Hello", body="Dear Zebulon")
    OutboxMessage.objects.create(
        store=store, to="x@shop.test", subject="Report", body="From Zebulon Quartermaine"
    )
    return zeb


def test_no_byte_is_left_in_a_dump_nor_in_the_files(
    store: Store, owner: Someone, files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        zeb = write_down_everywhere(store, owner)
    named = {table.partition(".")[2] for table, _found, _row in traces_left(files)}
    assert named >= {
        "customers_customer", "customers_lookup", "customers_address", "customers_note", "timeline_event",
        "timeline_changeset", "jobs_run", "transfers_import", "transfers_importrow", "transfers_export",
        "resources_idempotencykey", "staff_outboxmessage",
    }  # fmt: skip
    assert len({name for name, _found, _row in traces_left(files) if "." not in name}) == 1, (
        "the waiting file"
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert anonymise(store, zeb).done == [zeb.pk]
    left = traces_left(files)
    assert left == [], left


def test_orders_figures_and_dates_stay_and_everything_personal_is_empty(store: Store) -> None:
    zeb = make_customer(store, **FACTS, birthdate="1980-05-04", country="FR", accepts_marketing=True)
    order = NewOrder(zeb.pk, "A-1", NOW, "completed", "online", 2, 1500)
    insert_orders(store=store, orders=[order])
    recount_figures(store=store)
    added = Customer.objects.get(pk=zeb.pk).created_at
    outcome = anonymise(store, zeb)
    zeb = Customer.objects.get(pk=zeb.pk)
    assert (zeb.state, zeb.number, zeb.orders_count, zeb.spent_minor) == ("anonymised", 1, 1, 1500)
    assert (zeb.created_at, zeb.version, zeb.name) == (added, 2, "#1")
    assert (zeb.email, zeb.email_key, zeb.search, zeb.tags, zeb.birthdate) == ("", "", "", [], None)
    assert (zeb.country, zeb.accepts_marketing) == ("", False)
    assert Order.objects.get().customer_id == zeb.pk
    event = Event.objects.get(key="customer.anonymised")
    assert (event.before, event.after) == ({"state": "active"}, {"state": "anonymised"})
    assert outcome.change_set == event.change_set_id
    assert make_customer(store, first_name="Zebulon", email=MAIL).pk != zeb.pk


def test_the_history_says_what_was_erased_but_not_what_it_was(store: Store) -> None:
    zeb = make_customer(store, **FACTS)
    services.edit_customer(
        store=store,
        customer_id=zeb.pk,
        values={"last_name": "Miller", "language": "fr"},
        base_version=None,
        actor=ME,
        now=NOW,
    )
    anonymise(store, zeb)
    edited = Event.objects.get(key="customer.edited")
    assert (edited.before, edited.after) == ({"language": ""}, {"language": "fr"})
    assert edited.data == {"erased": ["last_name"]}
    made = Event.objects.get(key="customer.created", record_id=zeb.pk)
    assert not made.after and "email" in made.data["erased"]


def test_others_keep_what_is_theirs(store: Store, other_store: Store) -> None:
    zeb = make_customer(store, **FACTS)
    twin = make_customer(store, first_name="Zebulon", last_name="Lind", phone="+33698765432")
    foreign = make_customer(other_store, **FACTS)
    kept = {one.pk: Customer.objects.filter(pk=one.pk).values().get() for one in (twin, foreign)}
    told = list(Event.objects.filter(record_id__in=kept).order_by("pk").values())
    anonymise(store, zeb, foreign)
    assert {one: Customer.objects.filter(pk=one).values().get() for one in kept} == kept
    assert list(Event.objects.filter(record_id__in=kept).order_by("pk").values()) == told


def test_notes_about_others_lose_what_names_the_person_for_certain(store: Store, owner: Someone) -> None:
    zeb = make_customer(store, **FACTS)
    other = make_customer(store, first_name="Ida", note=f"Partner of {MAIL.upper()}, likes 100%_wool")
    quiet = make_customer(store, first_name="Ole", note="Zebulon is a nice name")
    asked: dict[str, Any] = {"store": store, "actor": owner.actor, "now": NOW}
    body = "Came with zebulon QUARTERMAINE, call 0698 76.54.32 or +33 6 98 76 54 32"
    services.add_note(customer_id=other.pk, body=body, **asked)
    services.add_note(customer_id=quiet.pk, body="Nothing about anybody", **asked)
    kept = Customer.objects.filter(pk=quiet.pk).values().get()
    anonymise(store, zeb)
    assert Note.objects.get(customer_id=other.pk).body == "Came with …, call … or …"
    assert Customer.objects.get(pk=other.pk).note == "Partner of …, likes 100%_wool"
    assert Customer.objects.filter(pk=quiet.pk).values().get() == kept
    told = json.dumps([[event.before, event.after] for event in Event.objects.filter(record_id=other.pk)])
    assert "quartermaine" not in told.lower() and "76" not in told and "Came with" in told


def test_it_is_final(store: Store) -> None:
    zeb = make_customer(store, **FACTS)
    asked: dict[str, Any] = {"store": store, "actor": ME, "now": NOW}
    services.edit_customer(customer_id=zeb.pk, values={"city": "Lyon"}, base_version=None, **asked)
    edited = Event.objects.get(key="customer.edited")
    assert anonymise(store, zeb).done and anonymise(store, zeb).skipped == {zeb.pk: "is anonymised"}
    before = Customer.objects.filter(pk=zeb.pk).values().get()
    values = {"first_name": "Zebulon"}
    with pytest.raises(Final):
        services.edit_customer(customer_id=zeb.pk, values=values, base_version=None, **asked)
    with pytest.raises(Final):
        services.add_note(customer_id=zeb.pk, body="It was Zebulon", **asked)
    with pytest.raises(Final):
        services.add_address(customer_id=zeb.pk, values={"city": "Vézelay"}, **asked)
    undone = rehearse_undo(change_set_id=edited.change_set_id, **asked)
    assert (undone.done, undone.left) == ([], {zeb.pk: "was anonymised"})
    assert Customer.objects.filter(pk=zeb.pk).values().get() == before


def test_archived_ones_and_very_many_in_one_act_of_the_worker(store: Store) -> None:
    rows = [{"first_name": f"Zebulon{at}", "email": f"z{at}@example.com"} for at in range(1201)]
    ids = services.insert_customers(store=store, records=rows, now=NOW)
    Customer.objects.filter(pk__in=ids[:300]).update(state="archived")
    context = Context(store=store, actor=ME, now=NOW)
    resource = get_resource("customers")
    query = query_from_params(resource, {"tab": "all", "where": "first_name contains zebulon"}, context)
    performed = perform(
        resource=resource,
        name="anonymise",
        selection=Selection(query=query),
        raw_inputs={},
        context=context,
        wait=True,
    )
    assert performed.run is not None
    run = execute_run(run_id=performed.run.pk)
    assert (run.state, run.counts["done"]) == ("done", 1201)
    assert Customer.objects.filter(state="anonymised", email_key="", search="").count() == 1201
    assert Event.objects.filter(key="customer.anonymised").values("change_set_id").distinct().count() == 1


def test_a_run_forgets_what_it_was_asked_for_when_it_ends(store: Store, owner: Someone) -> None:
    zeb = make_customer(store, **FACTS)
    who = {"kind": "staff", "id": str(owner.user.pk), "name": owner.actor.name}
    arguments = {
        "resource": "customers",
        "action": "archive",
        "inputs": {},
        "actor": who,
        "query": {"tab": "all", "where": f'email = "{MAIL}"'},
    }
    waiting = start_run(store=store, kind="resources.action", arguments=arguments, actor=ME, enqueue=False)
    anonymise(store, zeb)
    assert Run.objects.get(pk=waiting.pk).arguments["query"] == arguments["query"]
    assert execute_run(run_id=waiting.pk).state == "done"
    arguments = Run.objects.get(pk=waiting.pk).arguments
    assert arguments == {"resource": "customers", "action": "archive", "actor": who, "forgotten": True}
    with pytest.raises(Forgotten):
        retry_run(store=store, run_id=waiting.pk)


def test_an_import_under_way_that_would_bring_them_back_is_waited_for(store: Store, owner: Someone) -> None:
    zeb = make_customer(store, **FACTS)
    rows = f"email,first name\n{MAIL},Zebulon\n"
    transfers.start_import(
        store=store,
        resource=get_resource("customers"),
        file=io.BytesIO(rows.encode()),
        filename="a.csv",
        actor=owner.actor,
        now=NOW,
    )
    with pytest.raises(ImportUnderWay, match=r"The import of a\.csv is under way"):
        anonymise(store, zeb)
    assert Customer.objects.get(pk=zeb.pk).first_name == "Zebulon"
    assert anonymise(store, make_customer(store, first_name="Nora")).done


def test_a_waiting_file_goes_only_when_it_names_somebody(store: Store, owner: Someone, files: Path) -> None:
    rows = "email,first name\nnora@example.com,Nora\n"
    view = transfers.start_import(
        store=store,
        resource=get_resource("customers"),
        file=io.BytesIO(rows.encode()),
        filename="a.csv",
        actor=owner.actor,
        now=NOW,
    )
    execute_run(run_id=view.run_id)
    anonymise(store, make_customer(store, **FACTS))
    assert default_storage.exists(Import.objects.get().stored_as)
    assert ImportRow.objects.count() == 1


def test_finished_jobs_of_the_queue_that_name_them_go(store: Store) -> None:
    zeb = make_customer(store, **FACTS)
    job_id = queue.configure_task("staff.send_reset_link", allow_unknown=True).defer(email=MAIL)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job_id])
    anonymise(store, zeb)
    assert not ProcrastinateJob.objects.filter(pk=job_id).exists()


def test_records_that_were_merged_into_it_are_forgotten_too(
    store: Store, owner: Someone, files: Path
) -> None:
    zeb = make_customer(store, first_name="Nobody", email="nobody@example.com")
    (lost,) = services.insert_customers(store=store, records=[FACTS], now=NOW)
    twin = Customer.objects.get(pk=lost)
    asked: dict[str, Any] = {"store": store, "actor": owner.actor, "now": NOW}
    services.edit_customer(customer_id=twin.pk, values={"city": "Lyon"}, base_version=None, **asked)
    merge_customers(survivor_id=zeb.pk, loser_ids=[twin.pk], choices={}, **asked)
    context = Context(store=store, actor=owner.actor, now=NOW)
    query = query_from_params(get_resource("customers"), {"where": f'email = "{MAIL}"'}, context, strict=True)
    taken_out(query, context)
    assert {"duplicates_kept", "timeline_event", "transfers_export"} <= {
        table.partition(".")[2] for table, _found, _row in traces_left(files)
    }
    anonymise(store, zeb)
    left = traces_left(files)
    assert left == [], left


def test_who_was_blocked_stays_blocked_though_nothing_says_who_it_was(store: Store, owner: Someone) -> None:
    zeb = make_customer(store, **FACTS)
    asked: dict[str, Any] = {"store": store, "actor": owner.actor, "now": NOW}
    inputs = {"reason": "Zebulon returns used shoes", "reason_shown": "", "expires": None}
    block_customers(ids=[zeb.pk], inputs=inputs, change_set=None, **asked)
    before = may_register(store=store, email=MAIL, now=NOW)
    assert not before.allowed
    anonymise(store, zeb)
    left = traces_left(Path("/nonexistent"))
    assert left == [], left
    for email in (MAIL, MAIL.lower()):
        assert not may_register(store=store, email=email, now=NOW).allowed
    assert not may_register(store=store, phone="06 98 76 54 32", now=NOW).allowed
    assert may_register(store=store, email="nora@example.com", phone="+33611111111", now=NOW).allowed


def test_the_preview_says_what_goes_what_stays_and_for_whom(store: Store) -> None:
    zeb, done = make_customer(store, **FACTS), make_customer(store, state="anonymised")
    services.add_note(store=store, customer_id=zeb.pk, body="x", actor=ME, now=NOW)
    insert_orders(store=store, orders=[NewOrder(zeb.pk, "A-1", NOW, "completed", "online", 2, 1500)])
    said = services.preview_anonymise(
        store=store, ids=[zeb.pk, done.pk], count=2, inputs={}, actor=ME, now=NOW
    )
    assert said[0].startswith("Zebulon Quartermaine: name, e-mail, phone, addresses")
    assert said[1:] == [
        "1 note: removed.",
        "1 order: kept, without saying whose they were.",
        "Number, group, figures and the dates of what happened stay, so that reports keep their sums.",
        "1 anonymised already: left as they are.",
    ]


def test_an_anonymised_customer_is_no_likely_duplicate_and_has_no_review(store: Store) -> None:
    zeb = make_customer(store, **FACTS)
    inputs = {"level": "monitor", "reason": "Zebulon", "review": None}
    services.flag_customers(store=store, ids=[zeb.pk], inputs=inputs, actor=ME, now=NOW, change_set=None)
    anonymise(store, zeb)
    zeb.refresh_from_db()
    assert (zeb.flag, zeb.flag_reason) == ("none", "")
    assert queries.find_likely_duplicates(store=store, values={"email": MAIL, "phone": "+33698765432"}) == []


def test_a_domain_of_their_own_leaves_the_block_list_too(store: Store, owner: Someone) -> None:
    zeb = make_customer(store, **FACTS)
    asked: dict[str, Any] = {"store": store, "actor": owner.actor, "now": NOW}
    add_rule(rule=NewRule(kind="email", value=MAIL, reason="Returns"), **asked)
    for attempt in (MAIL, "zu@" + MAIL.rpartition("@")[2], MAIL):
        may_register(store=store, email=attempt, now=NOW)
    anonymise(store, zeb)
    left = traces_left(Path("/nonexistent"))
    assert left == [], left
    assert not may_register(store=store, email=MAIL, now=NOW).allowed
