"""Making invoices and changing them. What is issued keeps its lines and its words; few things about it still change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.customers.services.edit import lock_customer
from regulars.invoices import events, queries
from regulars.invoices.choices import InvoiceKind, InvoiceState
from regulars.invoices.models import Invoice
from regulars.invoices.services.lines import checked_lines, line_from_json, line_json, stored_lines
from regulars.invoices.services.writing import (
    as_json,
    lock_invoices,
    put_lines,
    search_form,
    touched,
    write,
)
from regulars.invoices.sums import NewLine
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.resources.action import Outcome
from regulars.resources.conflicts import own_changes
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, emit, open_change_set, record

EXTERNAL_ID_ONCE = "invoice_external_id_unique_per_store"
# What one may change of a draft, and what still changes once the invoice is issued.
LATER = ("email", "tracking_number", "salesperson_id", "salesperson_name")
EDITABLE = (
    *LATER, "customer_id", "bill_name", "bill_address", "bill_tax_id", "due_on", "note", "prices_include_tax",
)  # fmt: skip


class AlreadyInvoiced(Refused):
    """There is an invoice for this order or trade-in already."""

    code = "already_invoiced"

    def __init__(self, sentence: str, invoice_id: UUID, number: str) -> None:
        super().__init__(sentence)
        self.invoice_id = invoice_id
        self.number = number


class ExternalIdTaken(Refused):
    """Another invoice of the store has the external id."""

    code = "external_id_taken"


class Issued(Refused):
    """An issued invoice says what it says."""

    code = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvoice:
    """An invoice to be. Who is billed is taken from the customer where nothing is said."""

    lines: Sequence[NewLine] = ()
    kind: str = InvoiceKind.INVOICE
    customer_id: UUID | None = None
    due_on: date | None = None
    source: str = ""
    source_id: UUID | None = None
    source_number: str = ""
    credits_id: UUID | None = None
    currency: str = ""
    prices_include_tax: bool | None = None
    bill_name: str = ""
    bill_address: str = ""
    bill_tax_id: str = ""
    email: str = ""
    note: str = ""
    tracking_number: str = ""
    external_id: str = ""
    salesperson_id: UUID | None = None
    salesperson_name: str = field(default="")


def make_invoice(*, store: Store, invoice: NewInvoice, actor: Actor, now: datetime) -> Invoice:
    """Make the draft of an invoice, a credit note or a purchase note.

    Raises `InvalidRecord`, `NotFound` and `Final` for the customer, and `AlreadyInvoiced` for what it is made from.
    """
    lines = checked_lines(invoice.lines)
    with transaction.atomic():
        credited = _credited(store, invoice)
        customer_id = credited.customer_id if credited else invoice.customer_id
        customer = lock_customer(store=store, customer_id=customer_id) if customer_id else None
        made = _draft(store, _filled(store, invoice, customer, credited), credited)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise _twin_of(store, invoice, error) from error
        put_lines(invoice=made, lines=lines)
        told = Touched(made.pk, 1, after=_kept(made))
        emit(store=store, actor=actor, resource="invoices", kind=events.DRAFTED, touched=told, now=now)
    return made


def edit_invoice(
    *,
    store: Store,
    invoice_id: UUID,
    values: Mapping[str, Any],
    lines: Sequence[NewLine] | None = None,
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> Invoice:
    """Change a draft, or the few facts of an issued invoice that are not on paper.

    Raises `NotFound`, `Issued`, `InvalidRecord`, `EditConflict` and `UnknownVersion`.
    """
    if unknown := set(values) - set(EDITABLE):
        raise InvalidRecord(dict.fromkeys(sorted(unknown), _("This cannot be edited.")))
    with transaction.atomic():
        if values.get("customer_id"):
            lock_customer(store=store, customer_id=values["customer_id"])
        invoice = lock_invoices(store, [invoice_id]).get(invoice_id)
        if invoice is None:
            raise NotFound(_("This invoice does not exist in this store."))
        stored: list[dict[str, Any]] = []
        changed = {name: value for name, value in values.items() if value != getattr(invoice, name)}
        if lines is not None:
            given = [line_json(line) for line in checked_lines(lines)]
            stored = stored_lines(store, invoice)
            changed |= {"lines": given} if given != stored else {}
        changed = own_changes(
            store=store,
            record_id=invoice.pk,
            noun="invoice",
            version=invoice.version,
            current={name: stored if name == "lines" else getattr(invoice, name) for name in changed},
            changed=changed,
            base_version=base_version,
            as_json=as_json,
        )
        if not changed:
            return invoice
        if invoice.state != InvoiceState.DRAFT and set(changed) - set(LATER):
            raise Issued(
                _(
                    "An issued invoice stays as it was sent. Make it void or make a credit note, and write another."
                )
            )
        told = touched(invoice, {name: value for name, value in changed.items() if name != "lines"})
        new_lines = changed.pop("lines", None)
        if new_lines is not None:
            told = replace(
                told,
                before={**(told.before or {}), "lines": stored},
                after={**(told.after or {}), "lines": new_lines},
            )
        for name, value in changed.items():
            setattr(invoice, name, value)
        if new_lines is not None or "prices_include_tax" in changed:
            kept = new_lines if new_lines is not None else stored_lines(store, invoice)
            put_lines(invoice=invoice, lines=[line_from_json(line) for line in kept])
        write(invoice, changed, now)
        emit(store=store, actor=actor, resource="invoices", kind=events.EDITED, touched=told, now=now)
    return invoice


def discard_drafts(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Throw drafts away. They have no number, so no gap is left."""
    outcome = Outcome()
    with transaction.atomic():
        found = lock_invoices(store, ids)
        drafts = {one.pk: one for one in found.values() if one.state == InvoiceState.DRAFT}
        outcome.skipped = {
            one: _("is issued; make it void instead") if one in found else _("is not there any more")
            for one in ids
            if one not in drafts
        }
        outcome.done = sorted(drafts)
        if drafts:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.DISCARDED, now=now)
            outcome.change_set = opened.id
            each = [Touched(one.pk, one.version, before=_kept(one)) for one in drafts.values()]
            Invoice.objects.filter(store=store, pk__in=list(drafts)).delete()
            record(change_set=opened, resource="invoices", kind=events.DISCARDED, touched=each, now=now)
    return outcome


def _credited(store: Store, invoice: NewInvoice) -> Invoice | None:
    """The invoice that a credit note is about."""
    if invoice.kind != InvoiceKind.CREDIT_NOTE:
        return None
    if invoice.credits_id is None:
        raise NotFound(_("There is no such invoice to credit."))
    found = Invoice.objects.filter(store=store, pk=invoice.credits_id, kind=InvoiceKind.INVOICE).first()
    if found is None:
        raise NotFound(_("There is no such invoice to credit."))
    if found.state in (InvoiceState.DRAFT, InvoiceState.VOID):
        raise Refused(_("Only an issued invoice that is in force can be credited."))
    return found


def _filled(
    store: Store, invoice: NewInvoice, customer: Customer | None, credited: Invoice | None
) -> NewInvoice:
    """What was not said, from the credited invoice, the customer and the settings."""
    if credited is not None:
        return replace(
            invoice,
            customer_id=credited.customer_id,
            currency=credited.currency,
            prices_include_tax=credited.prices_include_tax,
            bill_name=credited.bill_name,
            bill_address=credited.bill_address,
            bill_tax_id=credited.bill_tax_id,
            email=invoice.email or credited.email,
        )
    if invoice.prices_include_tax is None:
        include = queries.settings_of(store=store).prices_include_tax
        invoice = replace(invoice, prices_include_tax=include)
    if customer is None:
        return invoice
    who = billed(customer)
    return replace(
        invoice,
        bill_name=invoice.bill_name or who["bill_name"],
        bill_address=invoice.bill_address or who["bill_address"],
        email=invoice.email or who["email"],
    )


def billed(customer: Customer) -> dict[str, str]:
    """Who is billed, by what is known of a customer."""
    person = f"{customer.first_name} {customer.last_name}".strip()
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    lines = [
        person if customer.company else "",
        *customer.address.splitlines(),
        customer.building,
        place,
        " ".join(part for part in (customer.region, customer.country) if part),
    ]
    return {
        "bill_name": customer.company or person,
        "bill_address": "\n".join(line for line in lines if line),
        "email": customer.email,
    }


def _draft(store: Store, invoice: NewInvoice, credited: Invoice | None) -> Invoice:
    made = Invoice(
        store=store,
        kind=invoice.kind,
        customer_id=invoice.customer_id,
        source=invoice.source,
        source_id=invoice.source_id,
        source_number=invoice.source_number,
        credits=credited,
        bill_name=invoice.bill_name,
        bill_address=invoice.bill_address,
        bill_tax_id=invoice.bill_tax_id,
        email=invoice.email,
        currency=invoice.currency or store.currency,
        prices_include_tax=bool(invoice.prices_include_tax),
        due_on=invoice.due_on,
        salesperson_id=invoice.salesperson_id,
        salesperson_name=invoice.salesperson_name,
        tracking_number=invoice.tracking_number,
        note=invoice.note,
        external_id=invoice.external_id,
    )
    made.sealed = credited.sealed if credited else None
    made.search = search_form(made)
    return made


def _kept(invoice: Invoice) -> dict[str, Any]:
    """A draft as the history keeps it: nothing that says who it is for."""
    facts = {"kind": invoice.kind, "source_number": invoice.source_number, "currency": invoice.currency}
    return {name: value for name, value in facts.items() if value}


def _twin_of(store: Store, invoice: NewInvoice, error: IntegrityError) -> Exception:
    if EXTERNAL_ID_ONCE in str(error):
        return ExternalIdTaken(_("Another invoice of this store has this external id."), field="external_id")
    if invoice.source_id is None:
        return error
    twin = queries.invoice_of_source(store=store, source=invoice.source, source_id=invoice.source_id)
    if twin is None:
        return error
    name = twin.number or _("a draft")
    return AlreadyInvoiced(
        _("There is an invoice for this already: %(name)s.") % {"name": name}, twin.pk, name
    )
