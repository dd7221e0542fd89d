"""Rules come in from files and go out; each line that cannot be taken says why."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.blocklist.models import Key, Rule
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import NotAllowed
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import queries, services
from regulars.transfers.queries import ImportView
from tests.blocklist.conftest import ME, make_rule
from tests.factories import NOW, make_customer
from tests.shared import naughty_strings, taken_out
from tests.transfers.conftest import _uploads  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
COLUMNS = ("value", "kind", "list", "mode", "reason", "reason_shown", "expires")


def bring(store: Store, content: str, actor: Actor = ME) -> ImportView:
    return services.import_now(
        store=store, resource=get_resource("blocks"), file=io.BytesIO(content.encode()), filename="rules.csv",
        actor=actor, now=NOW,
    )  # fmt: skip


def take_out(store: Store, actor: Actor = ME) -> str:
    context = Context(store=store, actor=actor, now=NOW)
    query = query_from_params(
        get_resource("blocks"), {"tab": "all", "columns": ",".join(COLUMNS)}, context, strict=True
    )
    return taken_out(query, context).decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sentences(store: Store, done: ImportView) -> list[tuple[int, str]]:
    found = queries.failures(store=store, import_id=done.id)
    return [(one.line, one.sentence) for one in found]


FILE = """value,kind,reason,expires,list
jane.doe@gmail.com,email,Chargebacks,2027-12-31,block
*.spam.test,domain,,,
203.0.113.7/24,,Card testing,,block
+33612345678,,,,block
partner.test,domain,Partners,,trust
not an address,email,,,
0.0.0.0/0,ip,,,
b@c.test,email,,2020-01-01,
x@y.test,email,,,grey
JaneDoe+1@googlemail.com,email,other,,block
"""


def test_a_file_is_taken_line_by_line(store: Store) -> None:
    make_customer(store, email="JaneDoe@gmail.com")
    make_customer(store, email="a@mail.spam.test")
    done = bring(store, FILE)
    assert (done.counts["new"], done.not_taken) == (5, 5)
    told = dict(sentences(store, done))
    assert sorted(told) == [7, 8, 9, 10, 11]
    assert "Line 2" in told[11] and "every address" in told[8] and "past" in told[9]
    kinds = sorted(Rule.objects.values_list("kind", "masked"))
    assert kinds == [
        ("domain", "*.spam.test"), ("domain", "partner.test"), ("email", "j…@gmail.com"),
        ("ip", "203.0…") if ("ip", "203.0…") in kinds else ("ip", "203.0.…"), ("phone", "+336…78"),
    ]  # fmt: skip
    assert Customer.objects.filter(blocked=True).count() == 2
    jane = Rule.objects.get(kind="email")
    assert jane.expires_at is not None and jane.expires_at.isoformat() == "2027-12-31T23:00:00+00:00"


def test_a_second_time_changes_only_what_differs(store: Store) -> None:
    bring(store, FILE)
    again = bring(store, FILE.replace("Chargebacks", "Fraud"))
    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (0, 1, 4)
    assert Rule.objects.get(kind="email").reason == "Fraud"
    act = ChangeSet.objects.filter(store=store).order_by("-pk").first()
    assert act is not None
    undo_change_set(store=store, change_set_id=act.pk, actor=ME, now=NOW)
    assert Rule.objects.get(kind="email").reason == "Chargebacks"


def test_what_leaves_comes_back_as_it_was(store: Store, other_store: Store) -> None:
    bring(store, FILE)
    make_rule(store, "domain", "münchen.example", mode="shadow", reason="=1+1", reason_shown="a, “b”")
    customer = make_customer(store, email="x@y.test")
    make_rule(store, "customer", f"#{customer.number}")
    text = take_out(store)
    there = make_customer(other_store, first_name="Somebody", number=customer.number)
    done = bring(other_store, text)
    assert done.counts["failed"] == 0 and done.counts["new"] == 7
    mine, theirs = (
        {tuple(row[one] for one in COLUMNS) for row in rows(take_out(s))} for s in (store, other_store)
    )
    assert mine == theirs and Rule.objects.get(store=other_store, kind="customer").customer_id == there.pk


def test_an_import_can_be_undone(store: Store) -> None:
    make_customer(store, email="jane.doe@gmail.com")
    bring(store, FILE)
    act = ChangeSet.objects.filter(store=store).order_by("-pk").first()
    assert act is not None
    assert undo_change_set(store=store, change_set_id=act.pk, actor=ME, now=NOW).left == {}
    assert Rule.objects.filter(removed_at=None).count() == 0
    assert Customer.objects.filter(blocked=True).count() == 0


def test_naughty_strings_neither_break_nor_change_anything_else(store: Store) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["value", "kind", "reason"])
    for text in naughty_strings():
        writer.writerow([storable(text), "email", storable(text)])
    done = bring(store, lines.getvalue())
    assert done.state == "done" and done.counts["total"] == len(naughty_strings())


def test_a_long_file_asks_the_database_by_the_batch(store: Store) -> None:
    lines = ["value,kind,reason"]
    lines += [f"p{number}@spam{number % 7}.test,email,r{number}" for number in range(7000)]
    lines += [f"d{number}.test,domain," for number in range(2000)]
    lines += [f"10.{number // 250}.{number % 250}.1,ip," for number in range(900)]
    lines += ["broken"] * 100
    for number in range(20):
        make_customer(store, email=f"p{number}@spam{number % 7}.test")
    with CaptureQueriesContext(connection) as asked:
        done = bring(store, "\n".join(lines))
    assert len(asked) < 120  # a line of its own would cost at least one statement
    assert (done.counts["new"], done.counts["failed"]) == (9900, 100)
    assert Rule.objects.count() == 9900 and Key.objects.count() == 9000
    assert Customer.objects.filter(blocked=True).count() == 20


def test_a_file_without_values_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="No column says"):
        bring(store, "reason,list\nx,block\n")


def test_only_who_may_take_rules_out_does(store: Store, clerk: Any, manager: Any) -> None:
    make_rule(store, "email", "jane.doe@spam.test")
    assert "jane.doe@spam.test" in take_out(store, manager.actor)
    with pytest.raises(NotAllowed):
        take_out(store, clerk.actor)
