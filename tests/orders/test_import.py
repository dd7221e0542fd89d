"""Orders come in with a file: which order a row is, whose it is, what it changes, and taking it all back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from regulars.customers.models import Customer
from regulars.invoices.models import Invoice
from regulars.invoices.services import invoice_orders
from regulars.kit.errors import Invalid, NotAllowed, Refused
from regulars.orders import events
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment, Return
from regulars.orders.services import cancel_orders, move_orders, record_payment, recount_figures, return_items
from regulars.orders.services.late import around_many, recount_all
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import queries
from regulars.transfers import services as transfers
from regulars.transfers.services import work
from tests.factories import NOW, actor_of, make_customer, make_person
from tests.orders.bringing import bring, the_order, told, wrong
from tests.orders.making import TESTS, make_order
from tests.transfers.test_plan import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(files: object) -> None:
    """Uploads land in a folder of the test."""


def undo(store: Store, view: object) -> object:
    return undo_change_set(store=store, change_set_id=view.change_set_id, actor=TESTS, now=NOW)  # type: ignore[attr-defined]


class TestWhichOrder:
    def test_a_second_time_changes_nothing(self, store: Store) -> None:
        text = "number,external id,date,customer email,total\n#1,a,2026-01-02,a@x.fr,10.00\n2,b,2026-01-03,b@x.fr,20\n"
        assert told(bring(store, text)) == {"new": 2}
        assert told(bring(store, text)) == {"same": 2}
        assert Customer.objects.count() == 2
        assert set(Order.objects.values_list("number", "external_id")) == {("1", "a"), ("2", "b")}

    def test_rows_that_name_no_order_are_orders_of_their_own(self, store: Store) -> None:
        view = bring(store, "date,customer email,total\n" + "2026-01-02,a@x.fr,10\n" * 3)
        assert told(view) == {"new": 3}
        buyer = Customer.objects.get()
        assert (buyer.orders_count, buyer.spent_minor) == (3, 3000)
        assert sorted(Order.objects.values_list("number", flat=True)) == ["1", "2", "3"]

    ALIKE = "date,customer email,total,items\n2026-01-02,a@x.fr,10,1\n2026-01-02,a@x.fr,10,1\n2026-01-02,b@x.fr,20,2\n"

    @pytest.mark.parametrize("batch", [1, 2, 5000])
    def test_a_file_without_ids_changes_nothing_a_second_time(
        self, store: Store, batch: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "BATCH_ROWS", batch)
        assert told(bring(store, self.ALIKE)) == {"new": 3}
        assert told(bring(store, self.ALIKE, dry_run=True)) == {"same": 3}
        assert told(bring(store, self.ALIKE)) == {"same": 3}
        assert Customer.objects.get(email="a@x.fr").spent_minor == 2000

    @pytest.mark.parametrize("batch", [1, 2, 5000])
    def test_as_many_as_there_are_more_are_new(
        self, store: Store, batch: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "BATCH_ROWS", batch)
        bring(store, self.ALIKE)
        more = f"{self.ALIKE}2026-01-02,a@x.fr,10,1\n2026-01-02,b@x.fr,20,3\n2026-01-03,b@x.fr,20,2\n"
        assert told(bring(store, more, dry_run=True)) == {"same": 3, "new": 3}
        assert told(bring(store, more)) == {"same": 3, "new": 3}
        assert told(bring(store, more, mode="create")) == {"skipped": 6}
        assert Customer.objects.get(email="a@x.fr").spent_minor == 3000

    def test_orders_of_one_moment_differ_by_their_lines(self, store: Store) -> None:
        line = '"[{{""title"":""{}"",""price"":""4.50""}}]"'
        head = "date,customer email,lines\n"
        rows = [f"2026-01-02,a@x.fr,{line.format(title)}\n" for title in ("Tea", "Mug")]
        bring(store, head + rows[0])
        assert told(bring(store, head + "".join(rows))) == {"same": 1, "new": 1}

    def test_the_number_finds_an_order_that_has_no_id_yet(self, store: Store) -> None:
        bring(store, "number,date,customer email,total\n7,2026-01-02,a@x.fr,10\n")
        assert told(bring(store, "number,id,date,customer email,total\n7,x7,2026-01-02,a@x.fr,10\n")) == {
            "changed": 1
        }
        assert the_order(store, "7").external_id == "x7"

    def test_the_same_number_from_two_systems_waits_for_a_person(self, store: Store) -> None:
        bring(store, "number,id,date,customer email,total\n7,x,2026-01-02,a@x.fr,10\n")
        text = "number,id,date,customer email,total\n7,y,2026-02-02,b@x.fr,30\n"
        view = bring(store, text, dry_run=True)
        assert told(view) == {"clash": 1}
        transfers.settle_row(store=store, import_id=view.id, line=2, choice="apart", actor=TESTS, now=NOW)
        assert told(run(store, view)) == {"new": 1}
        assert set(Order.objects.values_list("number", "external_id")) == {("7", "x"), ("8", "y")}

    def test_the_number_of_another_system_without_ids_waits_too(self, store: Store) -> None:
        make_order(store, number="7", email="a@x.fr", source="shop", lines=(), total_minor=1000)
        text = "number,date,customer email,total\n7,2024-02-02,b@x.fr,30\n"
        view = bring(store, text, dry_run=True)
        assert told(view) == {"clash": 1}
        transfers.settle_row(store=store, import_id=view.id, line=2, choice="same", actor=TESTS, now=NOW)
        assert told(queries.get_import(store=store, import_id=view.id)) == {"changed": 1}

    def test_id_and_number_of_two_orders_are_refused(self, store: Store) -> None:
        bring(
            store, "number,id,date,customer email,total\n1,x,2026-01-02,a@x.fr,10\n2,y,2026-01-02,a@x.fr,10\n"
        )
        view = bring(store, "number,id,date,total\n2,x,2026-01-02,10\n")
        assert told(view) == {"failed": 1}
        assert "belongs to order 1" in wrong(store, view)[0]

    def test_two_rows_about_one_order_wait_for_a_person(self, store: Store) -> None:
        head = "number,date,customer email,total\n"
        assert told(bring(store, f"{head}1,2026-01-02,a@x.fr,10\n1,2026-01-02,a@x.fr,11\n")) == {
            "new": 1,
            "clash": 1,
        }
        text = f"{head}5,2026-01-02,a@x.fr,10\n5,2026-01-02,a@x.fr,11\n"
        assert told(bring(store, text, twins="last")) == {"new": 1, "changed": 1}
        assert the_order(store, "5").total_minor == 1100

    def test_numbers_given_later_are_above_those_of_the_file(self, store: Store) -> None:
        bring(
            store,
            "number,date,customer email,total\n,2026-01-02,a@x.fr,1\n41,2026-01-02,a@x.fr,2\nW-9,2026-01-02,a@x.fr,3\n",
        )
        numbers = dict(Order.objects.values_list("total_minor", "number"))
        assert numbers == {100: "42", 200: "41", 300: "W-9"}
        assert make_order(store, email="a@x.fr").number == "43"


class TestWhose:
    HEAD = "date,total,customer,customer external id,customer email,phone,customer name\n"

    @pytest.mark.parametrize(
        ("row", "who"),
        [
            (",7,,,", "Ida"), (",7,mail@x.fr,+33612345678,", "Ida"), (",8,MAIL@x.fr,,", "Mel"),
            (",,,06 12 34 56 78,", "Phil"), (",,new@x.fr,+33612345678,", "Phil"), ("{nora},,,,", "Nora"),
            ("{nora},,,,Somebody Else", "Somebody"), (",,,,nora", "Nora"), (",,,nonsense,Zoe", "Zoe"),
            ("{ida},,mail@x.fr,,", "Mel"), (",9,guest@x.fr,,Gus Guest", "Gus"),
        ],
    )  # fmt: skip
    def test_is_found_by_what_the_row_says(self, store: Store, row: str, who: str) -> None:
        ida = make_customer(store, first_name="Ida", external_id="7")
        make_customer(store, first_name="Mel", email="mail@x.fr")
        make_customer(store, first_name="Phil", phone="+33612345678")
        nora = make_customer(store, first_name="Nora")
        text = f"{self.HEAD}2026-01-02,5,{row.format(ida=ida.number, nora=nora.number)}\n"
        assert told(bring(store, text, dry_run=True)) == {"new": 1}
        assert told(bring(store, text)) == {"new": 1}
        assert Order.objects.get().customer.first_name == who
        made = 0 if who in ("Ida", "Mel", "Phil", "Nora") else 1
        assert Customer.objects.count() == 4 + made

    def test_a_guest_is_made_once_with_what_is_known(self, store: Store) -> None:
        rows = "2025-05-06,5,,9,guest@x.fr,,Ada van Dyk\n2025-04-01,6,,9,,,\n2025-07-01,7,,,GUEST@x.fr,,\n"
        assert told(bring(store, self.HEAD + rows)) == {"new": 3}
        guest = Customer.objects.get()
        assert (guest.first_name, guest.last_name, guest.email, guest.external_id) == (
            "Ada van",
            "Dyk",
            "guest@x.fr",
            "9",
        )
        assert (guest.orders_count, guest.spent_minor, guest.source) == (3, 1800, "import")
        assert guest.first_order_at == datetime(2025, 4, 1, tzinfo=store.zone)

    def test_a_phone_that_two_have_is_nobodys(self, store: Store) -> None:
        for name in ("Ada", "Bea"):
            make_customer(store, first_name=name, phone="+33612345678")
        rows = "".join(f"2026-01-02,5,,,,+33612345678,{name}\n" for name in ("Bea", "Cleo", "Cleo"))
        bring(store, self.HEAD + rows)
        found = Order.objects.order_by("number").values_list("customer__first_name", flat=True)
        assert list(found) == ["Bea", "Cleo", "Cleo"]
        assert Customer.objects.count() == 3

    @pytest.mark.parametrize(
        ("row", "word"), [("2026-01-02,5,,,,,", "whose order"), ("2026-01-02,5,99,,,,", "the number 99")]
    )
    def test_somebody_has_to_be_said(self, store: Store, row: str, word: str) -> None:
        view = bring(store, f"{self.HEAD}{row}\n2026-01-02,5,,,a@x.fr,,\n")
        assert told(view) == {"new": 1, "failed": 1}
        assert word in wrong(store, view)[0]

    def test_an_order_that_was_moved_stays_where_it_is(self, store: Store) -> None:
        text = "number,date,customer email,total\n1,2026-01-02,a@x.fr,10\n"
        bring(store, text)
        nora = make_customer(store, first_name="Nora")
        order = the_order(store, "1")
        move_orders(
            store=store, ids=[order.pk], inputs={"customer": nora.pk}, actor=TESTS, now=NOW, change_set=None
        )
        assert told(bring(store, text)) == {"same": 1}
        assert the_order(store, "1").customer == nora


class TestWhatItSays:
    def test_words_and_sums(self, store: Store) -> None:
        bring(
            store,
            "number,date,customer email,status,channel,total,discount,shipping,refunded,paid,items\n"
            "1,2026-01-02,a@x.fr,wc-completed,POS,30.00,2.00,5.00,10.00,yes,4\n"
            "2,2026-01-02,a@x.fr,on-hold,web,30.00,,,,,\n"
            "3,2026-01-02,a@x.fr,refunded,web,30.00,,,,,\n"
            "4,2026-01-02,a@x.fr,canceled,web,30.00,,,,,\n",
        )
        found = Order.objects.order_by("number").values_list(
            "status",
            "channel",
            "total_minor",
            "discount_minor",
            "shipping_minor",
            "returned_minor",
            "paid_minor",
            "due_minor",
        )
        assert list(found) == [
            ("completed", "in_store", 3000, 200, 500, 1000, 2000, 0),
            ("open", "online", 3000, 0, 0, 0, 0, 3000),
            ("completed", "online", 3000, 0, 0, 3000, 0, 0),
            ("cancelled", "online", 3000, 0, 0, 0, 0, 0),
        ]
        buyer = Customer.objects.get()
        assert (buyer.orders_count, buyer.spent_minor, buyer.returned_minor) == (3, 5000, 4000)

    def test_what_is_paid_and_given_back_is_the_sum_of_its_rows(self, store: Store) -> None:
        bring(
            store,
            "date,customer email,total,refunded,paid\n2026-01-02,a@x.fr,30,10,5\n2026-01-02,a@x.fr,9,,9\n",
        )
        for order in Order.objects.all():
            paid = Payment.objects.filter(order=order).aggregate(sum=Sum("amount_minor"))["sum"] or 0
            back = Return.objects.filter(order=order).aggregate(sum=Sum("refund_minor"))["sum"] or 0
            assert (order.paid_minor, order.returned_minor) == (paid, back)

    def test_lines_become_the_order(self, store: Store) -> None:
        bring(
            store,
            "number,date,customer email,lines\n1,2026-01-02,a@x.fr,"
            '"[{""title"":""Tea"",""quantity"":2,""price"":""4.50""}]"\n',
        )
        order = the_order(store, "1")
        assert (order.total_minor, order.items_count) == (900, 2)
        assert list(OrderLine.objects.values_list("title", "quantity", "total_minor")) == [("Tea", 2, 900)]

    @pytest.mark.parametrize(
        ("column", "cell", "word"),
        [
            ("currency", "USD", "counts in EUR"), ("total", "-5", "less than 0"), ("items", "-1", "between 0"),
            ("returned", "50", "came to"), ("status", "whatever", "no status"), ("date", "2031-01-01", "future"),
            ("date", "", "when the order was placed"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong(self, store: Store, column: str, cell: str, word: str) -> None:
        row = {"date": "2026-01-02", "customer email": "a@x.fr", "total": "10", "status": "open"} | {
            column: cell
        }
        good = {
            "date": "2026-01-02",
            "customer email": "b@x.fr",
            "total": "10",
            "status": "open",
            "number": "77",
        }
        names = list({**good, **row})
        lines = [names, *([one.get(name, "") for name in names] for one in (row, good))]
        view = bring(store, "\n".join(",".join(one) for one in lines))
        assert told(view) == {"new": 1, "failed": 1}
        assert word in wrong(store, view)[0]

    def test_commission_is_that_of_the_day_and_the_customer(self, store: Store) -> None:
        store.commission_percent = Decimal(10)
        store.save(update_fields=["commission_percent"])
        make_customer(store, first_name="Ida", external_id="7", commission_reduction=50)
        bring(store, "date,total,customer external id\n2026-01-02,100,7\n2026-01-02,100,8\n")
        assert sorted(Order.objects.values_list("commission_minor", flat=True)) == [500, 1000]


class TestChanges:
    HEAD = "number,date,customer email,status,total,paid,refunded,note\n"

    def test_a_later_file_brings_what_happened_since(self, store: Store) -> None:
        bring(store, f"{self.HEAD}1,2026-01-02,a@x.fr,open,30,,,first\n")
        view = bring(store, f"{self.HEAD}1,2026-01-02,a@x.fr,completed,30,yes,10,\n")
        assert told(view) == {"changed": 1}
        order = the_order(store, "1")
        assert (order.status, order.paid_minor, order.returned_minor, order.note) == (
            "completed",
            2000,
            1000,
            "first",
        )
        assert order.customer.spent_minor == 2000
        assert told(bring(store, f"{self.HEAD}1,2026-01-02,a@x.fr,completed,30,yes,10,\n")) == {"same": 1}
        done = undo(store, view)
        assert not done.left  # type: ignore[attr-defined]
        order = the_order(store, "1")
        assert (order.status, order.paid_minor, order.returned_minor) == ("open", 0, 0)
        assert order.customer.spent_minor == 3000

    def test_money_is_never_taken_back_by_a_file(self, store: Store) -> None:
        bring(store, f"{self.HEAD}1,2026-01-02,a@x.fr,completed,30,yes,10,\n")
        assert told(bring(store, f"{self.HEAD}1,2026-01-02,a@x.fr,completed,30,0,0,\n")) == {"same": 1}

    def test_a_total_that_its_lines_do_not_come_to_is_refused(self, store: Store) -> None:
        make_order(store, number="7", email="a@x.fr")
        view = bring(store, "number,date,total\n7,2026-03-02,30\n")
        assert told(view) == {"failed": 1}
        assert "has lines" in wrong(store, view)[0]


class TestPlan:
    HEAD = "number,date,customer email,status,total,items,note\n"
    ROW = "1,2026-01-02,a@x.fr,completed,30,2,first\n"
    OTHER = "1,2026-01-02,a@x.fr,cancelled,40,3,second\n2,2026-01-03,a@x.fr,open,5,1,\n"

    @pytest.mark.parametrize(
        ("plan", "counts", "facts"),
        [
            ({}, {"changed": 1, "new": 1}, ("cancelled", 4000, 3, "second")),
            ({"mode": "create"}, {"skipped": 1, "new": 1}, ("completed", 3000, 2, "first")),
            ({"mode": "update"}, {"changed": 1, "skipped": 1}, ("cancelled", 4000, 3, "second")),
            ({"policies": {"status": "ignore"}}, {"changed": 1, "new": 1}, ("completed", 4000, 3, "second")),
            ({"policies": {"note": "fill", "total": "ignore"}}, {"changed": 1, "new": 1},
                ("cancelled", 3000, 3, "first")),
            ({"policies": {"note": "append"}}, {"changed": 1, "new": 1}, ("cancelled", 4000, 3, "first\nsecond")),
        ],
    )  # fmt: skip
    def test_says_what_becomes_of_an_order_that_is_there(
        self, store: Store, plan: dict[str, Any], counts: dict[str, int], facts: tuple[Any, ...]
    ) -> None:
        bring(store, self.HEAD + self.ROW)
        assert told(bring(store, self.HEAD + self.OTHER, dry_run=True, **plan)) == counts
        assert told(bring(store, self.HEAD + self.OTHER, **plan)) == counts
        order = the_order(store, "1")
        assert (order.status, order.total_minor, order.items_count, order.note) == facts
        assert recount_figures(store=store) == 0

    @pytest.mark.parametrize("field", ["lines", "total", "items", "discount"])
    def test_an_order_stays_the_sum_of_its_lines(self, store: Store, field: str) -> None:
        head = "number,date,customer email,lines,total,items,discount,note\n"
        line = '"[{{""title"":""{}"",""price"":""{}""}}]"'
        bring(store, f"{head}1,2026-01-02,a@x.fr,{line.format('Tea', '4.50')},4.50,1,,\n")
        row = f"1,2026-01-02,a@x.fr,{line.format('Mug', '9.00')},8.00,1,1.00,new\n"
        text = head + row + row.replace("1,2026", "2,2026", 1)
        assert told(bring(store, text, policies={field: "ignore"})) == {"changed": 1, "new": 1}
        for order in Order.objects.all():
            lines = sum(OrderLine.objects.filter(order=order).values_list("total_minor", flat=True))
            assert lines - order.discount_minor + order.shipping_minor == order.total_minor
        changed = field == "items"  # which are as many
        assert (the_order(store, "1").total_minor, the_order(store, "1").note) == (
            800 if changed else 450,
            "new",
        )

    def test_nothing_is_added_to_lines(self, store: Store) -> None:
        with pytest.raises(Invalid, match="one value"):
            bring(store, "number,date,lines\n1,2026-01-02,[]\n", policies={"lines": "append"})

    def test_a_date_of_cancelling_does_not_cancel_where_the_status_stays(self, store: Store) -> None:
        bring(store, self.HEAD + self.ROW)
        text = "number,date,cancelled at\n1,2026-01-02,2026-01-05\n"
        assert told(bring(store, text, policies={"cancelled": "ignore"})) == {"same": 1}


class TestTakingBack:
    def test_takes_orders_and_their_guests(self, store: Store) -> None:
        known = make_customer(store, first_name="Ida", external_id="7")
        make_order(store, customer_id=known.pk)
        rows = "2026-01-02,30,7\n2026-01-02,20,8\n2026-01-03,10,8\n"
        view = bring(store, f"date,total,customer external id\n{rows}")
        assert Customer.objects.count() == 2
        assert not undo(store, view).left  # type: ignore[attr-defined]
        assert list(Customer.objects.values_list("pk", "orders_count", "spent_minor")) == [
            (known.pk, 1, 7000)
        ]
        assert (Order.objects.count(), Payment.objects.count()) == (1, 0)

    def test_leaves_those_alone_to_which_something_happened(self, store: Store) -> None:
        view = bring(store, "number,date,total,customer external id\n1,2026-01-02,30,7\n2,2026-01-02,20,8\n")
        return_items(
            store=store,
            order_id=the_order(store, "1").pk,
            quantities={},
            refund_minor=500,
            actor=TESTS,
            now=NOW,
        )
        left = undo(store, view).left  # type: ignore[attr-defined]
        assert left == {
            the_order(store, "1").pk: "something of it came back since",
            the_order(store, "1").customer_id: "has 1 order by now",
        }
        assert Order.objects.count() == Customer.objects.count() == 1

    def test_leaves_those_with_invoices_and_payments_and_says_why(self, store: Store) -> None:
        rows = "".join(f"{at},2026-01-02,30,7,Nora Field,open\n" for at in range(1, 6))
        view = bring(store, f"number,date,total,customer external id,customer name,status\n{rows}")
        first, second, third, fourth, _fifth = (the_order(store, str(at)) for at in range(1, 6))
        for one, issue in ((first, True), (second, False)):
            invoice_orders(
                store=store, ids=[one.pk], inputs={"issue": issue}, actor=TESTS, now=NOW, change_set=None
            )
        record_payment(
            store=store, order_id=third.pk, payment=PaymentFacts(amount_minor=500), actor=TESTS, now=NOW
        )
        cancel_orders(store=store, ids=[fourth.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
        number = Invoice.objects.get(source_id=first.pk).number
        left = undo(store, view).left  # type: ignore[attr-defined]
        assert left == {
            first.pk: f"is invoiced as {number}; cancel it and credit the invoice instead",
            second.pk: "has a draft of an invoice; discard that first",
            third.pk: "was paid since",
            fourth.pk: "was changed since",
            first.customer_id: "has 4 orders by now",
        }
        assert set(Order.objects.values_list("number", flat=True)) == {"1", "2", "3", "4"}
        assert recount_figures(store=store) == 0

    def test_leaves_an_order_written_down_by_hand_once_it_is_invoiced(self, store: Store) -> None:
        order = make_order(store, name="Nora")
        act = ChangeSet.objects.get(store=store, key=events.PLACED.key)
        invoice_orders(store=store, ids=[order.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
        left = undo_change_set(store=store, change_set_id=act.pk, actor=TESTS, now=NOW).left
        assert left == {order.pk: "has a draft of an invoice; discard that first"}


class TestManyAtOnce:
    def test_figures_are_counted_at_the_end_and_are_exact(self, store: Store) -> None:
        with around_many(store, 50_000):
            bring(
                store, "date,total,customer external id\n2026-01-02,30,7\n2026-01-02,20,8\n2026-01-03,10,8\n"
            )
            assert set(Customer.objects.values_list("spent_minor", flat=True)) == {0}
        assert set(Customer.objects.values_list("external_id", "spent_minor")) == {("7", 3000), ("8", 3000)}
        assert recount_figures(store=store) == 0

    def test_figures_are_counted_also_when_it_stops(self, store: Store) -> None:
        with pytest.raises(ValueError, match="stopped"), around_many(store, 50_000):
            bring(store, "date,total,customer external id\n2026-01-02,30,7\n")
            raise ValueError("stopped")
        assert Customer.objects.get().spent_minor == 3000

    def test_all_are_counted_slice_by_slice(self, store: Store) -> None:
        bring(
            store, "date,total,customer external id\n" + "".join(f"2026-01-02,1,{one}\n" for one in range(7))
        )
        Customer.objects.update(spent_minor=0, orders_count=0)
        assert recount_all(store=store, slice_size=2) == 7
        assert recount_all(store=store, slice_size=3) == 0


def test_who_may_not_import_is_refused(store: Store) -> None:
    clerk = actor_of(store, make_person(store, "clerk"))
    with pytest.raises(NotAllowed):
        transfers.start_import(
            store=store,
            resource=get_resource("orders"),
            file=None,
            filename="x",
            actor=clerk,
            now=NOW,  # type: ignore[arg-type]
        )


def test_a_file_without_orders_is_refused(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        bring(store, "colour,size\nred,1\n")
    assert "orders" in refusal.value.sentence
