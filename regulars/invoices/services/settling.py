"""What credit notes settle of their invoice: as much as is still due of it. The rest of a note is to be paid back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from regulars.invoices.choices import ISSUED, PaymentMethod
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.invoices.services.writing import lock_customers_of, lock_invoices, state_when_paid, write
from regulars.kit.actor import Actor
from regulars.stores.models import Store


def lock_families(store: Store, ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    """These invoices and all that money may go to in their place, locked until the transaction ends: what else was
    written about their order or trade-in, and the credit notes of each.

    All at once: whoever locked one of them first, and the others later, would wait for somebody who waits for them.
    """
    rows = Invoice.objects.filter(store=store)
    wanted = list(ids)
    known = [*wanted, *rows.filter(credit_notes__in=wanted).values_list("pk", flat=True)]
    sources = rows.filter(pk__in=known, source_id__isnull=False).values_list("source_id", flat=True)
    heads = list(rows.filter(Q(pk__in=known) | Q(source_id__in=list(sources))).values_list("pk", flat=True))
    family = rows.filter(Q(pk__in=heads) | Q(credits__in=heads))
    return lock_invoices(store, family.values_list("pk", flat=True))


def locked(*, store: Store, invoice_id: UUID) -> Invoice | None:
    """One invoice as it is once nobody else writes it, locked with its family until the transaction ends; its customer
    first, for what also writes the ledger of store credit."""
    lock_customers_of(store, [invoice_id])
    return lock_families(store, [invoice_id]).get(invoice_id)


def settle(
    *, store: Store, invoice: Invoice, family: Iterable[Invoice], actor: Actor, now: datetime
) -> dict[UUID, int]:
    """Bring what the credit notes of an invoice settle of it in line with the money that came in and went out.

    `family` are locked invoices, the notes of this one among them. Returns how much more each note settles than
    before.
    """
    notes = [one for one in family if one.credits_id == invoice.pk and one.state in ISSUED]
    notes.sort(key=lambda one: one.sequence or 0)
    money = _money([invoice.pk, *(one.pk for one in notes)])
    before = dict(
        InvoicePayment.objects.filter(store=store, invoice=invoice, by_note__isnull=False).values_list(
            "by_note_id", "amount_minor"
        )
    )
    left = max(invoice.total_minor - money.get(invoice.pk, 0), 0)
    after: dict[UUID, int] = {}
    for note in notes:
        after[note.pk] = min(left, max(note.total_minor - money.get(note.pk, 0), 0))
        left -= after[note.pk]
    changed = {one for one in {*before, *after} if before.get(one, 0) != after.get(one, 0)}
    InvoicePayment.objects.filter(store=store, invoice=invoice, by_note__in=changed).delete()
    InvoicePayment.objects.filter(store=store, invoice__in=changed, by_note=invoice).delete()
    for note in notes:
        if note.pk in changed and after[note.pk]:
            _write_pair(store, invoice, note, after[note.pk], actor, now)
    superseded = bool(notes) and sum(one.total_minor for one in notes) >= invoice.total_minor
    paid = {invoice.pk: sum(after.values()), **after}
    for one in (invoice, *notes):
        total = max(money.get(one.pk, 0), 0) + paid[one.pk]
        state = state_when_paid(one, total)
        mark = superseded if one is invoice else one.superseded
        if (one.paid_minor, one.state, one.superseded) != (total, state, mark):
            one.paid_minor, one.state, one.superseded = total, state, mark
            write(one, ("paid_minor", "state", "superseded"), now)
    return {one: after.get(one, 0) - before.get(one, 0) for one in changed}


def _money(ids: list[UUID]) -> dict[UUID, int]:
    """What was paid in money, by invoice."""
    rows = InvoicePayment.objects.filter(invoice__in=ids, by_note__isnull=True).order_by()
    return dict(rows.values("invoice_id").annotate(sum=Sum("amount_minor")).values_list("invoice_id", "sum"))


def _write_pair(
    store: Store, invoice: Invoice, note: Invoice, amount: int, actor: Actor, now: datetime
) -> None:
    for one, other in ((invoice, note), (note, invoice)):
        InvoicePayment.objects.create(
            store=store,
            invoice=one,
            amount_minor=amount,
            method=PaymentMethod.CREDIT_NOTE,
            paid_on=store.day_of(now),
            reference=other.number,
            by_note=other,
            author_id=actor.id,
            author_name=actor.name,
            created_at=now,
        )
