"""Reading invoices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from regulars.invoices.choices import ISSUED, OUTSTANDING, InvoiceKind, InvoiceState, InvoiceStatus
from regulars.invoices.models import Invoice, InvoicePayment, Line, Settings
from regulars.invoices.sums import Sums, sums_of
from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.kit.turning import Turned, newest_first
from regulars.staff.queries import people
from regulars.stores.models import Store

_MISSING = """SELECT generate_series(1, %(last)s::bigint) AS one
    EXCEPT SELECT sequence FROM invoices_invoice WHERE store_id = %(store)s ORDER BY one"""
_UNCOUNTED = (
    """SELECT sequence FROM invoices_invoice WHERE store_id = %(store)s AND sequence > %(last)s ORDER BY 1"""
)
# Invoices, lines and payments are each read once and added up together, as all of them may be many. Taxes are rounded
# as in `sums_of`; the zeros are the decimals of the quotient, of which the database else keeps few for large amounts.
_DIFFERING = """SELECT number, sums, payments FROM (
        SELECT max(number) AS number,
            (sum(net), sum(tax)) IS DISTINCT FROM CASE WHEN bool_or(included)
                THEN (sum(amount) - sum(tax_within), sum(tax_within)) ELSE (sum(amount), sum(tax_on_top)) END AS sums,
            sum(said) <> greatest(sum(paid), 0) AS payments, max(sequence) AS sequence
        FROM (
            SELECT id AS invoice_id, sequence, number, prices_include_tax AS included, net_minor AS net,
                tax_minor AS tax, paid_minor AS said, 0 AS amount, 0 AS tax_within, 0 AS tax_on_top, 0 AS paid
            FROM invoices_invoice WHERE store_id = %(store)s AND sequence IS NOT NULL
            UNION ALL
            SELECT invoice_id, NULL, NULL, NULL, 0, 0, 0, amount,
                round(amount * tax_percent * 1.00000000 / (100 + tax_percent)), round(amount * tax_percent / 100), 0
            FROM (SELECT invoice_id, tax_percent, sum(amount_minor) AS amount FROM invoices_line
                WHERE store_id = %(store)s GROUP BY invoice_id, tax_percent) AS rates
            UNION ALL
            SELECT invoice_id, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, amount_minor
            FROM invoices_invoicepayment WHERE store_id = %(store)s) AS parts
        GROUP BY invoice_id HAVING count(sequence) = 1) AS invoices
    WHERE sums OR payments ORDER BY sequence"""


def invoices_of(store: Store) -> QuerySet[Invoice]:
    """The invoices of a store, drafts too, in no order."""
    return Invoice.objects.filter(store=store)


def get_invoice(*, store: Store, invoice_id: UUID) -> Invoice:
    """The invoice with this id. Raises `NotFound`, for those of other stores too."""
    found = invoices_of(store).select_related("customer", "credits").filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(_("This invoice does not exist in this store."))
    return found


def own_invoices(
    *, store: Store, customer_id: UUID, after: UUID | None = None, limit: int = 20
) -> Turned[Invoice]:
    """The invoices of a customer that were issued, newest first; drafts are nobody's yet."""
    return newest_first(_issued_to(store, customer_id), by="sequence", after=after, limit=limit)


def own_invoice(*, store: Store, customer_id: UUID, invoice_id: UUID) -> Invoice:
    """An issued invoice of this customer. Raises `NotFound`, for drafts and those of others too."""
    rows = _issued_to(store, customer_id).select_related("customer", "credits")
    found = rows.filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(_("There is no such invoice among yours."))
    return found


def own_unpaid(*, store: Store, customer_id: UUID, limit: int = 5) -> list[Invoice]:
    """What a customer has still to pay, what is due first coming first."""
    rows = _issued_to(store, customer_id).filter(state__in=OUTSTANDING, kind=InvoiceKind.INVOICE)
    return list(rows.order_by("due_on", "sequence")[:limit])


def _issued_to(store: Store, customer_id: UUID) -> QuerySet[Invoice]:
    return invoices_of(store).filter(customer_id=customer_id, sequence__isnull=False)


def lines_of(*, store: Store, invoice_id: UUID) -> list[Line]:
    """The lines of an invoice, in order."""
    return list(Line.objects.filter(store=store, invoice_id=invoice_id).order_by("position"))


def payments_of(*, store: Store, invoice_id: UUID) -> list[InvoicePayment]:
    """What was paid, oldest first."""
    rows = InvoicePayment.objects.filter(store=store, invoice_id=invoice_id).select_related("by_note")
    return list(rows.order_by("paid_on", "pk"))


def credit_notes_of(*, store: Store, invoice_id: UUID) -> list[Invoice]:
    """The credit notes made for an invoice, drafts too, oldest first."""
    return list(invoices_of(store).filter(credits_id=invoice_id).order_by("pk"))


def in_force(store: Store, source: str) -> QuerySet[Invoice]:
    """The invoices in force, and drafts, that were made from orders or trade-ins; at most one for each."""
    rows = invoices_of(store).filter(source=source, source_id__isnull=False, superseded=False)
    return rows.exclude(state=InvoiceState.VOID)


def invoice_of_source(*, store: Store, source: str, source_id: UUID) -> Invoice | None:
    """The invoice in force (or its draft) that was made from an order or a trade-in."""
    return in_force(store, source).filter(source_id=source_id).first()


def documents_of(*, store: Store, source: str, source_id: UUID) -> list[Invoice]:
    """All that was ever written about an order or a trade-in, with the credit notes, newest first."""
    made = invoices_of(store).filter(source=source, source_id=source_id)
    ids = list(made.values_list("pk", flat=True))
    return list(invoices_of(store).filter(Q(pk__in=ids) | Q(credits__in=ids)).order_by("-pk"))


def sums_of_lines(lines: Iterable[Line], *, include_tax: bool) -> Sums:
    """What stored lines come to, by tax rate."""
    return sums_of(((line.tax_percent, line.amount_minor) for line in lines), include_tax=include_tax)


def settings_of(*, store: Store) -> Settings:
    """How the store writes invoices; what was never set has its first values."""
    return Settings.objects.filter(store=store).first() or Settings(store=store, seller_name=store.name)


def status_of(*, state: str, due_on: date | None, today: date) -> str:
    """What people see: an outstanding invoice is overdue from the day after its due date."""
    if state in OUTSTANDING and due_on is not None and due_on < today:
        return InvoiceStatus.OVERDUE.value
    return str(state)


def overdue(today: date) -> Q:
    """The filter of overdue invoices."""
    return Q(state__in=OUTSTANDING, due_on__isnull=False, due_on__lt=today)


def invoices_of_customer(*, store: Store, customer_id: UUID, limit: int = 20) -> list[Invoice]:
    """The invoices of a customer, newest first, drafts too."""
    return list(invoices_of(store).filter(customer_id=customer_id).order_by("-created_at", "-pk")[:limit])


def open_invoices_of(*, store: Store, customer_id: UUID, limit: int = 20) -> list[Invoice]:
    """What is outstanding of a customer, the longest due first."""
    rows = invoices_of(store).filter(customer_id=customer_id, state__in=OUTSTANDING)
    return list(rows.order_by("due_on", "pk")[:limit])


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How many invoices are outstanding, how many of them overdue, and what is due."""

    count: int
    overdue: int
    due_minor: int


def outstanding(*, store: Store, today: date, customer_id: UUID | None = None) -> Outstanding:
    """What customers owe the store (purchase and credit notes are left out): all of them, or one."""
    rows = invoices_of(store).filter(state__in=OUTSTANDING, kind="invoice", currency=store.currency)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    found = rows.aggregate(
        number=Count("pk"), late=Count("pk", filter=overdue(today)), due=Sum("due_minor", default=0)
    )
    return Outstanding(found["number"], found["late"], found["due"])


def count_invoices(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many invoices each of these customers has that were issued; who has none is left out."""
    rows = Invoice.objects.filter(store=store, customer_id__in=among(ids), sequence__isnull=False)
    return dict(rows.values("customer_id").annotate(number=Count("pk")).values_list("customer_id", "number"))


def credited_minor(*, store: Store, invoice_id: UUID) -> int:
    """How much of an invoice was credited by notes that are in force."""
    rows = invoices_of(store).filter(credits_id=invoice_id, state__in=ISSUED)
    return int(rows.aggregate(total=Sum("total_minor", default=0))["total"])


def salespeople(*, store: Store) -> list[tuple[UUID, str]]:
    """Who can have sold something: everybody who works for the store."""
    return [(one.id, one.name) for one in people(store=store)]


def sellers_named(*, store: Store, starting: str, limit: int = 20) -> list[str]:
    """Names of salespeople on invoices that begin like this, of people who left too."""
    rows = invoices_of(store).filter(salesperson_name__istartswith=starting).exclude(salesperson_name="")
    return list(
        rows.order_by("salesperson_name").values_list("salesperson_name", flat=True).distinct()[:limit]
    )


def next_number(*, store: Store) -> str:
    """The number that the next invoice will most likely get."""
    settings = settings_of(store=store)
    return number_text(settings.number_prefix, settings.last_sequence + 1)


def number_text(prefix: str, sequence: int) -> str:
    """A number as it stands on the invoice."""
    return f"{prefix}{sequence:05d}"


def default_tax(*, store: Store) -> Decimal:
    """The tax rate that new lines begin with."""
    return settings_of(store=store).tax_percent


def wrong_numbers(*, store: Store) -> list[str]:
    """What an auditor would find: numbers that are missing or were never counted, sums that are not those of the
    lines, and payments that do not add up. It must be none.
    """
    known = {"store": store.pk, "last": settings_of(store=store).last_sequence}
    found = [_("number %(one)s is missing") % {"one": one} for (one,) in _asked(_MISSING, known)]
    found += [_("number %(one)s was never counted") % {"one": one} for (one,) in _asked(_UNCOUNTED, known)]
    for number, sums_differ, payments_differ in _asked(_DIFFERING, known):
        if sums_differ:
            found.append(_("%(number)s is not the sum of its lines") % {"number": number})
        if payments_differ:
            found.append(_("what is paid of %(number)s is not the sum of its payments") % {"number": number})
    return found


def _asked(sql: str, known: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return cursor.fetchall()
