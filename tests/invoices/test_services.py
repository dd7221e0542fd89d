"""An invoice from its draft to the last payment; what is refused changes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from regulars.invoices import queries, services
from regulars.invoices.models import Invoice, InvoicePayment, Line
from regulars.invoices.services import AlreadyInvoiced, CannotIssue, CannotPay, Issued, MoreThanDue
from regulars.invoices.sums import NewLine
from regulars.kit.errors import InvalidRecord
from regulars.kit.ids import new_id
from regulars.resources.conflicts import EditConflict
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import CannotUndo, undo_change_set
from tests.factories import NOW, make_customer
from tests.invoices.conftest import LINES, ME, act, make_draft, make_issued, pay

pytestmark = pytest.mark.django_db


def undo(store: Store, key: str) -> Any:
    event = Event.objects.filter(store=store, key=key).latest("id")
    return undo_change_set(store=store, change_set_id=event.change_set_id, actor=ME, now=NOW)


def edit(
    store: Store, invoice: Invoice, lines: Any = None, version: int | None = None, **values: Any
) -> Invoice:
    return services.edit_invoice(
        store=store,
        invoice_id=invoice.pk,
        values=values,
        lines=lines,
        base_version=version,
        actor=ME,
        now=NOW,
    )


class TestADraft:
    def test_is_billed_to_the_customer(self, store: Store) -> None:
        customer = make_customer(
            store,
            first_name="Ada",
            last_name="Lovelace",
            company="Analytics",
            email="ada@example.com",
            address="1 rue X",
            postcode="75001",
            city="Paris",
            country="FR",
        )
        draft = make_draft(store, customer_id=customer.pk, bill_name="")
        assert draft.bill_name == "Analytics" and draft.email == "ada@example.com"
        assert draft.bill_address == "Ada Lovelace\n1 rue X\n75001 Paris\nFR"
        assert (draft.total_minor, draft.net_minor + draft.tax_minor, draft.number) == (20999, 20999, "")

    def test_is_edited_and_that_is_undone(self, store: Store) -> None:
        draft = make_draft(store)
        edit(store, draft, lines=[NewLine(title="Case", price_minor=1000)], note="Thanks")
        fresh = queries.get_invoice(store=store, invoice_id=draft.pk)
        assert (fresh.total_minor, fresh.note, fresh.version) == (1000, "Thanks", 2)
        assert not undo(store, "invoice.edited").left
        fresh.refresh_from_db()
        titles = [line.title for line in queries.lines_of(store=store, invoice_id=draft.pk)]
        assert (fresh.total_minor, fresh.note, titles) == (20999, "", ["Phone", "Cable"])

    def test_counts_anew_when_prices_turn_net(self, store: Store) -> None:
        draft = edit(store, make_draft(store), prices_include_tax=False)
        assert (draft.net_minor, draft.total_minor) == (20999, 20999 + 4000 + 55)

    def test_loses_nothing_when_two_edit(self, store: Store) -> None:
        draft = make_draft(store)
        edit(store, draft, note="first", version=1)
        edit(store, draft, tracking_number="T1", version=1)
        with pytest.raises(EditConflict):
            edit(store, draft, note="second", version=1)
        assert Invoice.objects.get().note == "first"

    def test_is_discarded(self, store: Store) -> None:
        assert act(services.discard_drafts, store, make_draft(store)).done
        assert not Invoice.objects.exists() and not Line.objects.exists()

    @pytest.mark.parametrize(
        "lines",
        [
            [NewLine(title=" ")],
            [NewLine(title="x", price_minor=-1)],
            [NewLine(title="x", tax_percent=LINES[0].tax_percent * 6)],
            [NewLine(title="x")] * 501,
        ],
    )
    def test_refuses_lines_that_make_no_sense(self, store: Store, lines: list[NewLine]) -> None:
        with pytest.raises(InvalidRecord):
            make_draft(store, lines=lines)
        assert not Invoice.objects.exists()

    def test_is_made_once_of_an_order(self, store: Store) -> None:
        order = new_id()
        draft = make_draft(store, source="order", source_id=order, source_number="1001")
        with pytest.raises(AlreadyInvoiced) as refusal:
            make_draft(store, source="order", source_id=order)
        assert refusal.value.invoice_id == draft.pk
        services.issue_invoice(store=store, invoice_id=draft.pk, actor=ME, now=NOW)
        act(services.void_invoices, store, draft, reason="wrong")
        assert make_draft(store, source="order", source_id=order).pk != draft.pk
        assert undo(store, "invoice.voided").left == {draft.pk: "was replaced by another invoice"}


class TestIssuing:
    def test_gives_numbers_in_order_and_a_due_date(self, store: Store) -> None:
        drafts = [make_draft(store) for _ in range(3)]
        act(services.issue_invoices, store, *reversed(drafts))
        numbers = [Invoice.objects.get(pk=draft.pk).number for draft in drafts]
        assert numbers == ["INV-00001", "INV-00002", "INV-00003"]
        assert Invoice.objects.get(pk=drafts[0].pk).due_on == store.day_of(NOW) + timedelta(days=14)

    def test_leaves_no_gap_for_what_is_refused(self, store: Store) -> None:
        empty, nobody, good = make_draft(store, lines=()), make_draft(store, bill_name=""), make_draft(store)
        outcome = act(services.issue_invoices, store, empty, nobody, good)
        assert set(outcome.skipped.values()) == {"has no lines", "says nothing about who is billed"}
        assert Invoice.objects.get(pk=good.pk).sequence == 1
        with pytest.raises(CannotIssue, match="issued already"):
            services.issue_invoice(store=store, invoice_id=good.pk, actor=ME, now=NOW)
        assert make_issued(store).sequence == 2

    def test_freezes_what_it_says(self, store: Store) -> None:
        issued = make_issued(store)
        services.edit_settings(store=store, changes={"seller_name": "New name"}, actor=ME, now=NOW)
        for values, lines in (({"note": "x"}, None), ({}, [NewLine(title="Other", price_minor=1)])):
            with pytest.raises(Issued):
                edit(store, issued, lines=lines, **values)
        assert edit(store, issued, tracking_number="T1").tracking_number == "T1"
        issued.refresh_from_db()
        assert issued.seller["name"] == store.name and issued.total_minor == 20999

    def test_cannot_be_taken_back(self, store: Store) -> None:
        make_issued(store)
        with pytest.raises(CannotUndo, match="stays given"):
            undo(store, "invoice.issued")

    def test_each_store_counts_for_itself(self, store: Store, other_store: Store) -> None:
        assert make_issued(store).sequence == make_issued(other_store).sequence == 1

    def test_nothing_to_pay_is_paid(self, store: Store) -> None:
        assert make_issued(store, lines=[NewLine(title="Gift")]).state == "paid"


class TestPayments:
    def test_come_in_parts(self, store: Store) -> None:
        issued = make_issued(store)
        pay(store, issued, 5000)
        issued.refresh_from_db()
        assert (issued.state, issued.due_minor) == ("partly_paid", 15999)
        pay(store, issued)
        issued.refresh_from_db()
        assert (issued.state, issued.due_minor) == ("paid", 0)
        with pytest.raises(CannotPay, match="paid already"):
            pay(store, issued)

    def test_more_than_due_only_when_it_is_said(self, store: Store) -> None:
        issued = make_issued(store)
        with pytest.raises(MoreThanDue, match=r"€210\.00 is more than the €209\.99"):
            pay(store, issued, 21000)
        assert not InvoicePayment.objects.exists()
        pay(store, issued, 21000, accept_more=True)
        issued.refresh_from_db()
        assert (issued.state, issued.due_minor) == ("paid", -1)

    def test_are_taken_back(self, store: Store) -> None:
        issued = make_issued(store)
        pay(store, issued)
        assert not undo(store, "invoice.paid").left
        issued.refresh_from_db()
        assert (issued.state, issued.paid_minor) == ("open", 0) and not InvoicePayment.objects.exists()

    def test_the_same_key_counts_once(self, store: Store) -> None:
        issued = make_issued(store)
        assert pay(store, issued, 100, key="k").pk == pay(store, issued, 100, key="k").pk
        issued.refresh_from_db()
        assert issued.paid_minor == 100

    def test_refuse_what_cannot_be(self, store: Store) -> None:
        issued, draft = make_issued(store), make_draft(store)
        for amount, more in (
            (0, {}),
            (-5, {}),
            (5, {"method": "credit_note"}),
            (5, {"paid_on": date(2030, 1, 1)}),
        ):
            with pytest.raises(InvalidRecord):
                pay(store, issued, amount, **more)
        with pytest.raises(CannotPay, match="draft"):
            pay(store, draft)
        assert not InvoicePayment.objects.exists()

    def test_of_several_are_in_full(self, store: Store) -> None:
        ones = [make_issued(store), make_issued(store)]
        with pytest.raises(InvalidRecord):
            act(services.record_payments, store, *ones, amount=5, method="cash")
        outcome = act(services.record_payments, store, *ones, make_draft(store), method="cash")
        assert len(outcome.done) == 2 and len(outcome.skipped) == 1
        assert set(Invoice.objects.exclude(state="draft").values_list("state", flat=True)) == {"paid"}


class TestVoid:
    def test_keeps_the_number_and_says_why(self, store: Store) -> None:
        issued = make_issued(store)
        with pytest.raises(InvalidRecord):
            act(services.void_invoices, store, issued, reason=" ")
        assert act(services.void_invoices, store, issued, reason="Twice").done
        issued.refresh_from_db()
        assert (issued.state, issued.number, issued.void_reason) == ("void", "INV-00001", "Twice")
        assert make_issued(store).number == "INV-00002"
        with pytest.raises(CannotPay):
            pay(store, issued)
        assert not undo(store, "invoice.voided").left
        issued.refresh_from_db()
        assert (issued.state, issued.void_reason) == ("open", "")

    def test_is_refused_once_something_was_paid(self, store: Store) -> None:
        issued = make_issued(store)
        pay(store, issued, 100)
        (why,) = act(services.void_invoices, store, issued, reason="x").skipped.values()
        assert "payments of €1.00" in why and "credit note" in why
        assert act(services.void_invoices, store, make_draft(store), reason="x").skipped


class TestCreditNotes:
    def credit(self, store: Store, issued: Invoice, lines: Any = None) -> Invoice:
        assert act(services.credit_invoices, store, issued).done == [issued.pk]
        note = Invoice.objects.get(credits=issued, state="draft")
        return edit(store, note, lines=lines) if lines is not None else note

    def test_of_the_whole_settles_it(self, store: Store) -> None:
        issued = make_issued(store)
        note = self.credit(store, issued)
        assert (note.total_minor, note.bill_name) == (20999, "Nora Field")
        services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
        for one in (issued, note):
            one.refresh_from_db()
            assert (one.state, one.due_minor) == ("paid", 0)
        assert note.number == "INV-00002"

    def test_of_a_paid_one_is_to_be_paid_back(self, store: Store) -> None:
        issued = make_issued(store)
        pay(store, issued, 20000)
        note = self.credit(store, issued, [NewLine(title="Cable", price_minor=1500)])
        services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
        for one in (issued, note):
            one.refresh_from_db()
        assert (issued.state, note.state, note.due_minor) == ("paid", "partly_paid", 501)
        pay(store, note)
        note.refresh_from_db()
        assert note.state == "paid"

    def test_never_come_to_more_than_the_invoice(self, store: Store) -> None:
        issued = make_issued(store)
        note = self.credit(store, issued, [NewLine(title="All", price_minor=20999)])
        services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
        again = self.credit(store, issued, [NewLine(title="More", price_minor=1)])
        with pytest.raises(CannotIssue, match=r"more than the €0\.00"):
            services.issue_invoice(store=store, invoice_id=again.pk, actor=ME, now=NOW)


def test_overdue_follows_from_the_due_date(store: Store) -> None:
    customer = make_customer(store)
    late = make_issued(store, customer_id=customer.pk, due_on=store.day_of(NOW) - timedelta(days=1))
    make_issued(store, customer_id=customer.pk, due_on=store.day_of(NOW))
    today = store.day_of(NOW)
    found = queries.outstanding(store=store, today=today, customer_id=customer.pk)
    assert (found.count, found.overdue, found.due_minor) == (2, 1, 2 * 20999)
    assert queries.open_invoices_of(store=store, customer_id=customer.pk)[0] == late
    assert queries.status_of(state=late.state, due_on=late.due_on, today=today) == "overdue"
