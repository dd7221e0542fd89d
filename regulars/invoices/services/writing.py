"""What all writes of invoices share: locking, lines with their sums, the search form, what the history keeps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.customers.models import Customer
from regulars.invoices.choices import InvoiceState
from regulars.invoices.models import Invoice, Line, Settings
from regulars.invoices.services.lines import checked_sums
from regulars.invoices.sums import NewLine
from regulars.kit.locks import lock_rows
from regulars.kit.text import fold
from regulars.stores.models import Store
from regulars.timeline.services import Touched

# The catalogue knows the state as the status, which is also overdue.
_NAMES = {"state": "status"}
SEARCHED = ("number", "bill_name", "email", "tracking_number", "source_number")


def lock_settings(store: Store) -> Settings:
    """The store's counter and settings, locked until the transaction ends; made when it is asked for first.

    Lock it before customers and invoices, as `kit/locks.py` says of counters.
    """
    Settings.objects.bulk_create([Settings(store=store, seller_name=store.name)], ignore_conflicts=True)
    return Settings.objects.select_for_update().get(store=store)


def lock_invoices(store: Store, ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    """These invoices, locked until the transaction ends."""
    return lock_rows(Invoice.objects.filter(store=store), ids)


def lock_with_customers(store: Store, ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    """The same with their customers, who come first: for what also writes the ledger of store credit."""
    wanted = list(ids)
    lock_customers_of(store, wanted)
    return lock_invoices(store, wanted)


def lock_customers_of(store: Store, ids: list[UUID]) -> None:
    """Lock the customers of these invoices, which comes before locking the invoices."""
    rows = Invoice.objects.filter(store=store, pk__in=ids, customer__isnull=False)
    lock_rows(
        Customer.objects.filter(store=store).only("pk"), set(rows.values_list("customer_id", flat=True))
    )


def put_lines(*, invoice: Invoice, lines: Sequence[NewLine]) -> None:
    """Give a locked draft these lines in place of those it has, and count its sums anew. Raises `InvalidRecord`."""
    sums = checked_sums(lines, include_tax=invoice.prices_include_tax)
    Line.objects.filter(store_id=invoice.store_id, invoice=invoice).delete()
    Line.objects.bulk_create(
        Line(
            store_id=invoice.store_id,
            invoice=invoice,
            position=position,
            title=line.title.strip(),
            sku=line.sku,
            quantity=line.quantity,
            price_minor=line.price_minor,
            discount_minor=line.discount_minor,
            tax_percent=line.tax_percent,
            amount_minor=line.amount_minor,
        )
        for position, line in enumerate(lines, 1)
    )
    invoice.net_minor, invoice.tax_minor, invoice.total_minor = sums.net, sums.tax, sums.gross
    Invoice.objects.filter(pk=invoice.pk).update(
        net_minor=sums.net, tax_minor=sums.tax, total_minor=sums.gross
    )


def write(invoice: Invoice, columns: Collection[str], now: datetime) -> None:
    """Store these columns of a locked invoice, with what follows from them."""
    invoice.version += 1
    invoice.updated_at = now
    written = {*columns, "version", "updated_at"}
    if set(columns) & set(SEARCHED):
        invoice.search = search_form(invoice)
        written.add("search")
    invoice.save(update_fields=sorted(written))


def state_when_paid(invoice: Invoice, paid_minor: int) -> str:
    """The state of an issued invoice of which so much is paid."""
    if paid_minor >= invoice.total_minor:
        return InvoiceState.PAID
    return InvoiceState.PARTLY_PAID if paid_minor else InvoiceState.OPEN


def search_form(invoice: Invoice) -> str:
    """What an invoice is looked for by."""
    return fold(" ".join(getattr(invoice, name) for name in SEARCHED))


def touched(invoice: Invoice, changed: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> Touched:
    """A change as the history keeps it; `invoice` is as it was before."""
    shown = {name: _NAMES.get(name, name) for name in changed}
    return Touched(
        invoice.pk,
        invoice.version + 1,
        before={shown[name]: as_json(getattr(invoice, name)) for name in changed},
        after={shown[name]: as_json(value) for name, value in changed.items()},
        data=data,
    )


def as_json(value: Any) -> Any:
    """A value as the history keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
