"""Invoices in the catalogue, and what they add to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import History, erases, history
from regulars.customers.named import id_named
from regulars.invoices import events, queries, services
from regulars.invoices.choices import OUTSTANDING, InvoiceKind, InvoiceState
from regulars.invoices.models import Invoice, InvoicePayment, Line
from regulars.invoices.resource.actions import ACTIONS
from regulars.invoices.resource.fields import FIELDS, title
from regulars.invoices.resource.permissions import EDIT, PAY, VOID
from regulars.kit import money
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.kit.text import fold
from regulars.resources.context import Context
from regulars.resources.field import Span
from regulars.resources.resource import Resource, Tab, register
from regulars.stores.models import Store
from regulars.timeline.undoing import final, undoable

_COLUMNS = {"due_date": "due_on", "tracking": "tracking_number"}


def columns_of(*, store: Store, values: dict[str, Any]) -> dict[str, Any]:
    """Catalogue names to columns; a salesperson is found among those who work for the store by name."""
    columns = {_COLUMNS.get(name, name): value for name, value in values.items()}
    if "salesperson" in columns:
        name = columns.pop("salesperson") or ""
        known = {fold(label): (one, label) for one, label in queries.salespeople(store=store)}
        if name and fold(name) not in known:
            raise Invalid(
                gettext("Nobody named “%(name)s” works for this store.") % {"name": name[:60]},
                field="salesperson",
            )
        columns["salesperson_id"], columns["salesperson_name"] = known.get(fold(name), (None, ""))
    if "customer" in columns:
        number = columns.pop("customer")
        columns["customer_id"] = id_named(store=store, text=str(number)) if number else None
    return columns


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    columns = columns_of(store=store, values=values)
    draft = services.NewInvoice(**{"lines": (), **columns})
    return services.make_invoice(store=store, invoice=draft, actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    columns = columns_of(store=store, values=values)
    lines = columns.pop("lines", None)
    edited = services.edit_invoice(
        store=store,
        invoice_id=record_id,
        values=columns,
        lines=lines,
        base_version=base_version,
        actor=actor,
        now=now,
    )
    return edited.version


def _search_filter(text: str, context: Context) -> Q:
    """Invoices that a text means: by number, name, e-mail, tracking or order number, or the customer's number."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = fold(text)
    if not word:
        return Q(pk__in=[])
    found = Q()
    for part in word.split():
        found &= Q(search__contains=part)
    digits = word.lstrip("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= 15:
        found |= Q(customer__number=int(digits)) | Q(sequence=int(digits))
    return found


def _summary(rows: QuerySet[Any], context: Context) -> list[tuple[str, str]]:
    own = rows.order_by().filter(currency=context.store.currency, kind=InvoiceKind.INVOICE)
    sums = own.exclude(state=InvoiceState.VOID).aggregate(
        total=Sum("total_minor", default=0), due=Sum("due_minor", default=0, filter=Q(state__in=OUTSTANDING))
    )
    if not sums["total"]:
        return []
    currency, locale = context.store.currency, context.locale
    return [
        (str(_("Invoiced")), money.display_money(sums["total"], currency, locale)),
        (str(_("Still due")), money.display_money(sums["due"], currency, locale)),
    ]


INVOICES = Resource(
    name="invoices",
    label=_("Invoices"),
    singular=_("Invoice"),
    new_label=_("New invoice"),
    added_label=_("Invoice added"),
    noun="invoice",
    rows=queries.invoices_of,
    title=title,
    title_needs=("number", "version"),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_filter,
    search_hint=_("Number, name, tracking, order"),
    tabs=(
        Tab("outstanding", _("Outstanding"), Q(state__in=OUTSTANDING)),
        Tab("overdue", _("Overdue"), lambda context: queries.overdue(context.today)),
        Tab("partly_paid", _("Partly paid"), Q(state=InvoiceState.PARTLY_PAID)),
        Tab("paid", _("Paid"), Q(state=InvoiceState.PAID)),
        Tab("draft", _("Drafts"), Q(state=InvoiceState.DRAFT)),
        Tab("void", _("Void"), Q(state=InvoiceState.VOID)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="outstanding",
    default_sort=("created", True),
    summary=_summary,
    create=_create,
    edit=_edit,
    lead="number",
    enough=_("For a customer or anybody else, line by line"),
    documentation="invoices",
    once_by="external_id",
)
INVOICES.add(fields=FIELDS, actions=ACTIONS)


def declare() -> None:
    """Make invoices known to every surface, to undo, and to erasing. Called once, at start."""
    register(INVOICES)
    undoable(events.DRAFTED, services.undo_drafts, permission=EDIT)
    undoable(events.EDITED, services.undo_edits, permission=EDIT)
    undoable(events.PAID, services.undo_payments, permission=PAY)
    undoable(events.VOIDED, services.undo_voids, permission=VOID)
    final(
        events.ISSUED, _("A number that was given stays given. Make the invoice void, or make a credit note.")
    )
    erases(
        "invoices",
        services.forget_people,
        tables=[model._meta.db_table for model in (Invoice, Line, InvoicePayment)],
    )
    history(
        History(
            name="invoices",
            counted=ngettext_lazy("%(count)s invoice", "%(count)s invoices", "count"),
            count=queries.count_invoices,
            binds=True,
            remove=services.let_go,
            when_deleted=_("kept, as the law asks, with name and address sealed"),
            when_anonymised=_("kept, as the law asks, with name and address sealed"),
        )
    )
